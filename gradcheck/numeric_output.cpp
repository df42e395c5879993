#include "gradcheck/numeric_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace verigrad::gradcheck::detail {
namespace {

constexpr int ladder_descent = 5;  // from 0.4 * 8^-10 = 3.7e-10 to 1.1e-14
constexpr double enough = 1e-10;   // relative bar at which an estimate is not refined further
constexpr double much_noise = 16;  // measured noise of so many times the rounding counts as noise
constexpr int most_refinements = 4;
constexpr std::size_t longest_central = 5;
constexpr std::size_t longest_one_sided = 6;
constexpr std::size_t least_noise_tests = 3;

Estimate without_value(EstimateStatus status, std::string reason) {
  Estimate estimate;
  estimate.value = std::numeric_limits<double>::quiet_NaN();
  estimate.left = estimate.right = estimate.value;
  estimate.error_bar = std::numeric_limits<double>::infinity();
  estimate.status = status;
  estimate.reason = std::move(reason);
  return estimate;
}

double top(const Choice& choice, const Series& series) {
  return series.quotients[choice.window.last()].h;
}

bool flat(const Series& series) {
  return std::all_of(series.quotients.begin(), series.quotients.end(),
                     [](const Quotient& q) { return q.slope == 0; });
}

bool apart(const Choice& a, const Choice& b, double bars) {
  return a.found && b.found && std::fabs(a.window.value - b.window.value) > bars * (a.bar + b.bar);
}

}  // namespace

Analysis Output::analyse() {
  Analysis result;
  const Ladder::Sample& base = ladder_.base();
  if (!base.defined || !std::isfinite(base.values[index_])) {
    result.estimate =
        without_value(EstimateStatus::undefined, "the function has no finite value here");
    return result;
  }
  right_ = look(ladder_, Side::right, index_, outside_);
  left_ = look(ladder_, Side::left, index_, outside_);
  prepare_noise();
  if (!descended_ && wants_descent()) {
    result.settled = false;
    result.wanted = descent();
    return result;
  }
  judge(result);
  return result;
}

void Output::prepare_noise() {
  const NumericOptions& known = ladder_.options();
  floor_ = known.noise_floor;
  if (index_ < known.noise_floors.size()) floor_ = std::max(floor_, known.noise_floors[index_]);
  const std::array<const Series*, 2> sides{&right_.series, &left_.series};
  noise_.emplace(sides, known.unit_roundoff, grid_of(right_, left_), floor_);
}

Choice Output::choose(const Series& series) const { return choose(series, *noise_); }

Choice Output::choose(const Series& series, const NoiseModel& noise) const {
  const std::size_t longest = series.power == 2 ? longest_central : longest_one_sided;
  const NoiseBound bound = [&](double h, double f) { return noise.bound(h, f); };
  return detail::choose(series, windows(series, longest, bound));
}

bool Output::black_box_kink(const Choice& right, const Choice& left) const {
  return apart(right, left, 2) &&
         slopes_part(right_.series, left_.series, right.window.value - left.window.value, *noise_);
}

/// Smaller steps are needed before noise is measured well enough or x may be called a kink, a jump,
/// an edge or a domain's end.
bool Output::wants_descent() const {
  for (const SideView* view : {&right_, &left_}) {
    if (view->state != SideView::State::clean || view->series.quotients.size() < 5) return true;
    if (approach(view->series, *noise_) != Approach::regular) return true;
    if (noise_->loud(view->series.quotients.front().magnitude)) return true;
  }
  return black_box_kink(choose(right_.series), choose(left_.series));
}

std::vector<double> Output::descent() {
  descended_ = true;
  std::vector<double> steps;
  double h = ladder_.levels().empty() ? widest_step : ladder_.levels().front().h;
  for (int i = 0; i < ladder_descent; ++i) {
    h /= ladder_ratio;
    if (h < ladder_.smallest_step()) break;
    steps.push_back(h);
  }
  return steps;
}

std::optional<Estimate> Output::broken() const {
  if (right_.state == SideView::State::missing && left_.state == SideView::State::missing) {
    return without_value(EstimateStatus::undefined,
                         "the function is not defined next to this point");
  }
  for (const Approach kind : {Approach::jump, Approach::edge}) {
    for (const SideView* view : {&right_, &left_}) {
      if (approach(view->series, *noise_) != kind) continue;
      const char* name = view == &right_ ? "right" : "left";
      if (kind == Approach::jump) {
        return without_value(EstimateStatus::jump,
                             fmt::format("the function jumps on the {} of this point", name));
      }
      return without_value(EstimateStatus::edge,
                           fmt::format("the derivative from the {} is infinite", name));
    }
  }
  return std::nullopt;
}

void Output::judge(Analysis& result) {
  if (auto estimate = broken()) {
    result.estimate = *std::move(estimate);
  } else if (right_.state == SideView::State::missing) {
    one_sided(result, left_);
  } else if (left_.state == SideView::State::missing) {
    one_sided(result, right_);
  } else {
    judge_two_sides(result);
  }
}

/// x is an end of its stated domain, and the inside takes another branch than x itself.
bool Output::at_end_and_kink() const {
  const NumericOptions& known = ladder_.options();
  if (ladder_.x() != known.lower && ladder_.x() != known.upper) return false;
  return right_.state == SideView::State::other || left_.state == SideView::State::other;
}

