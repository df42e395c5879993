// conv1d and conv2d through products of matrices: the patches of the input are the columns of a
// matrix, which the weight multiplies.
#include "engine/ops/convolution.hpp"

#include <fmt/format.h>

#include "engine/elementwise.hpp"
#include "engine/error.hpp"
#include "engine/ops/dims.hpp"
#include "engine/ops/families.hpp"

namespace verigrad {
namespace {

using detail::ConvolutionForm, detail::Matrix, detail::View;

/// What conv1d and conv2d share; the definition gives `info` and `name`.
template <class Op, std::size_t dims>
struct Convolution : Op {
  static std::string_view grad_fn(const Call& call) {
    return call.shapes[0].rank() == dims + 2 ? "ConvolutionBackward0" : "SqueezeBackward1";
  }
  static ConvolutionForm form(const Shape& input, const Shape& weight,
                              const Attributes& attributes) {
    return {Op::name, dims, input, weight, attributes, 0};
  }
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    const ConvolutionForm at = form(operands[0], operands[1], attributes);
    if (operands[2].rank() != 0 && !(operands[2] == Shape{operands[1][0]}))
      throw ShapeError(
          fmt::format("{}: Given weight of size {}, expected bias to be 1-dimensional with {} "
                      "elements, but got "
                      "bias of size {} instead; the input has shape {}",
                      Op::name, to_string(operands[1]), operands[1][0], to_string(operands[2]),
                      to_string(operands[0])));
    return at.result;
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    const ConvolutionForm at = form(operands[0].shape(), operands[1].shape(), attributes);
    Tensor<T> out = Tensor<T>::uninitialised(shape);
    std::fill_n(out.mutable_data(), shape.numel(), T(0));
    if (shape.numel() > 0 && at.taps() > 0)
      detail::each_block(at, [&](const auto& block) {
        const View<T> w(operands[1].data() + block.weight, at.out_channels, at.taps());
        Eigen::Map<Matrix<T>> y(out.mutable_data() + block.result, at.out_channels,
                                at.out_pixels());
        y.noalias() = w * detail::patches(at, operands[0].data() + block.input);
      });
    add_bias(operands[2], at, out);
    return out;
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t operand) {
    if (operand == 0)
      return detail::convolution_input(g, saved.operand(1), saved.operand_shape(0),
                                       saved.attributes());
    if (operand == 1)
      return detail::convolution_weight(g, saved.operand(0), saved.operand_shape(1),
                                        saved.attributes());
    const Shape& bias = saved.operand_shape(2);
    return bias.rank() == 0 ? sum_to(g, bias) : reshaped(sum_to(g, channels(bias[0])), bias);
  }

 private:
  /// The channels' dim among the result's: [channels, 1, …].
  static Shape channels(std::int64_t count) {
    Shape shape{count};
    for (std::size_t d = 0; d < dims; ++d) shape = shape.inserted(1, 1);
    return shape;
  }
  template <class T>
  static void add_bias(const Tensor<T>& bias, const ConvolutionForm& at, Tensor<T>& out) {
    if (bias.shape().rank() == 0 && bias.item() == 0) return;
    const std::int64_t outputs = at.groups * at.out_channels, pixels = at.out_pixels();
    T* y = out.mutable_data();
    for (std::int64_t row = 0; row < at.batches * outputs; ++row) {
      const T added = bias[bias.shape().rank() == 0 ? 0 : row % outputs];
      for (std::int64_t pixel = 0; pixel < pixels; ++pixel) y[row * pixels + pixel] += added;
    }
  }
};

struct Conv1dDefinition {
  static constexpr std::string_view name = "conv1d";
  static constexpr OperationInfo info{
      .signature =
          R"(conv1d(input, weight, bias = 0, stride: sizes = 1, padding: sizes = "valid", )"
          "dilation: sizes = 1, groups: int = 1)",
      .grad_fn = "ConvolutionBackward0",
      .value =
          "sum over c and u of input[b, c, i * stride + u * dilation - padding] * weight[o, "
          "c, u], plus bias[o]; padding \"valid\" is 0, \"same\" keeps the input's size",
      .derivative = {"weight spread over the places that each output reads",
                     "g times the patches of input", "g summed over batches and places"},
      .latex = R"(x \star w + b)",
      .special = {0, 1, -1},
      .needs = {second, first, nothing},
  };
};

struct Conv2dDefinition {
  static constexpr std::string_view name = "conv2d";
  static constexpr OperationInfo info{
      .signature =
          R"(conv2d(input, weight, bias = 0, stride: sizes = 1, padding: sizes = "valid", )"
          "dilation: sizes = 1, groups: int = 1)",
      .grad_fn = "ConvolutionBackward0",
      .value =
          "sum over c, u and v of input[b, c, i * stride + u * dilation - padding, j * stride "
          "+ v * dilation - padding] * weight[o, c, u, v], plus bias[o]; padding \"valid\" is 0, "
          "\"same\" keeps the input's sizes",
      .derivative = {"weight spread over the places that each output reads",
                     "g times the patches of input", "g summed over batches and places"},
      .latex = R"(x \star w + b)",
      .special = {0, 1, -1},
      .needs = {second, first, nothing},
  };
};

using Conv1d = Convolution<Conv1dDefinition, 1>;
using Conv2d = Convolution<Conv2dDefinition, 2>;

}  // namespace

template <class T>
Tensor<T> conv1d(const Tensor<T>& input, const AsTensor<T>& weight, const AsTensor<T>& bias,
                 const Integers& stride, const Padding& padding, const Integers& dilation,
                 std::int64_t groups) {
  return apply<T>(operation<Conv1d>(), {input, weight, bias},
                  make_attributes({stride, padding.value, dilation, groups}));
}
template <class T>
Tensor<T> conv2d(const Tensor<T>& input, const AsTensor<T>& weight, const AsTensor<T>& bias,
                 const Integers& stride, const Padding& padding, const Integers& dilation,
                 std::int64_t groups) {
  return apply<T>(operation<Conv2d>(), {input, weight, bias},
                  make_attributes({stride, padding.value, dilation, groups}));
}

template <class T>
Tensor<T> detail::convolve(const Tensor<T>& input, const Tensor<T>& weight,
                           const AttributesRef& convolution) {
  const Operation& row = weight.shape().rank() == 3 ? operation<Conv1d>() : operation<Conv2d>();
  return apply<T>(row, {input, weight, Tensor<T>(T(0))}, convolution);
}

#define VERIGRAD_INSTANTIATE(T)                                                                    \
  template Tensor<T> conv1d(const Tensor<T>&, const Tensor<T>&, const Tensor<T>&, const Integers&, \
                            const Padding&, const Integers&, std::int64_t);                        \
  template Tensor<T> conv2d(const Tensor<T>&, const Tensor<T>&, const Tensor<T>&, const Integers&, \
                            const Padding&, const Integers&, std::int64_t);                        \
  template Tensor<T> detail::convolve(const Tensor<T>&, const Tensor<T>&, const AttributesRef&);
VERIGRAD_INSTANTIATE(float)
VERIGRAD_INSTANTIATE(double)
#undef VERIGRAD_INSTANTIATE

std::vector<const Operation*> convolution_operations() {
  std::vector<const Operation*> rows = {VERIGRAD_ROW(Conv1d), VERIGRAD_ROW(Conv2d)};
  const std::vector<const Operation*> transposed = detail::transposed_convolutions();
  rows.insert(rows.end(), transposed.begin(), transposed.end());
  return rows;
}

}  // namespace verigrad
