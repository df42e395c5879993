#include "properties/shrink.hpp"

#include <gtest/gtest.h>

#include "engine/error.hpp"
#include "properties/engine.hpp"
#include "properties/genes.hpp"

namespace verigrad::properties {
namespace {

bool uses(const Specimen& specimen, std::string_view operation) {
  for (const Value& value : specimen.program.values())
    if (value.operation != nullptr && value.operation->name() == operation) return true;
  return false;
}

/// sum(tanh(exp(x) * x) + w) with w of shape [2, 3] and x a row.
Specimen nested() {
  Program program;
  const auto apply = [&](std::string_view name, std::vector<ValueId> operands) {
    return program.add(*find_operation(name), std::move(operands));
  };
  const ValueId x = program.add_leaf({.name = "x", .shape = {3}});
  const ValueId w = program.add_leaf({.name = "w", .shape = {2, 3}});
  const ValueId inner = apply("tanh", {apply("mul", {apply("exp", {x}), x})});
  const ValueId sum = program.add(*find_operation("sum"), {apply("add", {inner, w})},
                                  make_attributes({std::monostate(), false}));
  return {program, sum, {{0.3, -1.7, 2.25}, {1, 2, 3, 4, 5, 6}}};
}

TEST(Shrink, KeepsOnlyWhatTheFailureNeeds) {
  const Specimen small =
      shrink(nested(), [](const Specimen& specimen) { return uses(specimen, "exp"); });
  EXPECT_EQ(text(small), "input x = 0\ny = exp(x)\n");
}

TEST(Shrink, TakesTheSimplestEntriesThatStillFail) {
  const Specimen small = shrink(nested(), [](const Specimen& specimen) {
    return uses(specimen, "tanh") && specimen.point[0].size() == 3 && specimen.point[0][1] != 0 &&
           specimen.point[0][2] > 0.75;
  });
  EXPECT_EQ(text(small), "input x = [0, 0.5, 1]\ny = tanh(x)\n");
}

TEST(Shrink, KeepsEntriesThatNoSimpleOneReplacesWithAllTheirDigits) {
  const double entry = 0.1 + 0.2;
  Specimen specimen = nested();
  specimen.point[0][0] = entry;
  const Specimen small = shrink(specimen, [&](const Specimen& candidate) {
    return uses(candidate, "exp") && candidate.point[0][0] == entry;
  });
  EXPECT_EQ(text(small), "input x = 0.30000000000000004\ny = exp(x)\n");
}

TEST(Shrink, TurnsComputedValuesIntoInputs) {
  const Specimen small = shrink(nested(), [](const Specimen& specimen) {
    const Value& output = specimen.program[specimen.output];
    return output.operation != nullptr && output.operation->name() == "add" &&
           specimen.program.leaves().size() == 2;
  });
  EXPECT_EQ(operation_count(small), 1U) << text(small);
}

TEST(Shrink, LeavesNothingThatOneStepCouldTakeAway) {
  const Fails fails = [](const Specimen& specimen) { return uses(specimen, "mul"); };
  const Specimen once = shrink(nested(), fails);
  const Specimen twice = shrink(once, fails);
  EXPECT_EQ(once.program, twice.program);
  EXPECT_EQ(once.point, twice.point);
}

TEST(Edited, DropsValuesAndInputsThatTheOutputDoesNotUse) {
  Specimen specimen = nested();
  specimen.output = specimen.program[specimen.output].operands[0];
  const ValueId w = specimen.program.leaf_value(1);
  const Specimen only_w = edited(specimen, {.output = w});
  EXPECT_EQ(only_w.program.leaves().size(), 1U);
  EXPECT_EQ(only_w.point, (Point{{1, 2, 3, 4, 5, 6}}));
}

TEST(Edited, ThrowsWhenOperandsNoLongerFit) {
  const Specimen specimen = nested();
  const Edit edit{.leaves = {{specimen.program.leaf_value(0), {Shape{4}, {1, 2, 3, 4}}}}};
  EXPECT_THROW(edited(specimen, edit), Error);
}

/// What fails is the program's own value: there is none to take for an input.
TEST(Shrink, TakesASpecimenWhoseValueIsRefused) {
  Program program;
  const ValueId x = program.add_leaf({.name = "x", .shape = {2}});
  const ValueId loss = program.add(*find_operation("bce"),
                                   {x, program.add_number("0.5", 0.5), program.add_number("1", 1)},
                                   make_attributes({std::string("mean")}));
  const ValueId y =
      program.add(*find_operation("sin"), {program.add(*find_operation("neg"), {loss})});
  const auto refused = [](const Specimen& specimen) {
    try {
      verigrad_engine().evaluate(specimen.program, specimen.point, {{specimen.output}});
      return false;
    } catch (const Error&) {
      return uses(specimen, "sin");
    }
  };
  const Specimen smallest = shrink({program, y, {{2, 3}}}, refused);
  EXPECT_TRUE(refused(smallest));
  EXPECT_EQ(operation_count(smallest), 2U);
}

}  // namespace
}  // namespace verigrad::properties
