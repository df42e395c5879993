// Inverses, solutions and factors of the last two dims.
#include "proof/elementary.hpp"
#include "proof/matrix.hpp"

namespace verigrad::proof {
namespace {

/// The lower triangular L with L Lᵀ = (A + Aᵀ) / 2; outside the domain unless that is positive
/// definite.
Matrix cholesky(const Matrix& a) {
  const std::size_t n = a.size();
  Matrix factor(n, Row(n, Series(0)));
  for (std::size_t j = 0; j < n; ++j)
    for (std::size_t i = j; i < n; ++i) {
      Series rest = (a[i][j] + a[j][i]) * Series(Ball(0.5));
      for (std::size_t k = 0; k < j; ++k) rest = rest - factor[i][k] * factor[j][k];
      const Status status = positive(rest);
      if (i > j)
        factor[i][j] = rest / factor[j][j];
      else
        factor[i][j] = status == Status::ok ? sqrt(rest) : Series(status);
    }
  return factor;
}

/// The matrix that triangular_solve reads: the upper or the lower triangle, with ones on the
/// diagonal if `unit`, transposed if `transposes`. The right side comes first.
Field triangular_solved(std::span<const Field> x, const Attributes& attributes,
                        const Shape& shape) {
  const bool upper = attributes.flag(0), transposes = attributes.flag(1);
  return of_matrices(shape, [&](const Index& batch, const Shape& batches) {
    Matrix triangle = matrix_at(x[1], batch, batches);
    if (attributes.flag(2))
      for (std::size_t i = 0; i < triangle.size(); ++i) triangle[i][i] = 1;
    return substituted(transposes ? transposed(triangle) : triangle, upper != transposes,
                       matrix_at(x[0], batch, batches));
  });
}

/// A right side of one dim, or of A's dims but the last, is a vector for each matrix.
Field solved(const Field& a, const Field& b, const Shape& shape) {
  const bool vectors = b.shape.rank() == 1 || b.shape == a.shape.removed(a.shape.rank() - 1);
  const auto column = [](const Shape& s) { return s.inserted(s.rank(), 1); };
  const Field right{vectors ? column(b.shape) : b.shape, b.entries};
  const Field result =
      of_matrices(vectors ? column(shape) : shape, [&](const Index& batch, const Shape& batches) {
        return solution(matrix_at(a, batch, batches), matrix_at(right, batch, batches));
      });
  return {shape, result.entries};
}

}  // namespace

std::vector<StructureLine> matrices() {
  return {
    VERIGRAD_STRUCTURE(
        "inverse",
        return mapped(x[0], [](const Matrix& a) { return solution(a, identity(a.size())); });),
        VERIGRAD_STRUCTURE("solve", return solved(x[0], x[1], shape);),
        VERIGRAD_STRUCTURE("triangular_solve", return triangular_solved(x, attributes, shape);),
        VERIGRAD_STRUCTURE("cholesky", return mapped(x[0], [&](const Matrix& a) {
                             return attributes.flag(0) ? transposed(cholesky(a)) : cholesky(a);
                           });),
  };
}

}  // namespace verigrad::proof
