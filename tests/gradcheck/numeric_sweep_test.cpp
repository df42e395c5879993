#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "gradcheck/numeric.hpp"
#include "tests/gradcheck/elementary.hpp"

namespace verigrad::gradcheck {
namespace {

using test::Arguments;
using test::Ball;
using test::Elementary;

constexpr int points_per_function = 1000;
constexpr double digits_wanted = 1e-7;
constexpr double slip = 1e-6;

struct Score {
  int points = 0;
  int covered = 0;
  int inconclusive = 0;
  int slips = 0;  ///< points whose derivative is not 0: only these can be planted with a slip
  int slips_seen = 0;
  long evaluations = 0;
  int most_evaluations = 0;
  std::vector<double> log_bars;

  void add(const Score& other) {
    points += other.points;
    covered += other.covered;
    inconclusive += other.inconclusive;
    slips += other.slips;
    slips_seen += other.slips_seen;
    evaluations += other.evaluations;
    most_evaluations = std::max(most_evaluations, other.most_evaluations);
  }
  static double percent(int part, int whole) { return whole == 0 ? 100 : 100.0 * part / whole; }
  double median_log_bar() {
    if (log_bars.empty()) return 0;
    const auto middle = log_bars.begin() + static_cast<std::ptrdiff_t>(log_bars.size() / 2);
    std::nth_element(log_bars.begin(), middle, log_bars.end());
    return *middle;
  }
};

class Sampler {
 public:
  explicit Sampler(std::uint64_t seed) : generator_(seed) {}

  /// |x| log-uniform over [1e-3, 1e3], random sign; inside the domain, with a finite value.
  Arguments draw(const Elementary& function) {
    for (;;) {
      const Arguments point{number(), number()};
      if (function.inside(point) && std::isfinite(function.value(point))) return point;
    }
  }

 private:
  double uniform() { return static_cast<double>(generator_() >> 11U) * 0x1p-53; }
  double number() {
    const double magnitude = std::pow(10.0, 6 * uniform() - 3);
    return (generator_() & 1U) == 0 ? magnitude : -magnitude;
  }
  std::mt19937_64 generator_;
};

void judge(const Elementary& function, const Arguments& point, Score& score) {
  const auto which = static_cast<std::size_t>(function.argument);
  const Path path = [&](double t, std::span<double> values) {
    Arguments moved = point;
    moved[which] = t;
    if (!function.inside(moved)) return PathPoint{false, 0};
    values[0] = function.value(moved);
    return PathPoint{true, function.branch(moved)};
  };
  const Estimate estimate = differentiate(path, point[which], 1).front();
  const Ball truth = function.derivative({Ball(point[0]), Ball(point[1])});
  ASSERT_TRUE(truth.sharp()) << function.name << " at " << point[0] << ", " << point[1];

  const double size = std::fabs(truth.value());
  const bool covered = truth.distance(estimate.value) <= estimate.error_bar;
  // Where the derivative underflows, digits are counted against the slope of the chord to 0.
  const double scale = size >= DBL_MIN ? size : std::fabs(function.value(point) / point[which]);
  const bool inconclusive = !(estimate.error_bar <= digits_wanted * scale + DBL_MIN);
  ++score.points;
  score.covered += covered ? 1 : 0;
  score.inconclusive += inconclusive ? 1 : 0;
  score.evaluations += estimate.evaluations;
  score.most_evaluations = std::max(score.most_evaluations, estimate.evaluations);
  if (size >= DBL_MIN) {
    ++score.slips;
    const double wrong = truth.value() * (1 + slip);
    score.slips_seen += std::fabs(wrong - estimate.value) > estimate.error_bar ? 1 : 0;
    score.log_bars.push_back(std::log10(estimate.error_bar / size + 1e-30));
  }
  static const bool verbose = std::getenv("VERIGRAD_SWEEP_VERBOSE") != nullptr;
  if (verbose && (!covered || inconclusive)) {
    fmt::print(
        "{}{} {} at {:.17g}, {:.17g}: {:.17g} +- {:.2g}, truth {:.17g}, step {:.2g}, noise {:.2g}, "
        "{} {}\n",
        covered ? "" : "MISSED ", inconclusive ? "inconclusive" : "", function.name, point[0],
        point[1], estimate.value, estimate.error_bar, truth.value(), estimate.step, estimate.noise,
        to_string(estimate.status), estimate.reason);
  }
}

void print_row(const std::string& name, Score& score) {
  fmt::print("{:<16} {:>6} {:>9.2f} {:>13.2f} {:>9.2f} {:>12.1f} {:>8.1f} {:>6}\n", name,
             score.points, Score::percent(score.covered, score.points),
             Score::percent(score.inconclusive, score.points),
             Score::percent(score.slips_seen, score.slips), score.median_log_bar(),
             static_cast<double>(score.evaluations) / score.points, score.most_evaluations);
}

TEST(NumericSweep, BarsCoverTheErrorAndSeeSlipsOverEveryElementaryFunction) {
  fmt::print("{:<16} {:>6} {:>9} {:>13} {:>9} {:>12} {:>8} {:>6}\n", "function", "points",
             "covered %", "inconclusive %", "slips %", "log10 bar", "evals", "most");
  Score all;
  std::uint64_t seed = 20240229;
  for (const Elementary& function : test::elementary_functions()) {
    Sampler sampler(++seed);
    Score score;
    for (int i = 0; i < points_per_function; ++i) judge(function, sampler.draw(function), score);
    print_row(function.name, score);
    EXPECT_GE(Score::percent(score.covered, score.points), 99.0) << function.name;
    EXPECT_LE(score.most_evaluations, 120) << function.name;
    all.add(score);
  }
  print_row("all", all);
  EXPECT_GE(Score::percent(all.covered, all.points), 99.5);
  EXPECT_LE(Score::percent(all.inconclusive, all.points), 5.0);
  EXPECT_GE(Score::percent(all.slips_seen, all.slips), 95.0);
  EXPECT_LE(static_cast<double>(all.evaluations) / all.points, 60.0);
}

}  // namespace
}  // namespace verigrad::gradcheck
