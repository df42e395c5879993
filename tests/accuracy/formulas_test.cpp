// The formulas against the table of operations and against themselves.
#include <gtest/gtest.h>

#include "tests/accuracy/row.hpp"
#include "tests/accuracy/sampler.hpp"

namespace verigrad::accuracy {
namespace {

TEST(AccuracyFormulas, EveryDifferentiableElementwiseOperationHasOne) {
  for (const Operation* operation : operations()) {
    if (!operation->elementwise || !operation->differentiable()) continue;
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

/// The formulas share no code with the engine, and this shows that each derivative is its value's.
TEST(AccuracyFormulas, DerivativesAreThoseOfTheValues) {
  working_bits = 1536;
  for (const Formula* formula : formulas_of_table())
    for (const Point& x : sample<double>(*formula, 60, "formulas"))
      for (const Target target : targets(*formula)) {
        bool moderate = true;
        for (const double entry : x)
          moderate = moderate && (entry == 0 || (std::abs(entry) > 1e-9 && std::abs(entry) < 1e9));
        if (target.is_value() || !moderate || x[target.operand] == 0 ||
            (formula->smooth && !formula->smooth(x, target.operand)))
          continue;
        // The logs of bce are clamped where its derivative goes on.
        if (formula->operation == "bce" && (x[0] < 1e-43 || 1 - x[0] < 1e-43)) continue;
        const std::array<Real, 4> at{x[0], x[1], x[2], x[3]};
        const Real exact = formula->derivative[target.operand](at.data());
        const Real error = abs(difference(*formula, x, target.operand) - exact);
        const Real size = abs(exact) + abs(formula->value(at.data()) / at[target.operand]);
        EXPECT_TRUE(error <= size.scaled(-150))
            << label(*formula) << ' ' << name_of(*formula, target) << " at " << x[0] << ", " << x[1]
            << ", " << x[2] << ", " << x[3];
      }
  working_bits = first_bits;
}

}  // namespace
}  // namespace verigrad::accuracy
