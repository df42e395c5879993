#include "runner/mistake.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "expressions/print_program.hpp"
#include "gradcheck/graph_mistakes.hpp"
#include "runner/references.hpp"

namespace verigrad::runner {
namespace {

using gradcheck::Alternative;
using gradcheck::GraphQuestion;
using gradcheck::Pattern;
using gradcheck::WrongEntry;

using Stage = std::vector<Alternative> (*)(const FailedPoint&, const Options&);

std::vector<Alternative> in_other_places(const FailedPoint& point, const Options&) {
  return gradcheck::misplaced(point.wrong.entries, point.wrong.shape);
}

/// For a result of more than one entry.
std::vector<Alternative> mistaken_products(const FailedPoint& point, const Options& options) {
  const ValueId y = point.judgement.output;
  const Shape& result = point.sample.instance.program.shape(y);
  if (point.wrong.v.size() < 2 || point.wrong.entries.empty()) return {};
  References references(point.sample, options);
  return gradcheck::mistaken_products(references.of(point.judgement).jacobian(y, point.wrong.leaf),
                                      point.wrong.v, result);
}

template <std::vector<Alternative> (*find)(const GraphQuestion&)>
std::vector<Alternative> on_the_graph(const FailedPoint& point, const Options& options) {
  if (point.wrong.v.empty()) return {};
  const Program& program = point.sample.instance.program;
  References references(point.sample, options);
  return find(
      {.program = program,
       .point = point.sample.point,
       .output = point.judgement.output,
       .leaf = point.wrong.leaf,
       .v = point.wrong.v,
       .truth = point.wrong.entries,
       .known = references.of(point.judgement),
       .reference = [&](const Program& other,
                        const Point& at) { return references.of_copy(point.judgement, other, at); },
       .name = [&](ValueId id) { return expressions::expression_of(program, id); }});
}

/// The first alternative that fits at every point; later points are looked at only for what fits at
/// those before.
std::optional<Pattern> find_in_stage(Stage stage, std::span<const FailedPoint> points,
                                     const Options& options) {
  std::vector<std::pair<std::string, std::size_t>> left;  // with the entries that tell
  for (std::size_t k = 0; k < points.size(); ++k) {
    std::map<std::string, std::size_t> here;
    std::vector<std::pair<std::string, std::size_t>> in_order;
    for (const Alternative& each : stage(points[k], options))
      if (const auto telling = gradcheck::fit(points[k].wrong.entries, each))
        if (here.try_emplace(each.text, *telling).second)
          in_order.emplace_back(each.text, *telling);
    if (k == 0) left = in_order;
    std::erase_if(left, [&](const auto& each) { return !here.contains(each.first); });
    if (left.empty()) return std::nullopt;
    if (k > 0)
      for (auto& [text, telling] : left) telling += here.at(text);
  }
  for (const auto& [text, telling] : left)
    if (telling >= gradcheck::fewest_telling)
      return Pattern{.text = "claimed is " + text, .factor = {}, .divides = false};
  return std::nullopt;
}

std::vector<WrongEntry> all_entries(std::span<const FailedPoint> points) {
  std::vector<WrongEntry> entries;
  for (const FailedPoint& point : points)
    entries.insert(entries.end(), point.wrong.entries.begin(), point.wrong.entries.end());
  return entries;
}

std::optional<Pattern> find_factor(std::span<const FailedPoint> points) {
  const FailedPoint& first = points.front();
  std::vector<std::string> names;
  for (const NamedNumber& scalar : scalars_of(first.sample)) names.push_back(scalar.name);
  names.push_back(first.judgement.output_name);
  const Leaf& leaf = first.sample.instance.program.leaves()[first.wrong.leaf];
  return gradcheck::find_pattern(all_entries(points), leaf.name, names);
}

}  // namespace

std::optional<Pattern> find_mistake(std::span<const FailedPoint> points, bool one_of_many,
                                    const Options& options) {
  if (points.empty()) return std::nullopt;
  if (!one_of_many)
    if (auto pattern = find_factor(points)) return pattern;
  for (const Stage stage :
       {in_other_places, mistaken_products, on_the_graph<gradcheck::path_mistakes>,
        on_the_graph<gradcheck::branch_mistakes>})
    if (auto pattern = find_in_stage(stage, points, options)) return pattern;
  return std::nullopt;
}

bool has_one_ratio(std::span<const FailedPoint> points) {
  return gradcheck::common_ratio(all_entries(points)).has_value();
}

}  // namespace verigrad::runner
