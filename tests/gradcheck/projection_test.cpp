// What random projections of a large gradient see, and how they find the entries that are wrong.
#include "gradcheck/projection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/Core>
#include <algorithm>

#include "gradcheck/check.hpp"

namespace verigrad::gradcheck {
namespace {

using Eigen::VectorXd;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

constexpr int n = 1000;
const VectorXd x = VectorXd::LinSpaced(n, -1, 2);

double f(const VectorXd& at) { return (at.array().sin() * at.array().exp()).sum(); }
VectorXd gradient() { return (x.array().sin() + x.array().cos()) * x.array().exp(); }

VectorXd with_errors(const std::vector<std::pair<int, double>>& errors) {
  VectorXd g = gradient();
  for (const auto& [j, error] : errors) g[j] += error;
  return g;
}

Report fast(const VectorXd& claim, int projections = 14, std::uint64_t seed = 42) {
  return check_gradient(f, claim, x, {.fast = true, .projections = projections, .seed = seed});
}

std::vector<std::size_t> places(const Report& report) {
  std::vector<std::size_t> found;
  for (const ReportEntry& entry : report.entries) found.push_back(entry.position);
  return found;
}

TEST(Projection, PassesInFarFewerCallsThanThereAreEntries) {
  const Report report = fast(gradient());
  EXPECT_EQ(report.verdict, Verdict::pass) << to_string(report);
  EXPECT_LT(report.evaluations, n / 2);
  EXPECT_THAT(report.power,
              HasSubstr("in any of the 1000 entries is seen with probability 0.99994"));
}

TEST(Projection, BisectsToTheEntriesThatAreWrong) {
  for (const double error : {1.0, 1e-3, 1e-6}) {
    const Report one = fast(with_errors({{734, error}}));
    EXPECT_EQ(one.verdict, Verdict::fail) << error << to_string(one);
    EXPECT_THAT(places(one), UnorderedElementsAre(734U));
    EXPECT_LT(one.evaluations, 1.5 * n);  // by single entries: 24 n
  }
  const Report three = fast(with_errors({{0, 0.1}, {77, -0.1}, {999, 0.5}}));
  EXPECT_EQ(three.verdict, Verdict::fail);
  EXPECT_THAT(places(three), UnorderedElementsAre(0U, 77U, 999U));
  EXPECT_EQ(three.problems.size(), 0U) << to_string(three);
}

// Two errors that cancel are missed by one projection out of two, and by k with probability 2^-k.
TEST(Projection, MissesCancellingErrorsAsOftenAsItSays) {
  const VectorXd wrong = with_errors({{10, 0.1}, {20, 0.1}});
  int missed = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) missed += fast(wrong, 1, seed).passed() ? 1 : 0;
  EXPECT_GT(missed, 30);
  EXPECT_LT(missed, 70);
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    EXPECT_EQ(fast(with_errors({{10, 0.1}}), 1, seed).verdict, Verdict::fail);
    EXPECT_EQ(fast(wrong, 14, seed).verdict, Verdict::fail);
  }
}

TEST(Projection, SeesErrorsOfTheSizeThatItNames) {
  // The sentence's number, from a passing check, is where errors begin to be seen.
  const std::string power = fast(gradient()).power;
  const double visible = std::stod(power.substr(std::string("an error above ").size()));
  EXPECT_LT(visible, 1e-7);
  const VectorXd wrong = with_errors({{5, std::max(2 * visible, 1e-7)}});
  EXPECT_EQ(places(fast(wrong)).size(), 1U) << power;
}

TEST(Projection, ReportsManyErrorsTogether) {
  const Report report = fast(2 * gradient());
  EXPECT_EQ(report.verdict, Verdict::fail);
  EXPECT_LE(report.entries.size(), 16U);
  EXPECT_GE(report.entries.size(), 8U);
  EXPECT_THAT(to_string(report), HasSubstr("beyond what the entries below account for"));
  EXPECT_THAT(to_string(report), HasSubstr("a factor 2 too much"));
}

TEST(Projection, IsForGradientsAndProducts) {
  const auto squares = [](const VectorXd& at) -> VectorXd { return at.array().square(); };
  const VectorXd v = VectorXd::LinSpaced(n, 1, -3);
  const VectorXd right = 2 * x.array() * v.array();
  EXPECT_TRUE(check_vjp(squares, right, x, v, {.fast = true}).passed());
  EXPECT_EQ(check_vjp(squares, VectorXd(2 * x), x, v, {.fast = true}).verdict, Verdict::fail);
  EXPECT_THROW(check_jvp(squares, right, x, v, {.fast = true}), std::invalid_argument);
  EXPECT_THROW(check_gradient(f, gradient(), x, {.fast = true, .projections = 0}),
               std::invalid_argument);
}

}  // namespace
}  // namespace verigrad::gradcheck
