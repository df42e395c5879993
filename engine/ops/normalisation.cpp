// logsumexp, softmax and log_softmax. With k the place of a lane's maximum, all three are computed
// from x - x[k] and the sum over the other entries, so that neither overflow nor the 1 of the
// greatest term costs digits.
#include <limits>

#include "engine/elementwise.hpp"
#include "engine/ops/families.hpp"
#include "engine/ops/lanes.hpp"
#include "engine/ops/normalisation.hpp"
#include "engine/ops/selection_mask.hpp"

namespace verigrad {
namespace {

using detail::first_greatest, detail::Peak, detail::peak_of, detail::selection_mask;

/// softmax over several dims at once, which the derivative of logsumexp needs.
template <class T>
Tensor<T> softmax_over(const Tensor<T>& x, const DimSet& dims) {
  Integers order, inverse(x.shape().rank());
  std::int64_t rows = 1, n = 1;
  for (bool reduce : {false, true})
    for (std::size_t d = 0; d < x.shape().rank(); ++d)
      if (dims[d] == reduce) {
        inverse[d] = static_cast<std::int64_t>(order.size());
        order.push_back(static_cast<std::int64_t>(d));
        (reduce ? n : rows) *= x.shape()[d];
      }
  const Tensor<T> moved = permute(x, order);
  const Tensor<T> y = softmax(reshaped(moved, Shape{rows, n}), 1);
  return permute(reshaped(y, moved.shape()), inverse);
}

struct LogSumExp {
  static constexpr OperationInfo info{
      .signature = "logsumexp(input, dim: dims = None, keepdim: flag = False)",
      .grad_fn = "LogsumexpBackward0",
      .value = "log(sum(exp(input), dim, keepdim))",
      .derivative = {"softmax(input, dim)"},
      .latex = "\\log \\sum_i e^{x_i}",
      .special = {0, 710, -746, 40, -40},
      .needs = {first},
  };
  static DimSet dims(const Attributes& attributes, const Shape& input) {
    return dim_set("logsumexp", attributes, 0, input);
  }
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    return reduced(operands[0], dims(attributes, operands[0]), attributes.flag(1));
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    Tensor<T> out = Tensor<T>::uninitialised(shape);
    T* y = out.mutable_data();
    const Lanes<T> lanes(operands[0], dims(attributes, operands[0].shape()));
    lanes.each([&](std::int64_t lane, std::int64_t start) {
      const T* x = lanes.data + start;
      bool nan = false;
      for (std::int64_t k = 0; k < lanes.size; ++k) nan = nan || std::isnan(x[k * lanes.inner]);
      const Peak peak = peak_of(x, lanes.size, lanes.inner);
      if (nan) {
        y[lane] = std::numeric_limits<T>::quiet_NaN();
      } else {
        const bool finite = std::isfinite(peak.greatest);
        y[lane] = static_cast<T>(peak.greatest + (finite ? std::log1p(peak.rest) : 0.0));
      }
    });
    return out;
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    const Tensor<T> x = saved.operand(0);
    const DimSet set = dims(saved.attributes(), x.shape());
    return unreduced(g, x.shape(), set) * softmax_over(x, set);
  }
};

/// The one dim of softmax and log_softmax as a set, empty for a scalar.
DimSet along(std::string_view name, const Attributes& attributes, const Shape& input) {
  const std::size_t d = checked_dim(name, attributes.integer(0), input);
  DimSet set;
  if (input.rank() > 0) set.set(d);
  return set;
}

template <class T>
Tensor<T> lane_sum(const Tensor<T>& x, const DimSet& dims) {
  return sum_to(x, reduced(x.shape(), dims, true));
}

struct Softmax {
  static constexpr OperationInfo info{
      .signature = "softmax(input, dim: int)",
      .grad_fn = "SoftmaxBackward0",
      .value = "exp(input) / sum(exp(input), dim, True)",
      .derivative = {"y_i (delta_ij - y_j) with y = softmax(input, dim)"},
      .latex = "\\frac{e^{x_i}}{\\sum_j e^{x_j}}",
      .special = {0, 710, -746, 40, -40},
      .needs = {result},
  };
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    along("softmax", attributes, operands[0]);
    return operands[0];
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    Tensor<T> out = Tensor<T>::uninitialised(shape);
    T* y = out.mutable_data();
    const Lanes<T> lanes(operands[0], along("softmax", attributes, shape));
    lanes.each([&](std::int64_t, std::int64_t start) {
      const T* x = lanes.data + start;
      const Peak peak = peak_of(x, lanes.size, lanes.inner);
      for (std::int64_t k = 0; k < lanes.size; ++k) {
        const double shifted = static_cast<double>(x[k * lanes.inner]) - peak.greatest;
        y[start + k * lanes.inner] = static_cast<T>(std::exp(shifted) / (1 + peak.rest));
      }
    });
    return out;
  }

