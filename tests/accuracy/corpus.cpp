#include "tests/accuracy/corpus.hpp"

#include <algorithm>

namespace verigrad::accuracy {
namespace {

std::string path_of(const Formula& formula) {
  return VERIGRAD_SOURCE_DIR "/tests/accuracy/worst/" + reports::worst_inputs_name(label(formula));
}

std::size_t arity_of(const Formula& formula) {
  return find_operation(formula.operation)->signature.operand_count();
}

}  // namespace

std::vector<Entry> read_corpus(const Formula& formula) {
  std::vector<Entry> entries;
  for (const reports::WorstInput& input :
       reports::read_worst_inputs(path_of(formula), arity_of(formula))) {
    Entry entry{input.single, input.target, input.ulps};
    std::ranges::copy(input.operands, entry.x.begin());
    entries.push_back(entry);
  }
  return entries;
}

void extend_corpus(const Formula& formula, const std::vector<Entry>& entries) {
  std::vector<reports::WorstInput> more;
  for (const Entry& entry : entries)
    more.push_back({entry.single,
                    entry.target,
                    entry.ulps,
                    {entry.x.begin(), entry.x.begin() + arity_of(formula)}});
  reports::extend_worst_inputs(path_of(formula), label(formula), more);
}

std::vector<Point> corpus_points(const std::vector<Entry>& entries, bool single) {
  std::vector<Point> points;
  for (const Entry& entry : entries)
    if (entry.single == single && std::ranges::find(points, entry.x) == points.end())
      points.push_back(entry.x);
  return points;
}

}  // namespace verigrad::accuracy
