// Numeric methods beside proofs. Closed forms give derivatives and both branches of a V.
#include "runner/difference_methods.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "gradcheck/classical_differences.hpp"

namespace verigrad::runner {
namespace {

using reports::MethodAccuracy;
using reports::StepCurve;

/// A Program of one leaf `x`, by operations' names.
struct Function {
  Program program;
  ValueId x, output = no_value;

  explicit Function(Shape shape = {}, DType dtype = DType::f64) {
    program.dtype = dtype;
    x = program.add_leaf({.name = "x", .shape = shape});
  }
  Function& apply(const char* name, std::vector<ValueId> operands) {
    output = program.add(*find_operation(name), std::move(operands));
    return *this;
  }
  /// The sum of the entries.
  Function& sum() {
    output =
        program.add(*find_operation("sum"), {output}, make_attributes({std::monostate(), false}));
    return *this;
  }

  std::vector<gradcheck::Truth> truths(const Point& point) const {
    return gradcheck::enclosure_reference(program, point)->jacobian(output, 0);
  }
  void survey(MethodSurvey& survey, const Point& point) const {
    survey.add(program, point, output, 0, truths(point));
  }
  std::vector<MethodAccuracy> rows(const Point& point) const {
    MethodSurvey result;
    survey(result, point);
    return result.rows();
  }
  std::optional<StepCurve> curve(const Point& point, std::size_t entry = 0) const {
    return step_curve(program, point, output, 0, entry, truths(point)[entry]);
  }
};

Function unary(const char* name, Shape shape = {}, DType dtype = DType::f64) {
  Function f(shape, dtype);
  return std::move(f.apply(name, {f.x}));
}
Function cube() {
  Function f;
  f.apply("mul", {f.x, f.x});
  return std::move(f.apply("mul", {f.output, f.x}));
}

/// The row of a method, by the beginning of its name.
const MethodAccuracy& row(const std::vector<MethodAccuracy>& rows, std::string_view method) {
  return *std::ranges::find_if(rows,
                               [&](const auto& each) { return each.method.starts_with(method); });
}

TEST(MethodSurvey, HasTheClassicalRulesAndOurOwn) {
  const std::vector<MethodAccuracy> rows = MethodSurvey().rows();
  ASSERT_EQ(rows.size(), gradcheck::classical_rules().size() + 1);
  for (std::size_t i = 0; i + 1 < rows.size(); ++i)
    EXPECT_EQ(rows[i].method, gradcheck::classical_rules()[i].name);
  EXPECT_EQ(rows.back().method, "Verigrad");
  for (const MethodAccuracy& each : rows) EXPECT_EQ(each.n, 0);
}

TEST(MethodSurvey, MeasuresEachMethod) {
  MethodSurvey survey;
  const Function exp = unary("exp");
  for (int i = 1; i <= 20; ++i) exp.survey(survey, {{i / 16.0}});
  const std::vector<MethodAccuracy> rows = survey.rows();
  for (const MethodAccuracy& each : rows) {
    EXPECT_EQ(each.n, 20) << each.method;
    EXPECT_LE(each.median, each.p99) << each.method;
    EXPECT_LE(each.p99, each.worst) << each.method;
    EXPECT_GT(each.worst, 0) << each.method;
  }
  // f = f' = f''': h^2 / 6 and u / h at h = 1e-6 and 6.1e-6.
  EXPECT_LT(row(rows, "central, h = 1e-6").worst, 3e-10);
  EXPECT_LT(row(rows, "central, h ~").worst, 4e-11);
  EXPECT_GT(row(rows, "central, h ~").worst, 1e-12);
  EXPECT_LT(row(rows, "five-point").worst, 1e-12);
  EXPECT_LT(row(rows, "Richardson").worst, 1e-12);
  EXPECT_LT(row(rows, "Verigrad").worst, 1e-10);
  EXPECT_EQ(row(rows, "central").evaluations, 2);
  EXPECT_EQ(row(rows, "five-point").evaluations, 4);
  EXPECT_GE(row(rows, "Verigrad").evaluations, 5);
  EXPECT_FALSE(row(rows, "central").covered);
  EXPECT_TRUE(row(rows, "Richardson").covered);
  EXPECT_EQ(row(rows, "Verigrad").covered, 1);
}

TEST(MethodSurvey, PutsTheMethodsToTheTest) {
  // exp' = exp(x): torch's default accepts what is off by less than 1e-3 + 1e-5 / exp(x), which is
  // more than 0.01 at -8, all of a slip of 1 at -12, and nothing above 1e-3 (1 + 1e-5) at 7.
  const Function exp = unary("exp");
  using reports::missed_share;
  const auto torch = [&](double x) { return row(exp.rows({{x}}), "central, h = 1e-6"); };
  for (const double x : {-12.0, -8.0, 0.5, 7.0}) EXPECT_EQ(torch(x).false_alarms, 0) << x;
  EXPECT_EQ(missed_share(torch(-12), 1), 1);
  EXPECT_EQ(missed_share(torch(-8), 1), 0);
  EXPECT_EQ(missed_share(torch(-8), 0.01), 1);
  EXPECT_EQ(missed_share(torch(7), 0.01), 0);
  EXPECT_EQ(missed_share(torch(7), 1e-3), 1) << "within 1e-3 of the value, and 1e-5 more";
  EXPECT_EQ(missed_share(torch(7), 1e-4), 1);
  // Ours sees a slip that is above its bar and 2^26 ulp.
  for (const double x : {-12.0, -8.0, 0.5, 7.0}) {
    const MethodAccuracy own = row(exp.rows({{x}}), "Verigrad");
    EXPECT_EQ(own.false_alarms + own.unsure, 0) << x;
    for (const reports::MissedSlip& each : own.missed) EXPECT_EQ(each.share, 0) << x;
  }
}

TEST(MethodSurvey, ARuleThatMeetsAnEdgeOrAKinkRefusesTheTruth) {
  // x - h leaves the domain of log, and |x| has its kink between x - h and x + h.
  const std::vector<MethodAccuracy> rows = unary("log").rows({{1e-7}});
  EXPECT_EQ(row(rows, "central, h ~").false_alarms, 1);
  EXPECT_EQ(row(rows, "Richardson").false_alarms, 1);
  EXPECT_EQ(row(rows, "Richardson").missed.front().share, 0);
  EXPECT_EQ(row(rows, "Verigrad").false_alarms, 0);
  const Function abs = unary("abs");
  EXPECT_EQ(row(abs.rows({{1e-7}}), "central, h ~").false_alarms, 1);
  EXPECT_EQ(row(abs.rows({{1e-7}}), "Verigrad").false_alarms, 0);
}

TEST(MethodSurvey, DividesOurEvaluationsAmongTheEntries) {
  // One at the point, and four around it for each of ten entries, if all settle at the first look.
  std::vector<double> entries(10);
  for (std::size_t i = 0; i < entries.size(); ++i) entries[i] = 0.25 + static_cast<double>(i) / 8;
  Function f = unary("square", {10});
  const std::vector<MethodAccuracy> rows = f.sum().rows({entries});
  EXPECT_DOUBLE_EQ(row(rows, "Verigrad").evaluations, 4.1);
  for (const MethodAccuracy& each : rows) EXPECT_EQ(each.n, 8) << "the first 8 entries";
}

TEST(MethodSurvey, CountsOnlySmoothDerivativesWithASize) {
  // |x| and relu at their kinks, sqrt at its edge, a zero, one that float does not have, and x^2
  // at 3.
  EXPECT_EQ(unary("abs").rows({{0}})[0].n, 0);
  EXPECT_EQ(unary("relu").rows({{0}})[0].n, 0);
  EXPECT_EQ(unary("sqrt").rows({{0}})[0].n, 0);
  EXPECT_EQ(unary("square").rows({{0}})[0].n, 0);
  EXPECT_EQ(unary("exp", {}, DType::f32).rows({{-110}})[0].n, 0);
  EXPECT_EQ(unary("exp", {}, DType::f64).rows({{-110}})[0].n, 1);
  Function f = unary("square", {3});
  EXPECT_EQ(f.sum().rows({{0, 3, 0}})[0].n, 1) << "two of three entries have a zero";
}

TEST(MethodSurvey, AMethodWithoutAnswerIsInfinitelyWrong) {
  const std::vector<MethodAccuracy> rows = unary("log").rows({{1e-7}});
  EXPECT_TRUE(std::isinf(row(rows, "central, h ~").worst));
  EXPECT_TRUE(std::isinf(row(rows, "Richardson").worst));
  EXPECT_FALSE(row(rows, "Richardson").covered);
  EXPECT_LT(row(rows, "adaptive").worst, 1e-2);
  EXPECT_LT(row(rows, "Verigrad").worst, 1e-9);
}

TEST(MethodSurvey, ClassicalRulesRunInThePrecisionOfTheProgram) {
  // Of x^2 central quotients have no truncation: what is left in float is u / h = 1e-5.
  MethodSurvey survey;
  const Function square = unary("square", {}, DType::f32);
  for (int i = 1; i <= 9; ++i) square.survey(survey, {{round_to(DType::f32, i / 7.0)}});
  const std::vector<MethodAccuracy> rows = survey.rows();
  EXPECT_GT(row(rows, "central, h = 1e-6").worst, 1e-3) << "8 ulps of x";
  EXPECT_GT(row(rows, "central, h ~").worst, 1e-6);
  EXPECT_LT(row(rows, "central, h ~").worst, 1e-4);
  EXPECT_LT(row(rows, "Verigrad").worst, 1e-10) << "in double";
}

TEST(MethodSurvey, MergesInAnyOrder) {
  MethodSurvey a, b;
  unary("exp").survey(a, {{0.5}});
  unary("sin").survey(b, {{1.25}});
  unary("log").survey(b, {{2}});
  MethodSurvey ab = a, ba = b;
  ab.merge(b);
  ba.merge(a);
  EXPECT_EQ(ab.rows(), ba.rows());
  EXPECT_EQ(ab.rows()[0].n, 3);
}

TEST(StepCurve, OfACubeIsHSquared) {
  // All of ((x + h)^3 - (x - h)^3) / 2h = 3 x^2 + h^2 is exact for steps of few digits.
  const auto curve = cube().curve({{1.5}});
  ASSERT_TRUE(curve);
  EXPECT_EQ(curve->input, "x");
  EXPECT_EQ(curve->truncation, 1);
  EXPECT_EQ(curve->roundoff, 0x1p-53 * 3.375);
  ASSERT_GE(curve->errors.size(), 50U);
  for (std::size_t k = 0; k < 12; ++k) {
    EXPECT_EQ(curve->errors[k].step, std::ldexp(1.5, -static_cast<int>(k) - 1));
    EXPECT_EQ(curve->errors[k].error, curve->errors[k].step * curve->errors[k].step);
  }
}

/// A function at a point, with |f| and |f'''| there by calculus.
struct Known {
  const char* name;
  double x, value, third;
};

TEST(StepCurve, IsAVBetweenTruncationAndRoundoff) {
  const Known known[] = {{"exp", 1, std::exp(1), std::exp(1)},
                         {"sin", 0.75, std::sin(0.75), std::cos(0.75)},
                         {"reciprocal", 2, 0.5, 0.375},
                         {"exp", -3, std::exp(-3), std::exp(-3)}};
  for (const auto& [name, x, value, third] : known) {
    SCOPED_TRACE(name);
    const auto curve = unary(name).curve({{x}});
    ASSERT_TRUE(curve);
    EXPECT_DOUBLE_EQ(curve->truncation, third / 6);
    EXPECT_DOUBLE_EQ(curve->roundoff, 0x1p-53 * value);
    for (const auto& [h, error] : curve->errors) {
      if (h > 0.1) continue;
      const double truncation = curve->truncation * h * h, roundoff = curve->roundoff / h;
      EXPECT_LE(error, 1.05 * truncation + 2 * roundoff) << h;
      EXPECT_GE(error, 0.95 * truncation - 2 * roundoff) << h;
    }
    const auto least = std::ranges::min_element(curve->errors, {}, &reports::StepError::error);
    const double optimum = std::cbrt(3 * 0x1p-53 * value / third);
    EXPECT_LT(std::abs(std::log2(least->step / optimum)), 4) << least->step;
  }
}

TEST(StepCurve, MarksWhatTheMethodsChoose) {
  const auto curve = unary("exp").curve({{0.5}});
  ASSERT_TRUE(curve);
  ASSERT_EQ(curve->chosen.size(), gradcheck::classical_rules().size() + 1);
  EXPECT_EQ(curve->chosen[0].step, 1e-6);
  EXPECT_DOUBLE_EQ(curve->chosen[1].step, std::cbrt(0x1p-52));
  EXPECT_EQ(curve->chosen.back().method, "Verigrad");
  for (const reports::ChosenStep& chosen : curve->chosen) {
    EXPECT_GT(chosen.step, 0) << chosen.method;
    EXPECT_LT(chosen.step, 1) << chosen.method;
    EXPECT_LT(chosen.error, 1e-9) << chosen.method;
  }
}

TEST(StepCurve, NamesTheEntryOfATensor) {
  Function f = unary("exp", {2, 2});
  const auto curve = f.sum().curve({{1, 2, 3, 0}}, 3);
  ASSERT_TRUE(curve);
  EXPECT_EQ(curve->input, "x[1, 1]");
  EXPECT_DOUBLE_EQ(curve->truncation, 1.0 / 6);
  EXPECT_DOUBLE_EQ(curve->roundoff, 0x1p-53 * (std::exp(1) + std::exp(2) + std::exp(3) + 1));
}

TEST(StepCurve, IsNoneAtKinksAndEdges) {
  EXPECT_FALSE(unary("abs").curve({{0}}));
  EXPECT_FALSE(unary("relu").curve({{0}}));
  EXPECT_FALSE(unary("sqrt").curve({{0}}));
  EXPECT_FALSE(unary("log").curve({{-1}}));
  EXPECT_TRUE(unary("abs").curve({{0.5}}));
}

TEST(StepCurve, LeavesOutStepsBeyondTheDomain) {
  const auto curve = unary("log").curve({{0x1p-20}});
  ASSERT_TRUE(curve);
  EXPECT_LT(curve->errors.front().step, 0x1p-20);
  EXPECT_EQ(curve->errors.size(), 52U - 20U);
  EXPECT_DOUBLE_EQ(curve->truncation, 0x1p60 / 3);
  for (const reports::ChosenStep& chosen : curve->chosen)
    EXPECT_LT(chosen.step, 0x1p-20) << chosen.method;
}

TEST(StepCurve, OfAFloatFunctionIsItsOwn) {
  const auto curve = unary("exp", {}, DType::f32).curve({{1}});
  ASSERT_TRUE(curve);
  EXPECT_NEAR(curve->roundoff, 0x1p-24 * std::exp(1), 0x1p-46);
  const auto least = std::ranges::min_element(curve->errors, {}, &reports::StepError::error);
  EXPECT_GT(least->step, 1e-4);
  EXPECT_GE(curve->errors.back().step, 0x1p-25) << "smaller ones leave x as it is";
}

}  // namespace
}  // namespace verigrad::runner
