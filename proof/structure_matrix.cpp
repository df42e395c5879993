// Determinants, inverses and solutions of the last two dims.
#include <algorithm>
#include <bit>
#include <cmath>

#include "proof/elementary.hpp"
#include "proof/structure.hpp"

namespace verigrad::proof {
namespace {

using Row = std::vector<Series>;
using Matrix = std::vector<Row>;

/// The matrix of the last two dims at a batch's place.
Matrix matrix_at(const Field& x, const Index& batch) {
  const std::size_t row = x.shape.rank() - 2, column = row + 1;
  Matrix result(static_cast<std::size_t>(x.shape[row]));
  Index index = batch;
  for (std::int64_t i = 0; i < x.shape[row]; ++i)
    for (std::int64_t j = 0; j < x.shape[column]; ++j) {
      index[row] = i;
      index[column] = j;
      result[static_cast<std::size_t>(i)].push_back(at(x, index));
    }
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

/// The determinant of each matrix of a batch.
Field determinants(const Field& x, const Shape& shape) {
  return filled(shape, [&](const Index& batch) { return determinant(matrix_at(x, batch)); });
}

Field inverses(const Field& x) {
  const std::size_t row = x.shape.rank() - 2;
  Field result{x.shape, {}};
  const Shape batches = x.shape.removed(row + 1).removed(row);
  for (std::int64_t k = 0; k < batches.numel(); ++k) {
    const Matrix a = matrix_at(x, unravel(k, batches));
    for (const Row& entries : solution(a, identity(a.size())))
      result.entries.insert(result.entries.end(), entries.begin(), entries.end());
  }
  return result;
}

}  // namespace

std::vector<StructureLine> matrices() {
  return {
    VERIGRAD_STRUCTURE("det", return determinants(x[0], shape);),
        VERIGRAD_STRUCTURE("logdet", Field result = determinants(x[0], shape);
                           for (Series& entry
                                : result.entries) entry = log(entry);
                           return result;),
        VERIGRAD_STRUCTURE("inverse", return inverses(x[0]);),
  };
}

}  // namespace verigrad::proof
