// Bars over functions of many shapes, on boxes: textbook formulas of physics, geometry and
// learning.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/bars/survey.hpp"

namespace verigrad::bars {
namespace {

const std::pair<const char*, const char*> formulas[] = {
    {"Rosenbrock",
     "input x in [-2, 2]\ninput y in [-1, 3]\nf = 100 * (y - x ** 2) ** 2 + (1 - x) ** 2"},
    {"Doppler", "input u in [-100, 100]\ninput v in [20, 20000]\nf = -340 * v / (340 + u) ** 2"},
    {"van der Waals", "input V in [0.1, 0.5]\nf = 8.314 * 300 / (V - 0.0427) - 0.401 / V ** 2"},
    {"logistic growth", "input r in [0.1, 3]\ninput x in [0.1, 0.9]\nf = r * x / (1 + x / 1.11)"},
    {"Lennard-Jones", "input r in [0.9, 3]\nf = 4 * (r ** (-12) - r ** (-6))"},
    {"pendulum", "input t in [-3, 3]\ninput w in [-5, 5]\nf = w ** 2 / 2 - 9.81 * cos(t)"},
    {"sine series", "input x in [-1.5, 1.5]\nf = x - x ** 3 / 6 + x ** 5 / 120 - x ** 7 / 5040"},
    {"Gaussian", "input x in [-4, 4]\ninput s in [0.5, 2]\nf = exp(-(x ** 2) / (2 * s ** 2)) / s"},
    {"cross entropy", "input z in [-8, 8]\nf = log(1 + exp(-z))"},
    {"triangle",
     "input a in [1, 2]\ninput b in [1, 2]\ninput g in [0.2, 3]\n"
     "f = sqrt(a ** 2 + b ** 2 - 2 * a * b * cos(g))"},
    {"wave", "input A in [0.5, 2]\ninput k in [5, 30]\ninput x in [1, 10]\nf = A * sin(k * x)"},
    {"Planck", "input x in [0.01, 20]\nf = x ** 3 / expm1(x)"},
    {"turbine",
     "input v in [-4.5, -0.3]\ninput w in [0.4, 0.9]\ninput r in [3.8, 7.8]\n"
     "f = 3 + 2 / r ** 2 - 0.125 * (3 - 2 * v) * (w ** 2 * r ** 2) / (1 - v) - 4.5"}};

class Bars : public testing::TestWithParam<std::tuple<DType, Draw>> {};

TEST_P(Bars, CoverTheTrueError) {
  const auto [dtype, draw] = GetParam();
  Tally tally;
  for (const auto& [name, text] : formulas)
    tally.add(Function(name, "formula.grad", text).survey(dtype, draw, 60, 7));
  EXPECT_GT(tally.entries, 1000);
  EXPECT_LE(static_cast<double>(tally.uncovered), 0.001 * static_cast<double>(tally.entries));
  // Values of float functions leave no more: see docs/bars.md.
  const double open = dtype == DType::f64 ? 0.02 : 0.08;
  EXPECT_LE(static_cast<double>(tally.inconclusive), open * static_cast<double>(tally.entries));
  for (const Case& miss : tally.missed)
    std::cout << miss.function << " by input " << miss.input << ": " << miss.estimate << " ± "
              << miss.bar << ", true " << miss.truth << "\n";
}

INSTANTIATE_TEST_SUITE_P(Precisions, Bars,
                         testing::Combine(testing::Values(DType::f64, DType::f32),
                                          testing::Values(Draw::uniform, Draw::log_uniform)));

}  // namespace
}  // namespace verigrad::bars
