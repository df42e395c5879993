// The layers that act on the last dims: linear and layer_norm.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <Eigen/Core>

#include "engine/elementwise.hpp"
#include "engine/error.hpp"
#include "engine/ops/families.hpp"
#include "engine/ops/gemm.hpp"
#include "engine/ops/lanes.hpp"

namespace verigrad {
namespace {

/// A weight of one dim is one output whose dim is dropped. The default bias, a number, stands for
/// none.
struct Linear {
  static constexpr OperationInfo info{
      .signature = "linear(input, weight, bias = 0)",
      .grad_fn = "AddmmBackward0",
      .value = "input @ weight.T + bias",
      .derivative = {"g @ weight", "g.T @ input", "g summed over all but its last dim"},
      .latex = "X W^\\top + b",
      .special = {0, 1, -1},
      .needs = {second, first, nothing},
  };
  static std::string_view grad_fn(const Call& call) {
    const bool bias = !call.is_number[2];
    if (call.shapes[1].rank() == 1)
      return bias ? "AddBackward0" : call.shapes[0].rank() == 1 ? "DotBackward0" : "MvBackward0";
    switch (call.shapes[0].rank()) {
      case 1:
        return bias ? "AddBackward0" : "SqueezeBackward3";
      case 2:
        return bias ? "AddmmBackward0" : "MmBackward0";
      case 3:
        return bias ? "ViewBackward0" : "UnsafeViewBackward0";
      default:
        return bias ? "AddBackward0" : "UnsafeViewBackward0";
    }
  }
  static Shape shape(std::span<const Shape> operands, const Attributes&) {
    const Shape &input = operands[0], &weight = operands[1], &bias = operands[2];
    if (input.rank() == 0 || weight.rank() == 0 || weight.rank() > 2)
      throw ShapeError(fmt::format(
          "linear: both arguments to linear need to be at least 1D, and the weight 1D or 2D, but "
          "input and weight have shapes {} and {}",
          to_string(input), to_string(weight)));
    const std::int64_t inner = input[input.rank() - 1], columns = weight[weight.rank() - 1];
    const std::int64_t outputs = weight.rank() == 1 ? 1 : weight[0];
    if (inner != columns)
      throw ShapeError(fmt::format(
          "linear: mat1 and mat2 shapes cannot be multiplied ({}x{} and {}x{}); input and weight "
          "have shapes {} and {}",
          leading_entries(input), inner, columns, outputs, to_string(input), to_string(weight)));
    const Shape result = weight.rank() == 1 ? input.removed(input.rank() - 1)
                                            : input.with(input.rank() - 1, outputs);
    if (!(bias.rank() == 0 || (weight.rank() == 2 && bias == Shape{outputs})))
      throw ShapeError(
          fmt::format("linear: expected a bias of shape [{}], got {}; input and weight have shapes "
                      "{} and {}",
                      outputs, to_string(bias), to_string(input), to_string(weight)));
    return result;
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes&, const Shape& shape) {
    using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    const Tensor<T>&input = operands[0], &weight = operands[1], &bias = operands[2];
    const std::int64_t rows = leading_entries(input.shape());
    const std::int64_t inner = input.shape()[input.shape().rank() - 1];
    const std::int64_t outputs = weight.shape().rank() == 1 ? 1 : weight.shape()[0];
    Tensor<T> out = Tensor<T>::uninitialised(shape);
    Eigen::Map<Matrix> y(out.mutable_data(), rows, outputs);
    if (y.size() == 0) return out;
    detail::multiply<T>({input.data()}, {weight.data(), true}, rows, inner, outputs, y.data());
    if (bias.shape().rank() == 1) {
      y.rowwise() += Eigen::Map<const Eigen::Matrix<T, 1, Eigen::Dynamic>>(bias.data(), outputs);
    } else if (bias.item() != 0) {
      y.array() += bias.item();
    }
    return out;
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t operand) {
    const Shape &input = saved.operand_shape(0), &weight = saved.operand_shape(1);
    if (operand == 2) return sum_to(g, saved.operand_shape(2));
    const std::int64_t rows = leading_entries(input);
    const std::int64_t outputs = weight.rank() == 1 ? 1 : weight[0];
    const std::int64_t inner = weight[weight.rank() - 1];
    const Tensor<T> v = reshaped(g, Shape{rows, outputs});
    if (operand == 0)
      return reshaped(matmul(v, reshaped(saved.operand(1), Shape{outputs, inner})), input);
    const Tensor<T> x = reshaped(saved.operand(0), Shape{rows, inner});
    return reshaped(matmul(transpose(v, 0, 1), x), weight);
  }

