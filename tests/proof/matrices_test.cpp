// Matrices of many rows whose determinants, cofactors and inverses are known in closed form.
#include <gtest/gtest.h>

#include <cmath>

#include "proof/enclose.hpp"
#include "proof/evaluate.hpp"
#include "tests/proof/builder.hpp"

namespace verigrad::proof {
namespace {

using Entries = std::vector<double>;

/// 2 on the diagonal and -1 beside it. Its determinant is n + 1 and, counted from 1, entry i <= j
/// of its inverse is i (n + 1 - j) / (n + 1).
Entries second_differences(std::int64_t n) {
  Entries result;
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = 0; j < n; ++j)
      result.push_back(i == j ? 2 : std::abs(i - j) == 1 ? -1 : 0);
  return result;
}

Ball inverse_entry(std::int64_t n, std::int64_t i, std::int64_t j) {
  const std::int64_t before = std::min(i, j) + 1, after = n - std::max(i, j);
  return Ball(before * after) / Ball(n + 1);
}

/// The Laplacian of the graph in which all n nodes are joined: singular, and all its cofactors are
/// the number of spanning trees (Kirchhoff's matrix tree theorem), n ** (n - 2) (Cayley's formula).
Entries laplacian(std::int64_t n) {
  Entries result;
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = 0; j < n; ++j) result.push_back(i == j ? static_cast<double>(n - 1) : -1);
  return result;
}

Ball cofactor(std::int64_t n) {
  Ball result = 1;
  for (std::int64_t k = 0; k < n - 2; ++k) result = result * Ball(n);
  return result;
}

struct Unary : Builder {
  Unary(const char* operation, std::int64_t n, std::vector<AttributeValue> attributes = {})
      : root(apply(operation, {input({n, n})}, std::move(attributes))) {}
  ValueId root;
};

constexpr std::int64_t sizes[] = {3, 9, 12, 13, 20};

TEST(Matrices, DeterminantsOfAnySize) {
  for (const std::int64_t n : sizes) {
    const Unary det("det", n), logdet("logdet", n);
    const Point point{second_differences(n)};
    const Ball value = evaluate(det.program, point, det.root).entries[0].value();
    EXPECT_TRUE(value.overlaps(Ball(n + 1)) && value.relative_bits() > 80) << n;
    const Ball logarithm = evaluate(logdet.program, point, logdet.root).entries[0].value();
    EXPECT_TRUE(logarithm.overlaps(Ball::of(arb_log, Ball(n + 1)))) << n;
    // By entry [1, 2]: the determinant times entry [2, 1] of the inverse.
    const Enclosure slope = derivatives(det.program, point, det.root, {.entry = n + 2}).front();
    ASSERT_EQ(slope.outcome, Outcome::enclosed) << n;
    EXPECT_TRUE(slope.derivative.overlaps(Ball(2 * (n - 2)))) << n;
  }
}

TEST(Matrices, InversesAndSolutionsOfAnySize) {
  for (const std::int64_t n : sizes) {
    const Unary inverse("inverse", n);
    const Point point{second_differences(n)};
    const Field field = evaluate(inverse.program, point, inverse.root);
    for (std::int64_t i = 0; i < n; ++i)
      for (std::int64_t j = 0; j < n; ++j)
        ASSERT_TRUE(at(field, {i, j}).value().overlaps(inverse_entry(n, i, j))) << n;
    Builder b;
    const ValueId solved = b.apply("solve", {b.input({n, n}), b.input({n})});
    Entries unit(static_cast<std::size_t>(n));
    unit[2] = 1;
    const Field column = evaluate(b.program, {point[0], unit}, solved);
    for (std::int64_t i = 0; i < n; ++i)
      ASSERT_TRUE(at(column, i).value().overlaps(inverse_entry(n, i, 2))) << n;
  }
}

TEST(Matrices, AdjugatesOfRegularAndOfSingularMatrices) {
  for (const std::int64_t n : {3, 9, 14}) {
    const Unary adjugate("adjugate", n);
    const Field regular = evaluate(adjugate.program, {second_differences(n)}, adjugate.root);
    const Field singular = evaluate(adjugate.program, {laplacian(n)}, adjugate.root);
    for (std::int64_t i = 0; i < n; ++i)
      for (std::int64_t j = 0; j < n; ++j) {
        ASSERT_TRUE(at(regular, {i, j}).ok() && at(singular, {i, j}).ok()) << n;
        EXPECT_TRUE(at(regular, {i, j}).value().overlaps(inverse_entry(n, i, j) * Ball(n + 1)));
        EXPECT_TRUE(at(singular, {i, j}).value().overlaps(cofactor(n)));
        EXPECT_GE(at(singular, {i, j}).value().relative_bits(), 60);
      }
  }
}

