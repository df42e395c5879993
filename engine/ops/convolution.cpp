// conv1d and conv2d through products of matrices: the patches of the input are the columns of a
// matrix, which the weight multiplies.
//
// With y = conv(x, w), the number v . conv(x, w) is linear in each of v, x and w. Its gradients by
// x and w are the two other operations here, input_of(v, w) and weight_of(v, x), and the gradients
// of all three are again these three, so that every order is recorded.
#include <fmt/format.h>

#include <Eigen/Core>

#include "engine/elementwise.hpp"
#include "engine/error.hpp"
#include "engine/ops/families.hpp"
#include "engine/ops/im2col.hpp"
#include "engine/ops/lanes.hpp"

namespace verigrad {
namespace {

using detail::ConvolutionForm;

template <class T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <class T>
using View = Eigen::Map<const Matrix<T>>;

/// Where the entries of one batch and group start in input, weight and result.
struct Block {
  Block(const ConvolutionForm& form, std::int64_t batch, std::int64_t group)
      : input((batch * form.groups + group) * form.in_channels * form.in_pixels()),
        weight(group * form.out_channels * form.taps()),
        result((batch * form.groups + group) * form.out_channels * form.out_pixels()) {}
  std::int64_t input, weight, result;
};

template <class F>
void each_block(const ConvolutionForm& form, F&& f) {
  for (std::int64_t batch = 0; batch < form.batches; ++batch)
    for (std::int64_t group = 0; group < form.groups; ++group) f(Block(form, batch, group));
}

/// The matrix [taps, output pixels] of the patches of one batch and group.
template <class T>
Matrix<T> patches(const ConvolutionForm& form, const T* input) {
  Matrix<T> columns = Matrix<T>::Zero(form.taps(), form.out_pixels());
  form.each_tap([&](auto tap, auto pixel, auto place) { columns(tap, pixel) = input[place]; });
  return columns;
}

/// The attributes of the internal operations: the shape of their result, then the convolution's.
AttributesRef with_shape(const Shape& shape, const Attributes& convolution) {
  std::vector<AttributeValue> values = convolution.values();
  values.insert(values.begin(), sizes_of(shape));
  return make_attributes(std::move(values));
}

/// The other way round: the convolution's attributes alone.
AttributesRef without_shape(const Attributes& attributes) {
  const std::vector<AttributeValue>& values = attributes.values();
  return make_attributes(std::vector<AttributeValue>(values.begin() + 1, values.end()));
}

Shape leading_shape(const Attributes& attributes) {
  return Shape(std::span<const std::int64_t>(attributes.integers(0)));
}

template <class T>
Tensor<T> convolve(const Tensor<T>& input, const Tensor<T>& weight, const AttributesRef& own);
template <class T>
Tensor<T> input_of(const Tensor<T>& v, const Tensor<T>& weight, const Shape& input,
                   const Attributes& convolution);
template <class T>
Tensor<T> weight_of(const Tensor<T>& v, const Tensor<T>& input, const Shape& weight,
                    const Attributes& convolution);

void check_result(std::string_view operation, const Shape& given, const ConvolutionForm& form) {
  if (!(given == form.result))
    throw ShapeError(fmt::format("{}: the input has shape {}, not {}", operation, to_string(given),
                                 to_string(form.result)));
}

/// vᵀJ of a convolution by its input: each entry of v spreads over the patch that it was made of.
struct ConvolutionInput {
  static constexpr std::string_view name = "convolution_input";
  static constexpr OperationInfo info{
      .signature =
          "convolution_input(input, weight, shape: sizes, stride: sizes, padding: sizes, "
          "dilation: sizes, groups: int)",
      .grad_fn = "ConvolutionBackwardBackward0",
      .value = "the transpose of conv by its input, of shape",
      .derivative = {"conv(g, weight)", "convolution_weight(input, g)"},
      .latex = R"(w^\top \star x)",
      .special = {0, 1, -1},
      .needs = {second, first},
      .internal = true,
  };
  static ConvolutionForm form(const Shape& weight, const Attributes& attributes) {
    const Shape input = leading_shape(attributes);
    return {name, weight.rank() - 2, input, weight, attributes, 1};
  }
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    const ConvolutionForm at = form(operands[1], attributes);
    check_result(name, operands[0], at);
    return at.input;
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    const ConvolutionForm at = form(operands[1].shape(), attributes);
    Tensor<T> out = Tensor<T>::uninitialised(shape);
    std::fill_n(out.mutable_data(), shape.numel(), T(0));
    if (operands[0].numel() == 0 || at.taps() == 0) return out;
    std::vector<double> sums(static_cast<std::size_t>(at.in_channels * at.in_pixels()));
    each_block(at, [&](const Block& block) {
      const View<T> w(operands[1].data() + block.weight, at.out_channels, at.taps());
      const View<T> v(operands[0].data() + block.result, at.out_channels, at.out_pixels());
      const Matrix<T> columns = w.transpose() * v;
      std::fill(sums.begin(), sums.end(), 0.0);
      at.each_tap([&](auto tap, auto pixel, auto place) {
        sums[static_cast<std::size_t>(place)] += static_cast<double>(columns(tap, pixel));
      });
      std::transform(sums.begin(), sums.end(), out.mutable_data() + block.input,
                     [](double sum) { return static_cast<T>(sum); });
    });
    return out;
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t operand) {
    const AttributesRef own = without_shape(saved.attributes());
    if (operand == 0) return convolve(g, saved.operand(1), own);
    return weight_of(saved.operand(0), g, saved.operand_shape(1), *own);
  }
};

/// vᵀJ of a convolution by its weight: the products of v with the patches.
struct ConvolutionWeight {
  static constexpr std::string_view name = "convolution_weight";
  static constexpr OperationInfo info{
      .signature =
          "convolution_weight(input, other, shape: sizes, stride: sizes, padding: sizes, "
          "dilation: sizes, groups: int)",
      .grad_fn = "ConvolutionBackwardBackward0",
      .value = "the transpose of conv of other by its weight, of shape",
      .derivative = {"conv(other, g)", "convolution_input(input, g)"},
      .latex = R"(x \star v)",
      .special = {0, 1, -1},
      .needs = {second, first},
      .internal = true,
  };
  static ConvolutionForm form(const Shape& input, const Attributes& attributes) {
    const Shape weight = leading_shape(attributes);
    return {name, weight.rank() - 2, input, weight, attributes, 1};
  }
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    const ConvolutionForm at = form(operands[1], attributes);
    check_result(name, operands[0], at);
    return at.weight;
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    const ConvolutionForm at = form(operands[1].shape(), attributes);
    Tensor<T> out = Tensor<T>::uninitialised(shape);
    std::fill_n(out.mutable_data(), shape.numel(), T(0));
    if (operands[0].numel() == 0 || at.taps() == 0) return out;
    std::vector<double> sums(static_cast<std::size_t>(shape.numel()));
    each_block(at, [&](const Block& block) {
      const View<T> v(operands[0].data() + block.result, at.out_channels, at.out_pixels());
      const Matrix<T> share = v * patches(at, operands[1].data() + block.input).transpose();
      for (std::int64_t i = 0; i < share.size(); ++i)
        sums[static_cast<std::size_t>(block.weight + i)] += static_cast<double>(share.data()[i]);
    });
    std::transform(sums.begin(), sums.end(), out.mutable_data(),
                   [](double sum) { return static_cast<T>(sum); });
    return out;
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t operand) {
    const AttributesRef own = without_shape(saved.attributes());
    if (operand == 0) return convolve(saved.operand(1), g, own);
    return input_of(saved.operand(0), g, saved.operand_shape(1), *own);
  }
};

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
      each_block(at, [&](const Block& block) {
        const View<T> w(operands[1].data() + block.weight, at.out_channels, at.taps());
        Eigen::Map<Matrix<T>> y(out.mutable_data() + block.result, at.out_channels,
                                at.out_pixels());
        y.noalias() = w * patches(at, operands[0].data() + block.input);
      });
    add_bias(operands[2], at, out);
    return out;
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t operand) {
    if (operand == 0)
      return input_of(g, saved.operand(1), saved.operand_shape(0), saved.attributes());
    if (operand == 1)
      return weight_of(g, saved.operand(0), saved.operand_shape(1), saved.attributes());
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
          "c, u], plus bias[o]",
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
          "+ v * dilation - padding] * weight[o, c, u, v], plus bias[o]",
      .derivative = {"weight spread over the places that each output reads",
                     "g times the patches of input", "g summed over batches and places"},
      .latex = R"(x \star w + b)",
      .special = {0, 1, -1},
      .needs = {second, first, nothing},
  };
};