 private:
  static std::int64_t leading_entries(const Shape& shape) {
    return shape.removed(shape.rank() - 1).numel();
  }
};

/// Entries are centred twice, so that a common offset, however large, costs no digits: the first
/// mean may be off by its rounding, the second is the mean of what that left.
struct LayerNorm {
  static constexpr OperationInfo info{
      .signature = "layer_norm(input, normalized_shape: sizes, weight = 1, bias = 0, eps = 1e-5)",
      .grad_fn = "NativeLayerNormBackward0",
      .value =
          "weight * (input - m) / sqrt(mean((input - m) ** 2) + eps) + bias, with m the mean "
          "over the last dims, those of normalized_shape",
      .derivative = {"r * (h - mean(h) - z * mean((h - mean(h)) * z)) with h = g * weight, z = "
                     "(input - m) * r and r = 1 / sqrt(variance + eps)",
                     "g * z summed over the other dims", "g summed over the other dims", ""},
      .latex = R"(w \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} + b)",
      .domain = {reals, reals, reals, Interval{.lower = 0}},
      .typical = {Interval{-3, 3}, Interval{0.5, 2}, Interval{-3, 3}, Interval{1e-5, 1e-2}},
      .special = {0, 1, -1},
      .needs = {first | second | fourth, first | fourth, nothing},
  };
  static DimSet dims(const Shape& input, const Attributes& attributes) {
    DimSet set;
    const std::size_t count = attributes.integers(0).size();
    for (std::size_t d = input.rank() - count; d < input.rank(); ++d) set.set(d);
    return set;
  }
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    const Shape& input = operands[0];
    const Integers& sizes = attributes.integers(0);
    const std::string wanted = fmt::format("[{}]", fmt::join(sizes, ", "));
    if (sizes.empty())
      throw ShapeError(fmt::format(
          "layer_norm: Expected normalized_shape to be at least 1-dimensional, i.e., containing at "
          "least one element, but got normalized_shape = []; the input has shape {}",
          to_string(input)));
    if (sizes.size() > input.rank() ||
        !std::equal(sizes.rbegin(), sizes.rend(), std::make_reverse_iterator(input.end())))
      throw ShapeError(fmt::format(
          "layer_norm: Given normalized_shape={}, expected input with shape [*, {}], but got input "
          "of size{}",
          wanted, fmt::join(sizes, ", "), to_string(input)));
    for (const std::size_t i : {std::size_t{1}, std::size_t{2}})
      if (operands[i].rank() != 0 && sizes_of(operands[i]) != sizes)
        throw ShapeError(fmt::format(
            "layer_norm: Expected {} to be of same shape as normalized_shape, but got {} of shape "
            "{} and normalized_shape = {}; the input has shape {}",
            i == 1 ? "weight" : "bias", i == 1 ? "weight" : "bias", to_string(operands[i]), wanted,
            to_string(input)));
    if (operands[3].rank() != 0)
      throw ShapeError(fmt::format(
          "layer_norm: eps must be a number, but it has shape {}; the input has shape {}",
          to_string(operands[3]), to_string(input)));
    return input;
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    Tensor<T> out = Tensor<T>::uninitialised(shape);
    T* y = out.mutable_data();
    const Tensor<T>&weight = operands[1], &bias = operands[2];
    const bool weights = weight.shape().rank() != 0, biases = bias.shape().rank() != 0;
    const auto eps = static_cast<double>(operands[3].item());
    const Lanes<T> lanes(operands[0], dims(shape, attributes));
    const std::int64_t n = lanes.size;
    std::vector<double> d(static_cast<std::size_t>(n)), squares(static_cast<std::size_t>(n));
    for (std::int64_t row = 0; row < lanes.outer && n > 0; ++row) {
      const T* x = lanes.data + row * n;
      std::copy_n(x, n, d.begin());
      for (int twice = 0; twice < 2; ++twice) {
        const double mean = pairwise_sum(d.data(), n) / static_cast<double>(n);
        for (double& entry : d) entry -= mean;
      }
      std::transform(d.begin(), d.end(), squares.begin(), [](double z) { return z * z; });
      const double variance = pairwise_sum(squares.data(), n) / static_cast<double>(n);
      const double r = 1 / std::sqrt(variance + eps);
      for (std::int64_t k = 0; k < n; ++k)
        y[row * n + k] = static_cast<T>(d[static_cast<std::size_t>(k)] * r *
                                            static_cast<double>(weight[weights ? k : 0]) +
                                        static_cast<double>(bias[biases ? k : 0]));
    }
    return out;
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t operand) {
    if (operand == 2) return sum_to(g, saved.operand_shape(2));
    const Tensor<T> x = saved.operand(0);
    const Shape kept = reduced(x.shape(), dims(x.shape(), saved.attributes()), true);
    const Tensor<T> d = centred(centred(x, kept), kept), eps = saved.operand(3);
    const Tensor<T> variance = mean_to(d * d, kept), r = rsqrt(variance + eps);
    if (operand == 1) return sum_to(g * (d * r), saved.operand_shape(1));
    return r * tangential(centred(centred(g * saved.operand(1), kept), kept), d, variance, eps, r,
                          kept);
  }

