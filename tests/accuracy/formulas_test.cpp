// The formulas against the table of operations and against themselves.
#include <gtest/gtest.h>

#include "tests/accuracy/row.hpp"
#include "tests/accuracy/sampler.hpp"

namespace verigrad::accuracy {
namespace {

TEST(AccuracyFormulas, EveryDifferentiableElementwiseOperationHasOne) {
  for (const Operation* operation : operations()) {
    // An internal operation is part of another's derivative, and measured there.
    if (!operation->elementwise || !operation->differentiable() || operation->info.internal)
      continue;
    EXPECT_FALSE(find_formulas(operation->name()).empty())
        << operation->name() << " needs a formula in tests/accuracy/";
  }
  for (const char* loss : {"bce", "bce_with_logits", "mse"})
    EXPECT_FALSE(find_formulas(loss).empty()) << loss;
}

TEST(AccuracyFormulas, HaveADerivativeForEveryOperandThatTheTableDifferentiates) {
  for (const Formula* formula : formulas_of_table()) {
    const Operation& operation = *find_operation(formula->operation);
    EXPECT_NE(formula->value, nullptr) << label(*formula);
    for (std::size_t i = 0; i < operation.signature.operand_count(); ++i)
      EXPECT_TRUE(!operation.differentiable(i) || formula->derivative[i])
          << label(*formula) << " by operand " << i;
  }
}

/// The value's central difference at 1536 bits, with a step of 2 ** -250 of the operand.
Real difference(const Formula& formula, const Point& x, std::size_t operand) {
  std::array<Real, 4> at{x[0], x[1], x[2], x[3]};
  const Real centre = at[operand], step = centre.scaled(-250);
  at[operand] = centre + step;
  const Real above = formula.value(at.data());
  at[operand] = centre - step;
  return (above - formula.value(at.data())) / (2 * step);
}

/// Whether a central difference can be compared with the derivative at this point.
bool comparable(const Formula& formula, const Point& x, std::size_t operand) {
  for (const double entry : x)
    if (entry != 0 && (std::abs(entry) < 1e-9 || std::abs(entry) > 1e9)) return false;
  // The logs of bce are clamped where its derivative goes on.
  if (formula.operation == "bce" && (x[0] < 1e-43 || 1 - x[0] < 1e-43)) return false;
  return x[operand] != 0 && (!formula.smooth || formula.smooth(x, operand));
}

void expect_derivatives(const Formula& formula, const Point& x) {
  const std::array<Real, 4> at{x[0], x[1], x[2], x[3]};
  for (std::size_t i = 0; i < 4; ++i) {
    if (!formula.derivative[i] || !comparable(formula, x, i)) continue;
    const Real exact = formula.derivative[i](at.data());
    const Real error = abs(difference(formula, x, i) - exact);
    const Real size = abs(exact) + abs(formula.value(at.data()) / at[i]);
    EXPECT_TRUE(error <= size.scaled(-150)) << label(formula) << " by operand " << i << " at "
                                            << x[0] << ", " << x[1] << ", " << x[2] << ", " << x[3];
  }
}

/// The formulas share no code with the engine, and this shows that each derivative is its value's.
TEST(AccuracyFormulas, DerivativesAreThoseOfTheValues) {
  working_bits = 1536;
  for (const Formula* formula : formulas_of_table())
    for (const Point& x : sample<double>(*formula, 60, "formulas")) expect_derivatives(*formula, x);
  working_bits = first_bits;
}

/// Formulas whose operation the table does not have, at moderate points of their domains.
TEST(AccuracyFormulas, DerivativesAreThoseOfTheValuesOutsideTheTable) {
  working_bits = 1536;
  for (const Formula& formula : formulas()) {
    if (find_operation(formula.operation)) continue;
    Random random(label(formula));
    for (int k = 0; k < 60; ++k) {
      Point x{};
      bool inside = true;
      for (std::size_t i = 0; i < 4; ++i) {
        x[i] = random.uniform(-4, 4);
        inside = inside && (!formula.domain[i] || formula.domain[i]->contains(x[i]));
      }
      if (inside && (!formula.defined || formula.defined(x, 0))) expect_derivatives(formula, x);
    }
  }
  working_bits = first_bits;
}

}  // namespace
}  // namespace verigrad::accuracy
