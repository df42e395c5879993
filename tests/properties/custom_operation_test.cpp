// Random programs with an operation of one's own, and what they tell of a wrong rule.
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/custom_operation.hpp"
#include "engine/functions.hpp"
#include "properties/genes.hpp"
#include "properties/gtest.hpp"
#include "properties/instructions.hpp"
#include "properties/search.hpp"
#include "tests/properties/faults.hpp"
#include "tests/properties/wave.hpp"

namespace verigrad::properties {
namespace {

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
    const PropertyResult result = try_law(each, 100, {.operations = &table});
    EXPECT_TRUE(result.passed()) << each.name << '\n'
                                 << (result.counterexample ? result.counterexample->text : "");
  }
}

TEST(CustomOperation, IsHeldAgainstTheLawsInOneLine) {
  const OperationTable right = operation_table().with(operation<Wave<true>>());
  EXPECT_TRUE(obeys_laws(right, {"wave"}));
  const OperationTable wrong = operation_table().with(operation<Wave<false>>());
  const testing::AssertionResult found = obeys_laws(wrong, {"wave"});
  EXPECT_FALSE(found);
  EXPECT_NE(std::string(found.message()).find("y = wave(x1)"), std::string::npos)
      << found.message();
  EXPECT_THROW((void)obeys_laws(right, {"no_such"}), std::exception);
}

TEST(CustomOperation, IsNotSaidToObeyLawsThatNothingWasTriedOn) {
  const OperationTable table = operation_table().with(operation<Wave<true>>());
  const testing::AssertionResult none = obeys_laws(table, {"wave"}, 0);
  EXPECT_FALSE(none);
  EXPECT_STREQ(none.message(), "no programs were tried");
}

/// The number that a failure shows is that of the only case which fails again.
TEST(CustomOperation, IsTriedAgainInTheCaseThatFailed) {
  const OperationTable wrong = operation_table().with(operation<Wave<false>>());
  const std::string found = obeys_laws(wrong, {"wave"}).message();
  const std::string before = "# case ";
  const std::size_t at = found.find(before);
  ASSERT_NE(at, std::string::npos) << found;
  const std::uint64_t number = std::stoull(found.substr(at + before.size()));
  EXPECT_EQ(obeys_laws_in_case(wrong, {"wave"}, number).message(), found);
  for (std::uint64_t earlier = 0; earlier < number; ++earlier)
    EXPECT_TRUE(obeys_laws_in_case(wrong, {"wave"}, earlier)) << earlier;
}

/// Verigrad's engine with a backward pass that gives a thousandth too much.
AlteredEngine enlarging_engine() {
  return AlteredEngine([](const Program&, Graph& right, std::span<const Seed> seeds, Pass pass) {
    PerLeaf gradient = right.vjp(seeds, pass);
    for (auto& leaf : gradient)
      for (double& entry : leaf) entry *= 1.001;
    return gradient;
  });
}

class RefusingEngine : public AlteredEngine {
 public:
  RefusingEngine() : AlteredEngine(nullptr) {}
  std::string refusal(const Program&, ValueId) const override { return "nothing is run"; }
};

TEST(OwnEngine, IsHeldAgainstTheLawsInOneLine) {
  EXPECT_TRUE(obeys_laws(verigrad_engine(), 500));
  const AlteredEngine enlarging = enlarging_engine();
  const testing::AssertionResult found = obeys_laws(enlarging, 500);
  EXPECT_FALSE(found);
  EXPECT_NE(std::string(found.message()).find("# case "), std::string::npos) << found.message();
  EXPECT_STREQ(obeys_laws(RefusingEngine(), 50).message(), "no law could judge any of 50 programs");
}

TEST(CustomOperation, IsNamedByASmallCounterexampleWhenItsRuleIsWrong) {
  const OperationTable table = operation_table().with(operation<Wave<false>>());
  const PropertyResult result = try_law(law("numeric"), 2000, {.operations = &table});
  ASSERT_TRUE(result.counterexample);
  EXPECT_LE(operation_count(result.counterexample->specimen), 4U);
  EXPECT_NE(result.counterexample->text.find("wave("), std::string::npos);
}

/// softplus, the slope twice what it should be beyond a threshold.
template <int threshold>
struct SteepTail {
  static constexpr OperationInfo info{
      .signature = "steep(input)",
      .grad_fn = "SteepBackward0",
      .value = "log(1 + exp(input))",
      .derivative = {"sigmoid(input)"},
      .latex = R"(\log(1 + e^x))",
      .needs = {first},
  };
  template <class T>
  static T value(T x) {
    return (x + abs(x)) / 2 + log1p(exp(-abs(x)));
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    const V slope = sigmoid(x);
    return g * where(x > V(threshold), V(2) * slope, slope);
  }
};

TEST(ObeysLaws, FindsASlopeThatIsWrongInATail) {
  const auto obeys = [](const OperationTable& table) { return obeys_laws(table, {"steep"}); };
  EXPECT_TRUE(obeys_laws(operation_table().with(operation<SteepTail<2000>>()), {"steep"},
                         5000 / VERIGRAD_EFFORT_DIVISOR));
  EXPECT_FALSE(obeys(operation_table().with(operation<SteepTail<8>>())));
  EXPECT_FALSE(obeys(operation_table().with(operation<SteepTail<30>>())));
  EXPECT_FALSE(obeys(operation_table().with(operation<SteepTail<300>>())));
}

/// Nothing obeys laws that it was not held against.
TEST(ObeysLaws, FailsWithoutPrograms) { EXPECT_FALSE(obeys_laws(operation_table(), {"sin"}, 0)); }

}  // namespace
}  // namespace verigrad::properties
