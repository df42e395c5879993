// Values and derivatives in ulp: at the stored worst inputs, in tensors, singly, and by a recorded
// backward pass, and at some thousand points of each operation.
#include <gtest/gtest.h>

#include "tests/accuracy/corpus.hpp"
#include "tests/accuracy/sampler.hpp"

namespace verigrad::accuracy {
namespace {

std::string describe(const Worst& worst) {
  std::string text = std::to_string(worst.ulps) + " ulp at";
  for (const double entry : worst.x) text += ' ' + hexadecimal(entry);
  return text;
}

template <class T>
void expect_within_bounds(const Formula& formula, std::span<const Point> points,
                          const Computed<T>& computed) {
  const std::vector<Row> rows = measure(formula, points, computed);
  const std::vector<Target> all = targets(formula);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    SCOPED_TRACE(label(formula) + ' ' + name_of(formula, all[r]) +
                 (std::is_same_v<T, float> ? " in float32" : " in float64"));
    EXPECT_EQ(rows[r].undecided, 0U);
    EXPECT_EQ(rows[r].invalid, 0U) << "NaN, or an infinity where the truth is finite";
    EXPECT_LE(rows[r].maximum(), bound_of<T>(formula, all[r]))
        << (rows[r].worst.empty() ? "" : describe(rows[r].worst[0]));
    EXPECT_LE(rows[r].worst_subnormal, derivative_bound) << "least subnormal numbers";
  }
}

template <class T>
void replay(const Formula& formula) {
  const std::vector<Point> points = corpus_points(read_corpus(formula), std::is_same_v<T, float>);
  if (points.empty()) return;
  for (const Point& x : points)
    EXPECT_TRUE(admissible<T>(formula, x)) << label(formula) << " at " << x[0];
  expect_within_bounds<T>(formula, points, compute_whole<T>(formula, points));
  expect_within_bounds<T>(formula, points, compute_singly<T>(formula, points));
  expect_within_bounds<T>(formula, points, compute_recorded<T>(formula, points));
}

TEST(Accuracy, StoredWorstInputsStayWithinTheirBounds) {
  std::size_t stored = 0;
  for (const Formula* formula : formulas_of_table()) {
    stored += read_corpus(*formula).size();
    replay<double>(*formula);
    replay<float>(*formula);
  }
  EXPECT_GT(stored, 300U) << "the stored inputs are missing";
}

template <class T>
void try_samples(const Formula& formula) {
  const std::vector<Point> points = sample<T>(formula, 4000, "test");
  expect_within_bounds<T>(formula, points, compute_whole<T>(formula, points));
  const std::span<const Point> some(points.data(), 500);
  expect_within_bounds<T>(formula, some, compute_recorded<T>(formula, some));
}

TEST(Accuracy, SampledPointsStayWithinTheirBounds) {
  for (const Formula* formula : formulas_of_table()) {
    try_samples<double>(*formula);
    try_samples<float>(*formula);
  }
}

}  // namespace
}  // namespace verigrad::accuracy
