#pragma once

#include <fmt/format.h>

#include "engine/elementwise.hpp"
#include "engine/error.hpp"
#include "engine/ops/lanes.hpp"
#include "engine/ops/reduction.hpp"
#include "engine/ops/selection_mask.hpp"
#include "engine/ops/winner.hpp"

namespace verigrad::detail {

/// max, min and others that choose one entry of each lane: with `dim` the cotangent goes to the
/// entry at the winner's index, without it in equal shares to all entries that equal it.
template <class Op, class Choice>
struct Chosen : Reduction<Op> {
  using Reduction<Op>::dims;

  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    const Shape& input = operands[0];
    if (!attributes.is_none(0)) {
      if (attributes.integers(0).size() != 1)
        throw Error(fmt::format("{}(): dim must be a single dim, got {} for a tensor of shape {}",
                                Op::name, to_string(AttributeValue(attributes.integers(0))),
                                to_string(input)));
      const std::int64_t dim = attributes.integers(0)[0];
      const std::size_t d = checked_dim(Op::name, dim, input);
      if (input.rank() > 0 && input[d] == 0)
        throw IndexError(
            fmt::format("{}(): Expected reduction dim {} to have non-zero size, but the input has "
                        "shape {}.",
                        Op::name, d, to_string(input)));
    } else if (input.numel() == 0) {
      throw Error(fmt::format(
          "{}(): Expected reduction dim to be specified for input.numel() == 0. Specify "
          "the reduction dim with the 'dim' argument. The input has shape {}.",
          Op::name, to_string(input)));
    }
    return reduced(input, dims(attributes, input), attributes.flag(1));
  }

  /// Calls f(lane, first entry, step, winner).
  template <class T, class F>
  static void each_winner(const Tensor<T>& x, const Attributes& attributes, F&& f) {
    const Lanes<T> lanes(x, dims(attributes, x.shape()));
    lanes.each([&](std::int64_t lane, std::int64_t start) {
      f(lane, start, lanes.inner, Choice::of(lanes.data + start, lanes.size, lanes.inner));
    });
  }

  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    Tensor<T> out = Tensor<T>::uninitialised(shape);
    T* y = out.mutable_data();
    const T* x = operands[0].data();
    each_winner(operands[0], attributes, [&](auto lane, auto start, auto step, Winner best) {
      y[lane] = x[start + best.index * step];
    });
    return out;
  }

  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    const Attributes& attributes = saved.attributes();
    const Tensor<T> x = saved.operand(0);
    const DimSet set = dims(attributes, x.shape());
    const Shape kept = reduced(x.shape(), set, true);
    const bool shared = attributes.is_none(0);
    const Tensor<T> takes = selection_mask(x, Op::name, set, shared), v = reshaped(g, kept);
    return where(takes, shared ? v / sum_to(takes, kept) : v, Tensor<T>(T(0)));
  }

  template <class T>
  static void branch(Operands<T> operands, const Attributes& attributes, Branches& branches) {
    each_winner(operands[0], attributes, [&](auto, auto, auto, Winner best) {
      branches.add(best.index);
      branches.add(best.ties);
    });
  }
};

struct Max : Chosen<Max, Extreme<true>> {
  static constexpr const char* name = "max";
  static constexpr OperationInfo info{
      .signature = "max(input, dim: dims = None, keepdim: flag = False)",
      .grad_fn = "MaxBackward1",
      .value = "greatest entry of input along dim, or of all entries",
      .derivative = {"1 at the first greatest entry along dim; without dim 1 / m at each of m"},
      .latex = "\\max_i x_i",
      .kinks = "where two entries share the maximum",
      .special = {0, 1},
      .needs = {first},
  };
  static std::string_view grad_fn(const Call& call) {
    return call.attributes.is_none(0) ? "MaxBackward1" : "MaxBackward0";
  }
};

struct Min : Chosen<Min, Extreme<false>> {
  static constexpr const char* name = "min";
  static constexpr OperationInfo info{
      .signature = "min(input, dim: dims = None, keepdim: flag = False)",
      .grad_fn = "MinBackward1",
      .value = "least entry of input along dim, or of all entries",
      .derivative = {"1 at the first least entry along dim; without dim 1 / m at each of m"},
      .latex = "\\min_i x_i",
      .kinks = "where two entries share the minimum",
      .special = {0, 1},
      .needs = {first},
  };
  static std::string_view grad_fn(const Call& call) {
    return call.attributes.is_none(0) ? "MinBackward1" : "MinBackward0";
  }
};

}  // namespace verigrad::detail
