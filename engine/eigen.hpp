#pragma once

#include <fmt/format.h>

#include <Eigen/Core>
#include <concepts>
#include <cstdint>

#include "engine/error.hpp"
#include "engine/tensor.hpp"

namespace verigrad {

// Tensors from and to Eigen. A tensor always owns its entries and keeps them in row-major order;
// Eigen's default order is column-major. So a matrix is copied on its way in, once, and is looked
// at in place on its way out:
//
//     const Tensor<double> X = from_eigen(A.transpose() * B);  // any expression
//     const Tensor<double> g = w.grad();
//     double length = as_vector(g).norm();                     // no copy
//     Eigen::MatrixXd copy = as_matrix(X);                     // Eigen reorders as it assigns

/// A rank 2 tensor's entries as Eigen sees them.
template <class T>
using ConstMatrixMap =
    Eigen::Map<const Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;
/// A rank 1 tensor's entries as a column.
template <class T>
using ConstVectorMap = Eigen::Map<const Eigen::Matrix<T, Eigen::Dynamic, 1>>;

/// A fresh constant with the value of a matrix, array or expression: rows × cols, or of rank 1 when
/// the type says that it is a row or a column (a 1 × 1 type included). The expression is evaluated
/// into the tensor and not referred to afterwards; an in-place change of either is not seen by the
/// other. The scalar type must be one of tensors' (float, double, std::int64_t); others are cast by
/// the caller, `m.cast<double>()`. Throws what Tensor's constructor throws.
template <class Derived>
Tensor<typename Derived::Scalar> from_eigen(const Eigen::DenseBase<Derived>& expression) {
  using T = typename Derived::Scalar;
  static_assert(std::same_as<T, float> || std::same_as<T, double> || std::same_as<T, std::int64_t>,
                "tensors hold float, double or std::int64_t: cast the matrix first");
  const Eigen::Index rows = expression.rows(), cols = expression.cols();
  constexpr bool is_vector = bool(Derived::IsVectorAtCompileTime);
  auto tensor = Tensor<T>::uninitialised(is_vector ? Shape{rows * cols} : Shape{rows, cols});
  using RowMajor = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  // Fresh memory has no alias, so that a product needs no temporary.
  Eigen::Map<RowMajor>(tensor.mutable_data(), rows, cols).noalias() = expression.derived().matrix();
  return tensor;
}

namespace detail {

template <class T>
void require_rank(const Tensor<T>& tensor, std::size_t rank, const char* function) {
  if (!tensor.defined()) throw Error(fmt::format("{}: the tensor is undefined (None)", function));
  if (tensor.shape().rank() != rank)
    throw ShapeError(fmt::format("{}: expected a tensor of rank {}, got shape {}", function, rank,
                                 to_string(tensor.shape())));
}

}  // namespace detail

/// The entries of a rank 2 tensor, in place and read only. The view is valid while the tensor or a
/// copy of its handle lives, and shows later in-place changes. Throws ShapeError for another rank,
/// Error for an undefined tensor.
template <class T>
ConstMatrixMap<T> as_matrix(const Tensor<T>& tensor) {
  detail::require_rank(tensor, 2, "as_matrix");
  return ConstMatrixMap<T>(tensor.data(), tensor.shape()[0], tensor.shape()[1]);
}

/// The same for a rank 1 tensor.
template <class T>
ConstVectorMap<T> as_vector(const Tensor<T>& tensor) {
  detail::require_rank(tensor, 1, "as_vector");
  return ConstVectorMap<T>(tensor.data(), tensor.numel());
}

/// A temporary would take its entries away with it: name the tensor first.
template <class T>
ConstMatrixMap<T> as_matrix(Tensor<T>&& tensor) = delete;
template <class T>
ConstVectorMap<T> as_vector(Tensor<T>&& tensor) = delete;

}  // namespace verigrad
