#pragma once

#include <Eigen/Core>

#include <vector>

#include "engine/functions.hpp"
#include "engine/operation.hpp"
#include "engine/ops/im2col.hpp"

// What convolutions and their transposes share. With y = conv(x, w), the number v . conv(x, w) is
// linear in each of v, x and w. Its gradients by x and w are two operations of their own, and the
// gradients of all three are again these three, so that every order is recorded.

namespace verigrad::detail {

template <class T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <class T>
using View = Eigen::Map<const Matrix<T>>;

/// Where the entries of one batch and group start in input, weight and result.
struct ConvolutionBlock {
  ConvolutionBlock(const ConvolutionForm& form, std::int64_t batch, std::int64_t group)
      : input((batch * form.groups + group) * form.in_channels * form.in_pixels()),
        weight(group * form.out_channels * form.taps()),
        result((batch * form.groups + group) * form.out_channels * form.out_pixels()) {}
  std::int64_t input, weight, result;
};

template <class F>
void each_block(const ConvolutionForm& form, F&& f) {
  for (std::int64_t batch = 0; batch < form.batches; ++batch)
    for (std::int64_t group = 0; group < form.groups; ++group)
      f(ConvolutionBlock(form, batch, group));
}

/// The matrix [taps, output pixels] of the patches of one batch and group.
template <class T>
Matrix<T> patches(const ConvolutionForm& form, const T* input) {
  Matrix<T> columns = Matrix<T>::Zero(form.taps(), form.out_pixels());
  form.each_tap([&](auto tap, auto pixel, auto place) { columns(tap, pixel) = input[place]; });
  return columns;
}

/// conv1d or conv2d without bias, with the attributes of another such call.
template <class T>
Tensor<T> convolve(const Tensor<T>& input, const Tensor<T>& weight,
                   const AttributesRef& convolution);

/// vᵀJ of a convolution by its input and by its weight, whose shapes are given.
template <class T>
Tensor<T> convolution_input(const Tensor<T>& v, const Tensor<T>& weight, const Shape& input,
                            const Attributes& convolution);
template <class T>
Tensor<T> convolution_weight(const Tensor<T>& v, const Tensor<T>& input, const Shape& weight,
                             const Attributes& convolution);

/// The rows of these two.
std::vector<const Operation*> transposed_convolutions();

}  // namespace verigrad::detail
