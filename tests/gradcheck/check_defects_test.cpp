// Callables that cannot be checked, or are wrong before any entry is looked at.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/Core>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "gradcheck/check.hpp"

namespace verigrad::gradcheck {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using testing::HasSubstr;

const VectorXd x = Eigen::Vector3d(0.5, -1, 2);

double squares(const VectorXd& at) { return at.squaredNorm(); }
VectorXd slopes(const VectorXd& at) { return 2 * at; }

void expect_problem(const Report& report, Defect defect, Verdict verdict, const std::string& text) {
  EXPECT_EQ(report.verdict, verdict) << to_string(report);
  ASSERT_EQ(report.problems.size(), 1U) << to_string(report);
  EXPECT_EQ(report.problems[0].defect, defect);
  EXPECT_THAT(to_string(report), HasSubstr(text));
}

TEST(Defects, FindFunctionsThatAreNotDeterministic) {
  int calls = 0;
  const auto counting = [&](const VectorXd& at) { return at.squaredNorm() + ++calls; };
  expect_problem(check_gradient(counting, slopes, x), Defect::nondeterministic,
                 Verdict::inconclusive, "it is 6.25 in one call and differs by 1 in the next");
  // Another order of summation: rounding, and no reason to give up.
  const auto rounding = [&](const VectorXd& at) {
    return at.squaredNorm() * (1 + (++calls % 2) * 4e-16);
  };
  const Report report = check_gradient(rounding, slopes, x);
  EXPECT_EQ(report.verdict, Verdict::pass) << to_string(report);
}

TEST(Defects, FindDerivativesThatAreNotDeterministic) {
  int calls = 0;
  const auto counting = [&](const VectorXd& at) -> VectorXd {
    return slopes(at) * (1 + 1e-3 * calls++);
  };
  expect_problem(check_gradient(squares, counting, x), Defect::nondeterministic, Verdict::fail,
                 "the derivative is not deterministic: entry [0]");
}

TEST(Defects, FindChangedArguments) {
  const auto f = [](VectorXd& at) { return (at *= 2).squaredNorm(); };
  expect_problem(check_gradient(f, slopes, x), Defect::changed_argument, Verdict::fail,
                 "the function changes what it is given");
  const auto g = [](VectorXd& at) { return at *= 2; };
  expect_problem(check_gradient(squares, g, x), Defect::changed_argument, Verdict::fail,
                 "the gradient changes what it is given");
  const auto cotangent = [](const VectorXd& at, double& v) -> VectorXd {
    return slopes(at) * (v += 1);
  };
  expect_problem(check_vjp(squares, cotangent, x, 2.0), Defect::changed_argument, Verdict::fail,
                 "the vjp changes what it is given");
}

TEST(Defects, FindWrongShapes) {
  const auto short_by_one = [](const VectorXd& at) -> VectorXd { return slopes(at).head(2); };
  expect_problem(check_gradient(squares, short_by_one, x), Defect::wrong_shape, Verdict::fail,
                 "the gradient has shape [2] instead of [3]");
  const auto transposed = [](const MatrixXd& at) -> MatrixXd { return 2 * at.transpose(); };
  expect_problem(check_gradient([](const MatrixXd& at) { return at.squaredNorm(); }, transposed,
                                MatrixXd::Ones(2, 3)),
                 Defect::wrong_shape, Verdict::fail, "has shape [3, 2] instead of [2, 3]");
  expect_problem(check_gradient(slopes, slopes, x), Defect::wrong_shape, Verdict::fail,
                 "only one with a single entry has a gradient");
  EXPECT_THROW(check_vjp(slopes, slopes(x), x, 1.0), std::invalid_argument);
  EXPECT_THROW(check_jvp(slopes, slopes(x), x, 1.0), std::invalid_argument);
}

TEST(Defects, FindWhatIsNotFinite) {
  const auto root = [](double at) { return std::sqrt(at); };
  expect_problem(check_gradient(root, 1.0, -1.0), Defect::not_finite, Verdict::inconclusive,
                 "the function's value is ");
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Report report = check_gradient(squares, Eigen::Vector3d(1, nan, 4), x);
  EXPECT_EQ(report.verdict, Verdict::fail);
  EXPECT_THAT(to_string(report), HasSubstr("entry [1] of 3 is nan at x[1] = -1"));
  EXPECT_THROW(check_gradient(root, 1.0, nan), std::invalid_argument);
}

TEST(Defects, FindExceptions) {
  const auto throwing = [](const VectorXd&) -> double { throw std::runtime_error("no luck"); };
  expect_problem(check_gradient(throwing, slopes, x), Defect::threw, Verdict::inconclusive,
                 "the function throws: no luck");
  const auto without = [](const VectorXd&) -> VectorXd { throw std::runtime_error("no luck"); };
  expect_problem(check_gradient(squares, without, x), Defect::threw, Verdict::fail,
                 "the gradient throws: no luck");
  // Beyond x an exception bounds the domain.
  const auto guarded = [](double at) {
    if (at > 1) throw std::domain_error("beyond 1");
    return at * at;
  };
  EXPECT_TRUE(check_gradient(guarded, 2.0, 1.0).passed());
}

}  // namespace
}  // namespace verigrad::gradcheck
