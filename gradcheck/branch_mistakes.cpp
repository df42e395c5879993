#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <string_view>

#include "engine/operation_table.hpp"
#include "gradcheck/graph_mistakes.hpp"
#include "gradcheck/program_values.hpp"
#include "gradcheck/rewriting.hpp"

namespace verigrad::gradcheck {
namespace {

constexpr std::size_t most_branches = 16;

/// An operation with its branch forced.
struct Forced {
  std::string how;  ///< after "taken": "on the other branch"
  std::function<ValueId(Rewriting& made, ValueId id)> make;
};

/// One of several values, with the shape that the operation has.
ValueId in_place_of(Rewriting& made, ValueId id, ValueId value) {
  return made.apply("where", {made.number(1), value, made.copy(id)});
}

Forced always_operand(std::size_t k, std::string how) {
  return {std::move(how),
          [k](Rewriting& made, ValueId id) { return in_place_of(made, id, made.operands(id)[k]); }};
}

Forced never_moving() {
  return {"on the constant branch for all entries", [](Rewriting& made, ValueId id) {
            return made.apply("mul", {made.number(0), made.copy(id)});
          }};
}

/// slope x - f(x) for a function f of x = operand 0 with slopes 0 and 1, or s and 1.
Forced complement(std::function<ValueId(Rewriting&, ValueId)> sum_of_slopes) {
  return {"on the other branch", [sum = std::move(sum_of_slopes)](Rewriting& made, ValueId id) {
            const ValueId all = made.apply("mul", {sum(made, id), made.operands(id)[0]});
            return made.apply("sub", {all, made.copy(id)});
          }};
}

Forced by_operation(std::string_view other) {
  return {"on the other branch", [other](Rewriting& made, ValueId id) {
            const Operation* operation = OperationTable::standard().find(other);
            return made.apply_again(id, made.operands(id), *operation);
          }};
}

std::vector<Forced> comparisons(std::string_view opposite) {
  const auto constant = [](int side) {
    return [side](Rewriting& made, ValueId id) {
      const ValueId scale = made.apply("mul", {made.number(0), made.copy(id)});
      return made.apply("add", {made.number(side), scale});
    };
  };
  return {by_operation(opposite),
          {"as true for all entries", constant(1)},
          {"as false for all entries", constant(0)}};
}

std::vector<Forced> clamps() {
  return {always_operand(0, "as if nothing were clamped"),
          complement([](Rewriting& made, ValueId) { return made.number(1); }), never_moving()};
}

std::vector<Forced> extrema(std::string_view opposite) {
  return {by_operation(opposite), always_operand(0, "on the branch of operand 1 for all entries"),
          always_operand(1, "on the branch of operand 2 for all entries")};
}

/// How the branch of an operation can be taken; nothing for one without.
std::vector<Forced> forced_branches(std::string_view operation) {
  const auto one = [](Rewriting& made, ValueId) { return made.number(1); };
  const auto negated = [](Rewriting& made, ValueId id) {
    return made.apply("neg", {made.copy(id)});
  };
  if (operation == "where") {
    return {{"on the other branch",
             [](Rewriting& made, ValueId id) {
               const std::vector<ValueId> of = made.operands(id);
               return made.apply("where", {of[0], of[2], of[1]});
             }},
            always_operand(1, "on the branch of operand 2 for all entries"),
            always_operand(2, "on the branch of operand 3 for all entries")};
  }
  if (operation == "relu")
    return {complement(one), always_operand(0, "on the branch x for all entries"), never_moving()};
  if (operation == "leaky_relu")
    return {complement([](Rewriting& made, ValueId id) {
              return made.apply("add", {made.number(1), made.operands(id)[1]});
            }),
            always_operand(0, "on the branch x for all entries")};
  if (operation == "abs")
    return {{"on the other branch", negated},
            always_operand(0, "on the branch x for all entries"),
            {"on the branch -x for all entries", [](Rewriting& made, ValueId id) {
               return made.apply("neg", {made.operands(id)[0]});
             }}};
  if (operation == "clamp" || operation == "hardtanh") return clamps();
  if (operation == "maximum") return extrema("minimum");
  if (operation == "minimum") return extrema("maximum");
  static constexpr std::pair<std::string_view, std::string_view> opposites[] = {
      {"lt", "ge"}, {"ge", "lt"}, {"gt", "le"}, {"le", "gt"}};
  for (const auto& [name, other] : opposites)
    if (operation == name) return comparisons(other);
  static constexpr std::pair<std::string_view, std::string_view> reductions[] = {
      {"amax", "amin"}, {"amin", "amax"}, {"max", "min"}, {"min", "max"}};
  for (const auto& [name, other] : reductions)
    if (operation == name) return {by_operation(other)};
  return {};
}

/// At a kink of the copy its hull; what has no derivative allows everything.
void append(Alternative& to, const Estimate& estimate) {
  const bool known = estimate.status == EstimateStatus::ok;
  const bool kinked = estimate.status == EstimateStatus::kink;
  to.values.push_back(known || kinked ? estimate.value : 0);
  to.bars.push_back(known    ? estimate.error_bar
                    : kinked ? estimate.error_bar + std::abs(estimate.right - estimate.left) / 2
                             : std::numeric_limits<double>::infinity());
}

using Branches = std::map<ValueId, std::vector<Forced>>;

Branches branches_of(const Program& program, ValueId output) {
  const std::vector<bool> reached = program.reachable(std::span(&output, 1));
  Branches branches;
  for (ValueId id = 0; id <= output; ++id) {
    const Value& value = program[id];
    if (!reached[static_cast<std::size_t>(id)] || value.kind != Value::Kind::operation) continue;
    if (auto forced = forced_branches(value.operation->name()); !forced.empty())
      branches.emplace(id, std::move(forced));
  }
  return branches;
}

/// Derivatives of copies with one branch forced.
class OtherBranch {
 public:
  OtherBranch(const GraphQuestion& question, ValueId branch, const Forced& way)
      : q_(question),
        branch_(branch),
        way_(way),
        whole_(q_.program, q_.point, [&](Rewriting& made, ValueId id) {
          return id == branch ? way.make(made, id) : made.copy(id);
        }) {}