  /// y_i (g_i - sum_j y_j g_j), with every g taken relative to the g of the greatest y: the terms
  /// that would cancel in a saturated lane are then exactly 0, and no y_i beside it exceeds 1/2.
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    const Tensor<T> y = saved.result();
    const DimSet set = along("softmax", saved.attributes(), y.shape());
    if (!grad_enabled()) return fused(y, g, set);
    const Tensor<T> zero(T(0));
    const Tensor<T> h = g - lane_sum(where(selection_mask(y, "max", set, false), g, zero), set);
    return y * (h - lane_sum(y * h, set));
  }

 private:
  template <class T>
  static Tensor<T> fused(const Tensor<T>& y, const Tensor<T>& g, const DimSet& set) {
    Tensor<T> out = Tensor<T>::uninitialised(y.shape());
    T* target = out.mutable_data();
    const T* v = g.data();
    const Lanes<T> lanes(y, set);
    lanes.each([&](std::int64_t, std::int64_t start) {
      if (lanes.size == 0) return;
      const T* p = lanes.data + start;
      const std::int64_t step = lanes.inner;
      const double reference =
          static_cast<double>(v[start + step * first_greatest(p, lanes.size, step)]);
      CompensatedSum sum;
      for (std::int64_t k = 0; k < lanes.size; ++k)
        sum.add(static_cast<double>(p[k * step]) *
                (static_cast<double>(v[start + k * step]) - reference));
      const double mean = sum.value();
      for (std::int64_t k = 0; k < lanes.size; ++k)
        target[start + k * step] =
            static_cast<T>(static_cast<double>(p[k * step]) *
                           (static_cast<double>(v[start + k * step]) - reference - mean));
    });
    return out;
  }
};

struct LogSoftmax {
  static constexpr OperationInfo info{
      .signature = "log_softmax(input, dim: int)",
      .grad_fn = "LogSoftmaxBackward0",
      .value = "input - logsumexp(input, dim, True)",
      .derivative = {"delta_ij - y_j with y = softmax(input, dim)"},
      .latex = "x_i - \\log \\sum_j e^{x_j}",
      .special = {0, 710, -746, 40, -40},
      .needs = {result},
  };
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    along("log_softmax", attributes, operands[0]);
    return operands[0];
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    Tensor<T> out = Tensor<T>::uninitialised(shape);
    T* y = out.mutable_data();
    const Lanes<T> lanes(operands[0], along("log_softmax", attributes, shape));
    lanes.each([&](std::int64_t, std::int64_t start) {
      const T* x = lanes.data + start;
      const Peak peak = peak_of(x, lanes.size, lanes.inner);
      const double log_sum = std::log1p(peak.rest);
      for (std::int64_t k = 0; k < lanes.size; ++k) {
        const double shifted = static_cast<double>(x[k * lanes.inner]) - peak.greatest;
        y[start + k * lanes.inner] = static_cast<T>(shifted - log_sum);
      }
    });
    return out;
  }

  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    const Tensor<T> log_y = saved.result();
    return detail::log_softmax_backward(log_y, exp(log_y), g,
                                        along("log_softmax", saved.attributes(), log_y.shape()));
  }
};

}  // namespace

template <class T>
Tensor<T> detail::log_softmax_backward(const Tensor<T>& log_y, const Tensor<T>& y,
                                       const Tensor<T>& g, const DimSet& dims) {
  const Tensor<T> mask = selection_mask(log_y, "max", dims, false), zero(T(0));
  const Tensor<T> others = lane_sum(where(mask, zero, g), dims);
  return where(mask, -(g * expm1(log_y)) - y * others, g - y * lane_sum(g, dims));
}

template <class T>
Tensor<T> logsumexp(const Tensor<T>& input) {
  return apply<T>(operation<LogSumExp>(), {input}, make_attributes({std::monostate(), false}));
}
template <class T>
Tensor<T> logsumexp(const Tensor<T>& input, const Integers& dims, bool keepdim) {
  return apply<T>(operation<LogSumExp>(), {input}, make_attributes({dims, keepdim}));
}
template <class T>
Tensor<T> softmax(const Tensor<T>& input, std::int64_t dim) {
  return apply<T>(operation<Softmax>(), {input}, make_attributes({dim}));
}
template <class T>
Tensor<T> log_softmax(const Tensor<T>& input, std::int64_t dim) {
  return apply<T>(operation<LogSoftmax>(), {input}, make_attributes({dim}));
}

#define VERIGRAD_INSTANTIATE(T)                                                       \
  template Tensor<T> detail::log_softmax_backward(const Tensor<T>&, const Tensor<T>&, \
                                                  const Tensor<T>&, const DimSet&);   \
  template Tensor<T> logsumexp(const Tensor<T>&);                                     \
  template Tensor<T> logsumexp(const Tensor<T>&, const Integers&, bool);              \
  template Tensor<T> softmax(const Tensor<T>&, std::int64_t);                         \
  template Tensor<T> log_softmax(const Tensor<T>&, std::int64_t);
VERIGRAD_INSTANTIATE(float)
VERIGRAD_INSTANTIATE(double)
#undef VERIGRAD_INSTANTIATE

std::vector<const Operation*> normalisation_operations() {
  return {VERIGRAD_ROW(LogSumExp), VERIGRAD_ROW(Softmax), VERIGRAD_ROW(LogSoftmax)};
}

}  // namespace verigrad
