#include "gradcheck/slope_fit.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

namespace verigrad::gradcheck::detail {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr int highest_degree = 11;
constexpr std::size_t values_a_coefficient = 3;
constexpr std::size_t least_levels = 8;
constexpr double deviations = 4;
constexpr double truncation_safety = 2;
/// Errors of values that are so many times their scatter do not show in it.
constexpr double hidden_scatter = 16;
/// Scatter of so many roundings of a value shows that the values cross stairs.
constexpr double stairs = 8;

/// Least squares by polynomials that are orthogonal over the places (G. Forsythe, J. SIAM 5,
/// 1957): one degree after the other, each with its slope at 0.
class OrthogonalFit {
 public:
  OrthogonalFit(std::vector<double> places, std::vector<double> values)
      : places_(std::move(places)),
        rest_(std::move(values)),
        now_(places_.size(), 1),
        before_(places_.size(), 0) {
    project();
  }

  double slope() const { return slope_; }
  /// Of the slope, for values of variance 1.
  double variance() const { return variance_; }
  double scatter(int degree) const {
    double squares = 0;
    for (const double r : rest_) squares += r * r;
    return std::sqrt(squares / static_cast<double>(rest_.size() - 1 - degree));
  }

  /// How often the rest changes its sign from place to place.
  double sign_changes() const {
    std::vector<std::size_t> order(places_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return places_[a] < places_[b]; });
    double changes = 0;
    for (std::size_t i = 0; i + 1 < order.size(); ++i)
      changes += (rest_[order[i]] < 0) != (rest_[order[i + 1]] < 0) ? 1 : 0;
    return changes;
  }

  double largest_rest() const {
    double largest = 0;
    for (const double r : rest_) largest = std::max(largest, std::abs(r));
    return largest;
  }

  void raise() {
    double shift = 0;
    for (std::size_t i = 0; i < places_.size(); ++i) shift += places_[i] * now_[i] * now_[i];
    shift /= norm_;
    const double back = norm_before_ > 0 ? norm_ / norm_before_ : 0;
    for (std::size_t i = 0; i < places_.size(); ++i) {
      const double next = (places_[i] - shift) * now_[i] - back * before_[i];
      before_[i] = now_[i];
      now_[i] = next;
    }
    const double next_at_0 = -shift * at_0_ - back * before_at_0_;
    const double next_slope = at_0_ - shift * slope_at_0_ - back * slope_before_;
    before_at_0_ = at_0_;
    slope_before_ = slope_at_0_;
    at_0_ = next_at_0;
    slope_at_0_ = next_slope;
    norm_before_ = norm_;
    project();
  }

 private:
  void project() {
    norm_ = 0;
    double along = 0;
    for (std::size_t i = 0; i < places_.size(); ++i) {
      norm_ += now_[i] * now_[i];
      along += now_[i] * rest_[i];
    }
    for (std::size_t i = 0; i < places_.size(); ++i) rest_[i] -= along / norm_ * now_[i];
    slope_ += along / norm_ * slope_at_0_;
    variance_ += slope_at_0_ * slope_at_0_ / norm_;
  }

  std::vector<double> places_, rest_, now_, before_;
  double at_0_ = 1, before_at_0_ = 0, slope_at_0_ = 0, slope_before_ = 0;
  double norm_ = 0, norm_before_ = 0, slope_ = 0, variance_ = 0;
};

/// The places first, …, end - 1 in units of `reach`, and the values there less that at x.
OrthogonalFit start(const Cloud& cloud, std::size_t output, std::size_t first, std::size_t end,
                    double reach) {
  std::vector<double> places, values;
  for (std::size_t i = first; i < end; ++i) {
    places.push_back(cloud.offsets[i] / reach);
    values.push_back(cloud.values[i][output] - cloud.values[0][output]);
  }
  return {std::move(places), std::move(values)};
}

/// The places from `nearest` to `reach`: what lies nearer to x says little about the slope.
struct Window {
  static constexpr double nearest = 1.0 / 32;

  Window(const Cloud& cloud, double at_most)
      : first(cloud.count_within(nearest * at_most)),
        end(cloud.count_within(at_most)),
        reach(at_most) {}
  std::size_t count() const { return end - first; }

  std::size_t first, end;
  double reach;
};

