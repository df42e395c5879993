// The engine's derivative of every operation of the table, judged as a check would judge it: at
// ordinary points in every form, at special points, and with a slip planted in it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>

#include "gradcheck/engine_derivatives.hpp"
#include "gradcheck/judge.hpp"
#include "gradcheck/reference.hpp"
#include "tests/gradcheck/operation_forms.hpp"

namespace verigrad::gradcheck {
namespace {

/// Judges every entry of every Jacobian and hands each verdict, with a text that names its entry,
/// to `see`.
template <class See>
void judge_all(const Application& application, const Point& point, DType dtype, See&& see) {
  const ValueId roots[] = {application.output};
  const auto reference = finite_difference_reference(application.program, point);
  const auto wide = engine_derivatives(application.program, point, roots, DType::f64);
  const auto tested =
      dtype == DType::f64 ? nullptr : engine_derivatives(application.program, point, roots, dtype);
  for (std::size_t leaf = 0; leaf < point.size(); ++leaf) {
    if (!application.program.leaves()[leaf].differentiable) continue;
    const std::vector<double> in_double = wide->jacobian(application.output, leaf);
    const std::vector<double> values =
        tested ? tested->jacobian(application.output, leaf) : in_double;
    const std::vector<Truth>& truth = reference->jacobian(application.output, leaf);
    ASSERT_EQ(truth.size(), values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      const Candidate candidate{values[i], in_double[i], true};
      see(judge(candidate, truth[i], Tolerance::standard(dtype), dtype), candidate, truth[i],
          leaf * 1000 + i);
    }
  }
}

std::string describe(const Candidate& candidate, const Truth& truth, const EntryVerdict& verdict,
                     std::size_t entry) {
  return fmt::format("entry {} of operand {}: {} against {} +- {:.2e} [{}, {}] ({}), {}: {}",
                     entry % 1000, entry / 1000, candidate.value, truth.estimate.value,
                     truth.estimate.error_bar, truth.estimate.left, truth.estimate.right,
                     to_string(truth.estimate.status), to_string(verdict.verdict), verdict.reason);
}

TEST(Operations, EveryOneWithADerivativeHasFormsHere) {
  for (const Operation* operation : differentiable_operations())
    EXPECT_FALSE(forms_of(*operation).empty()) << operation->name();
}

/// A factorisation computes its entries together, so that moving one operand entry also moves the
/// rounding of results that do not depend on it. A derivative of 0, or of the derivative's own
/// rounding, is then all that can be asked for: differences agree with it, but prove no zero.
bool zero_within_noise(const Operation& operation, const Candidate& candidate, const Truth& truth,
                       const EntryVerdict& verdict) {
  return (operation.name() == "cholesky" || operation.name() == "adjugate") &&
         std::abs(candidate.value) <= 1e-13 &&
         std::abs(truth.estimate.value) <= truth.estimate.error_bar &&
         verdict.verdict == Verdict::inconclusive;
}

void expect_every_form_passes(DType dtype) {
  std::uint64_t stream = 0;
  for (const Operation* operation : differentiable_operations())
    for (const std::vector<Form> forms = forms_of(*operation); const Form& form : forms) {
      Random random = Random::stream(20240229, ++stream);
      const Application application(*operation, form);
      for (int repeat = 0; repeat < 2; ++repeat) {
        const Point point = ordinary_point(*operation, form, dtype, random);
        judge_all(application, point, dtype,
                  [&](const EntryVerdict& verdict, const Candidate& candidate, const Truth& truth,
                      std::size_t entry) {
                    if (zero_within_noise(*operation, candidate, truth, verdict)) return;
                    EXPECT_EQ(to_string(verdict.verdict), "pass")
                        << operation->name() << " of " << to_string(form.shapes[0]) << ", "
                        << describe(candidate, truth, verdict, entry);
                  });
      }
    }
}

TEST(Operations, DerivativesPassAtOrdinaryPointsInEveryForm) {
  expect_every_form_passes(DType::f64);
}

TEST(Operations, FloatDerivativesPassAtOrdinaryPointsInEveryForm) {
  expect_every_form_passes(DType::f32);
}

/// bce is infinite at p = 0 and p = 1 unless the target is met. PyTorch's value is 100 there, but
/// its derivative is the infinite one of the function without that limit; Loss.* tests both.
bool outside_domain(const Operation& operation, const Point& point) {
  if (operation.name() != "bce") return false;
  for (std::size_t i = 0; i < point[0].size(); ++i)
    if ((point[0][i] == 0 || point[0][i] == 1) && point[1][i] != point[0][i]) return true;
  return false;
}

std::vector<double> special_values(const Operation& operation, std::size_t operand) {
  std::vector<double> values;
  for (const double x : operation.info.special.span())
    if (operation.info.domain[operand].contains(x) && std::abs(x) <= 2) values.push_back(x);
  return values;
}

TEST(Operations, NeverFailAtTheirSpecialPoints) {
  std::size_t judged = 0, passed = 0;
  const auto see = [&](const Operation& operation, const Application& application,
                       const Point& point) {
    if (outside_domain(operation, point)) return;
    for (const DType dtype : {DType::f64, DType::f32}) {
      Point rounded = point;
      for (auto& entries : rounded)
        for (double& x : entries) x = round_to(dtype, x);
      judge_all(application, rounded, dtype,
                [&](const EntryVerdict& verdict, const Candidate& candidate, const Truth& truth,
                    std::size_t entry) {
                  ++judged;
                  passed += verdict.verdict == Verdict::pass ? 1 : 0;
                  EXPECT_NE(to_string(verdict.verdict), "fail")
                      << operation.name() << " at " << testing::PrintToString(point) << ", "
                      << describe(candidate, truth, verdict, entry);
                });
    }
  };
  for (const Operation* operation : differentiable_operations()) {
    const Form form = forms_of(*operation).front();
    const Application application(*operation, form);
    Random random(1);
    const Point ordinary = ordinary_point(*operation, form, DType::f64, random);
    for (std::size_t i = 0; i < form.shapes.size(); ++i)
      for (const double x : special_values(*operation, described(*operation, i))) {
        if (form.indices.contains(i)) continue;
        Point point = ordinary;
        point[i].assign(point[i].size(), x);
        see(*operation, application, point);
        if (form.shapes.size() != 2 || form.indices.contains(1 - i)) continue;
        for (const double y : special_values(*operation, described(*operation, 1 - i))) {
          point[1 - i].assign(point[1 - i].size(), y);
          see(*operation, application, point);
        }
      }
  }
  fmt::print("special points: {} of {} entries pass, the others are undecided\n", passed, judged);
  EXPECT_GE(static_cast<double>(passed), 0.7 * static_cast<double>(judged));
}

TEST(Operations, KinksPassThroughTheHullOfTheirSides) {
  for (const char* name : {"relu", "abs", "leaky_relu", "elu", "minimum", "maximum", "clamp"}) {
    const Operation& operation = *find_operation(name);
    const std::size_t arity = operation.signature.operand_count();
    const Application application(operation, {std::vector<Shape>(arity, Shape{})});
    Point point(arity, {0.0});
    if (arity == 2 && operation.info.typical[1].lower > 0) point[1] = {0.5};
    if (arity == 3) point = {{-1}, {-1}, {1}};
    bool kinked = false;
    judge_all(application, point, DType::f64,
              [&](const EntryVerdict& verdict, const Candidate& candidate, const Truth& truth,
                  std::size_t entry) {
                kinked = kinked || truth.estimate.status == EstimateStatus::kink;
                EXPECT_EQ(to_string(verdict.verdict), "pass")
                    << name << ", " << describe(candidate, truth, verdict, entry);
              });
    EXPECT_TRUE(kinked) << name;
  }
}

/// Magnitudes log-uniform over six decades, of either sign, inside the domains, with a finite
/// value.
Point log_uniform_point(const Operation& operation, const Application& application,
                        Random& random) {
  const ValueId roots[] = {application.output};
  for (;;) {
    Point point;
    bool inside = true;
    for (std::size_t i = 0; i < application.program.leaves().size(); ++i) {
      const bool selects = !operation.differentiable(i);
      const double size = random.log_uniform(1e-3, 1e3);
      const double x = random.uniform() < 0.5 ? (selects ? 0 : -size) : size;
      inside = inside && operation.info.domain[i].contains(x);
      point.push_back({x});
    }
    if (!inside) continue;
    const auto leaves = leaf_tensors<double>(application.program, point, false);
    if (std::isfinite(run<double>(application.program, leaves, roots)[0].item())) return point;
  }
}

struct Score {
  int entries = 0, seen = 0, passes = 0;
  int visible = 0, visible_seen = 0;  ///< where the slip moves the value by more than its rounding
  void add(const Score& other) {
    entries += other.entries;
    seen += other.seen;
    passes += other.passes;
    visible += other.visible;
    visible_seen += other.visible_seen;
  }
  static double percent(int part, int whole) { return whole == 0 ? 100 : 100.0 * part / whole; }
  void print(std::string_view name) const {
    fmt::print("{:<14} {:>8} {:>8.2f} {:>10.2f} {:>8.2f}\n", name, entries, percent(seen, entries),
               percent(visible_seen, visible), percent(passes, entries));
  }
};

/// Judges the right derivatives, which must not fail, and the same with a slip.
void score_slips(const Operation& operation, const Application& application, const Point& point,
                 Score& score) {
  const ValueId roots[] = {application.output};
  const double value =
      engine_derivatives(application.program, point, roots, DType::f64)->value(roots[0])[0];
  judge_all(application, point, DType::f64,
            [&](const EntryVerdict& verdict, const Candidate& right, const Truth& truth,
                std::size_t entry) {
              EXPECT_NE(to_string(verdict.verdict), "fail")
                  << operation.name() << " at " << testing::PrintToString(point) << ", "
                  << describe(right, truth, verdict, entry);
              if (!(std::abs(right.value) >= DBL_MIN && std::isfinite(right.value))) return;
              const double wrong = right.value * (1 + 1e-6), x = point[entry / 1000][0];
              const bool seen =
                  judge({wrong, wrong, true}, truth, Tolerance::standard(DType::f64), DType::f64)
                      .verdict == Verdict::fail;
              const bool visible = std::abs(right.value * x) > 1e-8 * std::abs(value);
              score.add({1, seen ? 1 : 0, verdict.verdict == Verdict::pass ? 1 : 0, visible ? 1 : 0,
                         visible && seen ? 1 : 0});
            });
}

TEST(Operations, ASlipOfOneInAMillionFails) {
  constexpr int points = 1000;
  fmt::print("{:<14} {:>8} {:>8} {:>10} {:>8}\n", "operation", "entries", "slips %", "visible %",
             "pass %");
  Score all;
  std::uint64_t stream = 0;
  for (const Operation* operation : differentiable_operations()) {
    if (!operation->elementwise) continue;
    const Application application(
        *operation, {std::vector<Shape>(operation->signature.operand_count(), Shape{})});
    Random random = Random::stream(20240301, ++stream);
    Score score;
    for (int k = 0; k < points; ++k)
      score_slips(*operation, application, log_uniform_point(*operation, application, random),
                  score);
    score.print(operation->name());
    EXPECT_GE(Score::percent(score.visible_seen, score.visible), 95) << operation->name();
    all.add(score);
  }
  all.print("all");
  EXPECT_GE(Score::percent(all.seen, all.entries), 95);
}

}  // namespace
}  // namespace verigrad::gradcheck
