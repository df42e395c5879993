// Determinants, inverses, solutions and factors of the last two dims.
#include <algorithm>
#include <bit>
#include <cmath>

#include "proof/elementary.hpp"
#include "proof/structure.hpp"

namespace verigrad::proof {
namespace {

using Row = std::vector<Series>;
using Matrix = std::vector<Row>;

/// The dims before the last two.
Shape batches_of(const Shape& shape) {
  return shape.removed(shape.rank() - 1).removed(shape.rank() - 2);
}

/// The matrix of the last two dims at a place in `batches`, to which the dims before are broadcast.
Matrix matrix_at(const Field& x, const Index& batch, const Shape& batches) {
  const std::size_t row = x.shape.rank() - 2, column = row + 1;
  const Shape own = batches_of(x.shape);
  Index index = unravel(broadcast_position(batch, own, batches), own);
  Matrix result(static_cast<std::size_t>(x.shape[row]));
  for (std::int64_t i = 0; i < x.shape[row]; ++i)
    for (std::int64_t j = 0; j < x.shape[column]; ++j) {
      index[row] = i;
      index[column] = j;
      result[static_cast<std::size_t>(i)].push_back(at(x, index));
    }
  return result;
}

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

/// The sum over permutations, without divisions, so that it is right of singular matrices too:
/// minors of the first k rows with every set of k columns, n 2 ** n products. Undecided beyond
/// 12 rows.
Series determinant(const Matrix& a) {
  const std::size_t n = a.size();
  if (n > 12) return Series(Status::undecided);
  std::vector<Series> minors(std::size_t{1} << n, Series(0));
  minors[0] = 1;
  for (std::size_t columns = 1; columns < minors.size(); ++columns) {
    const auto row = static_cast<std::size_t>(std::popcount(columns)) - 1;
    for (std::size_t j = 0; j < n; ++j) {
      const std::size_t bit = std::size_t{1} << j;
      if ((columns & bit) == 0) continue;
      const Series term = a[row][j] * minors[columns ^ bit];
      const bool odd = std::popcount(columns >> (j + 1)) % 2 != 0;
      minors[columns] = odd ? minors[columns] - term : minors[columns] + term;
    }
  }
  return minors.back();
}

double size(const Series& x) { return x.ok() ? std::abs(x.value().midpoint()) : -1; }

/// X with A X = B by elimination, pivots by the largest midpoint. A pivot that holds 0 makes the
/// result undecided, and a column of zeros leaves it outside the domain.
Matrix solution(Matrix a, Matrix b) {
  const std::size_t n = a.size();
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k + 1; i < n; ++i)
      if (size(a[i][k]) > size(a[pivot][k])) pivot = i;
    std::swap(a[k], a[pivot]);
    std::swap(b[k], b[pivot]);
    for (std::size_t i = 0; i < n; ++i) {
      if (i == k) continue;
      const Series factor = a[i][k] / a[k][k];
      for (std::size_t j = k + 1; j < n; ++j) a[i][j] = a[i][j] - factor * a[k][j];
      for (std::size_t j = 0; j < b[i].size(); ++j) b[i][j] = b[i][j] - factor * b[k][j];
    }
  }
  for (std::size_t i = 0; i < n; ++i)
    for (Series& entry : b[i]) entry = entry / a[i][i];
  return b;
}

Matrix identity(std::size_t n) {
  Matrix result(n, Row(n, Series(0)));
  for (std::size_t i = 0; i < n; ++i) result[i][i] = 1;
  return result;
}

Matrix transposed(const Matrix& a) {
  Matrix result(a.empty() ? 0 : a.front().size());
  for (const Row& row : a)
    for (std::size_t j = 0; j < row.size(); ++j) result[j].push_back(row[j]);
  return result;
}

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

/// What triangular_solve reads of a matrix: one triangle, with ones on the diagonal if `unit`.
Matrix triangular(Matrix a, bool upper, bool transposes, bool unit) {
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t j = 0; j < a.size(); ++j) {
      if (i == j && unit) a[i][j] = 1;
      if (upper ? j < i : j > i) a[i][j] = 0;
    }
  return transposes ? transposed(a) : a;
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

Field determinants(const Field& x, const Shape& shape) {
  return filled(shape, [&](const Index& batch) { return determinant(matrix_at(x, batch, shape)); });
}

/// f of each matrix of a batch.
template <class F>
Field mapped(const Field& x, F f) {
  return of_matrices(x.shape, [&](const Index& batch, const Shape& batches) {
    return f(matrix_at(x, batch, batches));
  });
}

}  // namespace

std::vector<StructureLine> matrices() {
  return {
    VERIGRAD_STRUCTURE("det", return determinants(x[0], shape);),
        VERIGRAD_STRUCTURE("logdet", Field result = determinants(x[0], shape);
                           for (Series& entry
                                : result.entries) entry = log(entry);
                           return result;),
        VERIGRAD_STRUCTURE(
            "inverse",
            return mapped(x[0], [](const Matrix& a) { return solution(a, identity(a.size())); });),
        VERIGRAD_STRUCTURE("solve", return solved(x[0], x[1], shape);),
        VERIGRAD_STRUCTURE(
            "triangular_solve",
            return of_matrices(shape,
                               [&](const Index& batch, const Shape& batches) {
                                 return solution(
                                     triangular(matrix_at(x[1], batch, batches), attributes.flag(0),
                                                attributes.flag(1), attributes.flag(2)),
                                     matrix_at(x[0], batch, batches));
                               });),
        VERIGRAD_STRUCTURE("cholesky", return mapped(x[0], [&](const Matrix& a) {
                             return attributes.flag(0) ? transposed(cholesky(a)) : cholesky(a);
                           });),
  };
}

}  // namespace verigrad::proof
