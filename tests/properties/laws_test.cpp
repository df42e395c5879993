// Every law over random programs. A law that fails prints a program that `gradcheck check` reads.
#include <gtest/gtest.h>

#include <algorithm>

#include "properties/search.hpp"

namespace verigrad::properties {
namespace {

struct Plan {
  std::string_view law;
  std::uint64_t cases;
};

void PrintTo(const Plan& plan, std::ostream* out) { *out << plan.law; }

class Laws : public testing::TestWithParam<Plan> {};

TEST_P(Laws, HoldForRandomPrograms) {
  const Law& tried = law(GetParam().law);
  const PropertyResult result = try_law(tried, GetParam().cases);
  EXPECT_TRUE(result.passed()) << (result.counterexample ? result.counterexample->text : "");
  EXPECT_EQ(result.cases, GetParam().cases);
  EXPECT_LE(result.undecided, result.cases / 10) << "too few programs were decided";
}

std::string test_name(const testing::TestParamInfo<Plan>& info) {
  std::string name(info.param.law);
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
}

constexpr Plan plans[] = {{"numeric", 2000},
                          {"adjoint", 3000},
                          {"homogeneity", 3000},
                          {"linearity", 3000},
                          {"round trip", 3000},
                          {"dead code", 3000},
                          {"recorded backward", 3000},
                          {"recomputation", 3000},
                          {"separate leaves", 3000},
                          {"checkpoint", 3000},
                          {"identity operations", 3000},
                          {"declarations", 3000},
                          {"commuted operands", 3000},
                          {"repetition", 3000},
                          {"evaluation order", 3000},
                          {"translation", 3000},
                          {"scaling", 3000},
                          {"identities", 3000},
                          {"permutation", 3000},
                          {"transposition", 3000},
                          {"broadcasting", 3000},
                          {"gradient sizes", 3000},
                          {"batch", 3000},
                          {"chunks", 3000}};

INSTANTIATE_TEST_SUITE_P(All, Laws, testing::ValuesIn(plans), test_name);

TEST(LawTable, EveryLawIsTriedAboveAndHasAFormula) {
  for (const Law& each : laws()) {
    EXPECT_EQ(std::ranges::count(plans, each.name, &Plan::law), 1) << each.name;
    EXPECT_FALSE(each.formula.empty());
    EXPECT_EQ(&law(each.name), &each);
  }
  EXPECT_THROW(law("no such law"), std::out_of_range);
}

/// min(x, max(x, 5/4)) is x, but at x = 5/4 the halves that ties give make 3/4.
TEST(NumericLaw, IsUndecidedWhereTiesOnTheWayLeaveNoChainRule) {
  Program program;
  const ValueId x = program.add_leaf({.name = "x", .shape = {}});
  const ValueId bound = program.add_number("1.25", 1.25);
  const ValueId above = program.add(*find_operation("maximum"), {x, bound});
  const ValueId y = program.add(*find_operation("minimum"), {x, above});
  EXPECT_EQ(judge(law("numeric"), verigrad_engine(), {program, y, {{1.25}}}).outcome,
            Outcome::undecided);
  EXPECT_EQ(judge(law("numeric"), verigrad_engine(), {program, y, {{1.5}}}).outcome,
            Outcome::holds);
}

TEST(Property, RepeatsForOneSeedAndDiffersForAnother) {
  const Law counting{.name = "counting", .judge = [](Trial& trial) {
                       const bool longer = trial.program().values().size() > 10;
                       return LawResult{longer ? Outcome::undecided : Outcome::holds, {}};
                     }};
  const std::uint64_t first = try_law(counting, 500).undecided;
  EXPECT_EQ(try_law(counting, 500).undecided, first);
  // Two seeds may have the same count by chance.
  const auto differs = [&](std::uint64_t seed) {
    return try_law(counting, 500, {.seed = seed}).undecided != first;
  };
  EXPECT_TRUE(differs(7) || differs(8) || differs(9));
}

TEST(Property, WithoutCasesDoesNotPass) { EXPECT_FALSE(try_law(law("homogeneity"), 0).passed()); }

TEST(Property, AnExceptionIsAFailureWithItsText) {
  const Law throwing{.name = "throwing",
                     .judge = [](Trial&) -> LawResult { throw std::runtime_error("out of luck"); }};
  const PropertyResult result = try_law(throwing, 10);
  ASSERT_TRUE(result.counterexample);
  EXPECT_NE(result.counterexample->message.find("out of luck"), std::string::npos);
}

}  // namespace
}  // namespace verigrad::properties
