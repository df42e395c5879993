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
