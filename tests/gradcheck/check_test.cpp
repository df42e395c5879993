// Hand-written derivatives of C++ callables, right and wrong, of every type that a check accepts.
// The right ones are the textbook's formulas.
#include "gradcheck/check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>

#include "engine/verigrad.hpp"

namespace verigrad::gradcheck {
namespace {

using Eigen::MatrixXd;
using Eigen::MatrixXf;
using Eigen::VectorXd;
using Eigen::VectorXf;
using testing::HasSubstr;

double rosenbrock(const VectorXd& x) {
  return 100 * std::pow(x[1] - x[0] * x[0], 2) + std::pow(1 - x[0], 2);
}

VectorXd rosenbrock_gradient(const VectorXd& x) {
  const double bend = x[1] - x[0] * x[0];
  return Eigen::Vector2d(-400 * x[0] * bend - 2 * (1 - x[0]), 200 * bend);
}

MatrixXd rosenbrock_hessian(const VectorXd& x) {
  return (MatrixXd(2, 2) << 1200 * x[0] * x[0] - 400 * x[1] + 2, -400 * x[0], -400 * x[0], 200)
      .finished();
}

VectorXd polar(const VectorXd& p) {
  return Eigen::Vector2d(p[0] * std::cos(p[1]), p[0] * std::sin(p[1]));
}

MatrixXd polar_jacobian(const VectorXd& p) {
  return (MatrixXd(2, 2) << std::cos(p[1]), -p[0] * std::sin(p[1]), std::sin(p[1]),
          p[0] * std::cos(p[1]))
      .finished();
}

const VectorXd start = Eigen::Vector2d(-1.2, 1);
const VectorXd place = Eigen::Vector2d(1.5, 0.4);

TEST(CheckGradient, PassesWithTenDigits) {
  const Report report = check_gradient(rosenbrock, rosenbrock_gradient, start);
  EXPECT_EQ(report.verdict, Verdict::pass) << to_string(report);
  EXPECT_GT(report.digits, 9);
  EXPECT_EQ(report.entries.size(), 2U);
  EXPECT_GT(report.evaluations, 20);
  EXPECT_THAT(to_string(report), HasSubstr("gradient pass  at least"));
}

TEST(CheckGradient, ShowsTheWorstEntryFirst) {
  const auto wrong = [](const VectorXd& x) -> VectorXd {
    return rosenbrock_gradient(x) + Eigen::Vector2d(0.1, -88);
  };
  const Report report = check_gradient(rosenbrock, wrong, start);
  EXPECT_EQ(report.verdict, Verdict::fail);
  EXPECT_EQ(report.entries[0].position, 1U);
  EXPECT_EQ(report.entries[1].position, 0U);
  const std::string text = to_string(report);
  EXPECT_THAT(text, HasSubstr("gradient fail  2 of 2 entries are wrong, finite differences, "));
  EXPECT_THAT(text, HasSubstr("entry [1] of 2 is -176, true -88 at x[1] = 1\n"));
  EXPECT_THAT(text, HasSubstr("= claimed    -176\n"));
  EXPECT_THAT(text, HasSubstr("= also       [0] fail at x[0] = -1.2: claimed -215.5, true -215.6"));
}

TEST(CheckGradient, TakesAValue) {
  EXPECT_TRUE(check_gradient(rosenbrock, Eigen::Vector2d(-215.6, -88), start).passed());
  EXPECT_FALSE(check_gradient(rosenbrock, Eigen::Vector2d(-215.6, 88), start).passed());
}

TEST(CheckGradient, TakesEveryType) {
  const auto sines = [](const auto& x) { return x.array().sin().sum(); };
  const auto cosines = [](const auto& x) { return x.array().cos().matrix().eval(); };
  const auto wrong = [](const auto& x) { return (x.array().cos() * 1.01F).matrix().eval(); };
  const auto both = [&](const auto& x) {
    const Report right = check_gradient(sines, cosines, x);
    EXPECT_EQ(right.verdict, Verdict::pass) << to_string(right);
    EXPECT_EQ(check_gradient(
                  sines, [&](const auto& at) { return (at.array().cos() * 2).matrix().eval(); }, x)
                  .verdict,
              Verdict::fail);
  };
  both(VectorXd(Eigen::Vector3d(0.3, -1, 2)));
  both(VectorXf(Eigen::Vector3f(0.3F, -1, 2)));
  both(Eigen::Vector3d(0.3, -1, 2));
  both(Eigen::RowVector2d(0.3, -1));
  both(MatrixXd((MatrixXd(2, 3) << 1, 2, 3, 4, 5, 6).finished()));
  both(MatrixXf((MatrixXf(2, 3) << 1, 2, 3, 4, 5, 6).finished()));
  EXPECT_EQ(check_gradient(sines, wrong, VectorXf(Eigen::Vector2f(0.3F, 1))).verdict,
            Verdict::fail);
  const Tensor<double> t = tensor<double>({{1, 2}, {3, 4}});
  const auto tensor_sum = [](const Tensor<double>& x) { return sum(sin(x)); };
  EXPECT_TRUE(check_gradient(
                  tensor_sum, [](const auto& x) { return cos(x); }, t)
                  .passed());
  EXPECT_FALSE(check_gradient(
                   tensor_sum, [](const auto& x) { return sin(x); }, t)
                   .passed());
  EXPECT_TRUE(check_gradient([](double x) { return std::exp(x); }, std::exp(2.0), 2.0).passed());
  EXPECT_FALSE(check_gradient([](float x) { return std::exp(x); }, 7.4F, 2.0F).passed());
}

TEST(CheckGradient, NamesEntriesOfMatricesInRowMajorOrder) {
  const auto f = [](const MatrixXd& x) { return x(0, 1) * 3 + x(1, 0); };
  const auto wrong = [](const MatrixXd&) { return (MatrixXd(2, 2) << 0, 4, 1, 0).finished(); };
  const Report report = check_gradient(f, wrong, MatrixXd::Constant(2, 2, 0.5));
  EXPECT_EQ(report.entries[0].index, "[0, 1]");
  EXPECT_EQ(report.entries[0].value, 4);
  EXPECT_NEAR(report.entries[0].truth.estimate.value, 3, 1e-9);
}

TEST(CheckGradient, NeverLeavesAStatedDomain) {
  double lowest = 1, highest = 0;
  const auto f = [&](const VectorXd& x) {
    lowest = std::min(lowest, x.minCoeff());
    highest = std::max(highest, x.maxCoeff());
    return x.array().exp().sum();
  };
  const auto g = [](const VectorXd& x) { return VectorXd(x.array().exp()); };
  const VectorXd at = Eigen::Vector3d(0, 0.5, 1);
  const Report report = check_gradient(f, g, at, {.lower = {0}, .upper = {1, 1, 1}});
  EXPECT_TRUE(report.passed()) << to_string(report);
  EXPECT_EQ(lowest, 0);
  EXPECT_EQ(highest, 1);
  EXPECT_THROW(check_gradient(f, g, at, {.lower = {0.1}}), std::invalid_argument);
  EXPECT_THROW(check_gradient(f, g, at, {.lower = {0, 0}}), std::invalid_argument);
}

TEST(CheckGradient, PassesOnlyFloatsToFunctionsOfFloats) {
  bool all = true;
  const auto f = [&](const VectorXf& x) {
    for (const float entry : x) all = all && std::isfinite(entry);
    return x.squaredNorm();
  };
  const auto g = [](const VectorXf& x) { return VectorXf(2 * x); };
  const Report report = check_gradient(f, g, VectorXf(Eigen::Vector2f(0.1F, 3)));
  EXPECT_TRUE(report.passed()) << to_string(report);
  EXPECT_TRUE(all);
  EXPECT_LT(report.digits, 7.3);
}

TEST(CheckGradient, DecidesKinksByTheOneSidedSlopes) {
  const auto f = [](double x) { return std::abs(x); };
  EXPECT_TRUE(check_gradient(f, 0.5, 0.0).passed());
  const Report report = check_gradient(f, 1.5, 0.0);
  EXPECT_EQ(report.verdict, Verdict::fail);
  EXPECT_THAT(to_string(report), HasSubstr("-1 on the left, 1 on the right"));
}

TEST(CheckGradient, BelievesZerosOnlyBesideSlopes) {
  EXPECT_TRUE(check_gradient([](double x) { return x * x; }, 0.0, 0.0).passed());
  EXPECT_TRUE(check_gradient([](double) { return 3.0; }, 0.0, 0.7).passed());
  const auto sigmoid = [](double x) { return 1 / (1 + std::exp(-x)); };
  EXPECT_EQ(check_gradient(sigmoid, 0.0, 40.0).verdict, Verdict::inconclusive);
}

TEST(CheckGradient, AConstantMayHideASlopeThatRoundingHasSwallowed) {
  // Beyond 2^24 the two roots are the same float; the slope is 1 / (2 sqrt(x + 1)) - 1 / (2
  // sqrt(x)).
  const auto f = [](float x) { return std::sqrt(x + 1) - std::sqrt(x); };
  const double x = 55246744;
  const double slope = 1 / (2 * std::sqrt(x + 1)) - 1 / (2 * std::sqrt(x));
  EXPECT_EQ(check_gradient(f, static_cast<float>(slope), 55246744.0F).verdict,
            Verdict::inconclusive);
  EXPECT_EQ(check_gradient(f, 1e-3F, 55246744.0F).verdict, Verdict::fail);
  EXPECT_TRUE(check_gradient(f, 0.0F, 55246744.0F).passed());
}

TEST(CheckVjp, OutputsThatAnEntryDoesNotMoveAreNoNoiseOfIt) {
  // Beside 63 outputs of some thousand the first one moves by 1e-5.
  VectorXf x = VectorXf::Constant(64, 0.5F), v = VectorXf::Ones(64);
  const auto f = [](const VectorXf& at) {
    VectorXf y = 3000 + 2000 * at.array().sin();
    y[0] = 1e-5F * std::sin(at[0]);
    return y;
  };
  const auto scaled = [](float factor) {
    return [factor](const VectorXf& at, const VectorXf& c) {
      VectorXf g = 2000 * at.array().cos() * c.array();
      g[0] = factor * 1e-5F * std::cos(at[0]) * c[0];
      return g;
    };
  };
  const Report right = check_vjp(f, scaled(1), x, v);
  EXPECT_TRUE(right.passed()) << to_string(right);
  EXPECT_EQ(check_vjp(f, scaled(1.1F), x, v).verdict, Verdict::fail);
}

TEST(CheckGradient, TakesToleranceAndNoise) {
  const auto f = [](double x) { return std::sin(x); };
  const double off = std::cos(1.0) * (1 + 1e-6);
  EXPECT_EQ(check_gradient(f, off, 1.0).verdict, Verdict::fail);
  EXPECT_EQ(check_gradient(f, off, 1.0, {.rtol = 1e-5}).verdict, Verdict::pass);
  EXPECT_EQ(check_gradient(f, off, 1.0, {.max_ulps = 1e12}).verdict, Verdict::pass);
  EXPECT_EQ(check_gradient(f, off, 1.0, {.noise_floor = 1e-4}).verdict, Verdict::inconclusive);
  const Report limited =
      check_gradient(rosenbrock, rosenbrock_gradient, start, {.max_evaluations = 35});
  EXPECT_EQ(limited.verdict, Verdict::inconclusive);
  EXPECT_THAT(to_string(limited), HasSubstr("the limit of 35 evaluations is reached"));
  EXPECT_LE(limited.evaluations, 37);
}

TEST(CheckGradient, TellsRoundingFromAWrongRule) {
  const auto f = [](double x) { return x + 1; };
  const auto noisy = [](double x) { return 1 + 1e-6 * std::sin(1e20 * x); };
  EXPECT_EQ(check_gradient(f, noisy, 1.0).verdict, Verdict::inaccurate);
  const auto at_a_point = [](double x) { return x == 1 ? 1 + 1e-6 : 1; };
  EXPECT_EQ(check_gradient(f, at_a_point, 1.0).verdict, Verdict::fail);
  const auto on_one_side = [&](double x) { return x < 1 ? 1 : noisy(x); };
  EXPECT_EQ(check_gradient(f, on_one_side, 1.0).verdict, Verdict::fail);
}

TEST(CheckProducts, JudgeCotangentsAndTangents) {
  const VectorXd v = Eigen::Vector2d(2, -1), u = Eigen::Vector2d(0.3, 5);
  const auto vjp = [](const VectorXd& p, const VectorXd& c) -> VectorXd {
    return polar_jacobian(p).transpose() * c;
  };
  const auto jvp = [](const VectorXd& p, const VectorXd& t) -> VectorXd {
    return polar_jacobian(p) * t;
  };
  const Report forward = check_jvp(polar, jvp, place, u);
  EXPECT_TRUE(forward.passed()) << to_string(forward);
  EXPECT_GT(forward.digits, 8);
  const Report backward = check_vjp(polar, vjp, place, v);
  EXPECT_TRUE(backward.passed()) << to_string(backward);
  EXPECT_GT(backward.digits, 8);
  EXPECT_FALSE(check_vjp(polar, jvp, place, v).passed());
  EXPECT_FALSE(check_jvp(polar, vjp, place, u).passed());
  EXPECT_TRUE(check_vjp(polar, vjp(place, v), place, v).passed());

  EXPECT_EQ(check_adjoint(jvp, vjp, place, u, v).verdict, Verdict::pass);
  const Report report = check_adjoint(jvp, jvp, place, u, v);
  EXPECT_EQ(report.verdict, Verdict::fail);
  EXPECT_THAT(to_string(report), HasSubstr("<Ju, v> = "));
  const auto rounded = [&](const VectorXd& p, const VectorXd& c) -> VectorXd {
    return vjp(p, c) * (1 + 1e-12);
  };
  EXPECT_EQ(check_adjoint(jvp, rounded, place, u, v).verdict, Verdict::inaccurate);
}

TEST(CheckJacobian, JudgesEveryEntry) {
  EXPECT_TRUE(check_jacobian(polar, polar_jacobian, place).passed());
  const auto transposed = [](const VectorXd& p) -> MatrixXd {
    return polar_jacobian(p).transpose();
  };
  const Report report = check_jacobian(polar, transposed, place);
  EXPECT_EQ(report.verdict, Verdict::fail);
  EXPECT_EQ(report.entries.size(), 4U);
}

TEST(CheckHessian, JudgesSecondDerivativesAndSymmetry) {
  const Report direct = check_hessian(rosenbrock, rosenbrock_hessian, start);
  EXPECT_TRUE(direct.passed()) << to_string(direct);
  const Report by_gradient =
      check_hessian_from_gradient(rosenbrock_gradient, rosenbrock_hessian, start);
  EXPECT_TRUE(by_gradient.passed()) << to_string(by_gradient);
  EXPECT_GT(by_gradient.digits, direct.digits);
  const auto lopsided = [](const VectorXd& x) -> MatrixXd {
    MatrixXd h = rosenbrock_hessian(x);
    h(0, 1) = 0;
    return h;
  };
  for (const Report& report : {check_hessian(rosenbrock, lopsided, start),
                               check_hessian_from_gradient(rosenbrock_gradient, lopsided, start)}) {
    EXPECT_EQ(report.verdict, Verdict::fail);
    EXPECT_THAT(to_string(report),
                HasSubstr("not symmetric: entry [1, 0] is 480 and entry [0, 1]"));
  }
}

}  // namespace
}  // namespace verigrad::gradcheck
