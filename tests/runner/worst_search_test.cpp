// The search for worse points of a file than those that are drawn.
#include <cmath>

#include "tests/runner/accuracy_rows.hpp"

namespace verigrad::runner {
namespace {

using reports::AccuracyRow;
using reports::PointOrigin;

const std::vector<double>& input(const AccuracyRow& row, const std::string& name) {
  for (const auto& [known, entries] : row.worst->inputs)
    if (known == name) return entries;
  ADD_FAILURE() << "no input " << name;
  static const std::vector<double> none;
  return none;
}

/// d(x - sin(x))/dx = 1 - cos(x) loses more digits the smaller x is; it is 2 sin²(x / 2), which
/// loses none.
const std::string cancelling = "input x in [0.001, 3]\ny = x - sin(x)\n";

TEST(WorstSearch, FindsLargerErrorsThanDrawnPoints) {
  const AccuracyRow row = row_of(cancelling);
  ASSERT_TRUE(row.worst);
  EXPECT_EQ(row.worst->origin, PointOrigin::search);
  EXPECT_EQ(row.ulps.max, row.worst->ulps);
  EXPECT_EQ(row.searched, 4 * 64);
  const double x = input(row, "x")[0], s = std::sin(x / 2), truth = 2 * s * s;
  EXPECT_NEAR(row.worst->truth, truth, 4e-16 * truth);
  const double ulp = std::ldexp(1.0, std::ilogb(truth) - 52);
  EXPECT_NEAR(row.worst->ulps, std::abs(row.worst->computed - truth) / ulp, 4);
}

TEST(WorstSearch, DoesNotCountAmongDrawnPoints) {
  const AccuracyRow row = row_of(cancelling);
  EXPECT_EQ(row.points, default_accuracy_samples);
  EXPECT_EQ(row.ulps.n, default_accuracy_samples);
  std::int64_t counted = 0;
  for (const std::int64_t count : row.ulps.histogram) counted += count;
  EXPECT_EQ(counted, default_accuracy_samples);
  EXPECT_GT(row.ulps.max, std::exp2(static_cast<double>(row.ulps.histogram.size()) - 2));
}

TEST(WorstSearch, StaysInsideOfTheDomainOfEveryInput) {
  EXPECT_GE(input(row_of(cancelling), "x")[0], 0.001);
  const AccuracyRow row =
      row_of("input x in {0.5, 1, 3}\ninput y in [1, 2]\nz = x - sin(x) * y\ncheck z wrt y\n");
  const double x = input(row, "x")[0], y = input(row, "y")[0];
  EXPECT_TRUE(x == 0.5 || x == 1 || x == 3) << x;
  EXPECT_TRUE(1 <= y && y <= 2) << y;
}

TEST(WorstSearch, StaysInsideOfTheDomainOfTheFunction) {
  const AccuracyRow row =
      row_of("input a in [1, 4]\ninput b in [1, 4]\ny = sqrt(a - b)\ncheck y wrt a\n");
  ASSERT_TRUE(row.worst);
  EXPECT_GT(input(row, "a")[0], input(row, "b")[0]);
}

/// The derivative 2 (e^x - e^y) e^x loses more digits the nearer x and y are.
TEST(WorstSearch, KeepsThePrecondition) {
  const TemporaryDirectory directory;
  const std::string path =
      directory.write("t.fpcore",
                      "(FPCore (x y) :pre (and (<= 1 x 2) (<= 1 y 2) (<= 1/4 (- x y)))\n"
                      "  (* (- (exp x) (exp y)) (- (exp x) (exp y))))\n");
  const Input file{path, {}};
  const AccuracyRow row = measure_accuracy({&file, 1}, {}).files[0].accuracy[0];
  ASSERT_TRUE(row.worst);
  EXPECT_EQ(row.worst->origin, PointOrigin::search);
  EXPECT_GE(input(row, "x")[0] - input(row, "y")[0], 0.25);
}

/// The rounding of x^2 makes an error of some x^2 ulp, at every x up to 26.
TEST(WorstSearch, StaysWithinSixDeviationsOfANormalDistribution) {
  const AccuracyRow row = row_of("input x in normal(0, 1)\ny = exp(-(x ** 2))\n");
  ASSERT_TRUE(row.worst);
  EXPECT_EQ(row.worst->origin, PointOrigin::search);
  EXPECT_GT(std::abs(input(row, "x")[0]), 3);
  EXPECT_LE(std::abs(input(row, "x")[0]), 6);
}

TEST(WorstSearch, ShowsWhatItFoundAgain) {
  const AccuracyRow row = row_of(cancelling);
  ASSERT_TRUE(row.worst);
  ASSERT_EQ(row.worst->origin, PointOrigin::search);
  const std::size_t token = row.repro.find("--repro ");
  ASSERT_NE(token, std::string::npos);
  Options again;
  again.repro = parse_repro(row.repro.substr(token + 8));
  ASSERT_TRUE(again.repro);
  const AccuracyRow one = row_of(cancelling, again);
  EXPECT_EQ(one.ulps.n, 1);
  EXPECT_EQ(one.worst, row.worst);
}

TEST(WorstSearch, LeavesGivenInputsAlone) {
  EXPECT_EQ(row_of("input x = 0.5\ny = x - sin(x)\n").searched, 0);
  Options options;
  options.overrides.set.emplace_back("x", "0.25");
  const AccuracyRow row = row_of(
      "input x in [0, 3]\ninput k in [1, 2]\ny = k * x - k * sin(x)\ncheck y wrt x\n", options);
  EXPECT_GT(row.searched, 0);
  EXPECT_EQ(input(row, "x")[0], 0.25);
}

/// The computed input follows the one that it is computed from.
TEST(WorstSearch, ComputesInputsAnewThatDependOnOthers) {
  const AccuracyRow row =
      row_of("const k in [1, 2]\ninput x = k * 0.25\ny = x - sin(x)\ncheck y wrt x\n");
  ASSERT_TRUE(row.worst);
  EXPECT_EQ(row.worst->origin, PointOrigin::search);
  EXPECT_EQ(input(row, "x")[0], input(row, "k")[0] * 0.25);
}

/// (x - 1)^2 multiplied out is ill-conditioned near 1; points drawn are all far away from it.
TEST(WorstSearch, DecidesTheVerdict) {
  const AccuracyRow row = row_of("input x in [0.5, 1.4]\ny = x**3 / 3 - x**2 + x\n");
  EXPECT_GT(row.ulps.max, 8 * row.ulps.p99);
  EXPECT_NE(row.verdict, reports::AccuracyVerdict::ok);
}

}  // namespace
}  // namespace verigrad::runner