TEST(Matrices, SingularOnesHaveADeterminantAndNoInverse) {
  for (const std::int64_t n : sizes) {
    const Point point{laplacian(n)};
    const Unary det("det", n), logdet("logdet", n), inverse("inverse", n);
    const Enclosure slope = derivatives(det.program, point, det.root, {.entry = 1}).front();
    ASSERT_EQ(slope.outcome, Outcome::enclosed) << n;
    EXPECT_TRUE(slope.value.contains_zero() && slope.derivative.overlaps(cofactor(n))) << n;
    EXPECT_EQ(derivatives(logdet.program, point, logdet.root, {}).front().outcome, Outcome::outside)
        << n;
    EXPECT_EQ(derivatives(inverse.program, point, inverse.root, {}).front().outcome,
              Outcome::outside)
        << n;
    Builder b;
    const ValueId solved = b.apply("solve", {b.input({n, n}), b.input({n})});
    const Entries ones(static_cast<std::size_t>(n), 1);
    EXPECT_EQ(evaluate(b.program, {point[0], ones}, solved).entries[0].status(), Status::outside)
        << n;
  }
}

/// One row is the third of another, but for one unit in the last place of one entry.
TEST(Matrices, WhatIsNearlySingularIsRegularAtEnoughBits) {
  constexpr std::int64_t n = 13;
  Entries entries = second_differences(n);
  for (std::size_t j = 0; j < n; ++j) entries[n + j] = entries[j] / 3;
  entries[n] = std::nextafter(entries[0] / 3, 1);
  const Unary inverse("inverse", n);
  const Enclosure entry = derivatives(inverse.program, {entries}, inverse.root, {}).front();
  EXPECT_EQ(entry.outcome, Outcome::enclosed);
  for (std::size_t j = 0; j < n; ++j) entries[n + j] = 2 * entries[j];
  EXPECT_EQ(derivatives(inverse.program, {entries}, inverse.root, {}).front().outcome,
            Outcome::outside);
}

TEST(Matrices, TrianglesAreSolvedBySubstitution) {
  constexpr std::int64_t n = 40;
  Builder b;
  const ValueId right = b.input({n, 1}), triangle = b.input({n, n});
  const auto solved = [&](bool upper, bool transposes, const Entries& a) {
    const ValueId root = b.apply("triangular_solve", {right, triangle}, {upper, transposes, false});
    return evaluate(b.program, {Entries(static_cast<std::size_t>(n), 1), a}, root);
  };
  // The second differences' lower triangle is 2 x_i - x_(i-1) = 1 with x_i = 1 - 2 ** -i.
  Entries a = second_differences(n);
  for (const bool upper : {false, true})
    for (const bool transposes : {false, true}) {
      const Field x = solved(upper, transposes, a);
      for (std::int64_t i = 0; i < n; ++i) {
        const std::int64_t place = upper == transposes ? i : n - 1 - i;
        EXPECT_TRUE(at(x, place).value().overlaps(Ball(1) - Ball(1).scaled(-i - 1))) << i;
      }
    }
  // A 0 on the diagonal stops what depends on it alone.
  a[5 * n + 5] = 0;
  const Field stopped = solved(false, false, a);
  EXPECT_TRUE(at(stopped, 4).ok());
  EXPECT_EQ(at(stopped, 5).status(), Status::outside);
  EXPECT_EQ(at(stopped, 6).status(), Status::outside);
}

TEST(Matrices, FactorsOfManyRows) {
  // The second differences are L Lᵀ with L_ii ** 2 = (i + 1) / i, counted from 1.
  constexpr std::int64_t n = 40;
  const Unary cholesky("cholesky", n, {false});
  const Field factor = evaluate(cholesky.program, {second_differences(n)}, cholesky.root);
  for (std::int64_t i = 0; i < n; ++i) {
    const Ball entry = at(factor, {i, i}).value();
    EXPECT_TRUE((entry * entry).overlaps(Ball(i + 2) / Ball(i + 1))) << i;
  }
}

}  // namespace
}  // namespace verigrad::proof
