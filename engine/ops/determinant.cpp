// Determinants, their logarithms, and the adjugate, which is the derivative of the determinant.
#include <Eigen/LU>
#include <limits>

#include "engine/elementwise.hpp"
#include "engine/ops/dims.hpp"
#include "engine/ops/families.hpp"
#include "engine/ops/rank_revealing.hpp"
#include "engine/ops/square.hpp"

namespace verigrad {
namespace {

using detail::check_square, detail::matrix_at, detail::set_matrix, detail::stack_of,
    detail::transposed;
using detail::RankRevealing, detail::ScaledProduct, Eigen::MatrixXd;

/// Calls f(index, LU by partial pivoting) for the matrices of a stack.
template <class T, class F>
void each_lu(const Tensor<T>& x, F&& f) {
  const std::int64_t count = stack_of(x.shape()).numel();
  for (std::int64_t i = 0; i < count; ++i) f(i, Eigen::PartialPivLU<MatrixXd>(matrix_at(x, i)));
}

double sign_of_permutation(const Eigen::PartialPivLU<MatrixXd>& lu) {
  return static_cast<double>(lu.permutationP().determinant());
}

/// Numbers as a stack of matrices of one entry.
template <class T>
Tensor<T> one_by_one(const Tensor<T>& x) {
  const std::size_t rank = x.shape().rank();
  return reshaped(x, x.shape().inserted(rank, 1).inserted(rank + 1, 1));
}

template <class T>
Tensor<T> adjugate(const Tensor<T>& input);

/// The gradient is the transposed adjugate, not det(A) inverse(A)ᵀ: it is finite and right for
/// singular matrices too, and so are its own derivatives, where PyTorch's gradient is 0 unless the
/// backward pass is recorded.
struct Det {
  static constexpr OperationInfo info{
      .signature = "det(A)",
      .grad_fn = "LinalgDetBackward0",
      .value = "determinant of the last two dims",
      .derivative = {"adjugate(A).T, which is det(A) * inverse(A).T unless A is singular"},
      .latex = "\\det A",
      .special = {0, 1, -1},
      .needs = {first},
  };
  static Shape shape(std::span<const Shape> operands, const Attributes&) {
    check_square("det", operands[0]);
    return stack_of(operands[0]);
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes&, const Shape& shape) {
    Tensor<T> out = Tensor<T>::uninitialised(shape);
    each_lu(operands[0], [&](std::int64_t i, const auto& lu) {
      ScaledProduct product;
      product.multiply(sign_of_permutation(lu));
      for (double pivot : lu.matrixLU().diagonal().eval()) product.multiply(pivot);
      out.mutable_data()[i] = static_cast<T>(product.value());
    });
    return out;
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    return one_by_one(g) * transposed(adjugate(saved.operand(0)));
  }
};

struct Adjugate {
  static constexpr OperationInfo info{
      .signature = "adjugate(A)",
      .grad_fn = "AdjugateBackward0",
      .value = "transposed cofactors: A @ adjugate(A) = det(A) * I",
      .derivative = {"second derivative of det(A)"},
      .latex = "\\operatorname{adj} A",
      .special = {0, 1, -1},
      .needs = {first},
      .internal = true,
  };
  static Shape shape(std::span<const Shape> operands, const Attributes&) {
    check_square("adjugate", operands[0]);
    return operands[0];
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes&, const Shape& shape) {
    Tensor<T> out = Tensor<T>::uninitialised(shape);
    if (shape.numel() == 0) return out;
    for (std::int64_t i = 0; i < stack_of(shape).numel(); ++i)
      set_matrix(out, i, RankRevealing(matrix_at(operands[0], i)).adjugate());
    return out;
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    const Tensor<T> x = saved.operand(0);
    if (x.numel() == 0) return g;
    if (grad_enabled() || x.shape()[x.shape().rank() - 1] <= few) return by_minors(x, g);
    Tensor<T> out = Tensor<T>::uninitialised(x.shape());
    for (std::int64_t i = 0; i < stack_of(x.shape()).numel(); ++i)
      set_matrix(out, i, RankRevealing(matrix_at(x, i)).adjugate_vjp(matrix_at(g, i)));
    return out;
  }

 private:
  /// Up to this size minors are cheap, and an entry that does not depend on another has a
  /// derivative of exactly 0 by them.
  static constexpr std::int64_t few = 4;

