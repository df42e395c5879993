#include "gradcheck/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace verigrad::gradcheck {
namespace {

constexpr std::size_t most_entries_shown = 8;

std::string plural(std::size_t count, const std::string& one, const std::string& many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string source(const Report& report) {
  return report.method == "enclosure" ? "proven" : report.method;
}

std::string truth_text(const Report& report, const Estimate& r) {
  switch (r.status) {
    case EstimateStatus::ok:
      return fmt::format("{:.16g}  ({}, ± {:.1g})", r.value, source(report), r.error_bar);
    case EstimateStatus::kink:
      return fmt::format("{:.9g} on the left, {:.9g} on the right  ({}, ± {:.1g})", r.left, r.right,
                         source(report), r.error_bar);
    case EstimateStatus::noise:
      return fmt::format("not known: {}", r.reason);
    default:
      return fmt::format("none ({}): {}", to_string(r.status), r.reason);
  }
}

std::string place(const Report& report, const ReportEntry& entry) {
  if (!entry.input) return {};
  return fmt::format(" at {}{} = {:.6g}", report.input, entry.input_index, *entry.input);
}

/// Whether the same factor is wrong at all entries that can tell.
bool has_one_factor(const Report& report) {
  if (report.pattern && !report.pattern->factor.empty()) return true;
  std::vector<WrongEntry> entries;
  for (const ReportEntry& entry : report.entries)
    entries.push_back({.claimed = entry.value,
                       .truth = entry.truth.estimate.value,
                       .bar = entry.truth.estimate.error_bar});
  return common_ratio(entries).has_value();
}

std::string ratio_text(const ReportEntry& entry, bool one_factor) {
  const double truth = entry.truth.estimate.value, ratio = entry.value / truth;
  const std::string both = fmt::format("is {:.6g}, true {:.6g}", entry.value, truth);
  if (!std::isfinite(entry.value)) return fmt::format("is {}", entry.value);
  if (!std::isfinite(ratio) || ratio == 0)
    return fmt::format("is off by {:.3g}", std::abs(entry.value - truth));
  if (std::abs(ratio - 1) < 0.1)
    return fmt::format("is off by a relative {:.2g}", std::abs(ratio - 1));
  if (!one_factor) return both;
  if (std::abs(ratio + 1) < 1e-6) return "has the wrong sign";
  return fmt::format("is off by a factor {:.3g}", ratio);
}

std::string what_happened(const ReportEntry& entry, bool one_factor) {
  switch (entry.verdict.verdict) {
    case Verdict::pass:
      return fmt::format("has {:.1f} digits", entry.verdict.digits);
    case Verdict::inconclusive:
      return "cannot be decided";
    case Verdict::inaccurate:
      return fmt::format("has {:.1f} digits left", entry.verdict.digits);
    case Verdict::fail:
      break;
  }
  return entry.truth.estimate.status == EstimateStatus::kink
             ? "lies outside the one-sided derivatives"
             : ratio_text(entry, one_factor);
}

std::string worst_text(const Report& report) {
  const ReportEntry& worst = report.entries.front();
  const Estimate& r = worst.truth.estimate;
  std::string text =
      fmt::format("entry {} of {} {}{}\n", worst.index, report.size,
                  what_happened(worst, has_one_factor(report)), place(report, worst));
  text += fmt::format("  = claimed    {:.16g}\n  = true       {}\n", worst.value,
                      truth_text(report, r));
  if (worst.verdict.verdict == Verdict::fail && r.error_bar > 0 && std::isfinite(worst.value))
    text += fmt::format("  = excess     {:.3g} times the error bar\n",
                        (r.excess(worst.value) + r.error_bar) / r.error_bar);
  if (!worst.verdict.reason.empty())
    text += fmt::format("  = because    {}\n", worst.verdict.reason);
  return text;
}

std::string others_text(const Report& report) {
  std::string text;
  std::size_t shown = 0, bad = 0;
  for (std::size_t k = 1; k < report.entries.size(); ++k) {
    const ReportEntry& entry = report.entries[k];
    if (entry.verdict.verdict == Verdict::pass) break;
    ++bad;
    if (shown == most_entries_shown) continue;
    ++shown;
    text += fmt::format("  = also       {} {}{}: claimed {:.9g}, true {:.9g} ± {:.1g}\n",
                        entry.index, to_string(entry.verdict.verdict), place(report, entry),
                        entry.value, entry.truth.estimate.value, entry.truth.estimate.error_bar);
  }
  if (bad > shown) text += fmt::format("  = also       {} more\n", bad - shown);
  return text;
}

/// "12 entries", or how many of them are wrong.
std::string count_text(const Report& report) {
  const auto wrong = std::ranges::count_if(report.entries, [](const ReportEntry& entry) {
    return entry.verdict.verdict == Verdict::fail;
  });
  if (wrong == 0) return plural(report.size, "entry", "entries");
  return fmt::format("{} of {} {} wrong", wrong, plural(report.size, "entry", "entries"),
                     wrong == 1 ? "is" : "are");
}

std::string summary(const Report& report) {
  return fmt::format(
      "{}, {}{}", count_text(report), source(report),
      report.evaluations > 0
          ? ", " + plural(static_cast<std::size_t>(report.evaluations), "evaluation", "evaluations")
          : "");
}

}  // namespace

std::string to_string(const Report& report) {
  std::string text = fmt::format("{} {}  ", report.derivative, to_string(report.verdict));
  const bool entries_bad =
      !report.entries.empty() && report.entries.front().verdict.verdict != Verdict::pass;
  if (report.passed() && !report.entries.empty())
    text += fmt::format("at least {:.1f} digits, ", report.digits);
  text += summary(report) + "\n";
  for (const Problem& problem : report.problems)
    text += fmt::format("  = {:10} {}\n", to_string(problem.verdict), problem.text);
  if (entries_bad) text += worst_text(report);
  if (report.pattern) text += fmt::format("  = pattern    {}\n", report.pattern->text);
  if (entries_bad) text += others_text(report);
  if (!report.power.empty()) text += fmt::format("  = power      {}\n", report.power);
  return text;
}

void settle(Report& report) {
  const auto rank = [](const ReportEntry& e) {
    const bool wrong = e.verdict.verdict == Verdict::fail;
    return std::tuple(-static_cast<int>(e.verdict.verdict), wrong ? -e.verdict.relative_error : 0,
                      e.verdict.digits, e.position);
  };
  std::sort(report.entries.begin(), report.entries.end(),
            [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  bool any = false;
  for (const ReportEntry& entry : report.entries) {
    report.verdict = std::max(report.verdict, entry.verdict.verdict);
    if (entry.verdict.verdict != Verdict::pass) continue;
    report.digits = any ? std::min(report.digits, entry.verdict.digits) : entry.verdict.digits;
    any = true;
  }
  for (const Problem& problem : report.problems)
    report.verdict = std::max(report.verdict, problem.verdict);
}

}  // namespace verigrad::gradcheck
