// The transposes of a convolution: vᵀJ by its input and by its weight.
#include <fmt/format.h>

#include <algorithm>

#include "engine/elementwise.hpp"
#include "engine/error.hpp"
#include "engine/ops/convolution.hpp"
#include "engine/ops/dims.hpp"

namespace verigrad {
namespace {

using detail::ConvolutionBlock, detail::ConvolutionForm, detail::Matrix, detail::View;

/// The attributes of a transpose: the shape of its result, then the convolution's.
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

/// What both share. The first operand is v, the second what the convolution was of beside the
/// operand sought. The definition gives `info`, `name`, the convolution's `form`, the derivative by
/// the second operand, and `add`, which adds the share of one batch and group to the result's sums.
template <class Op>
struct TransposedConvolution : Op {
  static ConvolutionForm form(const Shape& other, const Attributes& attributes) {
    return Op::form(Shape(std::span<const std::int64_t>(attributes.integers(0))), other,
                    attributes);
  }
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    const ConvolutionForm at = form(operands[1], attributes);
    if (!(operands[0] == at.result))
      throw ShapeError(fmt::format("{}: the input has shape {}, not {}", Op::name,
                                   to_string(operands[0]), to_string(at.result)));
    return Shape(std::span<const std::int64_t>(attributes.integers(0)));
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    const ConvolutionForm at = form(operands[1].shape(), attributes);
    Tensor<T> out = Tensor<T>::uninitialised(shape);
    if constexpr (std::is_same_v<T, double>) {
      std::fill_n(out.mutable_data(), shape.numel(), 0.0);
      add_blocks(at, operands, out.mutable_data());
    } else {
      std::vector<double> sums(static_cast<std::size_t>(shape.numel()));
      add_blocks(at, operands, sums.data());
      std::transform(sums.begin(), sums.end(), out.mutable_data(),
                     [](double sum) { return static_cast<T>(sum); });
    }
    return out;
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t operand) {
    const AttributesRef convolution = without_shape(saved.attributes());
    return operand == 0 ? Op::by_v(g, saved.operand(1), convolution)
                        : Op::by_other(g, saved.operand(0), saved.operand_shape(1), *convolution);
  }

 private:
  template <class T>
  static void add_blocks(const ConvolutionForm& at, Operands<T> operands, double* sums) {
    if (operands[0].numel() == 0 || at.taps() == 0) return;
    detail::each_block(at, [&](const ConvolutionBlock& block) {
      const View<T> v(operands[0].data() + block.result, at.out_channels, at.out_pixels());
      Op::add(at, block, v, operands[1].data(), sums);
    });
  }
};

/// Each entry of v spreads over the patch of the input that it was made of.
struct ByInput {
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
  static ConvolutionForm form(const Shape& input, const Shape& weight,
                              const Attributes& attributes) {
    return {name, weight.rank() - 2, input, weight, attributes, 1};
  }
  template <class T>
  static void add(const ConvolutionForm& at, const ConvolutionBlock& block, const View<T>& v,
                  const T* weight, double* sums) {
    const View<T> w(weight + block.weight, at.out_channels, at.taps());
    const Matrix<T> columns = w.transpose() * v;
    at.each_tap([&](auto tap, auto pixel, auto place) {
      sums[block.input + place] += static_cast<double>(columns(tap, pixel));
    });
  }
  template <class T>
  static Tensor<T> by_v(const Tensor<T>& g, const Tensor<T>& weight,
                        const AttributesRef& convolution) {
    return detail::convolve(g, weight, convolution);
  }
  template <class T>
  static Tensor<T> by_other(const Tensor<T>& g, const Tensor<T>& v, const Shape& weight,
                            const Attributes& convolution) {
    return detail::convolution_weight(v, g, weight, convolution);
  }
};

/// The products of v with the patches.
struct ByWeight {
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
  static ConvolutionForm form(const Shape& weight, const Shape& input,
                              const Attributes& attributes) {
    return {name, weight.rank() - 2, input, weight, attributes, 1};
  }
  template <class T>
  static void add(const ConvolutionForm& at, const ConvolutionBlock& block, const View<T>& v,
                  const T* input, double* sums) {
    const Matrix<T> share = v * detail::patches(at, input + block.input).transpose();
    for (std::int64_t i = 0; i < share.size(); ++i)
      sums[block.weight + i] += static_cast<double>(share.data()[i]);
  }
  template <class T>
  static Tensor<T> by_v(const Tensor<T>& g, const Tensor<T>& input,
                        const AttributesRef& convolution) {
    return detail::convolve(input, g, convolution);
  }
  template <class T>
  static Tensor<T> by_other(const Tensor<T>& g, const Tensor<T>& v, const Shape& input,
                            const Attributes& convolution) {
    return detail::convolution_input(v, g, input, convolution);
  }
};

using ConvolutionInput = TransposedConvolution<ByInput>;
using ConvolutionWeight = TransposedConvolution<ByWeight>;

}  // namespace

namespace detail {

template <class T>
Tensor<T> convolution_input(const Tensor<T>& v, const Tensor<T>& weight, const Shape& input,
                            const Attributes& convolution) {
  return apply<T>(operation<ConvolutionInput>(), {v, weight}, with_shape(input, convolution));
}
template <class T>
Tensor<T> convolution_weight(const Tensor<T>& v, const Tensor<T>& input, const Shape& weight,
                             const Attributes& convolution) {
  return apply<T>(operation<ConvolutionWeight>(), {v, input}, with_shape(weight, convolution));
}

#define VERIGRAD_INSTANTIATE(function, T) \
  template Tensor<T> function(const Tensor<T>&, const Tensor<T>&, const Shape&, const Attributes&);
VERIGRAD_INSTANTIATE(convolution_input, float)
VERIGRAD_INSTANTIATE(convolution_input, double)
VERIGRAD_INSTANTIATE(convolution_weight, float)
VERIGRAD_INSTANTIATE(convolution_weight, double)
#undef VERIGRAD_INSTANTIATE

std::vector<const Operation*> transposed_convolutions() {
  return {VERIGRAD_ROW(ConvolutionInput), VERIGRAD_ROW(ConvolutionWeight)};
}

}  // namespace detail
}  // namespace verigrad
