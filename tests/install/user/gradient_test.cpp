// A user's tests of gradients: the assertions pass, and fail with the whole diagnosis.
#include <gtest/gtest-spi.h>

#include <Eigen/Core>
#include <cmath>

#include "gradcheck/googletest.hpp"

namespace {

using Eigen::VectorXd;
using testing::Not;
using verigrad::gradcheck::IsGradientOf;

double f(const VectorXd& x) { return x.array().exp().sum(); }
VectorXd gradient(const VectorXd& x) { return x.array().exp(); }
VectorXd doubled(const VectorXd& x) { return 2 * gradient(x); }

VectorXd point() { return Eigen::Vector3d(0, 0.5, 1); }

constexpr const char* diagnosis = "claimed / true = 2 at every entry: a factor 2 too much";

TEST(Gradient, IsExpected) {
  EXPECT_GRADIENT(f, gradient, point());
  EXPECT_GRADIENT(f, gradient(point()), point(), {.lower = {0}, .upper = {1}});
  EXPECT_NONFATAL_FAILURE(EXPECT_GRADIENT(f, doubled, point()) << "and more",
                          "claimed / true = 2 at every entry");
}

VectorXd exps(const VectorXd& x) { return x.array().exp(); }
VectorXd vjp(const VectorXd& x, const VectorXd& v) { return exps(x).cwiseProduct(v); }
VectorXd without_cotangent(const VectorXd& x, const VectorXd&) { return exps(x); }

void assert_wrong_vjp() {
  ASSERT_VJP(exps, without_cotangent, point(), VectorXd(Eigen::Vector3d(2, -1, 3)));
  ADD_FAILURE() << "an assertion ends its function";
}

TEST(Vjp, IsExpectedAndAsserted) {
  const VectorXd v = Eigen::Vector3d(2, -1, 3);
  EXPECT_VJP(exps, vjp, point(), v);
  EXPECT_VJP(exps, vjp(point(), v), point(), v, {.lower = {0}, .upper = {1}});
  ASSERT_VJP(exps, vjp, point(), v);
  EXPECT_NONFATAL_FAILURE(EXPECT_VJP(exps, without_cotangent, point(), v) << "and more",
                          "vjp fail  3 of 3 entries are wrong");
  EXPECT_FATAL_FAILURE(assert_wrong_vjp(), "the cotangent is ignored");
}

void assert_wrong_gradient() {
  ASSERT_GRADIENT(f, doubled, point());
  ADD_FAILURE() << "an assertion ends its function";
}

TEST(Gradient, IsAsserted) {
  ASSERT_GRADIENT(f, gradient, point());
  EXPECT_FATAL_FAILURE(assert_wrong_gradient(), "of 3 is off by a factor 2 at x[");
}

TEST(Gradient, IsMatched) {
  EXPECT_THAT(gradient(point()), IsGradientOf(f, point()));
  EXPECT_THAT(gradient, IsGradientOf(f, point(), {.upper = {1}}));
  EXPECT_THAT(doubled(point()), Not(IsGradientOf(f, point())));
  EXPECT_NONFATAL_FAILURE(EXPECT_THAT(doubled(point()), IsGradientOf(f, point())), diagnosis);
}

}  // namespace
