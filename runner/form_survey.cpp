#include "runner/form_survey.hpp"

#include <algorithm>
#include <filesystem>
#include <map>

#include "engine/error.hpp"
#include "runner/naive_formulas.hpp"
#include "runner/operation_regions.hpp"
#include "runner/ordinals.hpp"
#include "runner/ulp_tally.hpp"

namespace verigrad::runner {
namespace {

/// The search around the worst: rounds, and neighbours of each kept point a round.
constexpr int rounds = 3, neighbours = 16;

/// Stored points are few: so many copies are computed at once, at least, that whole registers are
/// used, as in the regions in which the points were found.
constexpr std::size_t smallest_batch = 256;

class Survey {
 public:
  Survey(const OperationForm& form, DType dtype, const OperationSurveyOptions& options)
      : form_(form),
        program_(form.program),
        options_(options),
        quantities_(quantities(form)),
        stored_(quantities_.size(), 0.0),
        worst_(quantities_.size()) {
    program_.dtype = dtype;
  }

  FormSurvey take() {
    measure_stored();
    for (const Region& region :
         survey_regions(form_, program_.dtype, {options_.seed, options_.samples})) {
      if (options_.interrupted != nullptr && *options_.interrupted) return std::move(result_);
      std::vector<UlpTally> tallies = tally_at(form_, program_, region.points);
      search(tallies, region.name);
      add_rows(tallies, region.name);
      for (std::size_t q = 0; q < tallies.size(); ++q)
        if (tallies[q].max() > worst_[q].ulps) worst_[q] = tallies[q].worst.front();
    }
    add_additions();
    result_.finished = true;
    return std::move(result_);
  }

 private:
  bool single() const { return program_.dtype == DType::f32; }

  void measure_stored() {
    std::vector<FlatPoint> points;
    /// Of each quantity the largest stored error of each point, nothing where it has none.
    std::vector<std::map<std::size_t, double>> known(quantities_.size());
    if (const std::string path = corpus_path(form_, options_); !path.empty())
      for (reports::WorstInput& input : reports::read_worst_inputs(path, form_.drawn_entries())) {
        if (input.single != single() || !in_domain(form_, input.operands)) continue;
        const auto point = std::ranges::find(points, input.operands) - points.begin();
        if (point == std::ssize(points)) points.push_back(std::move(input.operands));
        // An error may depend on a point's place in its batch: what was seen once counts.
        for (std::size_t q = 0; q < quantities_.size(); ++q)
          if (quantities_[q].target == input.target) {
            stored_[q] = std::max(stored_[q], input.ulps);
            double& largest = known[q][static_cast<std::size_t>(point)];
            largest = std::max(largest, input.ulps);
          }
      }
    if (points.empty()) return;
    const std::size_t copies = 1 + smallest_batch / points.size();
    const std::vector<UlpTally> tallies = tally_at(form_, program_, points, copies);
    add_rows(tallies, "stored worst");
    for (std::size_t q = 0; q < tallies.size(); ++q) {
      add_worsening(quantities_[q].target, points, known[q], tallies[q].at_point);
      stored_[q] = std::max(stored_[q], tallies[q].max());
    }
  }

  void add_worsening(const std::string& target, const std::vector<FlatPoint>& points,
                     const std::map<std::size_t, double>& known, const std::vector<double>& now) {
    Worsening found{.target = target, .worst = {}};
    for (const auto& [point, stored] : known) {
      const double excess = now[point] - stored;
      if (!reports::is_worse_than_stored(now[point], stored)) continue;
      if (++found.count == 1 || excess > found.now - found.stored) {
        found.worst = points[point];
        found.stored = stored;
        found.now = now[point];
      }
    }
    if (found.count > 0) result_.worsened.push_back(std::move(found));
  }

  /// Neighbours of the kept points at growing distances, along one entry each: ± 1 number, and
  /// further by a factor 64 in float64, 8 in float32, at every second one.
  std::vector<FlatPoint> around(const std::vector<Judged>& kept, Random& random) const {
    std::vector<FlatPoint> points;
    for (const Judged& judged : kept)
      for (int k = 0; k < neighbours; ++k) {
        FlatPoint point = judged.point;
        double& entry = point[static_cast<std::size_t>(random.integer(0, std::ssize(point) - 1))];
        const std::int64_t step = std::int64_t{1} << (k / 2 * (single() ? 3 : 6));
        const std::int64_t from = ordinal_of(program_.dtype, entry);
        entry = number_at(program_.dtype, k % 2 == 0 ? from + step : from - step);
        if (in_domain(form_, point)) points.push_back(std::move(point));
      }
    return points;
  }

  /// Replaces what is kept as worst by what is worse nearby; the counts stay.
  void search(std::vector<UlpTally>& tallies, const std::string& region) const {
    for (std::size_t q = 0; q < tallies.size(); ++q) {
      Random random = Random::stream(options_.seed, stream_of(form_.label), stream_of(region),
                                     static_cast<int>(program_.dtype), q);
      for (int round = 0; round < rounds && tallies[q].max() > 0; ++round) {
        const std::vector<FlatPoint> points = around(tallies[q].worst, random);
        if (points.empty()) break;
        const std::vector<UlpTally> nearby = tally_at(form_, program_, points);
        for (const Judged& found : nearby[q].worst) tallies[q].keep(found);
      }
    }
  }

  void add_rows(const std::vector<UlpTally>& tallies, const std::string& region) {
    for (std::size_t q = 0; q < tallies.size(); ++q) {
      const UlpTally& tally = tallies[q];
      result_.no_slope += tally.no_slope;
      result_.undecided += tally.undecided;
      if (tally.compared() == 0) continue;
      const NaiveFormula* naive = naive_formula(form_, quantities_[q]);
      result_.rows.push_back({.operation = form_.label,
                              .quantity = quantities_[q].name,
                              .region = region,
                              .dtype = single() ? "f32" : "f64",
                              .n = tally.compared(),
                              .counts = {tally.counts.begin(), tally.counts.end()},
                              .max = tally.max(),
                              .worst = tally.worst.empty() ? FlatPoint() : tally.worst[0].point,
                              .naive = tally.naive,
                              .naive_formula = std::string(naive ? naive->text : "")});
    }
  }

  void add_additions() {
    if (options_.corpus.empty()) return;
    for (std::size_t q = 0; q < quantities_.size(); ++q)
      if (reports::is_worth_storing(worst_[q].ulps, stored_[q]))
        result_.additions.push_back(
            {single(), quantities_[q].target, worst_[q].ulps, worst_[q].point});
  }

  const OperationForm& form_;
  Program program_;
  const OperationSurveyOptions& options_;
  std::vector<Quantity> quantities_;
  std::vector<double> stored_;  ///< the largest errors at the points of the corpus
  std::vector<Judged> worst_;   ///< of each quantity, over all regions
  FormSurvey result_;
};

}  // namespace

std::string corpus_path(const OperationForm& form, const OperationSurveyOptions& options) {
  if (options.corpus.empty()) return {};
  return (std::filesystem::path(options.corpus) / reports::worst_inputs_name(form.label)).string();
}

FormSurvey survey_form(const OperationForm& form, DType dtype,
                       const OperationSurveyOptions& options) {
  try {
    return Survey(form, dtype, options).take();
  } catch (const Error& error) {
    FormSurvey refused;
    refused.refused = error.what();
    refused.finished = true;
    return refused;
  }
}

}  // namespace verigrad::runner
