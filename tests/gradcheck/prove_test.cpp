// Gradients of templates, proven right and wrong. The right ones are the textbook's.
#include "gradcheck/prove.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/gradcheck/zoo_row.hpp"

namespace verigrad::gradcheck {
namespace {

using Eigen::VectorXd;
using Eigen::VectorXf;
using testing::HasSubstr;
using zoo::Column;
using zoo::Scalar;

const auto waves = [](const auto& x) {
  using std::exp, std::sin;
  using T = Scalar<decltype(x)>;
  return T(sin(x[0]) * exp(x[1]));
};

/// The gradient of waves times a factor.
const auto slopes_times = [](auto factor) {
  return [factor](const auto& x) {
    using std::cos, std::exp, std::sin;
    Column<Scalar<decltype(x)>> g(2);
    g[0] = cos(x[0]) * exp(x[1]) * factor;
    g[1] = sin(x[0]) * exp(x[1]) * factor;
    return g;
  };
};

const VectorXd place = Eigen::Vector2d(0.7, -1.5);

TEST(Prove, ProvesARightGradient) {
  const Report report = prove_gradient(waves, slopes_times(1.0), place);
  EXPECT_EQ(report.verdict, Verdict::pass) << to_string(report);
  EXPECT_GT(report.digits, 15);
  EXPECT_EQ(report.method, "enclosure");
  EXPECT_THAT(to_string(report), HasSubstr("2 entries, proven"));
  EXPECT_LT(report.entries[0].truth.estimate.error_bar, 1e-15);
}

TEST(Prove, RefutesASlipOfAMillionthOfAMillionth) {
  const auto wrong = slopes_times(1 + 0x1p-40);
  const Report report = prove_gradient(waves, wrong, place);
  EXPECT_EQ(report.verdict, Verdict::fail) << to_string(report);
  EXPECT_THAT(to_string(report), HasSubstr("in exact arithmetic it is "));
  // As a value it is within the tolerance, and as a black box within any error bar.
  EXPECT_TRUE(prove_gradient(waves, wrong(place), place).passed());
  EXPECT_TRUE(check_gradient(waves, wrong, place).passed());
}

// 0.1 is 5.6e-17 too large as a double, ten factors of it 5.6e-16: more than 2 u.
TEST(Prove, DoesNotMistakeRoundedConstantsForAWrongRule) {
  const auto f = [](const auto& x) {
    Scalar<decltype(x)> y = x[0];
    for (int i = 0; i < 10; ++i) y *= 0.1;
    return y;
  };
  const auto slope = [](double number) {
    return [number](const auto& x) { return zoo::single(Scalar<decltype(x)>(number)); };
  };
  EXPECT_TRUE(prove_gradient(f, slope(1e-10), zoo::number(3)).passed());
  EXPECT_EQ(prove_gradient(f, slope(1e-10 * (1 + 1e-12)), zoo::number(3)).verdict, Verdict::fail);
}

TEST(Prove, JudgesFloatsByTheirOwnDigits) {
  const VectorXf at = place.cast<float>();
  const Report report = prove_gradient(waves, slopes_times(1.0F), at);
  EXPECT_TRUE(report.passed()) << to_string(report);
  EXPECT_LT(report.digits, 7.3);
  EXPECT_EQ(prove_gradient(waves, slopes_times(1.0001F), at).verdict, Verdict::fail);
}

TEST(Prove, JudgesValues) {
  EXPECT_TRUE(prove_gradient(waves, slopes_times(1.0)(place), place).passed());
  EXPECT_EQ(prove_gradient(waves, slopes_times(1.0001)(place), place).verdict, Verdict::fail);
}

TEST(Prove, LeavesOpenWhatItsLimitsDoNotDecide) {
  const auto g = slopes_times(1.0);
  const Report report = prove_gradient(waves, g, place, {}, {.work = 1});
  EXPECT_EQ(report.verdict, Verdict::inconclusive);
  EXPECT_THAT(to_string(report), HasSubstr("the proof takes more than 1e+00 operations"));
}

TEST(Prove, AllowsEverySubgradientAtAKink) {
  const auto f = [](const auto& x) {
    using std::abs;
    return Scalar<decltype(x)>(abs(x[0]));
  };
  const auto constant = [](double slope) {
    return [slope](const auto& x) { return zoo::single(Scalar<decltype(x)>(slope)); };
  };
  EXPECT_TRUE(prove_gradient(f, constant(0.5), zoo::number(0)).passed());
  EXPECT_EQ(prove_gradient(f, constant(1.5), zoo::number(0)).verdict, Verdict::fail);
}

}  // namespace
}  // namespace verigrad::gradcheck
