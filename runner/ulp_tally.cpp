#include "runner/ulp_tally.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "runner/ulp_error.hpp"

namespace verigrad::runner {

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
                               std::span<const FlatPoint> points) {
  const Results results = computed(form, program.dtype, points);
  std::vector<UlpTally> tallies(results.size());
  for (std::size_t k = 0; k < points.size(); ++k) {
    const std::vector<std::vector<Truth>> known = truths(form, program, points[k]);
    for (std::size_t q = 0; q < tallies.size(); ++q) {
      double largest = 0;
      for (std::size_t i = 0; i < known[q].size(); ++i)
        largest = std::max(largest, tallies[q].add(results[q][k * known[q].size() + i], known[q][i],
                                                   program.dtype));
      tallies[q].at_point.push_back(largest);
      tallies[q].keep({largest, points[k]});
    }
  }
  return tallies;
}

}  // namespace verigrad::runner