 private:
  /// h - z mean(h z) with z = d r. As mean(z z) = 1 - eps r^2, this is the part of h that is
  /// orthogonal to d, plus eps r^2 times the part along it. For an eps below the variance the
  /// difference as it stands would lose the latter, which is all there is for two entries; every
  /// projection is applied twice, as the first leaves a rest of the size of its rounding.
  template <class T>
  static Tensor<T> tangential(const Tensor<T>& h, const Tensor<T>& d, const Tensor<T>& variance,
                              const Tensor<T>& eps, const Tensor<T>& r, const Shape& kept) {
    const Tensor<T> wide = variance > eps;
    const Tensor<T> divisor = where(wide, variance, Tensor<T>(T(1)));
    const auto share = [&](const Tensor<T>& v) { return mean_to(v * d, kept) / divisor; };
    const Tensor<T> along = share(h), once = centred(h - d * along, kept);
    const Tensor<T> across = centred(once - d * share(once), kept);
    const Tensor<T> z = d * r;
    return where(wide, across + d * (along * (eps * r * r)), h - z * mean_to(h * z, kept));
  }
  template <class T>
  static Tensor<T> mean_to(const Tensor<T>& x, const Shape& kept) {
    const std::int64_t count = kept.numel() == 0 ? 1 : x.numel() / kept.numel();
    return sum_to(x, kept) / static_cast<T>(count);
  }
  template <class T>
  static Tensor<T> centred(const Tensor<T>& x, const Shape& kept) {
    return x - mean_to(x, kept);
  }
};

}  // namespace

template <class T>
Tensor<T> linear(const Tensor<T>& input, const AsTensor<T>& weight, const AsTensor<T>& bias) {
  return apply<T>(operation<Linear>(), {input, weight, bias});
}
template <class T>
Tensor<T> layer_norm(const Tensor<T>& input, const Integers& normalized_shape,
                     const AsTensor<T>& weight, const AsTensor<T>& bias, const AsTensor<T>& eps) {
  return apply<T>(operation<LayerNorm>(), {input, weight, bias, eps},
                  make_attributes({normalized_shape}));
}

#define VERIGRAD_INSTANTIATE(T)                                                      \
  template Tensor<T> linear(const Tensor<T>&, const Tensor<T>&, const Tensor<T>&);   \
  template Tensor<T> layer_norm(const Tensor<T>&, const Integers&, const Tensor<T>&, \
                                const Tensor<T>&, const Tensor<T>&);
VERIGRAD_INSTANTIATE(float)
VERIGRAD_INSTANTIATE(double)
#undef VERIGRAD_INSTANTIATE

std::vector<const Operation*> layer_operations() {
  return {VERIGRAD_ROW(Linear), VERIGRAD_ROW(LayerNorm)};
}

}  // namespace verigrad
