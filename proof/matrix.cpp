#include "proof/matrix.hpp"

#include <algorithm>
#include <cmath>

namespace verigrad::proof {
namespace {

/// Enough for the minors of any matrix of moderate size whose entries are of like magnitude.
constexpr slong bits_of_exact_elimination = 65536;
/// Beyond which exact elimination would cost more than its answer is worth.
constexpr std::size_t most_exact_rows = 64;

Matrix constant_matrix(std::size_t rows, std::size_t columns, const Series& entry) {
  return Matrix(rows, Row(columns, entry));
}

/// Whether a series has terms in ε.
bool is_germ(const Series& x) { return !x.is_constant() && x.length() > 1; }

using Numbers = std::vector<std::vector<Ball>>;

/// The values of entries that are all exact; none at all otherwise.
Numbers exact_values(const Matrix& a) {
  Numbers result;
  for (const Row& row : a) {
    result.emplace_back();
    for (const Series& entry : row) {
      if (!entry.ok() || is_germ(entry) || !entry.value().exact()) return {};
      result.back().push_back(entry.value());
    }
  }
  return result;
}

}  // namespace

Shape batches_of(const Shape& shape) {
  return shape.removed(shape.rank() - 1).removed(shape.rank() - 2);
}

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

Matrix identity(std::size_t n) {
  Matrix result = constant_matrix(n, n, Series(0));
  for (std::size_t i = 0; i < n; ++i) result[i][i] = 1;
  return result;
}

Matrix transposed(const Matrix& a) {
  Matrix result(a.empty() ? 0 : a.front().size());
  for (const Row& row : a)
    for (std::size_t j = 0; j < row.size(); ++j) result[j].push_back(row[j]);
  return result;
}

double pivot_size(const Series& x) { return x.ok() ? std::abs(x.value().midpoint()) : -1; }

bool is_singular(const Matrix& a) {
  const Precision precision(bits_of_exact_elimination);
  Numbers m = a.size() <= most_exact_rows ? exact_values(a) : Numbers();
  Ball before = 1;
  for (std::size_t k = 0; k < m.size(); ++k) {
    std::size_t pivot = k;
    while (pivot < m.size() && m[pivot][k].is(0)) ++pivot;
    if (pivot == m.size()) return true;
    std::swap(m[k], m[pivot]);
    for (std::size_t i = k + 1; i < m.size(); ++i)
      for (std::size_t j = k + 1; j < m.size(); ++j) {
        m[i][j] = (m[i][j] * m[k][k] - m[i][k] * m[k][j]) / before;
        if (!m[i][j].exact()) return false;
      }
    before = m[k][k];
  }
  return false;
}

Matrix solution(Matrix a, Matrix b) {
  const std::size_t n = a.size();
  const Matrix whole = a;
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k + 1; i < n; ++i)
      if (pivot_size(a[i][k]) > pivot_size(a[pivot][k])) pivot = i;
    std::swap(a[k], a[pivot]);
    std::swap(b[k], b[pivot]);
    if (a[k][k].ok() && !a[k][k].value().sign())
      return constant_matrix(n, b.front().size(),
                             Series(is_singular(whole) ? Status::outside : Status::undecided));
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

Matrix substituted(const Matrix& triangle, bool upper, Matrix b) {
  const std::size_t n = triangle.size();
  for (std::size_t step = 0; step < n; ++step) {
    const std::size_t i = upper ? n - 1 - step : step;
    for (std::size_t column = 0; column < b[i].size(); ++column) {
      Series rest = b[i][column];
      for (std::size_t k = upper ? i + 1 : 0; k < (upper ? n : i); ++k)
        rest = rest - triangle[i][k] * b[k][column];
      b[i][column] = rest / triangle[i][i];
    }
  }
  return b;
}

}  // namespace verigrad::proof
