#include "properties/laws.hpp"

#include <algorithm>
#include <cfenv>
#include <cmath>
#include <stdexcept>
#include <vector>

#include "properties/laws/law.hpp"
#include "properties/laws/vectors.hpp"

namespace verigrad::properties {
namespace {

constexpr std::string_view exception_prefix = "an exception: ";

std::vector<Law> collect() {
  std::vector<Law> all;
  for (const auto& family :
       {numeric_laws(), derivative_laws(), proven_laws(), exact_laws(), algebra_laws(),
        composition_laws(), roots_laws(), accumulation_laws(), second_order_laws(), identity_laws(),
        sharing_laws(), insertion_laws(), layout_laws(), broadcasting_laws(), order_laws(),
        scaling_laws(), graph_laws(), text_laws()})
    all.insert(all.end(), family.begin(), family.end());
  return all;
}

const std::vector<Law>& all() {
  static const std::vector<Law> list = collect();
  return list;
}

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

/// Any two computations agree to so many roundings of the result itself.
bool nearly_same(double a, double b) {
  return is_within(std::abs(a - b),
                   16 * unit_roundoff(DType::f64) * std::max(std::abs(a), std::abs(b)));
}

std::string difference(const Trial& trial, std::size_t leaf, std::size_t i, double got,
                       double wanted, std::string_view what) {
  return fmt::format("{}: entry {} of the gradient by {} is {:.17g}, not {:.17g}", what, i,
                     trial.program().leaves()[leaf].name, got, wanted);
}

std::optional<LawResult> sizes_differ(const Trial& trial, const PerLeaf& got, const PerLeaf& wanted,
                                      std::string_view what) {
  for (std::size_t leaf = 0; leaf < wanted.size(); ++leaf)
    if (leaf >= got.size() || got[leaf].size() != wanted[leaf].size())
      return LawResult{Outcome::fails,
                       fmt::format("{}: the gradient by {} has {} entries, not {}", what,
                                   trial.program().leaves()[leaf].name,
                                   leaf < got.size() ? got[leaf].size() : 0, wanted[leaf].size())};
  return std::nullopt;
}

}  // namespace

std::span<const Law> laws() { return all(); }

const Law& law(std::string_view name) {
  const auto found = std::ranges::find(all(), name, &Law::name);
  if (found == all().end()) throw std::out_of_range(fmt::format("there is no law '{}'", name));
  return *found;
}

LawResult judge(const Law& law, Trial& trial) {
  if (law.ending == Ending::scalar && trial.program().shape(trial.output()).numel() != 1)
    return {Outcome::undecided, "the output is not a scalar"};
  if (const std::string refusal = trial.engine().refusal(trial.program(), trial.output());
      !refusal.empty())
    return {Outcome::undecided, refusal};
  try {
    trial.reset_flags();
    const LawResult result = law.judge(trial);
    if (result.outcome == Outcome::holds && !all_finite(trial.value()))
      return {Outcome::undecided, "the function's value is not finite"};
    return result;
  } catch (const std::exception& error) {
    const bool explained = std::ranges::any_of(trial.program().values(), [](const Value& value) {
      return value.operation != nullptr && refuses_values(*value.operation);
    });
    return {explained ? Outcome::undecided : Outcome::fails,
            fmt::format("{}{}", exception_prefix, error.what())};
  }
}

LawResult judge(const Law& law, const Engine& engine, const Specimen& specimen,
                const OperationTable& operations) {
  Trial trial(engine, specimen, operations);
  return judge(law, trial);
}

std::vector<bool> gradients_flow(const Program& program) {
  std::vector<bool> flow;
  for (const Value& value : program.values()) {
    bool flows = value.kind == Value::Kind::leaf &&
                 program.leaves()[static_cast<std::size_t>(value.leaf)].differentiable;
    for (std::size_t k = 0; k < value.operands.size(); ++k)
      flows = flows || (value.operation->differentiable(k) &&
                        flow[static_cast<std::size_t>(value.operands[k])]);
    flow.push_back(flows);
  }
  return flow;
}

bool left_normal_range() { return std::fetestexcept(FE_OVERFLOW | FE_UNDERFLOW) != 0; }

bool is_exception(const LawResult& result) { return result.message.starts_with(exception_prefix); }

bool is_within(double error, double allowed) {
  return std::isfinite(error) && std::isfinite(allowed) && error <= allowed;
}

Outcome by_rounding(double error, double allowed) {
  if (!std::isfinite(error) || !std::isfinite(allowed)) return Outcome::undecided;
  if (error <= allowed) return Outcome::holds;
  return left_normal_range() ? Outcome::undecided : Outcome::fails;
}

std::optional<LawResult> differ(const Trial& trial, const PerLeaf& got, const PerLeaf& wanted,
                                std::string_view what) {
  if (auto failure = sizes_differ(trial, got, wanted, what)) return failure;
  for (std::size_t leaf = 0; leaf < wanted.size(); ++leaf)
    for (std::size_t i = 0; i < wanted[leaf].size(); ++i) {
      if (same(got[leaf][i], wanted[leaf][i])) continue;
      return LawResult{left_normal_range() ? Outcome::undecided : Outcome::fails,
                       difference(trial, leaf, i, got[leaf][i], wanted[leaf][i], what)};
    }
  return std::nullopt;
}

std::optional<LawResult> differ(const Trial& trial, const PerLeaf& got, const PerLeaf& wanted,
                                const Bound& bound, std::string_view what) {
  if (auto failure = sizes_differ(trial, got, wanted, what)) return failure;
  std::optional<PerLeaf> bounds;
  std::optional<LawResult> undecided;
  for (std::size_t leaf = 0; leaf < wanted.size(); ++leaf)
    for (std::size_t i = 0; i < wanted[leaf].size(); ++i) {
      const double a = got[leaf][i], b = wanted[leaf][i];
      if (same(a, b) || nearly_same(a, b)) continue;
      if (!bounds) bounds = bound();
      const double error = std::abs(a - b), allowed = (*bounds)[leaf][i];
      const Outcome outcome = by_rounding(error, allowed);
      if (outcome == Outcome::holds || (outcome == Outcome::undecided && undecided)) continue;
      LawResult result{outcome,
                       fmt::format("{} (difference {:.2g}, allowed {:.2g})",
                                   difference(trial, leaf, i, a, b, what), error, allowed)};
      if (outcome == Outcome::fails) return result;
      undecided = std::move(result);
    }
  return undecided;
}

std::optional<LawResult> values_differ(const std::vector<double>& got,
                                       const std::vector<double>& wanted, std::string_view what) {
  for (std::size_t i = 0; i < wanted.size(); ++i)
    if (i >= got.size() || !same(got[i], wanted[i]))
      return LawResult{Outcome::fails,
                       fmt::format("{}: entry {} of the output is {:.17g}, not {:.17g}", what, i,
                                   i < got.size() ? got[i] : NAN, wanted[i])};
  return std::nullopt;
}

}  // namespace verigrad::properties
