// Operations that change nothing, put after every value.
#include <array>
#include <cmath>
#include <numeric>

#include "properties/laws/agreement.hpp"
#include "properties/rewrite.hpp"

namespace verigrad::properties {
namespace {

AttributesRef reversed_dims(std::size_t rank) {
  Integers order(rank);
  std::iota(order.rbegin(), order.rend(), 0);
  return make_attributes({order});
}

/// Adds x as the same entries again, in one of several ways.
ValueId add_identity(Program& to, const OperationTable& operations, ValueId x, std::uint64_t way) {
  const Shape shape = to.shape(x);
  const auto rank = static_cast<std::int64_t>(shape.rank());
  const Integers sizes(shape.begin(), shape.end());
  const auto call = [&](std::string_view name, std::vector<ValueId> operands,
                        AttributesRef attributes = nullptr) {
    return to.add(*operations.find(name), std::move(operands), std::move(attributes));
  };
  const auto last = make_attributes({std::int64_t{0}, rank - 1});
  switch (way % (rank == 0 ? 9 : 14)) {
    case 0:
      return call("mul", {x, to.add_number("1", 1)});
    case 1:
      return call("sub", {x, to.add_number("0", 0)});  // unlike x + 0, it keeps -0
    case 2:
      return call("div", {x, to.add_number("1", 1)});
    case 3:
      return call("neg", {call("neg", {x})});
    case 4:
      return call("reshape", {x}, make_attributes({sizes}));
    case 5:
      return call("broadcast_to", {x}, make_attributes({sizes}));
    case 6:
      return call("squeeze", {call("unsqueeze", {x}, make_attributes({std::int64_t{0}}))},
                  make_attributes({Integers{0}}));
    case 7:
      return call("select", {call("stack", {x, x}, make_attributes({std::int64_t{0}}))},
                  make_attributes({std::int64_t{0}, std::int64_t{1}}));
    case 8:
      return call("permute", {call("permute", {x}, reversed_dims(shape.rank()))},
                  reversed_dims(shape.rank()));
    case 9:
      return call("transpose", {call("transpose", {x}, last)}, last);
    case 10:
      return call("flip", {call("flip", {x}, make_attributes({Integers{0}}))},
                  make_attributes({Integers{0}}));
    case 11:
      return call("repeat", {x}, make_attributes({Integers(shape.rank(), 1)}));
    case 12:
      return call("slice", {x},
                  make_attributes({std::int64_t{0}, std::int64_t{0}, shape[0], std::int64_t{1}}));
    default:
      return call("concat", {x}, make_attributes({std::int64_t{0}}));
  }
}

LawResult identity_operations(Trial& trial) {
  const std::size_t count = trial.program().values().size();
  const Specimen longer = rewritten(trial.specimen(), [&](Copy& copy, ValueId id) {
    const ValueId value = copy.same(id);
    const Value& old = copy.from()[id];
    const bool tensor =
        old.kind == Value::Kind::leaf || (old.kind == Value::Kind::operation && !old.is_number);
    if (!tensor) return value;
    return add_identity(copy.to(), trial.operations(), value, static_cast<std::size_t>(id) + count);
  });
  return programs_differ_at_all(trial, longer, "with operations that change nothing")
      .value_or(LawResult());
}

constexpr Law laws_here[] = {
    {"identity operations", "C3", "x * 1, transpose(transpose(x)) and their like change nothing",
     Cost::cheap, Where::anywhere, Ending::open, identity_operations},
};

}  // namespace

std::span<const Law> insertion_laws() { return laws_here; }

}  // namespace verigrad::properties