using Conv1d = Convolution<Conv1dDefinition, 1>;
using Conv2d = Convolution<Conv2dDefinition, 2>;

template <class T>
Tensor<T> convolve(const Tensor<T>& input, const Tensor<T>& weight, const AttributesRef& own) {
  const Operation& row = weight.shape().rank() == 3 ? operation<Conv1d>() : operation<Conv2d>();
  return apply<T>(row, {input, weight, Tensor<T>(T(0))}, own);
}
template <class T>
Tensor<T> input_of(const Tensor<T>& v, const Tensor<T>& weight, const Shape& input,
                   const Attributes& convolution) {
  return apply<T>(operation<ConvolutionInput>(), {v, weight}, with_shape(input, convolution));
}
template <class T>
Tensor<T> weight_of(const Tensor<T>& v, const Tensor<T>& input, const Shape& weight,
                    const Attributes& convolution) {
  return apply<T>(operation<ConvolutionWeight>(), {v, input}, with_shape(weight, convolution));
}

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

#define VERIGRAD_INSTANTIATE_CONVOLUTION(function, T)                               \
  template Tensor<T> function(const Tensor<T>&, const Tensor<T>&, const Tensor<T>&, \
                              const Integers&, const Padding&, const Integers&, std::int64_t);
VERIGRAD_INSTANTIATE_CONVOLUTION(conv1d, float)
VERIGRAD_INSTANTIATE_CONVOLUTION(conv1d, double)
VERIGRAD_INSTANTIATE_CONVOLUTION(conv2d, float)
VERIGRAD_INSTANTIATE_CONVOLUTION(conv2d, double)
#undef VERIGRAD_INSTANTIATE_CONVOLUTION

std::vector<const Operation*> convolution_operations() {
  return {VERIGRAD_ROW(Conv1d), VERIGRAD_ROW(Conv2d), VERIGRAD_ROW(ConvolutionInput),
          VERIGRAD_ROW(ConvolutionWeight)};
}

}  // namespace verigrad
