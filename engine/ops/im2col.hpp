#pragma once

#include <cstdint>
#include <vector>

#include "engine/attributes.hpp"
#include "engine/shape.hpp"

namespace verigrad::detail {

/// The sizes of one convolution, written as a 2-D one: one over a line has height 1.
///
///   y[b, o, i, j] = sum over c, u, v of x[b, c, i s0 + u d0 - p0, j s1 + v d1 - p1] w[o, c, u, v]
///
/// with x zero outside. In each group the channels of input and output are its own.
struct ConvolutionForm {
  /// Reads the attributes stride, padding, dilation and groups that start at `position`. Throws
  /// ShapeError or Error with PyTorch's words, the operation's name and both shapes.
  ConvolutionForm(std::string_view operation, std::size_t dims, const Shape& input,
                  const Shape& weight, const Attributes& attributes, std::size_t position);

  /// The shapes of input, weight and result as the operation sees them.
  Shape input, weight, result;
  bool batched = true;
  std::int64_t batches = 1, groups = 1;
  std::int64_t in_channels = 1, out_channels = 1;  ///< of one group
  std::int64_t in[2] = {1, 1}, kernel[2] = {1, 1}, out[2] = {1, 1};
  std::int64_t stride[2] = {1, 1}, dilation[2] = {1, 1};
  std::int64_t padding[2] = {0, 0};  ///< before the input

  std::int64_t in_pixels() const { return in[0] * in[1]; }
  std::int64_t out_pixels() const { return out[0] * out[1]; }
  /// The number of entries that one output entry is a sum over.
  std::int64_t taps() const { return in_channels * kernel[0] * kernel[1]; }

  /// Calls f(row, column, place) for every entry [tap, output pixel] of the matrix of patches that
  /// lies inside the input of one batch and group.
  template <class F>
  void each_tap(F&& f) const {
    for (std::int64_t tap = 0; tap < taps(); ++tap) {
      const std::int64_t c = tap / (kernel[0] * kernel[1]);
      const std::int64_t u = tap / kernel[1] % kernel[0], v = tap % kernel[1];
      for (std::int64_t i = 0; i < out[0]; ++i) {
        const std::int64_t row = i * stride[0] + u * dilation[0] - padding[0];
        if (row < 0 || row >= in[0]) continue;
        for (std::int64_t j = 0; j < out[1]; ++j) {
          const std::int64_t column = j * stride[1] + v * dilation[1] - padding[1];
          if (column < 0 || column >= in[1]) continue;
          f(tap, i * out[1] + j, (c * in[0] + row) * in[1] + column);
        }
      }
    }
  }
};

}  // namespace verigrad::detail
