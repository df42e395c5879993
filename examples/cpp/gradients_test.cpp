// A gradient under GoogleTest.
#include "gradcheck/googletest.hpp"

#include <Eigen/Core>

using Eigen::VectorXd;
using verigrad::gradcheck::IsGradientOf;

static double f(const VectorXd& x) { return x.array().log().sum(); }
static VectorXd gradient(const VectorXd& x) { return x.array().inverse(); }

TEST(Logarithms, HaveTheGradientThatIsWritten) {
  const VectorXd x = Eigen::Vector3d(0.5, 1, 2);
  EXPECT_GRADIENT(f, gradient, x, {.lower = {0}});
  EXPECT_THAT(gradient(x), IsGradientOf(f, x));
}
