#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "reports/compare.hpp"
#include "reports/display.hpp"
#include "reports/json_layout.hpp"
#include "reports/markdown_text.hpp"

namespace verigrad::reports {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t widest_aligned = 48;

std::string summary(const Comparison& comparison) {
  return fmt::format("{} worse, {} better, {} appeared, {} disappeared, {} as before",
                     comparison.count(Trend::worse), comparison.count(Trend::better),
                     comparison.count(Trend::appeared), comparison.count(Trend::disappeared),
                     comparison.unchanged);
}

std::string place(const Change& change) {
  return change.line > 0 ? fmt::format("{}:{}", change.path, change.line) : change.path;
}

std::string value_text(const Change::Value& value, bool is_digits) {
  if (const auto* verdict = std::get_if<std::string>(&value)) return *verdict;
  const auto* number = std::get_if<double>(&value);
  if (number == nullptr) return "";
  return is_digits ? fmt::format("{:.2f}", *number) : fmt::format("{:.3g}", *number);
}

// "pass -> fail", "13.61 -> 9.10 digits (-4.51)", "p99 0.8 -> 4 ulps (+1.5 bits)", "new: pass".
std::string what(const Change& change) {
  const bool is_digits = change.measure == "digits";
  const std::string before = value_text(change.before, is_digits);
  const std::string after = value_text(change.after, is_digits);
  if (before.empty()) return "new: " + after;
  if (after.empty()) return change.trend == Trend::better ? "no more: " + before : "was: " + before;
  const std::string both = fmt::format("{} -> {}", before, after);
  if (!change.difference) return both;
  if (is_digits) return fmt::format("{} digits ({:+.2f})", both, *change.difference);
  return fmt::format("{} {} ulps ({:+.1f} bits)", change.measure, both, *change.difference);
}

std::string_view colour(Trend trend, const Style& style) {
  switch (trend) {
    case Trend::worse:
      return style.error;
    case Trend::better:
      return style.good;
    case Trend::appeared:
    case Trend::disappeared:
      break;
  }
  return style.note;
}

Json value_json(const Change::Value& value) {
  if (const auto* verdict = std::get_if<std::string>(&value)) return *verdict;
  const auto* real = std::get_if<double>(&value);
  if (real == nullptr) return nullptr;
  return std::isfinite(*real) ? Json(*real) : Json(number(*real));
}

Json change_json(const Change& change) {
  Json result;
  result["trend"] = to_string(change.trend);
  result["path"] = change.path;
  result["line"] = change.line;
  result["title"] = change.title.empty() ? Json(nullptr) : Json(change.title);
  result["measure"] = change.measure;
  result["before"] = value_json(change.before);
  result["after"] = value_json(change.after);
  result["difference"] = change.difference ? value_json(*change.difference) : Json(nullptr);
  return result;
}

}  // namespace

std::string comparison_text(const Comparison& comparison, const Style& style) {
  std::size_t place_width = 0, title_width = 0;
  for (const Change& change : comparison.changes) {
    place_width = std::max(place_width, display_width(place(change)));
    title_width = std::max(title_width, display_width(change.title));
  }
  place_width = std::min(place_width, widest_aligned);
  title_width = std::min(title_width, widest_aligned);
  std::string out;
  for (const Change& change : comparison.changes) {
    const std::string_view trend = to_string(change.trend);
    out += fmt::format("{}{}  {}  {}  {}\n", style.paint(colour(change.trend, style), trend),
                       std::string(11 - trend.size(), ' '), padded(place(change), place_width),
                       padded(change.title, title_width), what(change));
  }
  if (!out.empty()) out += "\n";
  for (const std::string& note : comparison.notes)
    out += style.paint(style.note, "note") + ": " + printable(note) + "\n";
  return out + summary(comparison) + "\n";
}

std::string comparison_markdown(const Comparison& comparison) {
  std::string out = fmt::format("**gradcheck compare: {}**\n", summary(comparison));
  if (!comparison.changes.empty()) out += "\n| | where | what | change |\n|---|---|---|---|\n";
  for (const Change& change : comparison.changes)
    out += markdown_row({std::string(to_string(change.trend)), markdown_code(place(change)),
                         markdown_code(change.title), markdown_code(what(change))});
  if (!comparison.notes.empty()) out += "\n";
  for (const std::string& note : comparison.notes) out += "* " + markdown_code(note) + "\n";
  return out;
}

std::string comparison_json(const Comparison& comparison) {
  Json changes = Json::array();
  for (const Change& change : comparison.changes) changes.push_back(change_json(change));
  Json counts;
  for (const Trend trend : {Trend::worse, Trend::better, Trend::appeared, Trend::disappeared})
    counts[std::string(to_string(trend))] = comparison.count(trend);
  counts["unchanged"] = comparison.unchanged;
  return laid_out({{"schema", "verigrad-compare/1"},
                   {"changes", std::move(changes)},
                   {"summary", std::move(counts)},
                   {"notes", comparison.notes}});
}

}  // namespace verigrad::reports
