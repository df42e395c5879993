#include "cli/values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "cli/usage.hpp"
#include "expressions/diagnostic.hpp"
#include "expressions/suggest.hpp"

namespace verigrad::cli {
namespace {

template <class Number>
std::optional<Number> parsed(std::string_view text) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

bool is_name(std::string_view text) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  if (text.empty() || !is_letter(text.front())) return false;
  for (const char c : text)
    if (!is_letter(c) && (c < '0' || c > '9')) return false;
  return true;
}

}  // namespace

std::int64_t whole_number(std::string_view option, const std::string& text, std::int64_t first,
                          std::int64_t last) {
  const auto number = parsed<std::int64_t>(text);
  if (!number || *number < first || *number > last)
    throw UsageError(fmt::format("{} expects a whole number from {} to {}, not {}", option, first,
                                 last, quote(text)));
  return *number;
}

std::uint64_t seed_number(std::string_view option, const std::string& text) {
  const auto number = parsed<std::uint64_t>(text);
  if (!number)
    throw UsageError(fmt::format("{} expects a whole number from 0 to {}, not {}", option,
                                 std::numeric_limits<std::uint64_t>::max(), quote(text)));
  return *number;
}

double real_number(std::string_view option, const std::string& text, double least, double greatest,
                   bool above) {
  const auto number = parsed<double>(text);
  const bool fits = number && std::isfinite(*number) && *number <= greatest &&
                    (above ? *number > least : *number >= least);
  if (!fits)
    throw UsageError(above ? fmt::format("{} expects a number above {} and up to {}, not {}",
                                         option, least, greatest, quote(text))
                           : fmt::format("{} expects a number from {} to {}, not {}", option, least,
                                         greatest, quote(text)));
  return *number;
}

std::string one_of(std::string_view option, const std::string& text,
                   const std::vector<std::string_view>& words) {
  for (const std::string_view word : words)
    if (text == word) return text;
  throw UsageError(fmt::format("{} expects {}, not {}", option, either(words), quote(text)),
                   suggestion(text, words));
}

std::pair<std::string, std::string> assignment(std::string_view option, const std::string& text,
                                               std::string_view form) {
  const std::size_t equals = text.find('=');
  const std::string_view name = std::string_view(text).substr(0, equals);
  if (equals == std::string::npos || !is_name(name) || equals + 1 == text.size())
    throw UsageError(fmt::format("{} expects {}, not {}", option, form, quote(text)));
  return {std::string(name), text.substr(equals + 1)};
}

std::string quote(std::string_view text) { return expressions::quoted(text); }

std::string suggestion(std::string_view name, const std::vector<std::string_view>& candidates) {
  const std::string nearest = expressions::did_you_mean(name, candidates);
  if (nearest.empty()) return "";
  const std::size_t dashes = std::min(name.find_first_not_of('-'), name.size());
  const std::size_t limit = 2 * (name.size() - dashes) / 3;
  if (expressions::half_edits(name, nearest, limit) > limit) return "";
  return fmt::format("did you mean '{}'?", nearest);
}

std::string either(const std::vector<std::string_view>& words) {
  if (words.size() < 2) return words.empty() ? "" : std::string(words.front());
  const auto last = words.end() - 1;
  return fmt::format("{} or {}", fmt::join(words.begin(), last, ", "), *last);
}

}  // namespace verigrad::cli
