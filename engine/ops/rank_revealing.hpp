#pragma once

#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace verigrad::detail {

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
  explicit RankRevealing(const Eigen::MatrixXd& a) : lu_(a), pivots_(lu_.matrixLU().diagonal()) {
    upper_ = lu_.matrixLU();
    for (Eigen::Index i = 0; i < pivots_.size(); ++i)
      if (pivots_[i] != 0) upper_.row(i) /= pivots_[i];
    sign_ = static_cast<double>(lu_.permutationP().determinant()) *
            static_cast<double>(lu_.permutationQ().determinant());
  }

  Eigen::MatrixXd adjugate() const {
    const Eigen::Index n = pivots_.size();
    Eigen::VectorXd others(n);
    for (Eigen::Index i = 0; i < n; ++i) others[i] = product_without(i, i);
    Eigen::MatrixXd result = by_lower(Eigen::MatrixXd(lu_.permutationP()));
    result = by_upper(others.asDiagonal() * result);
    return sign_ * (lu_.permutationQ() * result);
  }

  /// The gradient of the sum of v_ij adj(A)_ij: in the coordinates of D, where E stands for vᵀ, the
  /// bilinear second derivative of the determinant is the sum over i != j of
  /// (product of the other pivots) (E_ii F_jj - E_ij F_ji).
  Eigen::MatrixXd adjugate_vjp(const Eigen::MatrixXd& v) const {
    const Eigen::Index n = pivots_.size();
    Eigen::MatrixXd e = by_lower(lu_.permutationP() * v.transpose() * lu_.permutationQ());
    e = by_upper_transposed(e.transpose()).transpose().eval();
    Eigen::MatrixXd r = Eigen::MatrixXd::Zero(n, n);
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
  Eigen::MatrixXd by_lower(const Eigen::MatrixXd& m) const {
    return lu_.matrixLU().triangularView<Eigen::UnitLower>().solve(m);
  }
  Eigen::MatrixXd by_lower_transposed(const Eigen::MatrixXd& m) const {
    return lu_.matrixLU().transpose().triangularView<Eigen::UnitUpper>().solve(m);
  }
  Eigen::MatrixXd by_upper(const Eigen::MatrixXd& m) const {
    return upper_.triangularView<Eigen::UnitUpper>().solve(m);
  }
  Eigen::MatrixXd by_upper_transposed(const Eigen::MatrixXd& m) const {
    return upper_.transpose().triangularView<Eigen::UnitLower>().solve(m);
  }
  double product_without(Eigen::Index i, Eigen::Index j) const {
    ScaledProduct product;
    for (Eigen::Index k = 0; k < pivots_.size(); ++k)
      if (k != i && k != j) product.multiply(pivots_[k]);
    return product.value();
  }

  Eigen::FullPivLU<Eigen::MatrixXd> lu_;
  Eigen::VectorXd pivots_;
  Eigen::MatrixXd upper_;
  double sign_ = 1;
};

}  // namespace verigrad::detail
