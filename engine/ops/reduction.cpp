// Sums, means, products and extrema over some or all dims.
#include <fmt/format.h>

#include "engine/elementwise.hpp"
#include "engine/error.hpp"
#include "engine/lazy.hpp"
#include "engine/ops/extremum.hpp"
#include "engine/ops/families.hpp"
#include "engine/ops/lanes.hpp"
#include "engine/ops/reduction.hpp"

namespace verigrad {
namespace {

using detail::Max, detail::Min, detail::Reduction;

/// The sums of the lanes, each divided by `divisor`.
template <class T>
Tensor<T> sums(const Tensor<T>& x, const DimSet& dims, const Shape& shape, double divisor) {
  if (shape.numel() == 1 && x.impl()->storage->is_pending())
    return deferred_sum(ShapeRef(shape), *x.impl()->storage, divisor);
  Tensor<T> out = Tensor<T>::uninitialised(shape);
  T* y = out.mutable_data();
  const Lanes<T> lanes(x, dims);
  if (lanes.inner == 1) {
    for (std::int64_t o = 0; o < lanes.outer; ++o)
      y[o] = static_cast<T>(pairwise_sum(lanes.data + o * lanes.size, lanes.size) / divisor);
    return out;
  }
  const Ref<Storage<double>> scratch = Storage<double>::allocate(lanes.inner);
  double* row = scratch->fresh_data();
  for (std::int64_t o = 0; o < lanes.outer; ++o) {
    pairwise_sum_rows(lanes.data + o * lanes.size * lanes.inner, lanes.size, lanes.inner, row);
    for (std::int64_t i = 0; i < lanes.inner; ++i) *y++ = static_cast<T>(row[i] / divisor);
  }
  return out;
}

struct Sum : Reduction<Sum> {
  static constexpr const char* name = "sum";
  static constexpr OperationInfo info{
      .signature = "sum(input, dim: dims = None, keepdim: flag = False)",
      .grad_fn = "SumBackward0",
      .value = "sum of input over dim, or over all entries",
      .derivative = {"1"},
      .latex = "\\sum_i x_i",
      .special = {0, 1},
  };
  static std::string_view grad_fn(const Call& call) {
    return over_all(call.attributes) ? "SumBackward0" : "SumBackward1";
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    return sums(operands[0], dims(attributes, operands[0].shape()), shape, 1.0);
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    const Shape& input = saved.operand_shape(0);
    return unreduced(g, input, dims(saved.attributes(), input));
  }
};

struct Mean : Reduction<Mean> {
  static constexpr const char* name = "mean";
  static constexpr OperationInfo info{
      .signature = "mean(input, dim: dims = None, keepdim: flag = False)",
      .grad_fn = "MeanBackward0",
      .value = "sum(input, dim, keepdim) / n, where n entries are summed",
      .derivative = {"1 / n"},
      .latex = "\\frac{1}{n} \\sum_i x_i",
      .special = {0, 1},
  };
  static std::string_view grad_fn(const Call& call) {
    return over_all(call.attributes) ? "MeanBackward0" : "MeanBackward1";
  }
  static std::int64_t count(const Shape& input, const DimSet& set) {
    std::int64_t n = 1;
    for (std::size_t d = 0; d < input.rank(); ++d) n *= set[d] ? input[d] : 1;
    return n;
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    const Shape& input = operands[0].shape();
    const DimSet set = dims(attributes, input);
    return sums(operands[0], set, shape, static_cast<double>(count(input, set)));
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    const Shape& input = saved.operand_shape(0);
    const DimSet set = dims(saved.attributes(), input);
    return unreduced(g / Tensor<T>(static_cast<T>(count(input, set))), input, set);
  }
};

/// out[r, i] = the product of x[r, j] over j != i, for x of shape [rows, n].
template <class T>
Tensor<T> products_of_others(const Tensor<T>& x) {
  Tensor<T> out = Tensor<T>::uninitialised(x.shape());
  const std::int64_t rows = x.shape()[0], n = x.shape()[1];
  std::vector<double> before(static_cast<std::size_t>(n));
  for (std::int64_t r = 0; r < rows; ++r) {
    const T* from = x.data() + r * n;
    T* to = out.mutable_data() + r * n;
    double product = 1;
    for (std::int64_t i = 0; i < n; ++i) {
      before[static_cast<std::size_t>(i)] = product;
      product *= static_cast<double>(from[i]);
    }
    product = 1;
    for (std::int64_t i = n; i-- > 0;) {
      to[i] = static_cast<T>(before[static_cast<std::size_t>(i)] * product);
      product *= static_cast<double>(from[i]);
    }
  }
  return out;
}

/// The same in recorded operations: products of all entries before and after each one, by doubling
/// the reach of each product (Hillis and Steele's scan), so that log2(n) steps suffice.
template <class T>
Tensor<T> recorded_products_of_others(const Tensor<T>& x) {
  const std::int64_t rows = x.shape()[0], n = x.shape()[1];
  auto shifted = [&](const Tensor<T>& t, std::int64_t by, bool right) {
    const std::vector<T> ones(static_cast<std::size_t>(rows * by), T(1));
    const Tensor<T> pad(Shape{rows, by}, ones);
    const Tensor<T> kept = right ? slice(t, 1, 0, n - by) : slice(t, 1, by, n);
    const std::array<Tensor<T>, 2> parts{right ? pad : kept, right ? kept : pad};
    return concat<T>(parts, 1);
  };
  if (n == 0) return x;
  Tensor<T> before = shifted(x, 1, true), after = shifted(x, 1, false);
  for (std::int64_t reach = 1; reach < n; reach *= 2) {
    before = before * shifted(before, reach, true);
    after = after * shifted(after, reach, false);
  }
  return before * after;
}

struct Prod : Reduction<Prod> {
  static constexpr const char* name = "prod";
  static constexpr OperationInfo info{
      .signature = "prod(input, dim: dims = None, keepdim: flag = False)",
      .grad_fn = "ProdBackward0",
      .value = "product of input over dim, or over all entries",
      .derivative = {"product of the other entries"},
      .latex = "\\prod_i x_i",
      .special = {0, 1, -1},
      .needs = {first},
  };
  static std::string_view grad_fn(const Call& call) {
    return over_all(call.attributes) ? "ProdBackward0" : "ProdBackward1";
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    Tensor<T> out = Tensor<T>::uninitialised(shape);
    T* y = out.mutable_data();
    const Lanes<T> lanes(operands[0], dims(attributes, operands[0].shape()));
    lanes.each([&](std::int64_t lane, std::int64_t first_entry) {
      double product = 1;
      for (std::int64_t k = 0; k < lanes.size; ++k)
        product *= static_cast<double>(lanes.data[first_entry + k * lanes.inner]);
      y[lane] = static_cast<T>(product);
    });
    return out;
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    const Tensor<T> x = saved.operand(0);
    const DimSet set = dims(saved.attributes(), x.shape());
    Integers order, inverse(x.shape().rank());
    std::int64_t rows = 1, n = 1;
    for (bool reduce : {false, true})
      for (std::size_t d = 0; d < x.shape().rank(); ++d)
        if (set[d] == reduce) {
          inverse[d] = static_cast<std::int64_t>(order.size());
          order.push_back(static_cast<std::int64_t>(d));
          (reduce ? n : rows) *= x.shape()[d];
        }
    const Tensor<T> moved = permute(x, order);
    const Tensor<T> flat = reshaped(moved, Shape{rows, n});
    const Tensor<T> others =
        grad_enabled() ? recorded_products_of_others(flat) : products_of_others(flat);
    return unreduced(g, x.shape(), set) * permute(reshaped(others, moved.shape()), inverse);
  }
};

struct SumTo {
  static constexpr OperationInfo info{
      .signature = "sum_to(input, shape: sizes)",
      .grad_fn = "SumBackward1",
      .value = "sum of input over the dims along which shape would be repeated to input's",
      .derivative = {"1"},
      .latex = "\\sum_{i \\mapsto j} x_i",
      .special = {0, 1},
      .internal = true,
  };
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    const Shape target{std::span<const std::int64_t>(attributes.integers(0))};
    if (!broadcasts_to(target, operands[0]))
      throw ShapeError(fmt::format("sum_to: shape {} does not broadcast to the input's shape {}",
                                   to_string(target), to_string(operands[0])));
    return target;
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes&, const Shape& shape) {
    return sums(operands[0], repeated_dims(shape, operands[0].shape()), shape, 1.0);
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    return expanded(g, saved.operand_shape(0));
  }
};

}  // namespace

