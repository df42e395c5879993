// Determinants, their logarithms, and the adjugate, which is the derivative of the determinant.
#include <Eigen/LU>
#include <limits>

#include "engine/elementwise.hpp"
#include "engine/ops/dims.hpp"
#include "engine/ops/families.hpp"
#include "engine/ops/square.hpp"

namespace verigrad {
namespace {

using detail::check_square, detail::matrix_at, detail::set_matrix, detail::stack_of,
    detail::transposed;
using Eigen::MatrixXd, Eigen::VectorXd;

/// A product whose partial results may leave the range of double although it does not.
class ScaledProduct {
 public:
  void multiply(double factor) {
    int shift = 0;
    mantissa_ = std::frexp(mantissa_ * std::frexp(factor, &shift), &exponent_of_mantissa_);
    exponent_ += shift + exponent_of_mantissa_;
  }
  double value() const {
    return std::ldexp(mantissa_,
                      static_cast<int>(std::clamp<std::int64_t>(exponent_, -4000, 4000)));
  }

 private:
  double mantissa_ = 1;
  int exponent_of_mantissa_ = 0;
  std::int64_t exponent_ = 0;
};

/// A = Pᵀ L D U Qᵀ by complete pivoting: the triangles have unit diagonals and no entry above 1 in
/// magnitude, so that whatever makes A singular stands in D. The adjugate of A is therefore as
/// accurate as that of D, whose entries are products of the others of D (G. W. Stewart, "On the
/// adjugate matrix", Linear Algebra and its Applications 283, 1998); no number is divided by a
/// pivot that may be 0.
class RankRevealing {
 public:
  explicit RankRevealing(const MatrixXd& a) : lu_(a), pivots_(lu_.matrixLU().diagonal()) {
    upper_ = lu_.matrixLU();
    for (Eigen::Index i = 0; i < pivots_.size(); ++i)
      if (pivots_[i] != 0) upper_.row(i) /= pivots_[i];
    sign_ = static_cast<double>(lu_.permutationP().determinant()) *
            static_cast<double>(lu_.permutationQ().determinant());
  }

  MatrixXd adjugate() const {
    const Eigen::Index n = pivots_.size();
    VectorXd others(n);
    for (Eigen::Index i = 0; i < n; ++i) others[i] = product_without(i, i);
    MatrixXd result = by_lower(MatrixXd(lu_.permutationP()));
    result = by_upper(others.asDiagonal() * result);
    return sign_ * (lu_.permutationQ() * result);
  }

  /// The gradient of the sum of v_ij adj(A)_ij: in the coordinates of D, where E stands for vᵀ, the
  /// bilinear second derivative of the determinant is the sum over i != j of
  /// (product of the other pivots) (E_ii F_jj - E_ij F_ji).
  MatrixXd adjugate_vjp(const MatrixXd& v) const {
    const Eigen::Index n = pivots_.size();
    MatrixXd e = by_lower(lu_.permutationP() * v.transpose() * lu_.permutationQ());
    e = by_upper_transposed(e.transpose()).transpose().eval();
    MatrixXd r = MatrixXd::Zero(n, n);
    for (Eigen::Index i = 0; i < n; ++i)
      for (Eigen::Index j = i + 1; j < n; ++j) {
        const double rest = product_without(i, j);
        r(j, j) += rest * e(i, i);
        r(i, i) += rest * e(j, j);
        r(j, i) -= rest * e(i, j);
        r(i, j) -= rest * e(j, i);
      }
    r = by_lower_transposed(r);
    r = by_upper(r.transpose()).transpose().eval();
    return sign_ * (lu_.permutationP().transpose() * r * lu_.permutationQ().transpose());
  }

 private:
  // Solutions of L X = m, Lᵀ X = m, U X = m and Uᵀ X = m.
  MatrixXd by_lower(const MatrixXd& m) const {
    return lu_.matrixLU().triangularView<Eigen::UnitLower>().solve(m);
  }
  MatrixXd by_lower_transposed(const MatrixXd& m) const {
    return lu_.matrixLU().transpose().triangularView<Eigen::UnitUpper>().solve(m);
  }
  MatrixXd by_upper(const MatrixXd& m) const {
    return upper_.triangularView<Eigen::UnitUpper>().solve(m);
  }
  MatrixXd by_upper_transposed(const MatrixXd& m) const {
    return upper_.transpose().triangularView<Eigen::UnitLower>().solve(m);
  }
  double product_without(Eigen::Index i, Eigen::Index j) const {
    ScaledProduct product;
    for (Eigen::Index k = 0; k < pivots_.size(); ++k)
      if (k != i && k != j) product.multiply(pivots_[k]);
    return product.value();
  }

  Eigen::FullPivLU<MatrixXd> lu_;
  VectorXd pivots_;
  MatrixXd upper_;
  double sign_ = 1;
};

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
