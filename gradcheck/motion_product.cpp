#include "gradcheck/motion_product.hpp"

namespace verigrad::gradcheck::detail {
namespace {

/// A dim of an operand: `absent`, or its place in the operand's shape.
constexpr int absent = -1;

std::int8_t follows(const Moving* moving, int dim) {
  return moving == nullptr || dim == absent ? Region::any
                                            : moving->region.follows[static_cast<std::size_t>(dim)];
}

std::int64_t size(const Shape& shape, int dim) {
  return dim == absent ? 1 : shape[static_cast<std::size_t>(dim)];
}

bool any(std::initializer_list<std::int8_t> dims) {
  for (const std::int8_t dim : dims)
    if (dim != Region::any) return false;
  return true;
}

/// Which dim of the second factor is summed over, and which one is the result's.
struct SecondFactor {
  int inner, column;
};

SecondFactor second_factor(const Shape& shape, bool linear) {
  if (shape.rank() == 1) return {0, absent};
  return linear ? SecondFactor{1, 0} : SecondFactor{0, 1};
}

}  // namespace

std::optional<ProductPlan> plan_product(const Program& program, const Value& value, bool linear,
                                        const std::array<const Moving*, 3>& moving) {
  const Shape &first = program.shape(value.operands[0]), &second = program.shape(value.operands[1]);
  if (first.rank() > 2 || second.rank() > 2) return std::nullopt;
  const auto& [a, b, bias] = moving;
  const int row = first.rank() == 2 ? 0 : absent, term = first.rank() == 2 ? 1 : 0;
  const auto [inner, column] = second_factor(second, linear);
  const int entry = bias != nullptr && program.shape(value.operands[2]).rank() == 1 ? 0 : absent;

  ProductPlan plan;
  Product& product = plan.product;
  product = {.rows = size(first, row),
             .inner = size(first, term),
             .columns = size(second, column),
             .transposed = linear,
             .row = follows(a, row),
             .column = b != nullptr ? follows(b, column) : follows(bias, entry),
             .term = a != nullptr ? follows(a, term) : follows(b, inner)};
  const int factors = (a != nullptr) + (b != nullptr);
  if (factors == 2 &&
      !(b->straight && any({product.row, product.column, product.term, follows(b, inner)})))
    return std::nullopt;
  if (factors == 1 && a != nullptr) product.column = Region::any;
  if (bias != nullptr) {
    if (!bias->straight) return std::nullopt;
    if (factors > 0 && !any({product.column, product.row, product.term, follows(bias, entry)}))
      return std::nullopt;
  }
  plan.straight = factors < 2 && (a == nullptr || a->straight) && (b == nullptr || b->straight);
  plan.in_lanes = {a != nullptr && !plan.straight, b != nullptr && !plan.straight && factors == 1,
                   false};

  plan.region.follows.fill(Region::any);
  std::size_t d = 0;
  if (row != absent) plan.region.follows[d++] = product.row;
  if (column != absent) plan.region.follows[d] = product.column;
  const auto rows = product.row == Region::any ? product.rows : 1;
  const auto columns = product.column == Region::any ? product.columns : 1;
  plan.scratch = static_cast<std::size_t>(rows * columns);
  plan.cost =
      static_cast<double>(rows * columns * (product.term == Region::any ? product.inner : 1));
  return plan;
}

}  // namespace verigrad::gradcheck::detail
