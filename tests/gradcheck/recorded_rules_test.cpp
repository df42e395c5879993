// The engine's rules in exact arithmetic: recorded gradients, evaluated in balls, are the enclosed
// derivatives of the operations' own formulas (proof/), which share nothing with the rules.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "engine/functions.hpp"
#include "gradcheck/recorded_gradient.hpp"
#include "proof/enclose.hpp"
#include "proof/evaluate.hpp"
#include "tests/gradcheck/operation_forms.hpp"

namespace verigrad::gradcheck {
namespace {

using proof::Ball, proof::Outcome;

/// sum_i v_i J_ij, and the sum of the terms' magnitudes; none unless all are enclosed sharply.
struct Pulled {
  Ball value;
  double terms = 0;
  bool known = true;
};

Pulled pulled_back(const Application& application, const Point& point, proof::Input input,
                   const std::vector<double>& v) {
  Pulled pulled;
  const auto column = proof::derivatives(application.program, point, application.output, input);
  for (std::size_t i = 0; i < v.size(); ++i) {
    const Ball& derivative = column[i].derivative;
    pulled.known = pulled.known && column[i].outcome == Outcome::enclosed &&
                   (derivative.exact() || derivative.relative_bits() >= 60);
    const Ball term = Ball(v[i]) * derivative;
    pulled.value = pulled.value + term;
    pulled.terms += std::abs(term.midpoint());
  }
  return pulled;
}

/// How far each entry of the recorded gradient is off, relative to the terms that it sums; without
/// those that proofs do not know.
std::vector<double> deviations(const Application& application, const Point& point, std::size_t leaf,
                               const std::vector<double>& v) {
  const auto& [program, output] = application;
  const auto rule = record_gradient<double>(program, point, output, leaf, v);
  std::vector<double> found;
  if (proof::first_uncovered(program, output) != nullptr ||
      proof::first_uncovered(rule.program, rule.root) != nullptr || point[leaf].empty())
    return found;
  const auto gradient = proof::derivatives(rule.program, point, rule.root, {leaf, 0});
  for (std::size_t j = 0; j < gradient.size(); ++j) {
    const Pulled truth = pulled_back(application, point, {leaf, static_cast<std::int64_t>(j)}, v);
    if (!truth.known || gradient[j].outcome != Outcome::enclosed) continue;
    const double apart = std::abs((gradient[j].value - truth.value).midpoint());
    found.push_back(apart == 0 ? 0 : apart / truth.terms);
  }
  return found;
}

/// What rounding the constants in the rules' C++ code to double may do.
constexpr double slack = 0x1p-48;

TEST(RecordedRules, AreTheDerivativesInExactArithmetic) {
  std::uint64_t stream = 0;
  std::size_t entries = 0;
  std::set<std::string_view> seen;
  for (const Operation* operation : differentiable_operations())
    for (const Form& form : forms_of(*operation)) {
      Random random = Random::stream(20261130, ++stream);
      const Application application(*operation, form);
      const Point point = ordinary_point(*operation, form, DType::f64, random);
      std::vector<double> v;
      for (std::int64_t i = 0; i < application.program.shape(application.output).numel(); ++i)
        v.push_back(random.uniform(-2, 2));
      for (std::size_t leaf = 0; leaf < point.size(); ++leaf) {
        if (!application.program.leaves()[leaf].differentiable) continue;
        for (const double deviation : deviations(application, point, leaf, v)) {
          EXPECT_LE(deviation, slack) << fmt::format("{} of {}, operand {}", operation->name(),
                                                     to_string(form.shapes[0]), leaf);
          ++entries;
          seen.insert(operation->name());
        }
      }
    }
  EXPECT_GE(entries, 2500U);
  EXPECT_GE(seen.size(), 100U);
}

/// A slip that no finite difference sees.
TEST(RecordedRules, ShowASlipOfOneInTenToTheThirteen) {
  static const Operation right = *find_operation("sin");
  Operation slipped = right;
  slipped.f64.vjp = [](const Saved<double>& saved, const Tensor<double>& g, std::size_t operand) {
    return right.f64.vjp(saved, g, operand) * (1 + 1e-13);
  };
  const Point point{{0.5, -2}};
  for (const double deviation : deviations(Application(right, {{Shape{2}}}), point, 0, {1, 3}))
    EXPECT_LE(deviation, slack);
  const auto wrong = deviations(Application(slipped, {{Shape{2}}}), point, 0, {1, 3});
  ASSERT_EQ(wrong.size(), 2U);
  for (const double deviation : wrong) EXPECT_NEAR(deviation, 1e-13, 1e-15);
}

}  // namespace
}  // namespace verigrad::gradcheck
