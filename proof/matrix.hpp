#pragma once

#include "proof/structure.hpp"

namespace verigrad::proof {

using Row = std::vector<Series>;
using Matrix = std::vector<Row>;

/// The dims before the last two.
Shape batches_of(const Shape& shape);

/// The matrix of the last two dims at a place in `batches`, to which the dims before are broadcast.
Matrix matrix_at(const Field& x, const Index& batch, const Shape& batches);

/// The field of matrices `f(place, batches)` in its last two dims.
template <class F>
Field of_matrices(const Shape& shape, F f) {
  const Shape batches = batches_of(shape);
  Field result{shape, {}};
  for (std::int64_t k = 0; k < batches.numel(); ++k)
    for (const Row& entries : f(unravel(k, batches), batches))
      result.entries.insert(result.entries.end(), entries.begin(), entries.end());
  return result;
}

/// The field of `f(matrix)` of all matrices of x.
template <class F>
Field mapped(const Field& x, F f) {
  return of_matrices(x.shape, [&](const Index& batch, const Shape& batches) {
    return f(matrix_at(x, batch, batches));
  });
}

Matrix identity(std::size_t n);
Matrix transposed(const Matrix& a);

/// What a pivot is chosen by: the midpoint's magnitude; -1 for what is not ok.
double pivot_size(const Series& x);

/// Whether the values at the point are exact and, beyond doubt, those of a singular matrix, by
/// elimination without fractions (E. H. Bareiss, "Sylvester's identity and multistep
/// integer-preserving Gaussian elimination", 1968): of binary fractions its quotients are exact. Of
/// matrices of more than 64 rows it is not asked.
bool is_singular(const Matrix& a);

/// X with A X = B by elimination, pivots by the greatest midpoint. Outside the domain when A is
/// singular beyond doubt, and undecided when a pivot holds 0 and others.
Matrix solution(Matrix a, Matrix b);

/// X with T X = B by substitution, for a triangle T; outside the domain where a 0 stands on the
/// diagonal.
Matrix substituted(const Matrix& triangle, bool upper, Matrix b);

}  // namespace verigrad::proof
