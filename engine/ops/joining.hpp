#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "engine/elementwise.hpp"
#include "engine/error.hpp"
#include "engine/ops/dims.hpp"

namespace verigrad::detail {

/// The product of the sizes before (from 0) or after a dim.
inline std::int64_t product_of_sizes(const Shape& shape, std::size_t from, std::size_t to) {
  std::int64_t product = 1;
  for (std::size_t d = from; d < to; ++d) product *= shape[d];
  return product;
}

/// Copies the operands side by side: each one fills a stretch of every block of the result, one
/// block for each index of the dims before `dim`.
template <class T>
void join(Operands<T> operands, Tensor<T>& out, std::size_t dim) {
  const std::int64_t blocks = product_of_sizes(out.shape(), 0, dim);
  if (out.numel() == 0) return;
  const std::int64_t length = out.numel() / blocks;
  T* start = out.mutable_data();
  for (const Tensor<T>& operand : operands) {
    const std::int64_t part = operand.numel() / blocks;
    for (std::int64_t block = 0; block < blocks; ++block)
      std::copy_n(operand.data() + block * part, part, start + block * length);
    start += part;
  }
}

struct Concat {
  static constexpr OperationInfo info{
      .signature = "concat(tensors: list, dim: int = 0)",
      .grad_fn = "CatBackward0",
      .value = "the tensors one after another along dim",
      .derivative = {"1"},
      .latex = "[x, y]",
      .special = {0, 1},
  };
  /// Tensors of shape [0] join anything, as in PyTorch.
  static bool skipped(const Shape& shape) { return shape.rank() == 1 && shape[0] == 0; }

  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    if (operands.empty()) throw ShapeError("concat: expected a non-empty list of Tensors");
    const Shape* first_shape = &operands[0];
    for (std::size_t i = 0; i < operands.size(); ++i) {
      if (operands[i].rank() == 0)
        throw ShapeError(fmt::format(
            "concat: zero-dimensional tensor (at position {}) cannot be concatenated", i));
      if (skipped(*first_shape)) first_shape = &operands[i];
    }
    const std::size_t dim = checked_dim("concat", attributes.integer(0), *first_shape);
    std::int64_t total = 0;
    for (std::size_t i = 0; i < operands.size(); ++i) {
      if (skipped(operands[i])) continue;
      check(*first_shape, operands[i], dim, i);
      if (__builtin_add_overflow(total, operands[i][dim], &total))
        throw ShapeError("concat: the result has too many entries");
    }
    Integers sizes = sizes_of(*first_shape);
    sizes[dim] = total;
    return Shape(std::span<const std::int64_t>(sizes));
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    Tensor<T> out = Tensor<T>::uninitialised(shape);
    join(operands, out, checked_dim("concat", attributes.integer(0), shape));
    return out;
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t operand) {
    const Shape& own = saved.operand_shape(operand);
    if (skipped(own)) return Tensor<T>::uninitialised(own);
    const std::size_t dim = checked_dim("concat", saved.attributes().integer(0), saved.shape());
    std::int64_t start = 0;
    for (std::size_t i = 0; i < operand; ++i)
      if (!skipped(saved.operand_shape(i))) start += saved.operand_shape(i)[dim];
    return slice(g, static_cast<std::int64_t>(dim), start, start + own[dim]);
  }

 private:
  static void check(const Shape& expected, const Shape& got, std::size_t dim,
                    std::size_t position) {
    if (got.rank() != expected.rank())
      throw ShapeError(
          fmt::format("concat: Tensors must have same number of dimensions: got {} and {}; the "
                      "shapes are {} and "
                      "{}, the latter for tensor number {} in the list.",
                      expected.rank(), got.rank(), to_string(expected), to_string(got), position));
    for (std::size_t d = 0; d < expected.rank(); ++d)
      if (d != dim && got[d] != expected[d])
        throw ShapeError(fmt::format(
            "concat: Sizes of tensors must match except in dimension {}. Expected size {} but got "
            "size {} for tensor number {} in the list. The shapes are {} and {}.",
            dim, expected[d], got[d], position, to_string(expected), to_string(got)));
  }
};

struct Stack {
  static constexpr OperationInfo info{
      .signature = "stack(tensors: list, dim: int = 0)",
      .grad_fn = "StackBackward0",
      .value = "the tensors along a new dim",
      .derivative = {"1"},
      .latex = "[x; y]",
      .special = {0, 1},
  };
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    if (operands.empty()) throw ShapeError("stack: expected a non-empty list of Tensors");
    for (std::size_t i = 1; i < operands.size(); ++i)
      if (!(operands[i] == operands[0]))
        throw ShapeError(
            fmt::format("stack expects each tensor to be equal size, but got {} at entry "
                        "0 and {} at entry {}",
                        to_string(operands[0]), to_string(operands[i]), i));
    const Shape longer = operands[0].inserted(0, static_cast<std::int64_t>(operands.size()));
    const std::size_t dim = checked_dim("stack", attributes.integer(0), longer);
    const Shape result = operands[0].inserted(dim, longer[0]);
    return Shape(std::span<const std::int64_t>(result.begin(), result.end()));
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    Tensor<T> out = Tensor<T>::uninitialised(shape);
    join(operands, out, checked_dim("stack", attributes.integer(0), shape));
    return out;
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t operand) {
    return select(g, saved.attributes().integer(0), static_cast<std::int64_t>(operand));
  }
};

}  // namespace verigrad::detail
