#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "gradcheck/graph_mistakes.hpp"
#include "gradcheck/program_values.hpp"
#include "gradcheck/rewriting.hpp"

namespace verigrad::gradcheck {
namespace {

using Numbers = std::vector<double>;

constexpr std::size_t most_values = 400, most_uses = 8;
constexpr std::int64_t most_entries = 4096;

/// One place at which an operation reads a value; `shape` is what it is broadcast to there.
struct Use {
  ValueId by;
  std::size_t operand;
  Shape shape;
};

/// Entries of a broadcast value and where each comes from.
class Broadcast {
 public:
  Broadcast(const Shape& from, const Shape& to) : from_(from), to_(to) {}

  /// The dims of the broadcast shape along which entries repeat.
  std::vector<std::size_t> dims() const {
    std::vector<std::size_t> result;
    for (std::size_t d = 0; d < to_.rank(); ++d)
      if (is_repeated(d) && to_[d] > 1) result.push_back(d);
    return result;
  }
  std::vector<std::size_t> kept_dims() const {
    std::vector<std::size_t> result;
    for (std::size_t d = 0; d < to_.rank(); ++d)
      if (!is_repeated(d)) result.push_back(d);
    return result;
  }
  Numbers expanded(const Numbers& entries) const {
    Numbers result;
    for (std::int64_t k = 0; k < to_.numel(); ++k)
      result.push_back(entries[source(unravelled(k, to_))]);
    return result;
  }
  /// The sum over repeated entries, of those at indices that are wanted.
  template <class F>
  Numbers summed(const Numbers& entries, F wanted) const {
    Numbers result(static_cast<std::size_t>(from_.numel()));
    for (std::int64_t k = 0; k < to_.numel(); ++k) {
      const Position index = unravelled(k, to_);
      if (wanted(index)) result[source(index)] += entries[static_cast<std::size_t>(k)];
    }
    return result;
  }

 private:
  bool is_repeated(std::size_t d) const {
    const std::size_t added = to_.rank() - from_.rank();
    return d < added || from_[d - added] != to_[d];
  }
  std::size_t source(const Position& index) const {
    const std::size_t added = to_.rank() - from_.rank();
    Position at(from_.rank());
    for (std::size_t d = 0; d < at.size(); ++d) at[d] = from_[d] == 1 ? 0 : index[d + added];
    return ravelled(at, from_);
  }

  const Shape &from_, &to_;
};

/// Looks for mistakes in the cotangent of one value.
class Uses {
 public:
  Uses(const GraphQuestion& question, ValueId value, std::vector<Use> uses)
      : q_(question), value_(value), shape_(q_.program.shape(value)), uses_(std::move(uses)) {}

  std::vector<Alternative> find(const std::map<ValueId, Numbers>& values) {
    if (!find_contributions(values)) return {};
    for (std::size_t k = 0; k < uses_.size(); ++k) {
      if (uses_.size() > 1) add_wrong_accumulations(k);
      if (uses_[k].shape != shape_) add_wrong_sums(k);
    }
    return std::move(found_);
  }

 private:
  bool find_contributions(const std::map<ValueId, Numbers>& values) {
    std::vector<std::size_t> copies(uses_.size());
    const Rewriting split(q_.program, q_.point, [&](Rewriting& made, ValueId id) {
      if (q_.program[id].kind != Value::Kind::operation) return made.copy(id);
      std::vector<ValueId> operands = made.operands(id);
      for (std::size_t k = 0; k < uses_.size(); ++k) {
        const Use& use = uses_[k];
        if (use.by != id) continue;
        copies[k] = made.point.size();
        operands[use.operand] =
            made.add_leaf(use.shape, Broadcast(shape_, use.shape).expanded(values.at(value_)));
      }
      return made.apply_again(id, std::move(operands));
    });
    const auto reference = q_.reference(split.program, split.point);
    for (std::size_t k = 0; k < uses_.size(); ++k) {
      Numbers contribution;
      for (const Truth& truth : reference->vjp(split.of(q_.output), copies[k], {q_.v})) {
        if (truth.estimate.status != EstimateStatus::ok) return false;
        contribution.push_back(truth.estimate.value);
      }
      contributions_.push_back(std::move(contribution));
    }
    return true;
  }

  Numbers sum_of(std::size_t k) const {
    return Broadcast(shape_, uses_[k].shape).summed(contributions_[k], [](auto&) { return true; });
  }

  void add_wrong_accumulations(std::size_t k) {
    const Numbers twice = sum_of(k);
    Numbers without_others(twice.size());
    for (std::size_t other = 0; other < uses_.size(); ++other) {
      if (other == k) continue;
      const Numbers lost = sum_of(other);
      for (std::size_t i = 0; i < lost.size(); ++i) without_others[i] -= lost[i];
    }
    add(without_others, fmt::format("what {} contributes alone: the others are overwritten instead "
                                    "of accumulated",
                                    name_of(k)));
    add(twice, fmt::format("the truth with what {} contributes counted twice", name_of(k)));
    if (uses_.size() == 2) return;
    Numbers without = twice;
    for (double& entry : without) entry = -entry;
    add(without, fmt::format("the truth without what {} contributes", name_of(k)));
  }

