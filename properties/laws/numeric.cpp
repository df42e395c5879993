// Gradients of whole programs and of their single operations against adaptive differences.
#include "properties/laws/numeric.hpp"

#include <algorithm>
#include <cmath>

#include "engine/random.hpp"
#include "gradcheck/judge.hpp"
#include "gradcheck/reference.hpp"
#include "proof/evaluate.hpp"
#include "properties/laws/elementwise_part.hpp"
#include "properties/laws/line.hpp"

namespace verigrad::properties {

double difference_terms(Trial& trial) {
  double size = 0;
  for (const double entry : trial.v()) size += std::abs(entry);
  return 16 * size;
}

namespace {

/// The same values, with domains that keep differences within 1 of the entries: over wider steps a
/// function that saturates looks flat.
Program confined(const Program& program, const Point& point) {
  Program result;
  result.dtype = program.dtype;
  for (const Value& value : program.values()) {
    if (value.kind == Value::Kind::leaf) {
      const auto leaf = static_cast<std::size_t>(value.leaf);
      Leaf copy = program.leaves()[leaf];
      copy.initial = no_value;
      if (!point[leaf].empty()) {
        const auto [least, most] = std::minmax_element(point[leaf].begin(), point[leaf].end());
        copy.domain = {.kind = Domain::Kind::interval, .a = *least - 1, .b = *most + 1};
      }
      result.add_leaf(std::move(copy));
    } else if (value.kind == Value::Kind::number) {
      result.add_number(value.text, value.number);
    } else if (value.kind == Value::Kind::entries) {
      result.add_entries(value.shape, value.entries);
    } else {
      result.add(*value.operation, value.operands, value.attributes);
    }
  }
  return result;
}

/// Undecided after an overflow or underflow of the engine's, and where rounding explains what is
/// off: a loss, not a wrong rule.
LawResult numeric(Trial& trial) {
  using gradcheck::Verdict;
  const Program& program = trial.program();
  const Point& point = trial.point();
  const ValueId output = trial.output();
  const std::vector<double>& v = trial.v();
  const PerLeaf& got = trial.gradient();
  const bool normal = !left_normal_range();
  const PerLeaf magnitudes = gradcheck::path_magnitudes(program, point, output, v);
  const Program nearby = confined(program, point);
  const auto reference = gradcheck::finite_difference_reference(nearby, point);
  LawResult result;
  for (std::size_t leaf = 0; leaf < got.size(); ++leaf) {
    if (got[leaf].empty()) continue;
    auto truths = gradcheck::vjp_of(reference->jacobian(output, leaf), v);
    for (std::size_t i = 0; i < truths.size(); ++i) {
      truths[i].scale = std::max({truths[i].scale, magnitudes[leaf][i], difference_terms(trial)});
      const double value = got[leaf][i];
      const gradcheck::EntryVerdict entry = gradcheck::judge(
          {value, value, true}, truths[i], gradcheck::Tolerance::standard(DType::f64), DType::f64);
      if (entry.verdict == Verdict::pass) continue;
      result.message =
          fmt::format("entry {} of the gradient by {} is {:.17g}, numerically {:.17g} ± {:.2g}{}{}",
                      i, program.leaves()[leaf].name, value, truths[i].estimate.value,
                      truths[i].estimate.error_bar, entry.reason.empty() ? "" : ": ", entry.reason);
      result.outcome = Outcome::undecided;
      const double error = std::abs(value - truths[i].estimate.value);
      if (entry.verdict == Verdict::inconclusive || !normal || at_edge(program, output, point) ||
          error <= trial.bound()[leaf][i])
        continue;
      result.outcome = Outcome::fails;
      return result;
    }
  }
  return result;
}

/// An operation through which gradients flow and that few entries go into, always the same for a
/// program: one that no proof covers where there is one, since only differences tell of its rule.
ValueId place_to_look(const Trial& trial) {
  constexpr std::int64_t most_entries = 64;
  const Program& program = trial.program();
  const std::vector<bool> flows = gradients_flow(program);
  std::vector<ValueId> covered, uncovered;
  for (ValueId id = 0; id <= trial.output(); ++id) {
    const Value& value = program[id];
    if (!flows[static_cast<std::size_t>(id)] || value.kind != Value::Kind::operation) continue;
    std::int64_t entries = value.shape.numel();
    for (const ValueId operand : value.operands) entries += program.shape(operand).numel();
    if (entries > most_entries) continue;
    (proof::covers(*value.operation) ? covered : uncovered).push_back(id);
  }
  const std::vector<ValueId>& places = uncovered.empty() ? covered : uncovered;
  if (places.empty()) return no_value;
  const auto last = static_cast<std::int64_t>(places.size()) - 1;
  return places[static_cast<std::size_t>(Random::stream(0x72756c65, last).integer(0, last))];
}

bool is_finite(const Point& point) {
  return std::ranges::all_of(point, [](const auto& leaf) {
    return std::ranges::all_of(leaf, [](double x) { return std::isfinite(x); });
  });
}

LawResult single_rule(Trial& trial) {
  const ValueId place = place_to_look(trial);
  if (place == no_value)
    return operation_count(trial.specimen()) == 0
               ? LawResult()
               : LawResult{Outcome::undecided, "no operation with few entries"};
  const std::vector<ValueId>& operands = trial.program()[place].operands;
  const auto graph = trial.engine().record(trial.program(), trial.point(), operands);
  Edit edit{.output = place};
  for (const ValueId operand : operands)
    if (!trial.program()[operand].is_number)
      edit.leaves[operand] = {trial.program().shape(operand), graph->value(operand)};
  const Specimen part = edited(trial.specimen(), edit);
  if (!is_finite(part.point)) return {Outcome::undecided, "an operand is not finite"};
  PartTrial alone(trial, part);
  return numeric(*alone);
}

constexpr Law laws_here[] = {
    {"numeric", "A1", "v^T J = the numeric derivative within its error bar", Cost::expensive,
     Where::regular_points, Ending::scalar, numeric},
    {"single rule", "A1", "the same of one operation alone, at the values that it meets there",
     Cost::expensive, Where::anywhere, Ending::open, single_rule},
};

}  // namespace

std::span<const Law> numeric_laws() { return laws_here; }

}  // namespace verigrad::properties