struct Values {
  double levels = 0;     ///< how many different ones
  double magnitude = 0;  ///< the largest
};

Values values_in(const Cloud& cloud, std::size_t output, const Window& window) {
  Values result;
  std::set<double> levels;
  for (std::size_t i = window.first; i < window.end; ++i) {
    levels.insert(cloud.values[i][output]);
    result.magnitude = std::max(result.magnitude, std::abs(cloud.values[i][output]));
  }
  result.levels = static_cast<double>(levels.size());
  return result;
}

/// The fit of one degree, with the scatter's part of its bar, which is infinite where the
/// polynomial does not explain the values.
SlopeFit judged(const OrthogonalFit& fit, int degree, const Window& window, const Values& values,
                const ValueError& error) {
  const double rounding = error.unit_roundoff * values.magnitude;
  const double scatter = fit.scatter(degree);
  const double independent = std::min(values.levels, 2 * fit.sign_changes() + 1);
  const double alike = std::max(1.0, static_cast<double>(window.count()) / independent);
  const bool may_be_stair = window.reach <= error.narrow && scatter < stairs * rounding;
  const double unseen = scatter < error.noise / hidden_scatter ? error.noise : 0;
  SlopeFit one{.value = fit.slope() / window.reach,
               .scatter = std::max(scatter, rounding),
               .reach = window.reach,
               .degree = degree};
  one.deviation = one.scatter * std::sqrt(fit.variance() * alike) / window.reach;
  one.bar = deviations * one.deviation + std::max(unseen, 2 * rounding) / window.reach;
  if (may_be_stair || fit.largest_rest() > error.noise + 4 * rounding) one.bar = infinity;
  return one;
}

/// The degree with the smallest bar.
std::optional<SlopeFit> fit_window(const Cloud& cloud, std::size_t output, const Window& window,
                                   const ValueError& error) {
  const Values values = values_in(cloud, output, window);
  const int highest =
      std::min<int>(highest_degree, static_cast<int>(window.count() / values_a_coefficient) - 1);
  if (values.levels < least_levels || highest < 3) return std::nullopt;
  OrthogonalFit fit = start(cloud, output, window.first, window.end, window.reach);
  std::vector<SlopeFit> fits;
  for (int degree = 1; degree <= highest; ++degree) {
    fit.raise();
    fits.push_back(judged(fit, degree, window, values, error));
  }
  std::optional<SlopeFit> best;
  for (std::size_t k = 0; k + 2 < fits.size(); ++k) {
    SlopeFit one = fits[k];
    one.bar += truncation_safety * std::max(std::abs(one.value - fits[k + 1].value),
                                            std::abs(one.value - fits[k + 2].value));
    if (std::isfinite(one.bar) && (!best || one.bar < best->bar)) best = one;
  }
  return best;
}

}  // namespace

std::optional<SlopeFit> fit_slope(const Cloud& cloud, std::size_t output, const ValueError& error) {
  if (cloud.offsets.empty()) return std::nullopt;
  std::vector<Window> windows;
  for (double reach = std::abs(cloud.offsets.back());; reach /= 2) {
    const Window window(cloud, reach);
    if (window.count() < 4 * values_a_coefficient) break;
    windows.push_back(window);
  }
  double low = -infinity, high = infinity;
  std::optional<SlopeFit> best;
  for (auto window = windows.rbegin(); window != windows.rend(); ++window) {
    const auto fit = fit_window(cloud, output, *window, error);
    if (!fit) continue;
    if (fit->value - fit->bar > high || fit->value + fit->bar < low) break;
    low = std::max(low, fit->value - fit->bar);
    high = std::min(high, fit->value + fit->bar);
    if (!best || fit->bar < best->bar) best = fit;
  }
  return best;
}

std::optional<double> refit(const Cloud& cloud, std::size_t output, const SlopeFit& fit) {
  const Window window(cloud, fit.reach);
  if (window.count() < values_a_coefficient * static_cast<std::size_t>(fit.degree + 1))
    return std::nullopt;
  OrthogonalFit other = start(cloud, output, window.first, window.end, window.reach);
  for (int degree = 1; degree <= fit.degree; ++degree) other.raise();
  return other.slope() / fit.reach;
}

}  // namespace verigrad::gradcheck::detail
