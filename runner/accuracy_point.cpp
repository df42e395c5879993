#include "runner/accuracy_point.hpp"

#include <algorithm>
#include <cmath>

#include "engine/error.hpp"
#include "runner/condition.hpp"
#include "runner/engine_rules.hpp"
#include "runner/ulp_error.hpp"

namespace verigrad::runner {
namespace {

using expressions::Judgement;
using gradcheck::Truth;
using proof::Outcome;
using Numbers = std::vector<double>;
using State = EntryAccuracy::State;

bool is_derivative(const Judgement& judgement) {
  return judgement.kind != Judgement::Kind::expect &&
         judgement.kind != Judgement::Kind::expect_message;
}

double smallest_normal(DType dtype) { return dtype == DType::f32 ? 0x1p-126 : 0x1p-1022; }

/// `truth` is sharp: one that holds 0 is 0, or too close to tell. `paths` are those of Truth.
void measure_error(EntryAccuracy& entry, const proof::Ball& truth, std::optional<double> paths,
                   DType dtype) {
  const bool zero = truth.contains_zero();
  entry.truth = zero ? 0 : correctly_rounded(truth, dtype);
  entry.ulps = zero && entry.computed == 0 ? 0 : ulp_error(entry.computed, truth, dtype);
  if (zero && entry.computed != 0 && std::isfinite(entry.computed))
    entry.state = std::abs(entry.computed) <= 64 * unit_roundoff(dtype) * paths.value_or(0)
                      ? State::cancelled_zero
                      : State::wrong_zero;
  else if (std::isinf(entry.ulps))
    entry.state = State::overflow;
  else if (!zero && std::isfinite(entry.computed))
    entry.relative_error = std::abs((proof::Ball(entry.computed) - truth).midpoint()) /
                           std::max(std::abs(truth.midpoint()), smallest_normal(dtype));
}

void compare(EntryAccuracy& entry, const Truth& truth, DType dtype) {
  if (truth.proven == nullptr) {
    entry.state = State::undecided;
    entry.reason = truth.estimate.reason.empty() ? "no proof" : truth.estimate.reason;
    return;
  }
  const proof::Enclosure& proven = *truth.proven;
  const bool known = proven.outcome == Outcome::enclosed;
  const bool rough = proven.outcome == Outcome::edge || proven.outcome == Outcome::jump;
  if (rough || (known && proven.kinked)) {
    entry.state = State::non_smooth;
  } else if (!known) {
    entry.state = State::undecided;
    entry.reason = truth.estimate.reason.empty() ? std::string(to_string(proven.outcome))
                                                 : truth.estimate.reason;
  } else {
    entry.truth_bits = proven.bits;
    measure_error(entry, proven.derivative, truth.paths, dtype);
  }
}

/// Whether rounding does not explain the entry, so that the rule is looked at.
bool is_suspect(const EntryAccuracy& entry, DType dtype) {
  if (entry.state == State::overflow || entry.state == State::wrong_zero ||
      entry.state == State::cancelled_zero)
    return true;
  return entry.state == State::compared && entry.ulps > 8 &&
         entry.relative_error > 8 * (1 + entry.condition.value_or(0)) * unit_roundoff(dtype);
}

}  // namespace

std::vector<MeasuredDerivative> measured_derivatives(const expressions::Instance& instance) {
  std::vector<MeasuredDerivative> all;
  for (std::size_t i = 0; i < instance.judgements.size(); ++i) {
    const Judgement& judgement = instance.judgements[i];
    if (!is_derivative(judgement)) continue;
    for (const std::size_t leaf : judgement.wrt)
      if (std::ranges::none_of(all, [&](const MeasuredDerivative& known) {
            return known.leaf == leaf &&
                   instance.judgements[known.judgement].output == judgement.output;
          }))
        all.push_back({i, leaf});
  }
  return all;
}

int severity(State state) {
  switch (state) {
    case State::wrong_rule:
      return 2;
    case State::overflow:
    case State::wrong_zero:
      return 1;
    case State::compared:
    case State::cancelled_zero:
      return 0;
    case State::undecided:
    case State::non_smooth:
      break;
  }
  return -1;
}

double largest_error(const std::vector<EntryAccuracy>& entries) {
  double largest = 0;
  for (const EntryAccuracy& entry : entries)
    if (severity(entry.state) >= 0 && entry.state != State::cancelled_zero)
      largest = std::max(largest, entry.ulps);
  return largest;
}

const std::vector<Truth>& PointAccuracy::truths(const MeasuredDerivative& derivative) {
  const Judgement& judgement = context_.sample.instance.judgements[derivative.judgement];
  return context_.references.of(judgement).jacobian(judgement.output, derivative.leaf);
}

std::vector<EntryAccuracy> PointAccuracy::errors(const MeasuredDerivative& derivative) {
  const Judgement& judgement = context_.sample.instance.judgements[derivative.judgement];
  const std::vector<Truth>& truth = truths(derivative);
  const Numbers computed =
      context_.engines(judgement).tested->jacobian(judgement.output, derivative.leaf);
  std::vector<EntryAccuracy> entries(computed.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    entries[i].computed = computed[i];
    compare(entries[i], truth[i], context_.program().dtype);
  }
  return entries;
}

std::vector<EntryAccuracy> PointAccuracy::entries(const MeasuredDerivative& derivative) {
  const Program& program = context_.program();
  const std::size_t leaf = derivative.leaf;
  const Judgement& judgement = context_.sample.instance.judgements[derivative.judgement];
  const ValueId y = judgement.output;
  const std::vector<Truth>& truth = truths(derivative);
  std::vector<EntryAccuracy> entries = errors(derivative);
  const auto sums = gradient_sensitivities(program, context_.sample.point, y, leaf);
  EngineRules rules(context_, judgement);
  const bool scalar = program.shape(y).rank() == 0;
  const auto columns = static_cast<std::size_t>(program.leaves()[leaf].shape.numel());
  auto prove = by_row(columns, [&](std::size_t row) {
    return scalar ? rules.gradient(leaf, truth) : rules.jacobian_row(leaf, row, truth);
  });
  for (std::size_t i = 0; i < entries.size(); ++i) {
    EntryAccuracy& entry = entries[i];
    if (!sums.empty() && sums[i] && std::isfinite(entry.truth) &&
        std::isfinite(*sums[i] / entry.truth))
      entry.condition = *sums[i] / std::abs(entry.truth);
    if (!is_suspect(entry, program.dtype)) continue;
    const gradcheck::ProvenClaim* rule = prove(i);
    if (rule != nullptr && rule->status == gradcheck::ProvenClaim::Status::wrong)
      entry.state = State::wrong_rule;
  }
  return entries;
}

}  // namespace verigrad::runner