  void add_wrong_sums(std::size_t k) {
    const Shape& full = uses_[k].shape;
    const Broadcast broadcast(shape_, full);
    const Numbers right = sum_of(k);
    const auto add_instead = [&](Numbers wrong, const std::string& how) {
      for (std::size_t i = 0; i < wrong.size(); ++i) wrong[i] -= right[i];
      add(wrong, fmt::format("the truth with {} for the broadcast of {} in {}", how,
                             name_of_value(), q_.name(uses_[k].by)));
    };
    for (const std::size_t d : broadcast.dims())
      for (const bool last : {false, true})
        add_instead(
            broadcast.summed(contributions_[k],
                             [&](const Position& at) { return at[d] == (last ? full[d] - 1 : 0); }),
            fmt::format("the {} slice along dim {} instead of the sum", last ? "last" : "first",
                        d));
    const std::vector<std::size_t> kept = broadcast.kept_dims();
    if (kept.size() != 1) return;
    for (std::size_t d = 0; d < full.rank(); ++d) {
      if (d == kept[0] || full[d] != full[kept[0]]) continue;
      Numbers wrong(right.size());
      for (std::size_t i = 0; i < contributions_[k].size(); ++i)
        wrong[static_cast<std::size_t>(unravelled(static_cast<std::int64_t>(i), full)[d])] +=
            contributions_[k][i];
      add_instead(std::move(wrong),
                  fmt::format("the sum over the wrong dims, which keeps dim {},", d));
    }
  }

  /// The truth plus what a change of the value's cotangent makes of it.
  void add(const Numbers& change, std::string text) {
    Alternative result{.text = std::move(text), .values = {}, .bars = {}};
    const bool is_leaf = q_.program.leaf_value(q_.leaf) == value_;
    const std::vector<Truth> pulled =
        is_leaf ? std::vector<Truth>() : q_.known.vjp(value_, q_.leaf, {change});
    for (std::size_t j = 0; j < q_.truth.size(); ++j) {
      const double more = is_leaf ? change[j] : pulled[j].estimate.value;
      const double bar = is_leaf ? 0 : pulled[j].estimate.error_bar;
      result.values.push_back(q_.truth[j].truth + more);
      result.bars.push_back(q_.truth[j].bar + bar);
    }
    found_.push_back(std::move(result));
  }

  /// "the use of x in x * sin(x)"
  std::string name_of(std::size_t k) const {
    const Use& use = uses_[k];
    const auto times = std::count_if(uses_.begin(), uses_.end(),
                                     [&](const Use& other) { return other.by == use.by; });
    const std::string where =
        times > 1 ? fmt::format("as operand {} of", use.operand + 1) : std::string("in");
    return fmt::format("the use of {} {} {}", name_of_value(), where, q_.name(use.by));
  }
  /// As the leaf or binding that it is, if it is one.
  std::string name_of_value() const {
    const Value& value = q_.program[value_];
    if (value.kind == Value::Kind::leaf)
      return q_.program.leaves()[static_cast<std::size_t>(value.leaf)].name;
    return value.name.empty() ? q_.name(value_) : value.name;
  }

  const GraphQuestion& q_;
  ValueId value_;
  const Shape& shape_;
  std::vector<Use> uses_;
  std::vector<Numbers> contributions_{};
  std::vector<Alternative> found_{};
};

/// Where a backward pass adds to the cotangent of a value.
std::vector<Use> uses_of(const Program& program, ValueId value, const std::vector<bool>& walked) {
  std::vector<Use> uses;
  for (ValueId id = value + 1; id < static_cast<ValueId>(walked.size()); ++id) {
    const Value& user = program[id];
    if (!walked[static_cast<std::size_t>(id)]) continue;
    for (std::size_t i = 0; i < user.operands.size(); ++i)
      if (user.operands[i] == value && user.operation->differentiable(i))
        uses.push_back({id, i, user.operation->elementwise ? user.shape : program.shape(value)});
  }
  return uses;
}

/// Whether there is anything to sum up.
bool sums_up(const std::vector<Use>& uses, const Shape& shape) {
  std::int64_t entries = 0;
  for (const Use& use : uses) entries += use.shape.numel();
  const bool several = uses.size() > 1 || (uses.size() == 1 && uses[0].shape != shape);
  return several && uses.size() <= most_uses && entries <= most_entries;
}

}  // namespace

std::vector<Alternative> path_mistakes(const GraphQuestion& question) {
  const Program& program = question.program;
  if (program.values().size() > most_values) return {};
  const std::vector<bool> walked =
      walked_values(program, question.output, differentiable_values(program, question.leaf));
  const auto values = values_below(program, question.point, question.output);
  std::vector<Alternative> found;
  for (ValueId id = 0; id < question.output; ++id) {
    if (!walked[static_cast<std::size_t>(id)]) continue;
    std::vector<Use> uses = uses_of(program, id, walked);
    if (!sums_up(uses, program.shape(id))) continue;
    for (Alternative& each : Uses(question, id, std::move(uses)).find(values))
      found.push_back(std::move(each));
  }
  return found;
}

}  // namespace verigrad::gradcheck
