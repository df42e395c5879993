// Every law over random programs. A law that fails prints a program that `gradcheck check` reads.
#include <gtest/gtest.h>

#include <algorithm>

#include "properties/property.hpp"

namespace verigrad::properties {
namespace {

struct Plan {
  std::string_view law;
  int cases;
};

void PrintTo(const Plan& plan, std::ostream* out) { *out << plan.law; }

class Laws : public testing::TestWithParam<Plan> {};

TEST_P(Laws, HoldForRandomPrograms) {
  const Law& tried = law(GetParam().law);
  const PropertyResult result = try_law(tried, {.cases = GetParam().cases});
  EXPECT_TRUE(result.passed()) << result.error
                               << (result.counterexample ? result.counterexample->text : "");
  EXPECT_EQ(result.cases, GetParam().cases);
  EXPECT_LE(result.undecided, result.cases / 10) << "too few programs were decided";
}

std::string test_name(const testing::TestParamInfo<Plan>& info) {
  std::string name(info.param.law);
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, Laws,
                         testing::Values(Plan{"numeric", 2000}, Plan{"adjoint", 3000},
                                         Plan{"homogeneity", 3000}, Plan{"linearity", 3000},
                                         Plan{"dead code", 3000}, Plan{"round trip", 3000},
                                         Plan{"recorded backward", 3000}),
                         test_name);

TEST(LawTable, EveryLawIsTriedAboveAndHasAFormula) {
  EXPECT_EQ(laws().size(), 7U);
  for (const Law& each : laws()) {
    EXPECT_FALSE(each.formula.empty());
    EXPECT_EQ(&law(each.name), &each);
  }
  EXPECT_THROW(law("no such law"), std::out_of_range);
}

TEST(Property, RepeatsForOneSeedAndDiffersForAnother) {
  const Law counting{
      "counting", "", "", Ending::scalar, [](const Program& program, ValueId output, const Point&) {
        const bool long_enough = program.values().size() > 20;
        return LawResult{long_enough ? Outcome::undecided : Outcome::holds, std::to_string(output)};
      }};
  const int first = try_law(counting, {.cases = 500}).undecided;
  EXPECT_EQ(try_law(counting, {.cases = 500}).undecided, first);
  EXPECT_NE(try_law(counting, {.cases = 500, .seed = 7}).undecided, first);
}

TEST(Property, WithoutCasesDoesNotPass) {
  EXPECT_FALSE(try_law(law("homogeneity"), {.cases = 0}).passed());
}

TEST(Property, AnExceptionIsAFailureWithItsText) {
  const Law throwing{"throwing", "", "", Ending::scalar,
                     [](const Program&, ValueId, const Point&) -> LawResult {
                       throw std::runtime_error("out of luck");
                     }};
  const PropertyResult result = try_law(throwing, {.cases = 10});
  ASSERT_TRUE(result.counterexample);
  EXPECT_NE(result.counterexample->message.find("out of luck"), std::string::npos);
}

}  // namespace
}  // namespace verigrad::properties
