#include "reports/html_axis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <limits>

#include "reports/html_text.hpp"

namespace verigrad::reports {
namespace {

constexpr double nowhere = std::numeric_limits<double>::quiet_NaN();
constexpr int most_ticks = 7;
constexpr double least_tick_distance = 0.15;  // of the axis: labels such as −10⁻³⁰⁰ need it
constexpr double smallest_ulps_exponent = -1;
constexpr std::int64_t most_steps = 6;  // of counts

int decade_below(double value) { return static_cast<int>(std::floor(std::log10(value))); }
int decade_above(double value) { return static_cast<int>(std::ceil(std::log10(value))); }

// So that at most about `most_ticks` of the decades between have one.
int tick_distance(int decades) {
  int distance = 1;
  while (decades / distance >= most_ticks) ++distance;
  return distance;
}

// Smallest and largest of those of `values` that are positive and finite.
std::pair<double, double> positive_range(const std::vector<double>& values) {
  double low = std::numeric_limits<double>::infinity(), high = 0;
  for (double value : values)
    if (value > 0 && std::isfinite(value)) low = std::min(low, value), high = std::max(high, value);
  return high > 0 ? std::pair(low, high) : std::pair(1.0, 1.0);
}

// As short as tells both ends apart, each to a hundredth of their distance.
std::pair<std::string, std::string> end_labels(double low, double high) {
  const auto near = [&](double value, int digits) {
    const double shown = std::strtod(compact(value, digits).c_str(), nullptr);
    return std::abs(shown - value) <= (high - low) / 100;
  };
  int digits = 3;
  while (digits < std::numeric_limits<double>::max_digits10 &&
         !(near(low, digits) && near(high, digits)))
    ++digits;
  return {compact(low, digits), compact(high, digits)};
}

}  // namespace

std::string power_of_ten(int exponent) {
  constexpr std::array<std::string_view, 10> raised{"⁰", "¹", "²", "³", "⁴",
                                                    "⁵", "⁶", "⁷", "⁸", "⁹"};
  if (exponent == 0) return "1";
  if (exponent == 1) return "10";
  std::string result = exponent < 0 ? "10⁻" : "10";
  for (char digit : fmt::format("{}", std::abs(exponent)))
    result += raised[static_cast<std::size_t>(digit - '0')];
  return result;
}

Axis decades_axis(std::string label, const std::vector<double>& values) {
  const auto [smallest, largest] = positive_range(values);
  int low = decade_below(smallest), high = decade_above(largest);
  if (low == high) --low, ++high;
  Axis axis{std::move(label), nullptr, double(low), double(high), {}};
  axis.coordinate = [low](double x) {
    if (x == 0) return double(low);
    return x > 0 && std::isfinite(x) ? std::log10(x) : nowhere;
  };
  for (int at = low, step = tick_distance(high - low); at <= high; at += step)
    axis.ticks.push_back({double(at), power_of_ten(at)});
  return axis;
}

Axis condition_axis(std::string label, const std::vector<double>& values) {
  constexpr double smallest = smallest_drawn_condition;
  const auto is_less = [](double value) { return 0 <= value && value < smallest; };
  if (std::ranges::none_of(values, is_less)) return decades_axis(std::move(label), values);
  std::vector<double> bounded{smallest, 10 * smallest};
  for (const double value : values)
    if (!is_less(value)) bounded.push_back(value);
  Axis axis = decades_axis(std::move(label), bounded);
  axis.coordinate = [is_less, inside = axis.coordinate](double value) {
    return inside(is_less(value) ? smallest : value);
  };
  axis.ticks.front().label = "≤ " + axis.ticks.front().label;
  return axis;
}

Axis count_axis(std::string label, std::int64_t most) {
  std::int64_t step = 1;
  for (std::int64_t power = 1; most > most_steps * step; power *= 10)
    for (const std::int64_t factor : {1, 2, 5})
      if (most > most_steps * step) step = factor * power;
  const std::int64_t steps = std::max<std::int64_t>(1, (most + step - 1) / step);
  Axis axis{std::move(label), [](double count) { return count; }, 0, double(steps * step), {}};
  for (std::int64_t at = 0; at <= steps; ++at)
    axis.ticks.push_back({double(at * step), fmt::format("{}", at * step)});
  return axis;
}

Axis ulps_axis(const std::vector<double>& errors) {
  const int high = std::max(1, decade_above(positive_range(errors).second));
  const bool infinite =
      std::any_of(errors.begin(), errors.end(), [](double x) { return !std::isfinite(x); });
  const double top = infinite ? high + 0.12 * (high - smallest_ulps_exponent) : high;
  Axis axis{"error in ulp", nullptr, smallest_ulps_exponent, top, {}};
  axis.coordinate = [top](double x) {
    if (!std::isfinite(x)) return top;
    return x > 0 ? std::max(std::log10(x), smallest_ulps_exponent) : smallest_ulps_exponent;
  };
  axis.ticks.push_back({smallest_ulps_exponent, "≤ 0.1"});
  for (int at = 0, step = tick_distance(high + 1); at <= high; at += step)
    axis.ticks.push_back({double(at), power_of_ten(at)});
  if (infinite) axis.ticks.push_back({top, "∞"});
  return axis;
}

Axis bits_axis(const std::vector<double>& values) {
  const auto [smallest, largest] = positive_range(values);
  Axis axis{"precision in bits", nullptr, std::log2(smallest), std::log2(largest), {}};
  axis.coordinate = [](double bits) { return bits > 0 ? std::log2(bits) : nowhere; };
  if (axis.low == axis.high) axis.high += 1;
  for (const double bits : values) {
    const double quarters = std::log2(bits / 128) / 2;
    const bool labelled =
        bits == 24 || bits == 53 || (bits >= 128 && quarters == std::floor(quarters));
    if (labelled) axis.ticks.push_back({axis.coordinate(bits), fmt::format("{:g}", bits)});
  }
  return axis;
}

Axis share_axis(std::string label) {
  Axis axis{std::move(label), [](double share) { return share; }, 0, 1, {}};
  for (const int percent : {0, 25, 50, 75, 100})
    axis.ticks.push_back({percent / 100.0, fmt::format("{} %", percent)});
  return axis;
}

Axis ordinal_axis(std::string label, const std::vector<double>& values) {
  std::vector<double> sizes;
  for (double value : values) sizes.push_back(std::abs(value));
  const auto [smallest, largest] = positive_range(sizes);
  Axis axis{std::move(label), nullptr, 0, 0, {}};
  axis.coordinate = [s = smallest](double x) {
    if (!std::isfinite(x)) return nowhere;
    return x == 0 ? 0 : std::copysign(std::log2(std::abs(x)) - std::log2(s) + 1, x);
  };
  axis.low = std::numeric_limits<double>::infinity();
  axis.high = -axis.low;
  for (double value : values) {
    const double at = axis.coordinate(value);
    if (std::isnan(at)) continue;
    axis.low = std::min(axis.low, at);
    axis.high = std::max(axis.high, at);
  }
  if (!(axis.low < axis.high)) {
    const double at = std::isfinite(axis.low) ? axis.low : 0;
    axis.low = at - 1;
    axis.high = at + 1;
  }
  const bool both_signs = axis.low < 0 && axis.high > 0;
  const int first = decade_above(smallest), last = decade_below(largest);
  const int step = tick_distance(std::max(0, last - first) * (both_signs ? 2 : 1));
  const auto tick = [&](double value, std::string text) {
    const double at = axis.coordinate(value);
    const double distance = least_tick_distance * (axis.high - axis.low);
    const bool crowded = std::ranges::any_of(
        axis.ticks, [&](const Tick& other) { return std::abs(other.coordinate - at) < distance; });
    if (axis.low <= at && at <= axis.high && !crowded) axis.ticks.push_back({at, std::move(text)});
  };
  if (axis.low <= 0 && axis.high >= 0) tick(0, "0");
  for (int at = last; at >= first; at -= step) {
    tick(std::pow(10.0, at), power_of_ten(at));
    tick(-std::pow(10.0, at), "−" + power_of_ten(at));
  }
  if (axis.ticks.size() >= 2) return axis;
  axis.ticks.clear();
  std::vector<double> finite;
  std::ranges::copy_if(values, std::back_inserter(finite),
                       [](double x) { return std::isfinite(x); });
  if (finite.empty()) return axis;
  const auto [low, high] = std::ranges::minmax(finite);
  const auto [low_label, high_label] = end_labels(low, high);
  tick(low, low_label);
  if (low != high) tick(high, high_label);
  return axis;
}

}  // namespace verigrad::reports
