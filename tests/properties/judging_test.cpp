// What laws share when they judge: what hides a failure from them, and what must not look like one.
#include <gtest/gtest.h>

#include <cfenv>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "engine/operation_table.hpp"
#include "expressions/document.hpp"
#include "properties/laws.hpp"
#include "tests/properties/faults.hpp"

namespace verigrad::properties {
namespace {

Specimen specimen(const char* text, Point point) {
  const expressions::Instance instance = expressions::elaborate(text, operation_table());
  return {instance.program, instance.output, std::move(point)};
}

/// Verigrad's engine, but for the third backward pass from the start: for "linearity", that with
/// 0.7 v - 1.3 w.
AlteredEngine third_pass(const std::function<void(PerLeaf&)>& change) {
  return AlteredEngine([change, passes = 0](const Program&, Graph& right,
                                            std::span<const Seed> seeds, Pass pass) mutable {
    PerLeaf found = right.vjp(seeds, pass);
    if (++passes == 3) change(found);
    return found;
  });
}

const Specimen& sines() {
  static const Specimen two = specimen("input x : [2]\ny = sin(x)\n", {{0.5, -1.25}});
  return two;
}

TEST(Judge, AnUndecidedEntryHidesNoOtherThatFails) {
  const AlteredEngine infinite =
      third_pass([](PerLeaf& found) { found[0][0] = std::numeric_limits<double>::infinity(); });
  EXPECT_EQ(judge(law("linearity"), infinite, sines()).outcome, Outcome::undecided);
  const AlteredEngine wrong = third_pass([](PerLeaf& found) {
    found[0][0] = std::numeric_limits<double>::infinity();
    found[0][1] *= 1.1;
  });
  const LawResult judged = judge(law("linearity"), wrong, sines());
  EXPECT_EQ(judged.outcome, Outcome::fails);
  EXPECT_NE(judged.message.find("entry 1 "), std::string::npos) << judged.message;
}

/// At p = 1, beside a value that float does not have, nothing bounds the roundings: a step leaves
/// the domain.
TEST(Judge, NothingHoldsByAnInfiniteBound) {
  const Specimen edge = specimen("input p : [2]\ny = bce(p, 0.5)\n", {{1, 0.1}});
  ASSERT_TRUE(std::isinf(rounding_bound(edge, {1})[0][1]));
  const AlteredEngine wrong = third_pass([](PerLeaf& found) { found[0][1] *= 2; });
  EXPECT_EQ(judge(law("linearity"), wrong, edge).outcome, Outcome::undecided);
}

/// (1.5 * 2^-12) ** 32 is normal in double and underflows in float.
TEST(RoundingBound, LeavesTheFloatingPointFlagsAsTheyWere) {
  const Specimen power = specimen(
      "input x\na = x * x\nb = a * a\nc = b * b\nd = c * c\ny = d * d\n", {{1.5 * 0x1p-12}});
  std::feclearexcept(FE_ALL_EXCEPT);
  rounding_bound(power, {1});
  EXPECT_EQ(std::fetestexcept(FE_ALL_EXCEPT), 0);
}

/// Float sees a constant 0 in the same function, and hence no rounding.
TEST(RoundingBound, GrantsHalfOfTheDigitsWhereFloatLeavesItsRange) {
  const Specimen power =
      specimen("input x\na = x * x\nb = a * a\nc = b * b\nd = c * c\ny = d * d * 1e115\n",
               {{1.5 * 0x1p-12}});
  const double slope = gradient_of(verigrad_engine(), power, {1})[0][0];
  ASSERT_GT(slope, 1);
  EXPECT_GE(rounding_bound(power, {1})[0][0], 0x1p-26 * slope);
}

/// What overflows in one law is no excuse in the next.
TEST(Judge, ALawDoesNotInheritTheFlagsOfThoseBeforeIt) {
  const Law overflowing{.name = "overflowing", .judge = [](Trial&) {
                          std::feraiseexcept(FE_OVERFLOW);
                          return LawResult();
                        }};
  const AlteredEngine wrong = third_pass([](PerLeaf& found) { found[0][1] *= 1.1; });
  Trial trial(wrong, sines(), operation_table());
  EXPECT_EQ(judge(overflowing, trial).outcome, Outcome::holds);
  EXPECT_EQ(judge(law("linearity"), trial).outcome, Outcome::fails);
}

/// What has underflowed in the value that laws share is one for all of them.
TEST(Judge, ALawInheritsTheFlagsOfWhatItShares) {
  const Law asking{.name = "asking", .judge = [](Trial& trial) {
                     trial.gradient();
                     return LawResult();
                   }};
  const Specimen tiny = specimen("input x\ny = x * 1.5\n", {{0x1.8p-1073}});
  Trial trial(verigrad_engine(), tiny, operation_table());
  judge(asking, trial);
  std::feclearexcept(FE_ALL_EXCEPT);
  judge(asking, trial);
  EXPECT_NE(std::fetestexcept(FE_UNDERFLOW), 0);
}

/// Steps beyond the end of a domain are refused (bce) or have no value (asin).
TEST(Judge, NoLawFailsAtTheEndOfADomain) {
  const Specimen ends[] = {
      specimen("input p\ninput t\ny = bce(p, t)\n", {{1}, {0.5}}),
      specimen("input p : [3]\ninput t : [3]\ny = bce(p, t)\n", {{0, 1, 0.5}, {1, 0, 0.5}}),
      specimen("input x\ny = asin(x) * 0\n", {{1}}),
      specimen("input x\ny = x ** 1.5\n", {{0}}),
  };
  for (const Specimen& each : ends)
    for (const Law& law : laws()) {
      const LawResult judged = judge(law, verigrad_engine(), each);
      EXPECT_NE(judged.outcome, Outcome::fails) << law.name << ": " << judged.message;
    }
}

/// f / h is NaN at x = 0, and so is everything that is made of it.
TEST(QuotientRule, IsUndecidedWhereTheDivisorIsZero) {
  const Specimen zero = specimen("input x : [2]\ny = -x\n", {{0, 1}});
  EXPECT_EQ(judge(law("quotient rule"), verigrad_engine(), zero).outcome, Outcome::undecided);
  EXPECT_EQ(judge(law("product rule"), verigrad_engine(), zero).outcome, Outcome::holds);
  const Specimen other = specimen("input x : [2]\na = cos(x)\nb = -x\ny = a * b\n", {{0, 1}});
  EXPECT_EQ(judge(law("quotient rule"), verigrad_engine(), other).outcome, Outcome::holds)
      << "divided by cos(x), not by -x";
}

/// Laws that hold it against what the leaves should have tell it, and read past no end.
TEST(Judge, AGradientOfAnotherSizeFails) {
  const AlteredEngine shorter(
      [](const Program&, Graph& right, std::span<const Seed> seeds, Pass pass) {
        PerLeaf found = right.vjp(seeds, pass);
        for (auto& leaf : found)
          if (!leaf.empty()) leaf.pop_back();
        return found;
      });
  for (const char* name : {"gradient sizes", "homogeneity", "scalar reduction", "directional",
                           "proven", "adjoint", "permutation", "root twice"}) {
    const LawResult judged = judge(law(name), shorter, sines());
    EXPECT_EQ(judged.outcome, Outcome::fails) << name;
    EXPECT_NE(judged.message.find("entries"), std::string::npos) << judged.message;
  }
}

}  // namespace
}  // namespace verigrad::properties
