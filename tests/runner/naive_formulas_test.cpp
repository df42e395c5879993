// Naive formulas beside the operations whose quantities they are. The sizes of their errors are
// derived at each test.
#include "runner/naive_formulas.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "runner/operation_accuracy.hpp"
#include "tests/runner/support.hpp"

namespace verigrad::runner {
namespace {

OperationForm form_of(std::string_view label) {
  const std::string name(label.substr(0, label.find('(')));
  for (OperationForm& form : survey_forms(*operation_table().find(name), operation_table()))
    if (form.label == label) return std::move(form);
  ADD_FAILURE() << "no form " << label;
  return {};
}

std::vector<double> at(std::string_view form, std::string_view target,
                       const std::vector<FlatPoint>& points, DType dtype = DType::f64) {
  const OperationForm applied = form_of(form);
  for (const Quantity& quantity : quantities(applied))
    if (quantity.target == target)
      return computed_naively(*naive_formula(applied, quantity), applied, dtype, points);
  return {};
}

TEST(NaiveFormulas, AreOfQuantitiesThatAreMeasured) {
  std::set<std::string_view> operations;
  for (const NaiveFormula& formula : naive_formulas()) {
    operations.insert(formula.form);
    const OperationForm form = form_of(formula.form);
    const auto measured = quantities(form);
    EXPECT_TRUE(std::ranges::find(measured, formula.target, &Quantity::target) != measured.end())
        << formula.form << " " << formula.target;
  }
  EXPECT_GE(operations.size(), 10U);
}

// Where nothing cancels each agrees with the operation to a few ulps, so that it is its formula.
TEST(NaiveFormulas, AreRightAtAHarmlessPoint) {
  for (const NaiveFormula& formula : naive_formulas()) {
    const OperationForm form = form_of(formula.form);
    FlatPoint point(form.drawn_entries(), 0.625);
    if (formula.form == "acosh") point[0] = 1.75;
    for (std::size_t i = 0; i < point.size(); ++i) point[i] += static_cast<double>(i) / 8;
    const Results own = computed(form, DType::f64, std::span(&point, 1));
    const auto measured = quantities(form);
    for (std::size_t q = 0; q < measured.size(); ++q) {
      if (measured[q].target != formula.target) continue;
      const auto naive = computed_naively(formula, form, DType::f64, std::span(&point, 1));
      ASSERT_EQ(naive.size(), own[q].size()) << formula.text;
      for (std::size_t i = 0; i < naive.size(); ++i)
        EXPECT_NEAR(naive[i] / own[q][i], 1, 0x1p-48) << formula.form << " " << formula.target;
    }
  }
}

TEST(NaiveFormulas, LoseDigitsWhereTheyAreKnownTo) {
  // 1 + 2^-60 is 1, and sigmoid(40) = 1 - 4e-18 is 1; exp(800) is infinite.
  EXPECT_EQ(at("log1p", "value", {{0x1p-60}, {1}}), (std::vector{0.0, std::log(2.0)}));
  EXPECT_EQ(at("sigmoid", "d/input", {{40}}), std::vector{0.0});
  EXPECT_EQ(at("tanh", "d/input", {{20}}), std::vector{0.0});
  EXPECT_EQ(at("logsumexp", "value", {{800, 0, 0, 0}}),
            std::vector{std::numeric_limits<double>::infinity()});
  EXPECT_EQ(at("log1p", "value", {{0x1p-30}}, DType::f32), std::vector{0.0});
  EXPECT_NE(at("log1p", "value", {{0x1p-30}}, DType::f64), std::vector{0.0});
}

TEST(NaiveFormulas, StandBesideTheOperationsErrors) {
  OperationSurveyOptions options;
  options.only = {"sigmoid", "exp"};
  options.samples = 50;
  options.dtype = DType::f64;
  std::size_t tails = 0;
  for (const reports::OperationAccuracy& row : measure_operations(options).rows) {
    if (row.operation == "exp") {
      EXPECT_FALSE(row.naive);
      continue;
    }
    ASSERT_TRUE(row.naive) << row.quantity << " " << row.region;
    if (row.quantity != "derivative by input") continue;
    EXPECT_EQ(row.naive_formula, "sigmoid(x) * (1 - sigmoid(x))");
    // 1 - s is 0 above 37, where s (1 - s) has its full 2^52 to 2^53 ulps.
    if (row.region != "input > 20") continue;
    ++tails;
    EXPECT_GE(*row.naive, 0x1p52);
    EXPECT_LT(row.max, 4);
  }
  EXPECT_EQ(tails, 1U);
}

}  // namespace
}  // namespace verigrad::runner
