#include "runner/accuracy_blame.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <tuple>

#include "engine/error.hpp"
#include "gradcheck/blame.hpp"
#include "gradcheck/position.hpp"
#include "gradcheck/recorded_gradient.hpp"
#include "gradcheck/tolerance.hpp"
#include "reports/display.hpp"

namespace verigrad::runner {
namespace {

constexpr double least_share = 0.01;
constexpr std::size_t longest_text = 40;  // of an operation, in columns

/// "MulBackward0", the operation's name where it has no gradient; empty for a leaf.
std::string grad_fn_of(const Program& program, const Value& value) {
  if (value.operation == nullptr) return {};
  std::array<bool, 4> is_number{};
  std::vector<Shape> shapes;
  for (std::size_t i = 0; i < value.operands.size(); ++i) {
    const Value& operand = program[value.operands[i]];
    if (i < is_number.size()) is_number[i] = operand.is_number;
    shapes.push_back(operand.shape);
  }
  static const Attributes none;
  const Attributes& attributes = value.attributes ? *value.attributes : none;
  const std::string_view name = value.operation->grad_fn({is_number, shapes, attributes});
  return std::string(name.empty() ? value.operation->name() : name);
}

/// What a recorded gradient loses, by the values of the Program that it is the gradient of.
class SourceBlame {
 public:
  SourceBlame(const expressions::Instance& instance, const std::string& path,
              const gradcheck::RecordedGradient& recorded,
              const std::vector<gradcheck::Culprit>& culprits)
      : instance_(instance), path_(path) {
    for (const gradcheck::Culprit& each : culprits) {
      const ValueId origin = recorded.origins[static_cast<std::size_t>(each.value)];
      auto& [forward, backward] = shares_[origin];
      (each.value > recorded.output ? backward : forward) += each.share;
    }
  }

  /// The expansions of one `def` are one operation of the source.
  std::vector<reports::OperationShare> shares() const {
    std::map<std::tuple<const void*, std::uint32_t, std::uint32_t, bool>, std::size_t> known;
    std::vector<reports::OperationShare> result;
    for (const auto& [origin, passes] : shares_)
      for (const bool backward : {false, true}) {
        const double share = backward ? passes.second : passes.first;
        if (origin == no_value || share == 0) continue;
        const expressions::Place& place = place_of(origin);
        const auto [found, fresh] = known.try_emplace(
            {place.source.get(), place.span.begin, place.span.end, backward}, result.size());
        if (fresh) result.push_back(share_of(origin, backward));
        result[found->second].share += share;
      }
    std::erase_if(result, [](const auto& each) { return each.share < least_share; });
    std::ranges::stable_sort(result, std::greater(), &reports::OperationShare::share);
    return result;
  }

  reports::BlameGraph graph(ValueId output) const {
    const Program& program = instance_.program;
    const std::vector<bool> reached = program.reachable(std::span(&output, 1));
    std::vector<std::int64_t> nodes(program.values().size(), -1);
    reports::BlameGraph graph;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const Value& value = program.values()[i];
      const auto id = static_cast<ValueId>(i);
      const auto found = shares_.find(id);
      const auto [forward, backward] = found == shares_.end() ? std::pair(0.0, 0.0) : found->second;
      const bool constant = value.kind == Value::Kind::number || value.kind == Value::Kind::entries;
      if (!reached[i] || (constant && forward + backward < least_share)) continue;
      nodes[i] = std::ssize(graph.nodes);
      const expressions::Location where = located(id);
      graph.nodes.push_back({.grad_fn = grad_fn_of(program, value),
                             .label = text_of(id),
                             .line = static_cast<std::int64_t>(where.line),
                             .column = static_cast<std::int64_t>(where.column),
                             .forward = forward,
                             .backward = backward,
                             .constant = constant});
      for (const ValueId operand : value.operands)
        if (const std::int64_t from = nodes[static_cast<std::size_t>(operand)]; from >= 0)
          graph.edges.push_back({from, nodes[i]});
    }
    return graph;
  }

 private:
  const expressions::Place& place_of(ValueId id) const {
    return instance_.places[static_cast<std::size_t>(id)];
  }

  expressions::Location located(ValueId id) const {
    const expressions::Place& place = place_of(id);
    return locate(place.source, place.span);
  }

  std::string text_of(ValueId id) const {
    const Value& value = instance_.program[id];
    if (value.kind == Value::Kind::leaf)
      return instance_.program.leaves()[static_cast<std::size_t>(value.leaf)].name;
    const expressions::Place& place = place_of(id);
    return reports::shortened(expressions::on_one_line(place.source->text(place.span)),
                              longest_text);
  }

  reports::OperationShare share_of(ValueId id, bool backward) const {
    const expressions::Location where = located(id);
    const std::string& path = where.source->path();
    return {.operation = text_of(id),
            .backward = backward,
            .line = static_cast<std::int64_t>(where.line),
            .column = static_cast<std::int64_t>(where.column),
            .length = static_cast<std::int64_t>(where.length),
            .path = path == path_ ? "" : path,
            .line_text = where.line_text};
  }

  const expressions::Instance& instance_;
  const std::string& path_;
  std::map<ValueId, std::pair<double, double>> shares_;  ///< forward and backward, by origin
};

double sum_of_effects(const std::vector<gradcheck::Culprit>& culprits) {
  double sum = 0;
  for (const gradcheck::Culprit& each : culprits) sum += each.effect;
  return sum;
}

}  // namespace

Blame blame(const Sample& sample, const MeasuredDerivative& derivative,
            const reports::WorstPoint& worst, const std::string& path) {
  const Program& program = sample.instance.program;
  const ValueId output = sample.instance.judgements[derivative.judgement].output;
  if (program.shape(output).rank() != 0) return {};
  try {
    const auto recorded =
        gradcheck::record_gradient(program, sample.point, output, derivative.leaf, {1});
    const auto culprits = gradcheck::find_culprits(
        recorded.program, sample.point, recorded.root,
        gradcheck::ravelled(worst.index, program.leaves()[derivative.leaf].shape));
    if (!culprits) return {};
    const SourceBlame found(sample.instance, path, recorded, *culprits);
    return {.shares = found.shares(),
            .graph = found.graph(output),
            .predicted = sum_of_effects(*culprits) / gradcheck::ulp(program.dtype, worst.truth)};
  } catch (const Error&) {
    return {};
  }
}

}  // namespace verigrad::runner
