// Every elementwise operation's value and derivative against the closed formulas of
// tests/accuracy, which know nothing of series.
#include "proof/functions.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "engine/operation.hpp"
#include "tests/accuracy/sampler.hpp"

namespace verigrad::proof {
namespace {

using accuracy::Formula;
using accuracy::Point;
using accuracy::Real;

Attributes attributes_of(const Formula& formula) {
  std::vector<AttributeValue> values;
  for (const auto& [name, value] : formula.attributes) values.push_back(value);
  if (values.empty() && formula.operation == "gelu") values.push_back(std::string("none"));
  return Attributes(values);
}

/// The operation at a point, with one operand a germ.
Series germ(const Formula& formula, const Point& x, std::size_t seeded, slong length) {
  std::vector<Series> operands;
  for (std::size_t i = 0; i < x.size(); ++i)
    operands.push_back(i == seeded ? Series::variable(Ball(x[i]), 1, length) : Series(Ball(x[i])));
  return find_function(formula.operation)(operands, attributes_of(formula));
}

Ball size_of(arb_srcptr x) {
  Ball size;
  arb_abs(size.get(), x);
  return size;
}

/// Whether both lie beyond the range of a double on the same side, where the formulas clamp.
bool both_beyond(const Ball& a, const Ball& b) {
  const Ball huge = Ball(1).scaled(1100), tiny = Ball(1).scaled(-1100);
  return (arb_gt(a.get(), huge.get()) && arb_gt(b.get(), huge.get())) ||
         (arb_lt(a.get(), tiny.get()) && arb_lt(b.get(), tiny.get()));
}

/// Whether two enclosures are of one number. The formula of gelu's tanh form has the double nearest
/// to the decimal 0.044715, so that it is another function by some 2 ** -50.
bool agree(const Ball& ball, const Real& truth, bool rounded_constant) {
  if (arb_overlaps(ball.get(), truth.ball())) return true;
  const Ball size = size_of(ball.get());
  if (both_beyond(size, size_of(truth.ball()))) return true;
  Ball gap;
  arb_sub(gap.get(), ball.get(), truth.ball(), working_bits);
  return rounded_constant && arb_lt(size_of(gap.get()).get(), size.scaled(-40).get());
}

/// Evaluates with doubling precision until the coefficient has 80 bits; none if 16384 do not do.
std::optional<Ball> sharp(const Formula& formula, const Point& x, std::size_t seeded, slong k) {
  for (slong bits = 128; bits <= 16384; bits *= 2) {
    const Precision precision(bits);
    const Series result = germ(formula, x, seeded, 2);
    if (!result.ok()) {
      if (result.status() != Status::undecided) return std::nullopt;
      continue;
    }
    const bool vanishes = arb_lt(size_of(result[k].get()).get(), Ball(1).scaled(-1100).get());
    if (vanishes || result[k].relative_bits() >= 80) return result[k];
  }
  return std::nullopt;
}

std::string at(const Formula& formula, const Point& x) {
  return label(formula) + " at " + std::to_string(x[0]) + ", " + std::to_string(x[1]) + ", " +
         std::to_string(x[2]);
}

/// Operands beyond which both sides need more bits than a test should take.
bool moderate(const Point& x) {
  for (const double entry : x)
    if (entry != 0 && (std::abs(entry) < 1e-30 || std::abs(entry) > 1e30)) return false;
  return true;
}

int expect_agreement(const Formula& formula, const Point& x) {
  const std::array<Real, 4> real{x[0], x[1], x[2], x[3]};
  const bool rounded_constant = label(formula) == "gelu(approximate=\"tanh\")";
  int compared = 0;
  const auto expect = [&](const std::optional<Ball>& ball, accuracy::Function f,
                          const std::string& what) {
    ASSERT_TRUE(ball) << what << " of " << at(formula, x);
    EXPECT_TRUE(agree(*ball, f(real.data()), rounded_constant))
        << what << " of " << at(formula, x) << ": " << to_string(*ball);
    ++compared;
  };
  expect(sharp(formula, x, 4, 0), formula.value, "value");
  for (std::size_t i = 0; i < 4; ++i)
    if (formula.derivative[i] && (!formula.smooth || formula.smooth(x, i)))
      expect(sharp(formula, x, i, 1), formula.derivative[i], "derivative " + std::to_string(i));
  return compared;
}

TEST(Functions, HaveALineForEveryElementwiseOperation) {
  int count = 0;
  for (const Operation* operation : operations()) {
    if (!operation->elementwise || operation->info.internal || !operation->f64.forward) continue;
    EXPECT_TRUE(find_function(operation->name())) << operation->name();
    ++count;
  }
  EXPECT_GE(count, 70);
}

TEST(Functions, AgreeWithTheClosedFormulas) {
  accuracy::working_bits = 2048;
  int compared = 0;
  for (const Formula* formula : accuracy::formulas_of_table()) {
    if (!find_function(formula->operation)) continue;
    int here = 0;
    for (const Point& x : accuracy::sample<double>(*formula, 100, "proof"))
      if (moderate(x)) here += expect_agreement(*formula, x);
    EXPECT_GE(here, 20) << label(*formula);
    compared += here;
  }
  accuracy::working_bits = 256;
  EXPECT_GE(compared, 5000);
}

}  // namespace
}  // namespace verigrad::proof