  /// Entry (c, r) is (-1)^(r + c) times the determinant of A without row r and column c, whose own
  /// gradient is that minor's adjugate. All n² minors form one stack; a constant S, whose matrix r
  /// is the identity without its row r, cuts them out and puts the gradients back.
  template <class T>
  static Tensor<T> by_minors(const Tensor<T>& x, const Tensor<T>& g) {
    const std::int64_t n = x.shape()[x.shape().rank() - 1];
    Tensor<T> cut = Tensor<T>::uninitialised(Shape{n, n - 1, n});
    Tensor<T> signs = Tensor<T>::uninitialised(Shape{n, n});
    std::fill_n(cut.mutable_data(), cut.numel(), T(0));
    for (std::int64_t r = 0; r < n; ++r) {
      for (std::int64_t a = 0; a + 1 < n; ++a)
        cut.mutable_data()[(r * (n - 1) + a) * n + (a < r ? a : a + 1)] = T(1);
      for (std::int64_t c = 0; c < n; ++c) signs.mutable_data()[r * n + c] = (r + c) % 2 ? -1 : 1;
    }
    const Tensor<T> minors = einsum("rai,...ij,cbj->...rcab", {cut, x, cut});
    return einsum("...cr,rai,...rcba,cbj->...ij", {g * signs, cut, adjugate(minors), cut});
  }
};

/// What log(det) is differentiated by; an operation, so that no rule asks which A are singular.
struct LimitInverse {
  static constexpr OperationInfo info{
      .signature = "limit_inverse(A)",
      .grad_fn = "LimitInverseBackward0",
      .value = "inverse(A); adjugate(A) / +0 where A is singular",
      .derivative = {"-y.T @ g @ y.T with y = limit_inverse(A)"},
      .latex = "A^{-1}",
      .needs = {result},
      .internal = true,
  };
  static Shape shape(std::span<const Shape> operands, const Attributes&) {
    check_square("limit_inverse", operands[0]);
    return operands[0];
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes&, const Shape& shape) {
    Tensor<T> out = Tensor<T>::uninitialised(shape);
    if (shape.numel() == 0) return out;
    each_lu(operands[0], [&](std::int64_t i, const auto& lu) {
      const bool singular = (lu.matrixLU().diagonal().array() == 0).any();
      set_matrix(out, i,
                 singular ? MatrixXd(RankRevealing(matrix_at(operands[0], i)).adjugate() / 0.0)
                          : MatrixXd(lu.inverse()));
    });
    return out;
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    return detail::inverse_vjp(saved.result(), g);
  }
};

/// NaN for a negative determinant, -inf for 0. The derivative at a singular matrix is
/// adjugate(A).T / +0; below 0 it is that of log(abs(det(A))), as that of log(x) is 1 / x there.
struct LogDet {
  static constexpr OperationInfo info{
      .signature = "logdet(A)",
      .grad_fn = "WhereBackward0",
      .value = "log(det(A)) of the last two dims, without forming det(A)",
      .derivative = {"inverse(A).T"},
      .latex = "\\log \\det A",
      .needs = {first},
  };
  static Shape shape(std::span<const Shape> operands, const Attributes&) {
    check_square("logdet", operands[0]);
    return stack_of(operands[0]);
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes&, const Shape& shape) {
    Tensor<T> out = Tensor<T>::uninitialised(shape);
    each_lu(operands[0], [&](std::int64_t i, const auto& lu) {
      double sum = 0, sign = sign_of_permutation(lu);
      for (double pivot : lu.matrixLU().diagonal().eval()) {
        sum += std::log(std::abs(pivot));
        sign *= verigrad::sign(pivot);
      }
      out.mutable_data()[i] =
          static_cast<T>(sign < 0 ? std::numeric_limits<double>::quiet_NaN() : sum);
    });
    return out;
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    return one_by_one(g) * transposed(apply<T>(operation<LimitInverse>(), {saved.operand(0)}));
  }
};

template <class T>
Tensor<T> adjugate(const Tensor<T>& input) {
  return apply<T>(operation<Adjugate>(), {input});
}

}  // namespace

VERIGRAD_DEFINE_UNARY(det, Det)
VERIGRAD_DEFINE_UNARY(logdet, LogDet)

std::vector<const Operation*> determinant_operations() {
  return {VERIGRAD_ROW(Det), VERIGRAD_ROW(LogDet), VERIGRAD_ROW(Adjugate),
          VERIGRAD_ROW(LimitInverse)};
}

}  // namespace verigrad
