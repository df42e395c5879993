#include "runner/difference_methods.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "engine/error.hpp"
#include "gradcheck/classical_differences.hpp"
#include "gradcheck/judge.hpp"
#include "proof/enclose.hpp"

namespace verigrad::runner {
namespace {

constexpr std::size_t most_entries = 8;
constexpr int halvings = 52;
constexpr const char* own_name = "Verigrad";

template <class T>
double value_at(const Program& program, const Point& point, ValueId output) {
  const NoGrad values_only;
  try {
    const std::vector<Tensor<T>> leaves = leaf_tensors<T>(program, point, false);
    return static_cast<double>(
        run<T>(program, leaves, std::span<const ValueId>(&output, 1))[0].entries()[0]);
  } catch (const Error&) {  // an operation refuses these operands: outside its domain
    return std::numeric_limits<double>::quiet_NaN();
  }
}

/// The output by one entry of a leaf, in the Program's precision.
gradcheck::ScalarFunction along(const Program& program, const Point& point, ValueId output,
                                std::size_t leaf, std::size_t entry) {
  return [&program, output, leaf, entry, moved = point](double t) mutable {
    moved[leaf][entry] = t;
    return program.dtype == DType::f32 ? value_at<float>(program, moved, output)
                                       : value_at<double>(program, moved, output);
  };
}

/// The derivative itself where it is proven and the function is smooth, or null.
const proof::Ball* smooth_derivative(const gradcheck::Truth& truth) {
  const proof::Enclosure* proven = truth.proven.get();
  const bool smooth = proven && proven->outcome == proof::Outcome::enclosed && !proven->kinked;
  return smooth ? &proven->derivative : nullptr;
}

/// Whether relative errors of a derivative mean something in a precision.
bool has_size(const proof::Ball& derivative, DType dtype) {
  const double rounded = round_to(dtype, derivative.midpoint());
  return std::isfinite(rounded) && rounded != 0;
}

double distance(double value, const proof::Ball& truth) {
  return std::isfinite(value) ? std::abs((proof::Ball(value) - truth).midpoint()) : value;
}

std::vector<reports::ChosenStep> classical_choices(const gradcheck::ScalarFunction& f, double x,
                                                   DType dtype, const proof::Ball& truth) {
  std::vector<reports::ChosenStep> choices;
  for (const gradcheck::ClassicalRule& rule : gradcheck::classical_rules()) {
    const auto found = rule.differentiate(f, x, dtype);
    const double error = distance(found.value, truth);
    if (std::isfinite(error)) choices.push_back({std::string(rule.name), found.step, error});
  }
  return choices;
}

std::optional<reports::ChosenStep> own_choice(const Program& program, const Point& point,
                                              ValueId output, std::size_t leaf, std::size_t entry,
                                              const proof::Ball& truth) {
  const auto own = gradcheck::finite_difference_reference(program, point);
  try {
    const gradcheck::Estimate& found = own->jacobian(output, leaf)[entry].estimate;
    const double error = distance(found.value, truth);
    if (std::isfinite(error)) return reports::ChosenStep{own_name, found.step, error};
  } catch (const gradcheck::WorkExhausted&) {  // no step is chosen
  }
  return std::nullopt;
}

/// A kink that is not there counts by the middle of its hull, and half of that for a bar.
NumericAnswer answer_of(const gradcheck::Estimate& estimate) {
  return {estimate.value, estimate.error_bar + std::abs(estimate.right - estimate.left) / 2};
}

proof::Ball slipped(const proof::Ball& truth, double slip) { return truth * proof::Ball(1 + slip); }

/// What Verigrad makes of a claim that it can judge by differences alone.
Decision own_decision(const gradcheck::Truth& found, double claimed, DType dtype) {
  const gradcheck::Candidate candidate{.value = claimed, .in_double = claimed};
  switch (
      gradcheck::judge(candidate, found, gradcheck::Tolerance::standard(dtype), dtype).verdict) {
    case gradcheck::Verdict::pass:
      return Decision::accepts;
    case gradcheck::Verdict::inconclusive:
      return Decision::undecided;
    case gradcheck::Verdict::inaccurate:
    case gradcheck::Verdict::fail:
      break;
  }
  return Decision::refuses;
}

}  // namespace

MethodSurvey::MethodSurvey() : tallies_(gradcheck::classical_rules().size() + 1) {}

void MethodSurvey::add(const Program& program, const Point& point, ValueId output, std::size_t leaf,
                       const std::vector<gradcheck::Truth>& truths) {
  const DType dtype = program.dtype;
  std::vector<std::size_t> entries;
  for (std::size_t j = 0; j < std::min(truths.size(), most_entries); ++j)
    if (const proof::Ball* truth = smooth_derivative(truths[j]); truth && has_size(*truth, dtype))
      entries.push_back(j);
  if (entries.empty()) return;
  const auto own = gradcheck::finite_difference_reference(program, point);
  const std::vector<gradcheck::Truth>* found = nullptr;
  try {
    found = &own->jacobian(output, leaf);
  } catch (const gradcheck::WorkExhausted&) {
    return;
  }
  tallies_.back().spend(own->evaluations(), static_cast<std::int64_t>(found->size()));
  for (const std::size_t j : entries) {
    const proof::Ball& truth = *smooth_derivative(truths[j]);
    const auto count = [&](MethodTally& tally, const NumericAnswer& answer,
                           const std::function<Decision(double slip)>& test) {
      const Decision right = tally.put_to_test(test);
      tally.add(answer, distance(answer.value, truth), truth.midpoint(), right);
    };
    const gradcheck::ScalarFunction f = along(program, point, output, leaf, j);
    for (std::size_t i = 0; const gradcheck::ClassicalRule& rule : gradcheck::classical_rules()) {
      const auto derivative = rule.differentiate(f, point[leaf][j], dtype);
      tallies_[i].spend(derivative.evaluations, 1);
      const NumericAnswer answer{derivative.value, derivative.error_estimate};
      count(tallies_[i++], answer, [&](double slip) {
        return within_bar(answer, distance(answer.value, slipped(truth, slip)));
      });
    }
    count(tallies_.back(), answer_of((*found)[j].estimate), [&](double slip) {
      return own_decision((*found)[j], slipped(truth, slip).midpoint(), dtype);
    });
  }
}

void MethodSurvey::merge(const MethodSurvey& other) {
  for (std::size_t i = 0; i < tallies_.size(); ++i) tallies_[i].merge(other.tallies_[i]);
}

std::vector<reports::MethodAccuracy> MethodSurvey::rows() const {
  std::vector<reports::MethodAccuracy> rows;
  for (const gradcheck::ClassicalRule& rule : gradcheck::classical_rules())
    rows.push_back(tallies_[rows.size()].row(std::string(rule.name)));
  rows.push_back(tallies_.back().row(own_name));
  return rows;
}

std::optional<reports::StepCurve> step_curve(const Program& program, const Point& point,
                                             ValueId output, std::size_t leaf, std::size_t entry,
                                             const gradcheck::Truth& truth) {
  const proof::Ball* derivative = smooth_derivative(truth);
  if (!derivative) return std::nullopt;
  const auto position = static_cast<std::int64_t>(entry);
  const auto third =
      proof::taylor_coefficient(program, point, output, {.leaf = leaf, .entry = position}, 3);
  const gradcheck::ScalarFunction f = along(program, point, output, leaf, entry);
  const double x = point[leaf][entry];
  const double roundoff = unit_roundoff(program.dtype) * std::abs(f(x));
  if (!third || !std::isfinite(third->midpoint()) || !std::isfinite(roundoff)) return std::nullopt;

  const Leaf& input = program.leaves()[leaf];
  reports::StepCurve curve;
  curve.input = input.name + index_text(position, input.shape);
  curve.truncation = std::abs(third->midpoint());
  curve.roundoff = roundoff;
  for (int k = 1; k <= halvings; ++k) {
    const double h = std::ldexp(std::max(1.0, std::abs(x)), -k);
    const double error = distance(gradcheck::central_quotient(f, x, h, program.dtype), *derivative);
    if (std::isfinite(error)) curve.errors.push_back({h, error});
  }
  curve.chosen = classical_choices(f, x, program.dtype, *derivative);
  if (const auto own = own_choice(program, point, output, leaf, entry, *derivative))
    curve.chosen.push_back(*own);
  return curve;
}

}  // namespace verigrad::runner
