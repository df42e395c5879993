#include "gradcheck/guilty_operation.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <vector>

#include "engine/random.hpp"
#include "gradcheck/engine_derivatives.hpp"
#include "gradcheck/judge.hpp"
#include "gradcheck/program_values.hpp"
#include "gradcheck/reference.hpp"
#include "proof/enclose.hpp"
#include "proof/evaluate.hpp"

namespace verigrad::gradcheck {
namespace {

constexpr slong sharp_bits = 60;

using Entries = std::vector<double>;

/// One operation as a Program of its own. Its leaves are the operands; one that stands twice is one
/// leaf, unless only one of its places has a derivative.
struct Local {
  Program program;
  Point point;
  ValueId root = no_value;
  std::vector<std::size_t> positions;  ///< of each leaf, the first among the operands

  Local(const Program& whole, ValueId id, const std::vector<bool>& depends,
        const std::map<ValueId, Entries>& values) {
    const Value& value = whole[id];
    std::map<std::pair<ValueId, bool>, ValueId> taken;
    std::vector<ValueId> operands;
    for (std::size_t i = 0; i < value.operands.size(); ++i) {
      const ValueId operand = value.operands[i];
      const bool differentiable =
          value.operation->differentiable(i) && depends[static_cast<std::size_t>(operand)];
      ValueId& here = taken.try_emplace({operand, differentiable}, no_value).first->second;
      if (here == no_value) here = take(whole[operand], values.at(operand), differentiable, i);
      operands.push_back(here);
    }
    root = program.add(*value.operation, operands, value.attributes);
  }

  bool finite() const {
    return std::all_of(point.begin(), point.end(), [](const Entries& entries) {
      return std::all_of(entries.begin(), entries.end(), [](double x) { return std::isfinite(x); });
    });
  }

 private:
  ValueId take(const Value& value, const Entries& entries, bool differentiable,
               std::size_t position) {
    if (value.kind == Value::Kind::number) return program.add_number(value.text, value.number);
    if (value.kind == Value::Kind::entries) return program.add_entries(value.shape, entries);
    point.push_back(entries);
    positions.push_back(position);
    return program.add_leaf({.name = "x" + std::to_string(position),
                             .shape = value.shape,
                             .differentiable = differentiable});
  }
};

/// An entry of vᵀJ as it ought to be.
struct LocalTruth {
  double value = 0, error_bar = 0;
  double terms = 0;  ///< sum_i |v_i J_ij|
};

/// By ball arithmetic; nothing when some term is not enclosed sharply.
std::optional<LocalTruth> proven_entry(const Local& local, const proof::Input& input,
                                       const Entries& v) {
  proof::Ball sum;
  double terms = 0;
  const auto column = proof::derivatives(local.program, local.point, local.root, input);
  for (std::size_t i = 0; i < v.size(); ++i) {
    const proof::Ball& derivative = column[i].derivative;
    if (column[i].outcome != proof::Outcome::enclosed ||
        !(derivative.exact() || derivative.relative_bits() >= sharp_bits))
      return std::nullopt;
    const proof::Ball term = proof::Ball(v[i]) * derivative;
    sum = sum + term;
    terms += std::abs(term.midpoint());
  }
  return LocalTruth{sum.midpoint(), terms * std::ldexp(1.0, 1 - static_cast<int>(sharp_bits)),
                    terms};
}

/// Tries one operation.
class Trial {
 public:
  Trial(const Local& local, std::uint64_t seed, ValueId id)
      : local_(local),
        covered_(proof::first_uncovered(local.program, local.root) == nullptr),
        engine_(
            engine_derivatives(local.program, local.point, std::span(&local.root, 1), DType::f64)),
        reference_(finite_difference_reference(local.program, local.point)) {
    Random random = Random::stream(seed, static_cast<std::uint64_t>(id));
    for (std::int64_t i = 0; i < local.program.shape(local.root).numel(); ++i)
      v_.push_back((random.uniform() < 0.5 ? -1 : 1) * random.uniform(0.5, 2));
  }

  /// The worst wrong entry by one leaf. Throws WorkExhausted.
  std::optional<GuiltyOperation> by(std::size_t leaf) {
    const Entries engine = engine_->vjp(local_.root, leaf, v_);
    const std::vector<Truth> truth = vjp_of(reference_->jacobian(local_.root, leaf), v_);
    std::optional<GuiltyOperation> worst;
    double most = -1;
    for (std::size_t j = 0; j < engine.size(); ++j) {
      const EntryVerdict verdict =
          judge({.value = engine[j], .in_double = engine[j], .is_engine = true}, truth[j],
                Tolerance::standard(DType::f64), DType::f64);
      if (verdict.verdict != Verdict::fail || !(verdict.relative_error > most)) continue;
      const proof::Input input{leaf, static_cast<std::int64_t>(j)};
      const auto proven = covered_ ? proven_entry(local_, input, v_) : std::nullopt;
      if (proven && std::abs(engine[j] - proven->value) <= proven->terms * 0x1p-26) continue;
      const LocalTruth shown =
          proven.value_or(LocalTruth{truth[j].estimate.value, truth[j].estimate.error_bar});
      most = verdict.relative_error;
      worst = GuiltyOperation{.operand = local_.positions[leaf],
                              .entry = input.entry,
                              .engine = engine[j],
                              .truth = shown.value,
                              .error_bar = shown.error_bar,
                              .proven = proven.has_value()};
    }
    return worst;
  }

 private:
  const Local& local_;
  bool covered_;
  std::unique_ptr<EngineDerivatives> engine_;
  std::unique_ptr<Reference> reference_;
  Entries v_;
};

std::optional<GuiltyOperation> fault_of(const Local& local, ValueId id, std::uint64_t seed) {
  if (!local.finite() || local.program.shape(local.root).numel() == 0) return std::nullopt;
  Trial trial(local, seed, id);
  for (std::size_t leaf = 0; leaf < local.point.size(); ++leaf) {
    if (!local.program.leaves()[leaf].differentiable || local.point[leaf].empty()) continue;
    try {
      if (auto found = trial.by(leaf)) {
        found->value = id;
        return found;
      }
    } catch (const WorkExhausted&) {
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<GuiltyOperation> find_guilty_operation(const Program& program, const Point& point,
                                                     ValueId output, std::uint64_t seed) {
  const std::vector<bool> depends = differentiable_values(program);
  const std::map<ValueId, Entries> values = values_below(program, point, output);
  const std::vector<bool> walked = walked_values(program, output, depends);
  for (ValueId id = output; id >= 0; --id) {
    if (!walked[static_cast<std::size_t>(id)] || program[id].kind != Value::Kind::operation)
      continue;
    if (const auto found = fault_of(Local(program, id, depends, values), id, seed)) return found;
  }
  return std::nullopt;
}

}  // namespace verigrad::gradcheck