void Output::one_sided(Analysis& result, const SideView& view) {
  const Series& series = view.series;
  if (!outside_ && at_end_and_kink()) {
    outside_ = true;
    result.wants_outside = true;
    result.settled = false;
    return;
  }
  result.estimate.on_kink = view.state == SideView::State::other;
  const auto limit = power_limit(series, *noise_);
  if (!limit) {
    smooth(result, series, choose(series));
    return;
  }
  Estimate& estimate = result.estimate;
  estimate.value = estimate.left = estimate.right = limit->value;
  estimate.error_bar = limit->bar;
  estimate.status = EstimateStatus::ok;
  estimate.step = series.quotients[0].h;
  estimate.noise = noise_->known(series.quotients[0].magnitude);
}

void Output::judge_two_sides(Analysis& result) {
  const Choice right = choose(right_.series);
  const Choice left = choose(left_.series);
  const bool same_branch =
      right_.state == SideView::State::clean && left_.state == SideView::State::clean;
  if (same_branch ? black_box_kink(right, left) : apart(right, left, 1)) {
    result.estimate = kink(right, left);
    return;
  }
  Choice chosen;
  Series series;
  if (same_branch) {
    series = central(ladder_, right_, left_, index_);
    chosen = choose(series);
  }
  if (!good(chosen, series)) {
    // Where central windows cease to be good, one side alone must not be believed: it may have
    // saturated there. Only a side that goes on where the other one is cut off knows more.
    const bool ceased = chosen.found && top(chosen, series) < 0.9 * series.quotients.back().h;
    const double reach =
        ceased ? 1.5 * top(chosen, series) : std::numeric_limits<double>::infinity();
    for (const Series* side : {&right_.series, &left_.series}) {
      const Series within = up_to(*side, reach);
      const Choice choice = choose(within);
      if (!choice.found) continue;
      const double margin = same_branch ? 4 : 1;  // central quotients are the more trustworthy
      if (!chosen.found || (!apart(choice, chosen, 1) && margin * choice.bar < chosen.bar)) {
        chosen = choice;
        series = within;
      }
    }
  }
  smooth(result, series, chosen);
  result.estimate.on_kink = !same_branch;
}

Estimate Output::kink(const Choice& right, const Choice& left) const {
  Estimate estimate;
  estimate.left = left.window.value;
  estimate.right = right.window.value;
  estimate.value = estimate.left / 2 + estimate.right / 2;
  estimate.error_bar = std::max(left.bar, right.bar);
  estimate.status = EstimateStatus::kink;
  estimate.reason = fmt::format("the derivative is {:.6g} from the left and {:.6g} from the right",
                                estimate.left, estimate.right);
  estimate.step = std::max(top(left, left_.series), top(right, right_.series));
  estimate.noise = std::max(left.window.noise, right.window.noise);
  return estimate;
}

/// Enough digits; or, where the derivative seems to be 0, few against the slope of the chord.
bool Output::good(const Choice& choice, const Series& series) const {
  if (!choice.found) return false;
  const double value = std::fabs(choice.window.value);
  if (choice.bar <= enough * value) return true;
  const Quotient& widest = series.quotients.back();
  return value <= choice.bar && choice.bar <= 1e-4 * enough * widest.magnitude / widest.h;
}

void Output::smooth(Analysis& result, const Series& series, const Choice& choice) {
  if (!choice.found || noise_->tested() < least_noise_tests) {
    result.estimate = without_value(EstimateStatus::undefined,
                                    "too few usable points around this one for an error bar");
    return;
  }
  if (aliased(result, series, choice)) return;
  Estimate& estimate = result.estimate;
  estimate.value = estimate.left = estimate.right = choice.window.value;
  estimate.error_bar = steep_bar(choice, series);
  estimate.status = EstimateStatus::ok;
  estimate.step = top(choice, series);
  estimate.noise = choice.window.noise;
  const double known = noise_->known(series.quotients[choice.window.last()].magnitude);
  if (choice.bar > 0.1 * std::fabs(choice.window.value) && estimate.noise > much_noise * known) {
    estimate.status = EstimateStatus::noise;
    estimate.reason = fmt::format(
        "the values carry an error of about {:.1e}, which hides the derivative", estimate.noise);
  }
  if (good(choice, series) || flat(series) || refinements_ >= most_refinements) return;
  result.wanted = refinement(choice, series);
  result.settled = result.wanted.empty();
}

/// Steps between those around the window's largest; smaller ones where truncation rules at the
/// smallest. Never larger ones than the ladder's, which reach over the size of x: a function that
/// is flat further out (saturated) says nothing about its slope here.
std::vector<double> Output::refinement(const Choice& choice, const Series& series) {
  ++refinements_;
  const auto& q = series.quotients;
  const auto& levels = ladder_.levels();
  const Window& window = choice.window;
  const std::size_t last = window.last();
  std::vector<double> steps;
  const bool no_digits = choice.bar > 1e-3 * std::fabs(window.value);
  if (!descended_ && (no_digits || (window.first == 0 && window.truncation > window.roundoff))) {
    steps = descent();
  }
  const auto between = [&](double low, double high) {
    if (high > 1.5 * low) steps.push_back(std::sqrt(low) * std::sqrt(high));
  };
  for (std::size_t i = last; i > 0 && i + 2 > last; --i) between(q[i - 1].h, q[i].h);
  const auto next = std::find_if(levels.begin(), levels.end(),
                                 [&](const auto& level) { return level.h > 1.05 * q[last].h; });
  if (next != levels.end()) between(q[last].h, next->h);
  return steps;
}

}  // namespace verigrad::gradcheck::detail
