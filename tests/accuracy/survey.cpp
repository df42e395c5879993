#include "tests/accuracy/survey.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

#include "tests/accuracy/sampler.hpp"

namespace verigrad::accuracy {
namespace {

constexpr std::size_t additions_at_once = 4;

template <class T>
std::vector<Row> measure_at(const Formula& formula, const std::vector<Point>& points) {
  if (points.empty()) return std::vector<Row>(targets(formula).size());
  return measure<T>(formula, points, compute_whole<T>(formula, points));
}

/// The points around the worst of every row.
template <class T>
std::vector<Point> neighbours(const Formula& formula, const std::vector<Row>& rows) {
  std::vector<Point> points;
  for (std::size_t r = 0; r < rows.size(); ++r)
    for (std::size_t k = 0; k < rows[r].worst.size(); ++k)
      std::ranges::copy(around<T>(formula, rows[r].worst[k].x, search_points,
                                  "search" + std::to_string(r) + "," + std::to_string(k)),
                        std::back_inserter(points));
  return points;
}

}  // namespace

template <class T>
Survey survey(const Formula& formula) {
  constexpr bool single = std::is_same_v<T, float>;
  Survey result{&formula, single, targets(formula), {}, {}, {}};
  result.rows = measure_at<T>(formula, sample<T>(formula, page_points, "table"));
  const std::vector<Row> near = measure_at<T>(formula, neighbours<T>(formula, result.rows));
  const std::vector<Row> known =
      measure_at<T>(formula, corpus_points(read_corpus(formula), single));
  for (std::size_t r = 0; r < result.rows.size(); ++r) {
    std::vector<Worst> candidates = result.rows[r].worst;
    std::ranges::copy(near[r].worst, std::back_inserter(candidates));
    std::ranges::stable_sort(candidates, std::ranges::greater(), &Worst::ulps);
    const double stored = known[r].maximum();
    Worst worst = known[r].worst.empty() ? Worst{} : known[r].worst[0];
    if (!candidates.empty() && candidates[0].ulps > stored) worst = candidates[0];
    result.worst.push_back(worst);
    for (std::size_t k = 0; k < std::min(candidates.size(), additions_at_once); ++k)
      if (candidates[k].ulps > std::max(stored, 0.5))
        result.additions.push_back(
            {single, name_of(formula, result.targets[r]), candidates[k].ulps, candidates[k].x});
  }
  return result;
}

std::vector<Survey> survey_table() {
  const std::vector<const Formula*> table = formulas_of_table();
  std::vector<Survey> surveys(2 * table.size());
  std::atomic<std::size_t> next = 0;
  auto work = [&] {
    for (std::size_t job; (job = next++) < surveys.size();)
      surveys[job] = job < table.size() ? survey<double>(*table[job])
                                        : survey<float>(*table[job - table.size()]);
    flint_cleanup();
  };
  std::vector<std::jthread> workers(std::max(1U, std::thread::hardware_concurrency()));
  for (std::jthread& worker : workers) worker = std::jthread(work);
  workers.clear();
  return surveys;
}

template Survey survey<float>(const Formula&);
template Survey survey<double>(const Formula&);

}  // namespace verigrad::accuracy
