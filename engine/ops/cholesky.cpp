// The Cholesky factor of symmetric positive-definite matrices.
#include <Eigen/Cholesky>

#include "engine/elementwise.hpp"
#include "engine/ops/families.hpp"
#include "engine/ops/square.hpp"

namespace verigrad {
namespace {

using detail::batch_element, detail::check_square, detail::matrix_at, detail::set_matrix,
    detail::stack_of, detail::transposed;
using Eigen::MatrixXd;

bool positive_definite(const Eigen::LLT<MatrixXd>& llt) {
  if (llt.info() != Eigen::Success) return false;
  for (double pivot : llt.matrixLLT().diagonal().eval())
    if (!(pivot > 0)) return false;
  return true;
}

/// The order of the first leading minor that is not positive-definite.
Eigen::Index failing_minor(const MatrixXd& a) {
  Eigen::Index order = 1;
  while (order < a.rows() &&
         positive_definite(Eigen::LLT<MatrixXd>(MatrixXd(a.topLeftCorner(order, order)))))
    ++order;
  return order;
}

/// L with L Lᵀ = (A + Aᵀ) / 2, a function of all entries of A whose value at a symmetric matrix is
/// PyTorch's. (PyTorch reads one triangle only and yet gives the symmetric gradient below, which is
/// then not the derivative of what it computed.)
///
/// With Φ the lower triangle, its diagonal halved, and S = L⁻ᵀ Φ(Lᵀ g) L⁻¹, the gradient is
/// (S + Sᵀ) / 2 (I. Murray, "Differentiation of the Cholesky decomposition", arXiv 1602.07527).
struct Cholesky {
  static constexpr OperationInfo info{
      .signature = "cholesky(A, upper: flag = False)",
      .grad_fn = "CholeskyBackward0",
      .value = "lower triangular L with L @ L.T = A, or L.T if upper; of A's symmetric part",
      .derivative = {"symmetric part of inverse(L).T @ phi(L.T @ g) @ inverse(L), with phi the "
                     "lower triangle, its diagonal halved"},
      .latex = "A = L L^\\top",
      .needs = {result},
  };
  static Shape shape(std::span<const Shape> operands, const Attributes&) {
    check_square("cholesky", operands[0]);
    return operands[0];
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    Tensor<T> out = Tensor<T>::uninitialised(shape);
    if (shape.numel() == 0) return out;
    for (std::int64_t i = 0; i < stack_of(shape).numel(); ++i) {
      const MatrixXd given = matrix_at(operands[0], i);
      const MatrixXd a = 0.5 * given + 0.5 * given.transpose();
      const Eigen::LLT<MatrixXd> llt(a);
      if (!positive_definite(llt))
        throw Error(fmt::format(
            "cholesky: {}The factorization could not be completed because the input is not "
            "positive-definite (the leading minor of order {} is not positive-definite); the input "
            "has shape {}",
            batch_element(shape, i), failing_minor(a), to_string(shape)));
      set_matrix(out, i, attributes.flag(0) ? MatrixXd(llt.matrixU()) : MatrixXd(llt.matrixL()));
    }
    return out;
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    const bool upper = saved.attributes().flag(0);
    const Tensor<T> y = saved.result(), half(T(0.5));
    const Tensor<T> l = upper ? transposed(y) : y, v = upper ? transposed(g) : g;
    const Tensor<T> product = matmul(transposed(l), v);
    const Tensor<T> phi = half * (tril(product) + tril(product, -1));
    const Tensor<T> left = triangular_solve(phi, l, false, true);
    const Tensor<T> s = triangular_solve(transposed(left), l, false, true);
    return half * (s + transposed(s));
  }
};

}  // namespace

template <class T>
Tensor<T> cholesky(const Tensor<T>& A, bool upper) {
  return apply<T>(operation<Cholesky>(), {A}, make_attributes({upper}));
}
template Tensor<float> cholesky(const Tensor<float>&, bool);
template Tensor<double> cholesky(const Tensor<double>&, bool);

std::vector<const Operation*> cholesky_operations() { return {VERIGRAD_ROW(Cholesky)}; }

}  // namespace verigrad
