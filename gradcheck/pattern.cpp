#include "gradcheck/pattern.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace verigrad::gradcheck {
namespace {

constexpr double same_ratio = 1e-6;

/// The entries that can tell: the truth is known to six digits and is not 0.
std::vector<WrongEntry> telling(std::span<const WrongEntry> entries) {
  std::vector<WrongEntry> chosen;
  for (const WrongEntry& entry : entries)
    if (std::isfinite(entry.claimed) && std::isfinite(entry.truth) && entry.truth != 0 &&
        entry.bar <= 1e-6 * std::abs(entry.truth))
      chosen.push_back(entry);
  return chosen;
}

/// The common value of f over the entries, if there is one.
template <class F>
std::optional<double> common(const std::vector<WrongEntry>& entries, F f) {
  const double first = f(entries.front());
  if (!std::isfinite(first)) return std::nullopt;
  for (const WrongEntry& entry : entries)
    if (!(std::abs(f(entry) - first) <= same_ratio * std::max(std::abs(first), 1e-300)))
      return std::nullopt;
  return first;
}

double ratio(const WrongEntry& entry) { return entry.claimed / entry.truth; }

bool near(double a, double b) { return std::abs(a - b) <= same_ratio * std::abs(b); }

/// The entries whose input is not 0, at which a factor of the input shows.
std::vector<WrongEntry> away_from_zero(const std::vector<WrongEntry>& entries) {
  std::vector<WrongEntry> chosen;
  for (const WrongEntry& entry : entries)
    if (entry.input != 0) chosen.push_back(entry);
  return chosen;
}

/// Whether the claim vanishes with its input, as one with a factor too much must.
bool zeros_at_zero(const std::vector<WrongEntry>& entries) {
  return std::all_of(entries.begin(), entries.end(), [](const WrongEntry& entry) {
    return entry.input != 0 || entry.claimed == 0;
  });
}

bool inputs_differ(const std::vector<WrongEntry>& entries) {
  return std::any_of(entries.begin(), entries.end(), [&](const WrongEntry& entry) {
    return !near(std::abs(entry.input), std::abs(entries.front().input));
  });
}

/// 0.25 as "1 / 4" when the reciprocal is a whole number, otherwise six digits.
std::string ratio_text(double ratio) {
  const double inverse = 1 / ratio;
  if (near(ratio, std::round(ratio))) return fmt::format("{}", std::round(ratio));
  if (near(inverse, std::round(inverse)))
    return fmt::format("{}1 / {}", ratio < 0 ? "-" : "", std::abs(std::round(inverse)));
  return fmt::format("{:.7g}", ratio);
}

Pattern constant_ratio(double ratio, double entries) {
  const std::string text = fmt::format("claimed / true = {} at every entry", ratio_text(ratio));
  if (near(ratio, -1)) return {text + ": the sign is wrong", "-1", false};
  if (entries > 1 && near(ratio, entries))
    return {
        fmt::format("{}: a mean over {} entries was not divided by their number", text, entries),
        fmt::format("{}", entries), true};
  if (entries > 1 && near(ratio, 1 / entries))
    return {fmt::format("{}: divided by the number of entries, {}, once too often", text, entries),
            fmt::format("{}", entries), false};
  const double inverse = 1 / ratio;
  if (std::abs(ratio) < 1 && near(inverse, std::round(inverse)))
    return {fmt::format("{}: a factor {} is missing{}", text, std::round(inverse),
                        near(ratio, 0.5) ? ", or one of two equal contributions is overwritten "
                                           "instead of accumulated"
                                         : ""),
            fmt::format("{}", std::round(inverse)), false};
  return {fmt::format("{}: a factor {} too much{}", text, ratio_text(ratio),
                      near(ratio, 2) ? ", or every contribution is counted twice" : ""),
          ratio_text(ratio), true};
}

/// A factor that is one of the file's sizes or other scalars, if it takes several values.
std::optional<Pattern> factor_of_other(const std::vector<WrongEntry>& entries, std::size_t k,
                                       const std::string& name) {
  const auto other = [k](const WrongEntry& e) { return k < e.others.size() ? e.others[k] : 0; };
  if (common(entries, other)) return std::nullopt;
  if (const auto c = common(entries, [&](const WrongEntry& e) { return ratio(e) * other(e); });
      c && near(*c, 1))
    return Pattern{
        fmt::format("claimed / true = 1 / {0} at every entry: a factor {0} is missing", name), name,
        false};
  if (const auto c = common(entries, [&](const WrongEntry& e) { return ratio(e) / other(e); });
      c && near(*c, 1))
    return Pattern{fmt::format("claimed / true = {0} at every entry: a factor {0} too much", name),
                   name, true};
  return std::nullopt;
}

}  // namespace

std::optional<double> common_ratio(std::span<const WrongEntry> entries) {
  const std::vector<WrongEntry> known = telling(entries);
  return known.empty() ? std::nullopt : common(known, ratio);
}

std::optional<Pattern> find_pattern(std::span<const WrongEntry> entries, const std::string& input,
                                    std::span<const std::string> names) {
  const std::vector<WrongEntry> known = telling(entries);
  if (known.size() < 2) return std::nullopt;
  if (std::all_of(known.begin(), known.end(), [](const auto& e) { return e.claimed == 0; }))
    return Pattern{"claimed is 0 at every entry", "", false};
  if (const auto c = common(known, ratio)) {
    if (near(*c, 1)) return std::nullopt;
    return constant_ratio(*c, known.front().entries);
  }
  for (std::size_t k = 0; k < names.size(); ++k)
    if (const auto pattern = factor_of_other(known, k, names[k])) return pattern;
  const std::vector<WrongEntry> moved = away_from_zero(known);
  if (moved.size() < 3 || !inputs_differ(moved)) return std::nullopt;
  if (const auto c = common(moved, [&](const WrongEntry& e) { return ratio(e) * e.input; });
      c && near(*c, 1))
    return Pattern{
        fmt::format("claimed / true = 1 / {0} at every entry: a factor {0} is missing", input),
        input, false};
  if (const auto c = common(moved, [&](const WrongEntry& e) { return ratio(e) / e.input; });
      c && near(*c, 1) && zeros_at_zero(known))
    return Pattern{fmt::format("claimed / true = {0} at every entry: a factor {0} too much", input),
                   input, true};
  return std::nullopt;
}

std::optional<Pattern> find_factor_of_value(std::span<const WrongEntry> entries) {
  const std::vector<WrongEntry> known = telling(entries);
  if (known.size() < 2) return std::nullopt;
  const double f = known.front().others.at(0);
  const bool small_whole_number = f == std::round(f) && std::abs(f) <= 16;
  const auto c = common(known, ratio);
  if (!c || small_whole_number) return std::nullopt;
  if (near(*c, f))
    return Pattern{"claimed / true = f(x) at every entry: a factor f(x) too much", "f(x)", true};
  if (near(*c, 1 / f))
    return Pattern{"claimed / true = 1 / f(x) at every entry: a factor f(x) is missing", "f(x)",
                   false};
  return std::nullopt;
}

}  // namespace verigrad::gradcheck
