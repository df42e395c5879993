#include "runner/worst_search.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "engine/error.hpp"
#include "gradcheck/reference.hpp"
#include "runner/for_each_index.hpp"
#include "runner/ordinals.hpp"

namespace verigrad::runner {
namespace {

/// From how many of a derivative's worst samples, and how far.
constexpr std::size_t most_starts = 4;
constexpr int most_attempts = 64;

/// Of the numbers from 1 to 4 there are 2^53 in float64, 2^24 in float32.
std::int64_t largest_exponent(DType dtype) { return dtype == DType::f32 ? 24 : 53; }

bool is_drawn(const Leaf& leaf) { return leaf.initial == no_value && leaf.shape.numel() > 0; }

bool is_likely(const Domain& domain, double x) {
  constexpr double deviations = 6;
  if (!std::isfinite(x)) return false;
  if (domain.kind == Domain::Kind::normal) return std::abs(x - domain.a) <= deviations * domain.b;
  return domain.contains(x);
}

struct Place {
  std::size_t leaf, entry;
};

std::vector<Place> movable(const Sample& sample) {
  std::vector<Place> places;
  if (sample.instance.single_point) return places;
  for (std::size_t leaf = 0; leaf < sample.point.size(); ++leaf)
    if (is_drawn(sample.instance.program.leaves()[leaf]))
      for (std::size_t entry = 0; entry < sample.point[leaf].size(); ++entry)
        places.push_back({leaf, entry});
  return places;
}

double moved(DType dtype, const Domain& domain, double x, Random& random) {
  if (domain.kind == Domain::Kind::choices) return round_to(dtype, domain.draw(random));
  const std::int64_t step = std::int64_t{1} << random.integer(0, largest_exponent(dtype));
  const bool up = random.integer(0, 1) == 1;
  return number_at(dtype, ordinal_of(dtype, x) + (up ? step : -step));
}

/// The samples of the largest errors, where there may be larger ones.
std::vector<SearchStart> starts_of(const std::vector<MeasuredSample>& measured) {
  std::vector<SearchStart> starts;
  for (const MeasuredSample& each : measured)
    if (const double ulps = largest_error(each.entries);
        std::isfinite(ulps) && !movable(*each.sample).empty())
      starts.push_back({each.sample, ulps, most_attempts});
  std::ranges::stable_sort(starts, std::greater(), &SearchStart::ulps);
  starts.resize(std::min(starts.size(), most_starts));
  return starts;
}

class Climb {
 public:
  Climb(const SearchStart& start, const MeasuredDerivative& derivative, std::uint64_t seed,
        const Options& options)
      : here_(*start.sample),
        places_(movable(*start.sample)),
        derivative_(derivative),
        seed_(seed),
        options_(options),
        ulps_(start.ulps),
        random_(Random::stream(seed, start.sample->index, derivative.judgement, derivative.leaf)) {}

  std::optional<SearchedPoint> found(int attempts) {
    if (places_.empty()) return std::nullopt;
    for (int i = 0; i < attempts && std::isfinite(ulps_); ++i) attempt();
    if (!higher_) return std::nullopt;
    try {
      std::vector<EntryAccuracy> entries =
          PointAccuracy(here_, seed_, options_).entries(derivative_);
      return SearchedPoint{std::move(here_), std::move(entries)};
    } catch (const gradcheck::WorkExhausted&) {
      return std::nullopt;
    } catch (const Error&) {
      return std::nullopt;
    }
  }

 private:
  void attempt() {
    const auto chosen = random_.integer(0, std::ssize(places_) - 1);
    const auto [leaf, entry] = places_[static_cast<std::size_t>(chosen)];
    const Program& program = here_.instance.program;
    const Domain& domain = program.leaves()[leaf].domain;
    const double x = moved(program.dtype, domain, here_.point[leaf][entry], random_);
    if (!is_likely(domain, x)) return;
    Point before = here_.point;
    here_.point[leaf][entry] = x;
    const double ulps = error_here();
    higher_ = higher_ || ulps > ulps_;
    if (ulps > ulps_)
      ulps_ = ulps;
    else
      here_.point = std::move(before);
  }

  /// 0 where there is nothing to compare.
  double error_here() {
    try {
      fill_computed_leaves(here_.instance.program, here_.point);
      if (rejection_of(here_, false)) return 0;
      return largest_error(PointAccuracy(here_, seed_, options_).errors(derivative_));
    } catch (const gradcheck::WorkExhausted&) {
      return 0;
    } catch (const Error&) {
      return 0;
    }
  }

  Sample here_;
  std::vector<Place> places_;
  const MeasuredDerivative& derivative_;
  std::uint64_t seed_;
  const Options& options_;
  double ulps_;
  bool higher_ = false;
  Random random_;
};

}  // namespace

std::optional<SearchedPoint> search_nearby(const SearchStart& start,
                                           const MeasuredDerivative& derivative, std::uint64_t seed,
                                           const Options& options) {
  return Climb(start, derivative, seed, options).found(start.attempts);
}

std::vector<WorstSearch> search_worst(std::span<const MeasuredDerivative> derivatives,
                                      std::span<const std::vector<MeasuredSample>> measured,
                                      std::uint64_t seed, const Options& options) {
  struct Task {
    std::size_t derivative;
    SearchStart start;
    std::optional<SearchedPoint> found{};
  };
  std::vector<Task> tasks;
  for (std::size_t d = 0; d < derivatives.size(); ++d)
    for (const SearchStart& start : starts_of(measured[d])) tasks.push_back({d, start});
  for_each_index(tasks.size(), options.jobs, [&](std::size_t i) {
    if (is_interrupted(options)) return;
    Task& task = tasks[i];
    task.found = search_nearby(task.start, derivatives[task.derivative], seed, options);
  });
  std::vector<WorstSearch> searches(derivatives.size());
  for (Task& task : tasks) {
    WorstSearch& search = searches[task.derivative];
    search.attempts += task.start.attempts;
    if (task.found) search.found.push_back(std::move(*task.found));
  }
  return searches;
}

}  // namespace verigrad::runner
