// Determinants, inverses and decompositions of square matrices, against Arb and differences.
#include <arb_mat.h>

#include "tests/engine/structural.hpp"

namespace verigrad {
namespace {

using namespace structural;
using testing::HasSubstr;

constexpr slong bits = 320;

/// A matrix of balls.
class BallMatrix {
 public:
  BallMatrix(slong rows, slong columns) { arb_mat_init(matrix_, rows, columns); }
  explicit BallMatrix(const D& x) : BallMatrix(x.shape()[0], x.shape()[1]) {
    for (slong i = 0; i < x.shape()[0]; ++i)
      for (slong j = 0; j < x.shape()[1]; ++j)
        arb_set_d(arb_mat_entry(matrix_, i, j), x[i * x.shape()[1] + j]);
  }
  BallMatrix(const BallMatrix&) = delete;
  BallMatrix& operator=(const BallMatrix&) = delete;
  ~BallMatrix() { arb_mat_clear(matrix_); }
  arb_mat_struct* get() { return matrix_; }
  double at(slong i, slong j) {
    return arf_get_d(arb_midref(arb_mat_entry(matrix_, i, j)), ARF_RND_NEAR);
  }

 private:
  arb_mat_t matrix_;
};

double arb_det(const D& x) {
  BallMatrix a(x);
  arb_t result;
  arb_init(result);
  arb_mat_det(result, a.get(), bits);
  const double middle = arf_get_d(arb_midref(result), ARF_RND_NEAR);
  arb_clear(result);
  return middle;
}

/// The adjugate from Arb's determinants of the minors.
D arb_adjugate(const D& x) {
  const std::int64_t n = x.shape()[0];
  D result = D::uninitialised(x.shape());
  for (std::int64_t r = 0; r < n; ++r)
    for (std::int64_t c = 0; c < n; ++c) {
      std::vector<double> minor;
      for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t j = 0; j < n; ++j)
          if (i != r && j != c) minor.push_back(x[i * n + j]);
      result.mutable_data()[c * n + r] =
          ((r + c) % 2 ? -1 : 1) * arb_det(D(Shape{n - 1, n - 1}, minor));
    }
  return result;
}

D arb_solution(const D& a, const D& b) {
  BallMatrix left(a), right(b), x(b.shape()[0], b.shape()[1]);
  EXPECT_NE(arb_mat_solve(x.get(), left.get(), right.get(), bits), 0);
  D result = D::uninitialised(b.shape());
  for (slong i = 0; i < b.shape()[0]; ++i)
    for (slong j = 0; j < b.shape()[1]; ++j)
      result.mutable_data()[i * b.shape()[1] + j] = x.at(i, j);
  return result;
}

D arb_inverse(const D& a) {
  BallMatrix left(a), x(a.shape()[0], a.shape()[0]);
  EXPECT_NE(arb_mat_inv(x.get(), left.get(), bits), 0);
  D result = D::uninitialised(a.shape());
  for (slong i = 0; i < a.shape()[0]; ++i)
    for (slong j = 0; j < a.shape()[0]; ++j)
      result.mutable_data()[i * a.shape()[0] + j] = x.at(i, j);
  return result;
}

void expect_near(const D& got, const D& expected, double tolerance) {
  ASSERT_EQ(to_string(got.shape()), to_string(expected.shape()));
  for (std::int64_t i = 0; i < got.numel(); ++i)
    EXPECT_NEAR(got[i], expected[i], tolerance * std::max(1.0, std::abs(expected[i]))) << i;
}

D square(std::int64_t n, std::initializer_list<double> entries) { return D(Shape{n, n}, entries); }

/// Symmetric and positive-definite, one of a stack.
D definite(const Shape& shape, double phase = 0) {
  const D x = varied(shape, phase);
  const std::int64_t n = shape[shape.rank() - 1];
  D result = matmul(x, transpose(x, -2, -1)).clone_entries();
  for (std::int64_t i = 0; i < result.numel(); ++i)
    if (i / n % n == i % n) result.mutable_data()[i] += 1;
  return result;
}

const TensorFunction det_of = [](const Tensors& x) { return det(x[0]); };
const TensorFunction logdet_of = [](const Tensors& x) { return logdet(x[0]); };

TEST(Det, MatchesArb) {
  for (const std::int64_t n : {1, 2, 3, 5, 8}) {
    const D x = varied(Shape{n, n});
    EXPECT_NEAR(det(x).item(), arb_det(x), 1e-13);
  }
  EXPECT_EQ(det(square(2, {1, 2, 3, 4})).item(), -2);
  EXPECT_EQ(det(D(Shape{0, 0}, {})).item(), 1);
  EXPECT_EQ(det(square(2, {1, 2, 2, 4})).item(), 0);
  EXPECT_EQ(det(diag(vector({1e200, 1e200, 1e-200, 1e-200}))).item(), 1);
  EXPECT_TRUE(std::isnan(det(square(2, {1, nan, 3, 4})).item()));
  EXPECT_EQ(det(varied(Shape{2, 3, 2, 2})).shape(), (Shape{2, 3}));
  EXPECT_EQ(det(varied(Shape{0, 2, 2})).shape(), Shape{0});
}

TEST(Det, DerivativesMatchDifferences) {
  for (const Shape& shape :
       {Shape{1, 1}, Shape{2, 2}, Shape{3, 3}, Shape{4, 4}, Shape{5, 5}, Shape{6, 6},
        Shape{2, 3, 3}, Shape{2, 1, 2, 2}, Shape{0, 0}, Shape{0, 2, 2}}) {
    SCOPED_TRACE(to_string(shape));
    expect_derivatives(det_of, {varied(shape)});
  }
}

const std::vector<D>& singular_matrices() {
  static const std::vector<D> all = {
      square(1, {0}),
      square(2, {1, 2, 2, 4}),
      square(2, {0, 0, 0, 0}),
      square(2, {0, 1, 0, 0}),
      square(3, {1, 2, 3, 4, 5, 6, 7, 8, 9}),
      square(3, {1, 2, 3, 2, 4, 6, 3, 6, 9}),
      square(3, {0, 0, 0, 0, 0, 0, 0, 0, 0}),
      square(3, {0, 0, 5, 0, 0, 0, 0, 3, 0}),
      square(4, {1, 1, 0, 2, 0, 3, 1, 0, 1, 4, 1, 2, 2, 0, 5, 1}),
      square(4, {1, 2, 0, 0, 2, 4, 0, 0, 0, 0, 1, 3, 0, 0, 2, 6}),
      diag(vector({1, 2, 0, 3, -4})),
      square(5, {1, 2, 3, 4, 5, 2, 3, 4, 5, 6, 0, 1, 0, 2, 1, 3, 5, 7, 9, 11, 1, 0, 0, 0, 2}),
      square(5, {1, 2, 0, 0, 0, 2, 4, 0, 0, 0, 0, 0, 1, 3, 0, 0, 0, 2, 6, 0, 0, 0, 0, 0, 3}),
  };
  return all;
}

/// Against minors by Arb, where det(A) inverse(A) does not exist, for ranks n - 1, n - 2 and less.
TEST(Det, GradientOfSingularMatricesIsTheAdjugate) {
  for (const D& at : singular_matrices()) {
    const D x = leaf(at);
    const D expected = transpose(arb_adjugate(at), 0, 1);
    expect_near(gradient_of(det(x), x, D(1.0)), expected, 1e-13);
    expect_near(grad<double>(det(x), {x}, {.create_graph = true})[0], expected, 1e-13);
  }
}

TEST(Det, SecondDerivativesOfSingularMatricesMatchDifferences) {
  for (const D& at : singular_matrices()) expect_derivatives(det_of, {at});
}

/// Third order, by differences of the recorded second order, at a regular and at singular matrices.
TEST(Det, IsDifferentiableToThirdOrderEverywhere) {
  const auto second = [](const Tensors& at) {
    const D x = at[0].requires_grad() ? at[0] : leaf(at[0]);
    const D first_order = grad<double>(det(x), {x}, {.create_graph = true})[0];
    return grad<double>(sum(first_order * varied(x.shape(), 2)), {x}, {.create_graph = true})[0];
  };
  for (const D& at :
       {square(3, {1, 2, 0, -1, 1, 3, 2, 0, 1}), square(3, {1, 2, 3, 4, 5, 6, 7, 8, 9}),
        square(3, {1, 2, 3, 2, 4, 6, 3, 6, 9}), square(2, {1, 2, 2, 4})})
    expect_vjp_matches_differences(second, {at});
}

/// det(A) inverse(A) would lose the digits that the condition, here 1e15, costs.
TEST(Det, GradientKeepsItsDigitsNextToSingularMatrices) {
  const D at = square(3, {1, 2, 3, 4, 5, 6, 7, 8, 9 + 0x1p-48});
  const D x = leaf(at);
  expect_near(gradient_of(det(x), x, D(1.0)), transpose(arb_adjugate(at), 0, 1), 1e-13);
}

TEST(Det, GradientSurvivesPartialProductsOutOfRange) {
  const D x = leaf(diag(vector({1e200, 1e200, 1e-200, 1e-200})));
  const D slope = gradient_of(det(x), x, D(1.0));
  EXPECT_NEAR(slope[0], 1e-200, 1e-214);
  EXPECT_NEAR(slope[15], 1e200, 1e186);
  EXPECT_EQ(slope[1], 0);
}

TEST(LogDet, MatchesArbAndIsNaNBelowZero) {
  for (const std::int64_t n : {1, 2, 3, 5}) {
    const D x = definite(Shape{n, n});
    EXPECT_NEAR(logdet(x).item(), std::log(arb_det(x)), 1e-13);
  }
  EXPECT_TRUE(std::isnan(logdet(square(2, {1, 2, 3, 4})).item()));
  EXPECT_NEAR(logdet(square(2, {-1, 0, 0, -2})).item(), std::log(2), 1e-15);
  EXPECT_EQ(logdet(square(2, {1, 2, 2, 4})).item(), -inf);
  EXPECT_EQ(logdet(D(Shape{0, 0}, {})).item(), 0);
  EXPECT_NEAR(logdet(diag(vector({1e-200, 1e-200, 1e-200}))).item(), -600 * std::log(10), 1e-11);
  const D mixed = logdet(D(Shape{3, 1, 1}, {-1, 0, 1}));
  EXPECT_TRUE(std::isnan(mixed[0]));
  EXPECT_EQ(mixed[1], -inf);
  EXPECT_EQ(mixed[2], 0);
}

TEST(LogDet, DerivativesMatchDifferences) {
  for (const Shape& shape :
       {Shape{1, 1}, Shape{2, 2}, Shape{3, 3}, Shape{2, 3, 3}, Shape{0, 0}, Shape{0, 2, 2}})
    expect_derivatives(logdet_of, {definite(shape)});
  expect_derivatives(logdet_of, {square(2, {-1, 0.5, 0.25, -2})});
  const D x = leaf(definite(Shape{3, 3}));
  expect_near(gradient_of(logdet(x), x, D(1.0)), transpose(arb_inverse(x), 0, 1), 1e-13);
}

TEST(LogDet, SlopeAtSingularMatricesIsInfinite) {
  const D x = leaf(square(2, {1, 2, 2, 4}));
  expect_equal(gradient_of(logdet(x), x, D(1.0)), Shape{2, 2}, {inf, -inf, -inf, inf});
  const D stack = leaf(D(Shape{2, 1, 1}, {0, 4}));
  expect_equal(gradient_of(logdet(stack), stack, vector({1, 1})), Shape{2, 1, 1}, {inf, 0.25});
}

TEST(Inverse, MatchesArbAndDifferences) {
  for (const std::int64_t n : {1, 2, 3, 6}) {
    const D x = definite(Shape{n, n});
    expect_near(inverse(x), arb_inverse(x), 1e-13);
  }
  expect_near(inverse(square(2, {0, 2, 1, 3})), square(2, {-1.5, 1, 0.5, 0}), 1e-15);
  EXPECT_EQ(inverse(D(Shape{0, 0}, {})).shape(), (Shape{0, 0}));
  for (const Shape& shape :
       {Shape{1, 1}, Shape{2, 2}, Shape{3, 3}, Shape{2, 2, 2}, Shape{0, 0}, Shape{0, 2, 2}})
    expect_derivatives([](const Tensors& x) { return inverse(x[0]); }, {definite(shape)});
}

/// d(A^-1)_ij / dA_kl = -(A^-1)_ik (A^-1)_lj, with Arb's inverse.
TEST(Inverse, JacobianMatchesItsClosedForm) {
  const D at = definite(Shape{3, 3}), y = arb_inverse(at);
  for (std::int64_t i = 0; i < 3; ++i)
    for (std::int64_t j = 0; j < 3; ++j) {
      const D x = leaf(at);
      D v = D::uninitialised(Shape{3, 3}), expected = D::uninitialised(Shape{3, 3});
      for (std::int64_t k = 0; k < 9; ++k) {
        v.mutable_data()[k] = k == 3 * i + j ? 1 : 0;
        expected.mutable_data()[k] = -y[3 * i + k / 3] * y[k % 3 * 3 + j];
      }
      expect_near(gradient_of(inverse(x), x, v), expected, 1e-13);
    }
}

TEST(Inverse, RefusesSingularMatrices) {
  EXPECT_THAT(error_of([] {
                inverse(square(2, {1, 2, 2, 4}));
              }),
              HasSubstr("inverse: The diagonal element 2 is zero, the inversion could not be "
                        "completed because the input matrix is singular"));
  EXPECT_THAT(error_of([] {
                inverse(D(Shape{2, 1, 1}, {1, 0}));
              }),
              HasSubstr("inverse: (Batch element 1): The diagonal element 1 is zero"));
}

struct SolveForm {
  Shape a, b;
};

TEST(Solve, MatchesArb) {
  const D a = varied(Shape{3, 3}), b = varied(Shape{3, 2}, 1);
  expect_near(solve(a, b), arb_solution(a, b), 1e-12);
  expect_near(solve(a, select(b, 1, 0)), reshape(arb_solution(a, slice(b, 1, 0, 1)), {3}), 1e-12);
  const D stack = varied(Shape{2, 3, 3}), x = solve(stack, b);
  for (std::int64_t i = 0; i < 2; ++i)
    expect_near(select(x, 0, i), arb_solution(select(stack, 0, i), b), 1e-12);
}

TEST(Solve, DerivativesMatchDifferencesInEveryForm) {
  for (const auto& [a, b] :
       {SolveForm{Shape{2, 2}, Shape{2}}, SolveForm{Shape{3, 3}, Shape{3, 2}},
        SolveForm{Shape{1, 1}, Shape{1, 1}}, SolveForm{Shape{2, 2, 2}, Shape{2, 2}},
        SolveForm{Shape{2, 2, 2}, Shape{2}}, SolveForm{Shape{2, 2, 2}, Shape{2, 1}},
        SolveForm{Shape{2, 2}, Shape{3, 2, 1}}, SolveForm{Shape{2, 1, 2, 2}, Shape{3, 2, 1}},
        SolveForm{Shape{0, 0}, Shape{0, 2}}, SolveForm{Shape{2, 2}, Shape{2, 0}}}) {
    SCOPED_TRACE(to_string(a) + " \\ " + to_string(b));
    expect_derivatives([](const Tensors& x) { return solve(x[0], x[1]); },
                       {definite(a), varied(b, 1)});
  }
  expect_derivatives([](const Tensors& x) { return solve(x[0], x[0]); }, {definite(Shape{2, 2})});
}

TEST(Solve, RefusesWhatHasNoSolution) {
  EXPECT_THAT(error_of([] {
                solve(square(2, {1, 2, 2, 4}), vector({1, 2}));
              }),
              HasSubstr("solve: The solver failed because the input matrix is singular"));
  EXPECT_THAT(error_of([] {
                solve(D(Shape{2, 1, 1}, {1, 0}), D(Shape{1, 1}, {1}));
              }),
              HasSubstr("solve: (Batch element 1): The solver failed"));
  EXPECT_THAT(error_of([] {
                solve(varied(Shape{2, 2}), varied(Shape{3, 1}));
              }),
              HasSubstr("Incompatible shapes of A and B for the equation AX = B (2x2 and 3x1)"));
  EXPECT_THAT(error_of([] {
                solve(varied(Shape{2, 2}), D(1.0));
              }),
              HasSubstr("solve: B must have at least 1 dimension"));
  EXPECT_THROW(solve(varied(Shape{2, 2, 2}), varied(Shape{3, 2, 1})), ShapeError);
}

TEST(Cholesky, MultipliesBackToItsOperand) {
  for (const Shape& shape : {Shape{1, 1}, Shape{2, 2}, Shape{5, 5}, Shape{2, 3, 3}}) {
    const D a = definite(shape), l = cholesky(a), u = cholesky(a, true);
    expect_near(matmul(l, transpose(l, -2, -1)), a, 1e-14);
    expect_near(matmul(transpose(u, -2, -1), u), a, 1e-14);
    expect_near(tril(l), l, 0);
    expect_near(triu(u), u, 0);
  }
  expect_equal(cholesky(square(2, {4, 2, 2, 5})), Shape{2, 2}, {2, 0, 1, 2});
  EXPECT_EQ(cholesky(D(Shape{0, 0}, {})).numel(), 0);
}

/// Every entry is moved alone here, so that the symmetric part is what is differentiated.
TEST(Cholesky, DerivativesMatchDifferences) {
  for (const Shape& shape :
       {Shape{1, 1}, Shape{2, 2}, Shape{3, 3}, Shape{2, 2, 2}, Shape{0, 0}, Shape{0, 2, 2}})
    for (const bool upper : {false, true}) {
      SCOPED_TRACE(to_string(shape));
      expect_derivatives([&](const Tensors& x) { return cholesky(x[0], upper); },
                         {definite(shape)});
    }
}

/// For A = [[a, b], [b, c]]: L = [[sqrt a, 0], [b / sqrt a, sqrt(c - b^2 / a)]].
TEST(Cholesky, GradientIsSymmetric) {
  const D x = leaf(square(2, {4, 2, 2, 5}));
  const D slope = gradient_of(cholesky(x), x, square(2, {0, 7, 0, 1}));
  expect_near(slope, square(2, {0.0625, -0.125, -0.125, 0.25}), 1e-15);
}

TEST(Cholesky, RefusesMatricesThatAreNotPositiveDefinite) {
  EXPECT_THAT(error_of([] {
                cholesky(square(3, {1, 0, 0, 0, -1, 0, 0, 0, 1}));
              }),
              HasSubstr("cholesky: The factorization could not be completed because the input is "
                        "not positive-definite (the leading minor of order 2 is not "
                        "positive-definite)"));
  EXPECT_THAT(error_of([] {
                cholesky(D(Shape{2, 1, 1}, {1, 0}));
              }),
              HasSubstr("(Batch element 1): The factorization could not be completed"));
  EXPECT_THAT(error_of([] { cholesky(square(1, {nan})); }), HasSubstr("minor of order 1"));
}

TEST(TriangularSolve, ReadsOneTriangleAndMatchesArb) {
  const D full = definite(Shape{3, 3}), b = varied(Shape{3, 2}, 1);
  for (const bool upper : {true, false})
    for (const bool transposes : {true, false})
      for (const bool unit : {true, false}) {
        D a = (upper ? triu(full) : tril(full)).clone_entries();
        if (unit)
          for (std::int64_t i = 0; i < 3; ++i) a.mutable_data()[4 * i] = 1;
        expect_near(triangular_solve(b, full, upper, transposes, unit),
                    arb_solution(transposes ? transpose(a, 0, 1) : a, b), 1e-13);
        for (const auto& [left, right] :
             {SolveForm{Shape{3, 3}, Shape{3, 2}}, SolveForm{Shape{2, 2, 2}, Shape{2, 1}},
              SolveForm{Shape{2, 2}, Shape{2, 2, 1}}, SolveForm{Shape{1, 1}, Shape{1, 1}},
              SolveForm{Shape{0, 0}, Shape{0, 1}}})
          expect_derivatives(
              [&](const Tensors& x) {
                return triangular_solve(x[0], x[1], upper, transposes, unit);
              },
              {varied(right, 1), definite(left)});
      }
  EXPECT_EQ(triangular_solve(D(Shape{1, 1}, {1}), D(Shape{1, 1}, {0}))[0], inf);
}

TEST(TriangularSolve, RefusesShapesThatDoNotFit) {
  EXPECT_THAT(error_of([] {
                triangular_solve(varied(Shape{3, 1}), varied(Shape{2, 2}));
              }),
              HasSubstr("triangular_solve: Incompatible"));
  EXPECT_THAT(error_of([] {
                triangular_solve(varied(Shape{2}), varied(Shape{2, 2}));
              }),
              HasSubstr("triangular_solve: The input tensor b must have at least 2 dimensions"));
}

TEST(SquareMatrices, RefuseOthers) {
  const std::vector<std::pair<const char*, TensorFunction>> functions = {
      {"det", det_of},
      {"logdet", logdet_of},
      {"inverse", [](const Tensors& x) { return inverse(x[0]); }},
      {"cholesky", [](const Tensors& x) { return cholesky(x[0]); }},
      {"solve",
       [](const Tensors& x) {
         return solve(x[0], vector({1, 2}));
       }},
      {"triangular_solve", [](const Tensors& x) {
         return triangular_solve(D(Shape{2, 1}, {1, 2}), x[0]);
       }}};
  for (const auto& [name, f] : functions) {
    EXPECT_THAT(error_of([&, &f = f] {
                  f({varied(Shape{2, 3})});
                }),
                testing::AllOf(HasSubstr(std::string(name) + ": A must be batches of square "
                                                             "matrices, but they are 2 by 3 "
                                                             "matrices"),
                               HasSubstr("[2, 3]")));
    EXPECT_THAT(
        error_of([&, &f = f] { f({varied(Shape{2})}); }),
        HasSubstr(std::string(name) + ": The input tensor A must have at least 2 dimensions"));
  }
}

TEST(SquareMatrices, FloatResultsAreThoseOfDoubleRounded) {
  const D x = definite(Shape{3, 3});
  std::vector<float> entries;
  for (double entry : x.entries()) entries.push_back(static_cast<float>(entry));
  const Tensor<float> narrow(Shape{3, 3}, entries);
  const D wide(Shape{3, 3}, std::vector<double>(entries.begin(), entries.end()));
  EXPECT_EQ(det(narrow).item(), static_cast<float>(det(wide).item()));
  EXPECT_EQ(inverse(narrow)[4], static_cast<float>(inverse(wide)[4]));
  EXPECT_EQ(cholesky(narrow)[3], static_cast<float>(cholesky(wide)[3]));
}

}  // namespace
}  // namespace verigrad
