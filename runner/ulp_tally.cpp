#include "runner/ulp_tally.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "runner/naive_formulas.hpp"
#include "runner/ulp_error.hpp"

namespace verigrad::runner {

namespace {

/// Of each quantity what its naive formula makes of the points; nothing where it has none.
Results naive_results(const OperationForm& form, DType dtype, std::span<const FlatPoint> points) {
  Results results;
  for (const Quantity& quantity : quantities(form)) {
    const NaiveFormula* formula = naive_formula(form, quantity);
    results.push_back(formula ? computed_naively(*formula, form, dtype, points)
                              : std::vector<double>());
  }
  return results;
}

void add_naive(UlpTally& tally, std::span<const double> entries, const std::vector<Truth>& known,
               DType dtype) {
  for (std::size_t i = 0; i < known.size(); ++i)
    if (known[i].unknown == Unknown::none)
      tally.naive = std::max(tally.naive.value_or(0), ulp_error(entries[i], known[i].ball, dtype));
}

/// The results at all points, copy after copy, and once more at each point alone.
Results computed_in_places(const OperationForm& form, DType dtype,
                           std::span<const FlatPoint> points, std::size_t copies) {
  std::vector<FlatPoint> batch;
  batch.reserve(points.size() * copies);
  for (std::size_t copy = 0; copy < copies; ++copy)
    batch.insert(batch.end(), points.begin(), points.end());
  Results results = computed(form, dtype, batch);
  for (const FlatPoint& point : points) {
    const Results alone = computed(form, dtype, std::span(&point, 1));
    for (std::size_t q = 0; q < results.size(); ++q)
      results[q].insert(results[q].end(), alone[q].begin(), alone[q].end());
  }
  return results;
}

/// Where one result stands among those of repeated points.
struct Copies {
  std::size_t first, distance, count;
};

double worst_of(std::span<const double> results, const Copies& at, const Truth& truth,
                DType dtype) {
  double worst = results[at.first];
  if (truth.unknown != Unknown::none) return worst;
  for (std::size_t copy = 1; copy < at.count; ++copy) {
    const double other = results[at.first + copy * at.distance];
    if (ulp_error(other, truth.ball, dtype) > ulp_error(worst, truth.ball, dtype)) worst = other;
  }
  return worst;
}

}  // namespace

std::int64_t UlpTally::compared() const {
  return std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
}

double UlpTally::add(double computed, const Truth& truth, DType dtype) {
  no_slope += truth.unknown == Unknown::no_slope ? 1 : 0;
  undecided += truth.unknown == Unknown::undecided ? 1 : 0;
  if (truth.unknown != Unknown::none) return 0;
  const double ulps = ulp_error(computed, truth.ball, dtype);
  const double last = static_cast<double>(counts.size() - 1);
  ++counts[static_cast<std::size_t>(std::clamp(std::ceil(ulps - 0.5), 0.0, last))];
  return ulps;
}

void UlpTally::keep(Judged judged) {
  if (judged.ulps <= 0 || (worst.size() == kept && judged.ulps <= worst.back().ulps)) return;
  if (std::ranges::find(worst, judged.point, &Judged::point) != worst.end()) return;
  const auto place =
      std::ranges::find_if(worst, [&](const Judged& other) { return other.ulps < judged.ulps; });
  worst.insert(place, std::move(judged));
  if (worst.size() > kept) worst.pop_back();
}

std::vector<UlpTally> tally_at(const OperationForm& form, const Program& program,
                               std::span<const FlatPoint> points, std::size_t copies) {
  const Results results = copies == 1 ? computed(form, program.dtype, points)
                                      : computed_in_places(form, program.dtype, points, copies);
  const Results naive = naive_results(form, program.dtype, points);
  std::vector<UlpTally> tallies(results.size());
  for (std::size_t k = 0; k < points.size(); ++k) {
    const std::vector<std::vector<Truth>> known = truths(form, program, points[k]);
    for (std::size_t q = 0; q < tallies.size(); ++q) {
      double largest = 0;
      for (std::size_t i = 0; i < known[q].size(); ++i) {
        const Copies all{k * known[q].size() + i, points.size() * known[q].size(),
                         copies == 1 ? 1 : copies + 1};
        const double result = worst_of(results[q], all, known[q][i], program.dtype);
        largest = std::max(largest, tallies[q].add(result, known[q][i], program.dtype));
      }
      tallies[q].at_point.push_back(largest);
      tallies[q].keep({largest, points[k]});
      if (!naive[q].empty())
        add_naive(tallies[q], std::span(naive[q]).subspan(k * known[q].size()), known[q],
                  program.dtype);
    }
  }
  return tallies;
}

}  // namespace verigrad::runner
