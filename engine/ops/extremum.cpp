// Extrema over several dims, their indices, and the median.
#include <limits>

#include "engine/ops/extremum.hpp"
#include "engine/ops/families.hpp"

namespace verigrad {
namespace {

using detail::Chosen, detail::Extreme, detail::LowerMiddle, detail::Winner;

/// amax and amin: over one or several dims, the cotangent in equal shares to all extreme entries.
/// Entries that are NaN share it when the extremum is NaN.
template <class Op, bool greatest>
struct Evenly : detail::Reduction<Op> {
  using detail::Reduction<Op>::dims;

  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    const Shape& input = operands[0];
    const DimSet set = dims(attributes, input);
    if (input.numel() == 0 && (attributes.is_none(0) || attributes.integers(0).empty()))
      throw Error(fmt::format(
          "{}(): Expected reduction dim to be specified for input.numel() == 0. Specify the "
          "reduction dim with the 'dim' argument. The input has shape {}.",
          Op::name, to_string(input)));
    for (std::size_t d = 0; d < input.rank(); ++d)
      if (set[d] && input[d] == 0)
        throw IndexError(
            fmt::format("{}(): Expected reduction dim {} to have non-zero size, but the input has "
                        "shape {}.",
                        Op::name, d, to_string(input)));
    return reduced(input, set, attributes.flag(1));
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    Tensor<T> out = Tensor<T>::uninitialised(shape);
    T* y = out.mutable_data();
    each_lane(operands[0], attributes,
              [&](std::int64_t lane, const T* x, std::int64_t step, Winner best) {
                y[lane] = x[best.index * step];
              });
    return out;
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    const Tensor<T> x = saved.operand(0);
    const DimSet set = dims(saved.attributes(), x.shape());
    const Shape kept = reduced(x.shape(), set, true);
    const Tensor<T> tied = detail::selection_mask(x, greatest ? "max" : "min", set, true);
    return where(tied, reshaped(g, kept) / sum_to(tied, kept), Tensor<T>(T(0)));
  }
  template <class T>
  static void branch(Operands<T> operands, const Attributes& attributes, Branches& branches) {
    each_lane(operands[0], attributes, [&](auto, auto, auto, Winner best) {
      branches.add(best.index);
      branches.add(best.ties);
    });
  }

 private:
  template <class T, class F>
  static void each_lane(const Tensor<T>& x, const Attributes& attributes, F&& f) {
    const Lanes<T> lanes(x, dims(attributes, x.shape()));
    lanes.each([&](std::int64_t lane, std::int64_t start) {
      const T* entries = lanes.data + start;
      f(lane, entries, lanes.inner, Extreme<greatest>::of(entries, lanes.size, lanes.inner));
    });
  }
};

struct Amax : Evenly<Amax, true> {
  static constexpr const char* name = "amax";
  static constexpr OperationInfo info{
      .signature = "amax(input, dim: dims = None, keepdim: flag = False)",
      .grad_fn = "AmaxBackward0",
      .value = "greatest entry of input over dim, or of all entries",
      .derivative = {"1 / m at each of the m greatest entries, 0 elsewhere"},
      .latex = "\\max_i x_i",
      .kinks = "where two entries share the maximum",
      .special = {0, 1},
      .needs = {first},
  };
};

struct Amin : Evenly<Amin, false> {
  static constexpr const char* name = "amin";
  static constexpr OperationInfo info{
      .signature = "amin(input, dim: dims = None, keepdim: flag = False)",
      .grad_fn = "AminBackward0",
      .value = "least entry of input over dim, or of all entries",
      .derivative = {"1 / m at each of the m least entries, 0 elsewhere"},
      .latex = "\\min_i x_i",
      .kinks = "where two entries share the minimum",
      .special = {0, 1},
      .needs = {first},
  };
};

/// An index as a number of the tensor's own type, exact up to 2^24 in float and 2^53 in double.
struct Argmax : Chosen<Argmax, Extreme<true>> {
  static constexpr const char* name = "argmax";
  static constexpr OperationInfo info{
      .signature = "argmax(input, dim: dims = None, keepdim: flag = False)",
      .grad_fn = "",
      .value =
          "index of the first greatest entry along dim, or among all entries in row-major order",
      .latex = "\\operatorname{argmax}_i x_i",
      .kinks = "where two entries share the maximum",
      .special = {0, 1},
  };
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    Tensor<T> out = Tensor<T>::uninitialised(shape);
    T* y = out.mutable_data();
    each_winner(operands[0], attributes,
                [&](auto lane, auto, auto, Winner best) { y[lane] = static_cast<T>(best.index); });
    return out;
  }
};

/// PyTorch's median is an entry, never the mean of two. With `dim` the first of several equal
/// entries stands for them; without it they share the cotangent.
struct Median : Chosen<Median, LowerMiddle> {
  static constexpr const char* name = "median";
  static constexpr OperationInfo info{
      .signature = "median(input, dim: dims = None, keepdim: flag = False)",
      .grad_fn = "MedianBackward0",
      .value = "middle entry of input along dim, or of all entries; the lower of two",
      .derivative = {"1 at the first median entry along dim; without dim 1 / m at each of m"},
      .latex = "\\operatorname{median}_i x_i",
      .kinks = "where two entries share the median",
      .special = {0, 1},
      .needs = {first},
  };
  static std::string_view grad_fn(const Call& call) {
    return call.attributes.is_none(0) ? "MedianBackward0" : "MedianBackward1";
  }
  /// The median of no entries at all is NaN; along a dim of size 0 it is an error.
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    if (attributes.is_none(0)) return Reduction::shape(operands, attributes);
    return Chosen::shape(operands, attributes);
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    if (operands[0].numel() > 0 || shape.numel() == 0)
      return Chosen::forward(operands, attributes, shape);
    Tensor<T> out = Tensor<T>::uninitialised(shape);
    *out.mutable_data() = std::numeric_limits<T>::quiet_NaN();
    return out;
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t operand) {
    const Shape& input = saved.operand_shape(0);
    return input.numel() == 0 ? Tensor<T>::uninitialised(input) : Chosen::vjp(saved, g, operand);
  }
  template <class T>
  static void branch(Operands<T> operands, const Attributes& attributes, Branches& branches) {
    if (operands[0].numel() > 0) Chosen::branch(operands, attributes, branches);
  }
};

}  // namespace

VERIGRAD_DEFINE_REDUCTION(amax, Amax, const Integers&, dims)
VERIGRAD_DEFINE_REDUCTION(amin, Amin, const Integers&, dims)
VERIGRAD_DEFINE_REDUCTION(argmax, Argmax, std::int64_t, Integers{dims})
VERIGRAD_DEFINE_REDUCTION(median, Median, std::int64_t, Integers{dims})

std::vector<const Operation*> extremum_operations() {
  return {VERIGRAD_ROW(Amax), VERIGRAD_ROW(Amin), VERIGRAD_ROW(Argmax), VERIGRAD_ROW(Median)};
}

}  // namespace verigrad
