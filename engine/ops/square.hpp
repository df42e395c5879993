#pragma once

#include <fmt/format.h>

#include <Eigen/Core>
#include <string_view>

#include "engine/error.hpp"
#include "engine/functions.hpp"
#include "engine/shape.hpp"

namespace verigrad::detail {

// What operations on stacks of square matrices share: shapes [..., n, n], computed in double
// whatever the entry type.

/// The dims before the last two.
inline Shape stack_of(const Shape& shape) {
  return shape.removed(shape.rank() - 1).removed(shape.rank() - 2);
}

/// Refuses what is not a stack of matrices.
inline void check_matrices(std::string_view operation, std::string_view argument,
                           const Shape& shape) {
  if (shape.rank() < 2)
    throw ShapeError(
        fmt::format("{}: The input tensor {} must have at least 2 dimensions, but its shape is {}",
                    operation, argument, to_string(shape)));
}

/// Refuses what is not a stack of square matrices.
inline void check_square(std::string_view operation, const Shape& shape,
                         std::string_view argument = "A") {
  check_matrices(operation, argument, shape);
  const std::int64_t rows = shape[shape.rank() - 2], columns = shape[shape.rank() - 1];
  if (rows != columns)
    throw ShapeError(
        fmt::format("{}: {} must be batches of square matrices, but they are {} by {} matrices; "
                    "its shape is {}",
                    operation, argument, rows, columns, to_string(shape)));
}

/// "(Batch element 2): " for a matrix of a stack, "" for one that stands alone.
inline std::string batch_element(const Shape& shape, std::int64_t index) {
  return shape.rank() > 2 ? fmt::format("(Batch element {}): ", index) : std::string();
}

/// Matrix number `index` of a stack.
template <class T>
Eigen::MatrixXd matrix_at(const Tensor<T>& x, std::int64_t index) {
  const Shape& shape = x.shape();
  const std::int64_t rows = shape[shape.rank() - 2], columns = shape[shape.rank() - 1];
  using RowMajor = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  return Eigen::Map<const RowMajor>(x.data() + index * rows * columns, rows, columns)
      .template cast<double>();
}

template <class T>
void set_matrix(Tensor<T>& out, std::int64_t index, const Eigen::MatrixXd& matrix) {
  T* to = out.mutable_data() + index * matrix.size();
  for (Eigen::Index i = 0; i < matrix.rows(); ++i)
    for (Eigen::Index j = 0; j < matrix.cols(); ++j) *to++ = static_cast<T>(matrix(i, j));
}

/// The transpose of every matrix of a stack.
template <class T>
Tensor<T> transposed(const Tensor<T>& x) {
  return transpose(x, -2, -1);
}

/// vᵀJ of Y = inverse(A) by A, for the cotangent g: -Yᵀ g Yᵀ.
template <class T>
Tensor<T> inverse_vjp(const Tensor<T>& inverse, const Tensor<T>& g) {
  const Tensor<T> y = transposed(inverse);
  return -matmul(y, matmul(g, y));
}

}  // namespace verigrad::detail
