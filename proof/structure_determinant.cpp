// Determinants, their logarithms, and adjugates of the last two dims.
#include <bit>

#include "proof/elementary.hpp"
#include "proof/matrix.hpp"

namespace verigrad::proof {
namespace {

/// Up to here minors are cheap.
constexpr std::size_t few = 8;
/// Up to here they are worth their price where elimination cannot tell a determinant from 0.
constexpr std::size_t most = 12;

/// The sum over permutations, without divisions, so that it is exact where the entries are and
/// right of singular matrices too: minors of the first k rows with every set of k columns,
/// n 2 ** n products.
Series by_minors(const Matrix& a) {
  const std::size_t n = a.size();
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

Matrix without(const Matrix& a, std::size_t row, std::size_t column) {
  Matrix result;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (i == row) continue;
    Row& rest = result.emplace_back(a[i]);
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(column));
  }
  return result;
}

/// What is left of a matrix by elimination with an entry as the pivot.
Matrix schur_complement(const Matrix& a, std::size_t row, std::size_t column) {
  Matrix result = a;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (i == row) continue;
    const Series factor = a[i][column] / a[row][column];
    for (std::size_t j = 0; j < a.size(); ++j) result[i][j] = a[i][j] - factor * a[row][j];
  }
  return without(result, row, column);
}

/// By elimination with the greatest pivots of all, which leaves what makes a matrix singular to
/// the last; that is taken by minors.
Series by_elimination(Matrix a) {
  Series product = 1;
  while (a.size() > few) {
    std::size_t row = 0, column = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
      for (std::size_t j = 0; j < a.size(); ++j)
        if (pivot_size(a[i][j]) > pivot_size(a[row][column])) row = i, column = j;
    const Series pivot = a[row][column];
    if (!pivot.ok()) return pivot;
    if (pivot.value().contains_zero()) break;
    product = product * ((row + column) % 2 == 0 ? pivot : -pivot);
    a = schur_complement(a, row, column);
  }
  return a.size() > most ? Series(Status::undecided) : product * by_minors(a);
}

Series determinant(const Matrix& a) {
  const Series quick = a.size() > few ? by_elimination(a) : Series(Status::undecided);
  const bool sure = quick.ok() && !quick.value().contains_zero();
  return sure || a.size() > most ? quick : by_minors(a);
}

Series log_determinant(const Matrix& a) {
  const Series result = determinant(a);
  const bool unsure = result.ok() && !result.value().sign();
  return unsure && is_singular(a) ? Series(Status::outside) : log(result);
}

/// Transposed cofactors; of larger matrices that are surely regular, the inverse times the
/// determinant.
Matrix adjugate(const Matrix& a) {
  const std::size_t n = a.size();
  const Series whole = n > few ? determinant(a) : Series(0);
  const bool regular = whole.ok() && !whole.value().contains_zero();
  Matrix result = regular ? solution(a, identity(n)) : identity(n);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) {
      if (regular) {
        result[i][j] = whole * result[i][j];
      } else {
        const Series minor = determinant(without(a, j, i));
        result[i][j] = (i + j) % 2 == 0 ? minor : -minor;
      }
    }
  return result;
}

/// f of every matrix.
Field of_each(const Field& x, const Shape& shape, Series (*f)(const Matrix&)) {
  return filled(shape, [&](const Index& batch) { return f(matrix_at(x, batch, shape)); });
}

}  // namespace

std::vector<StructureLine> determinants() {
  return {
    VERIGRAD_STRUCTURE("det", return of_each(x[0], shape, determinant);),
        VERIGRAD_STRUCTURE("logdet", return of_each(x[0], shape, log_determinant);),
        VERIGRAD_STRUCTURE("adjugate", return mapped(x[0], adjugate);),
  };
}

}  // namespace verigrad::proof
