// Random programs with an operation of one's own, and what they tell of a wrong rule.
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/custom_operation.hpp"
#include "engine/functions.hpp"
#include "properties/genes.hpp"
#include "properties/instructions.hpp"
#include "properties/property.hpp"

namespace verigrad::properties {
namespace {

/// x sin x, or with a sign wrong in its derivative.
template <bool right>
struct Wave {
  static constexpr OperationInfo info{
      .signature = "wave(input)",
      .grad_fn = "WaveBackward0",
      .value = "input * sin(input)",
      .derivative = {"sin(input) + input * cos(input)"},
      .latex = R"(x \sin x)",
      .needs = {first},
  };
  template <class T>
  static T value(T x) {
    return x * sin(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    return right ? g * (sin(x) + x * cos(x)) : g * (sin(x) - x * cos(x));
  }
};

TEST(CustomOperation, IsAnInstructionOfTheGenerator) {
  const OperationTable table = operation_table().with(operation<Wave<true>>());
  const auto all = instructions(table);
  const auto at = std::find(all.begin(), all.end(), table.find("wave"));
  ASSERT_NE(at, all.end());
  const Gene gene{.op = static_cast<int>(at - all.begin())};
  EXPECT_NE(text(decode({gene}, Ending::open, table)).find("wave("), std::string::npos);
}

TEST(CustomOperation, ObeysEveryLawWhenItsRuleIsRight) {
  const OperationTable table = operation_table().with(operation<Wave<true>>());
  for (const Law& each : laws()) {
    const PropertyResult result = try_law(each, {.cases = 100, .operations = &table});
    EXPECT_TRUE(result.passed()) << each.name << '\n'
                                 << (result.counterexample ? result.counterexample->text
                                                           : result.error);
  }
}

TEST(CustomOperation, IsNamedByASmallCounterexampleWhenItsRuleIsWrong) {
  const OperationTable table = operation_table().with(operation<Wave<false>>());
  const PropertyResult result = try_law(law("numeric"), {.cases = 2000, .operations = &table});
  ASSERT_TRUE(result.counterexample);
  EXPECT_LE(operation_count(result.counterexample->specimen), 4U);
  EXPECT_NE(result.counterexample->text.find("wave("), std::string::npos);
}

}  // namespace
}  // namespace verigrad::properties
