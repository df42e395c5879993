// Every law over random programs. A law that fails prints a program that `gradcheck check` reads.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

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
  const std::uint64_t cases = GetParam().cases / VERIGRAD_EFFORT_DIVISOR;
  const PropertyResult result = try_law(tried, cases);
  EXPECT_TRUE(result.passed()) << (result.counterexample ? result.counterexample->text : "");
  EXPECT_EQ(result.cases, cases);
  EXPECT_LE(result.undecided, result.cases / 10) << "too few programs were decided";
}

std::string test_name(const testing::TestParamInfo<Plan>& info) {
  std::string name(info.param.law);
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
}

constexpr Plan plans[] = {{"numeric", 2000},
                          {"single rule", 2000},
                          {"directional", 2000},
                          {"Taylor remainder", 2000},
                          {"forward", 2000},
                          {"proven", 500},
                          {"exact differences", 3000},
                          {"quadratic", 3000},
                          {"adjoint", 3000},
                          {"homogeneity", 3000},
                          {"linearity", 3000},
                          {"zero cotangent", 3000},
                          {"sum rule", 3000},
                          {"product rule", 3000},
                          {"quotient rule", 3000},
                          {"chain rule", 3000},
                          {"value unchanged", 3000},
                          {"superposition", 2000},
                          {"scalar reduction", 3000},
                          {"several roots", 3000},
                          {"root twice", 3000},
                          {"symmetric Hessian", 1000},
                          {"curvature", 1000},
                          {"symmetric products", 3000},
                          {"forward rows", 2000},
                          {"round trip", 3000},
                          {"dead code", 3000},
                          {"recorded backward", 3000},
                          {"accumulation", 3000},
                          {"two roots", 3000},
                          {"cleared gradients", 3000},
                          {"values stay", 3000},
                          {"no trace", 3000},
                          {"reach", 3000},
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

/// Every law stands in the page, with its formula.
TEST(LawTable, IsThePagesTable) {
  std::ifstream in(VERIGRAD_SOURCE_DIR "/docs/laws.md");
  const std::string page{std::istreambuf_iterator<char>(in), {}};
  std::ptrdiff_t rows = 0;
  for (const Law& each : laws()) {
    const std::string row = fmt::format("| {} | `{}` | {} |\n", each.name, each.formula,
                                        each.cost == Cost::cheap ? "cheap" : "expensive");
    EXPECT_NE(page.find(row), std::string::npos) << row;
    ++rows;
  }
  const auto begin = page.find("| law |"), end = page.find("\n\n", begin);
  ASSERT_NE(begin, std::string::npos);
  EXPECT_EQ(std::count(page.begin() + static_cast<std::ptrdiff_t>(begin),
                       page.begin() + static_cast<std::ptrdiff_t>(end), '\n'),
            rows + 1);
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

/// The second derivative of log(exp(x) + exp(c)) is s (1 - s) with s = sigmoid(x - c), 1/4 at x =
/// c: the difference of equal operands has a slope, too.
TEST(CurvatureLaw, HoldsForLogaddexpOfEqualOperands) {
  Program program;
  const ValueId x = program.add_leaf({.name = "x", .shape = {}});
  const ValueId c = program.add_number("1.25", 1.25);
  const ValueId y = program.add(*find_operation("logaddexp"), {x, c});
  const Specimen specimen{program, y, {{1.25}}};
  EXPECT_EQ(judge(law("curvature"), verigrad_engine(), specimen).outcome, Outcome::holds);
  const auto graph = verigrad_engine().record(specimen.program, specimen.point, {{y}});
  EXPECT_DOUBLE_EQ(graph->hvp(y, {{1}})[0][0], 0.25);
}

/// log has no value at -1 and an infinite one at 0; the infinite exp(1000) has an infinite slope.
TEST(Judge, NoLawHoldsWhereTheValueIsNotFinite) {
  const std::pair<const char*, double> places[] = {{"log", -1}, {"log", 0}, {"exp", 1000}};
  for (const auto& [name, x] : places) {
    Program program;
    const ValueId y =
        program.add(*find_operation(name), {program.add_leaf({.name = "x", .shape = {}})});
    for (const Law& each : laws())
      EXPECT_NE(judge(each, verigrad_engine(), {program, y, {{x}}}).outcome, Outcome::holds)
          << each.name << " of " << name << " at " << x;
    EXPECT_EQ(judge(law("accumulation"), verigrad_engine(), {program, y, {{1.5}}}).outcome,
              Outcome::holds);
  }
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