  Alternative with_value() const { return derivative_of(whole_, ""); }

  /// Nothing where the other branch has no finite value.
  std::optional<Alternative> with_slope_only(const std::vector<double>& values) const {
    const ValueId other = whole_.of(branch_);
    std::vector<double> shift = values_below(whole_.program, whole_.point, other).at(other);
    for (std::size_t i = 0; i < shift.size(); ++i) shift[i] = values[i] - shift[i];
    if (!std::ranges::all_of(shift, [](double x) { return std::isfinite(x); })) return std::nullopt;
    const Rewriting shifted(q_.program, q_.point, [&](Rewriting& made, ValueId id) {
      if (id != branch_) return made.copy(id);
      const ValueId forced = way_.make(made, id);
      const ValueId by = made.program.add_entries(made.program.shape(forced), shift);
      return made.apply("add", {forced, by});
    });
    return derivative_of(shifted, "the slope of ");
  }

 private:
  Alternative derivative_of(const Rewriting& copy, const char* what) const {
    Alternative result{
        .text = fmt::format("the derivative with {}{} taken {}", what, q_.name(branch_), way_.how),
        .values = {},
        .bars = {}};
    const auto reference = q_.reference(copy.program, copy.point);
    for (const Truth& truth : reference->vjp(copy.of(q_.output), q_.leaf, {q_.v}))
      append(result, truth.estimate);
    return result;
  }

  const GraphQuestion& q_;
  ValueId branch_;
  const Forced& way_;
  Rewriting whole_;
};

}  // namespace

std::vector<Alternative> branch_mistakes(const GraphQuestion& question) {
  const Branches branches = branches_of(question.program, question.output);
  std::vector<Alternative> found;
  if (branches.empty() || branches.size() > most_branches) return found;
  const auto values = values_below(question.program, question.point, question.output);
  for (const auto& [branch, ways] : branches)
    for (const Forced& way : ways) {
      const OtherBranch other(question, branch, way);
      if (auto slope = other.with_slope_only(values.at(branch))) found.push_back(*slope);
      found.push_back(other.with_value());
    }
  return found;
}

}  // namespace verigrad::gradcheck