VERIGRAD_DEFINE_REDUCTION(sum, Sum, const Integers&, dims)
VERIGRAD_DEFINE_REDUCTION(mean, Mean, const Integers&, dims)
VERIGRAD_DEFINE_REDUCTION(prod, Prod, const Integers&, dims)
VERIGRAD_DEFINE_REDUCTION(max, Max, std::int64_t, Integers{dims})
VERIGRAD_DEFINE_REDUCTION(min, Min, std::int64_t, Integers{dims})

template <class T>
Tensor<T> sum_to(const Tensor<T>& input, const Shape& shape) {
  if (input.shape() == shape) return input;
  if ((grad_enabled() && input.requires_grad()) || recording<T>() != nullptr ||
      !broadcasts_to(shape, input.shape()))
    return apply<T>(operation<SumTo>(), {input}, make_attributes({sizes_of(shape)}));
  return sums(input, repeated_dims(shape, input.shape()), shape, 1.0);
}
template Tensor<float> sum_to(const Tensor<float>&, const Shape&);
template Tensor<double> sum_to(const Tensor<double>&, const Shape&);

std::vector<const Operation*> reduction_operations() {
  return {VERIGRAD_ROW(Sum), VERIGRAD_ROW(Mean), VERIGRAD_ROW(Prod),
          VERIGRAD_ROW(Max), VERIGRAD_ROW(Min),  VERIGRAD_ROW(SumTo)};
}

}  // namespace verigrad
