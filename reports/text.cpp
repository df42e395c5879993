#include "reports/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/display.hpp"
#include "reports/findings.hpp"
#include "reports/text_accuracy.hpp"
#include "reports/wording.hpp"

namespace verigrad::reports {
namespace {

constexpr std::size_t widest_aligned = 48;

std::string joined(const std::vector<std::string>& parts) {
  return fmt::format("{}", fmt::join(parts, ", "));
}

// --- a line for every file ---

std::string_view colour_of(FileStatus status, const Style& style) {
  switch (status) {
    case FileStatus::ok:
      return style.good;
    case FileStatus::not_run:
    case FileStatus::empty:
      return style.faint;
    case FileStatus::inconclusive:
      return style.note;
    case FileStatus::inaccurate:
      return style.warning;
    case FileStatus::fail:
    case FileStatus::error:
      break;
  }
  return style.error;
}

std::string check_details(const CheckResult& check) {
  std::vector<std::string> parts;
  if (check.points > (check.kind == Kind::test ? 1 : 0))
    parts.push_back(counted(check.points, "point"));
  if (check.comparisons > 0) parts.push_back(counted(check.comparisons, "comparison"));
  if (check.rejected > 0)
    parts.push_back(fmt::format("{} outside the domain", counted(check.rejected, "draw")));
  const bool measured = check.verdict == Verdict::pass || check.verdict == Verdict::inaccurate;
  if (measured && std::isfinite(verified_digits(check)))
    parts.push_back(digits_text(verified_digits(check)));
  if (check.method) parts.push_back(printable(*check.method));
  return joined(parts);
}

std::string spaced(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

// `text` behind `lead`; its further lines behind as many spaces as `lead` is wide.
void append_indented(std::string& out, std::string_view text, std::string lead, std::size_t width) {
  while (true) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out += spaced(lead + printable(text.substr(0, end)));
    if (end + 1 >= text.size()) return;
    text.remove_prefix(end + 1);
    lead = std::string(width, ' ');
  }
}

// What a check had to say itself, under its line or, when it has none, under its title.
void append_messages(std::string& out, const CheckResult& check, bool with_title,
                     const Style& style) {
  if (check.printed.empty() && check.warnings.empty()) return;
  if (with_title) out += "  " + style.paint(style.faint, printable(title(check))) + "\n";
  for (const std::string& line : check.printed) append_indented(out, line, "    ", 4);
  for (const std::string& warning : check.warnings)
    append_indented(out, warning, "    " + style.paint(style.warning, "warning") + ": ", 13);
}

std::string position(const CheckResult& check) {
  return check.line > 0 ? fmt::format("{}:{}", check.line, check.column) : "-";
}

/// `  relu        0 at 3 points`, a line for every operation; what was not met comes last.
void append_coverage(std::string& out, const std::vector<MetPoint>& coverage) {
  if (coverage.empty()) return;
  out += "  special points met\n";
  for (std::size_t i = 0; i < coverage.size();) {
    const std::string& operation = coverage[i].operation;
    std::string met, missed;
    for (; i < coverage.size() && coverage[i].operation == operation; ++i) {
      const MetPoint& point = coverage[i];
      if (point.points > 0)
        met += fmt::format("{}{} at {}", met.empty() ? "" : ", ", number(point.at),
                           counted(point.points, "point"));
      else
        missed += fmt::format("{}{}", missed.empty() ? "" : ", ", number(point.at));
    }
    if (!missed.empty()) missed = fmt::format("{}not {}", met.empty() ? "" : "; ", missed);
    out += fmt::format("    {:<12}  {}{}\n", operation, met, missed);
  }
}

void append_checks(std::string& out, const FileResult& file, const TextOptions& options) {
  std::size_t position_width = 0, title_width = 0;
  for (const CheckResult& check : file.checks) {
    position_width = std::max(position_width, position(check).size());
    title_width = std::max(title_width, display_width(title(check)));
  }
  title_width = std::min(title_width, widest_aligned);
  for (const CheckResult& check : file.checks) {
    if (options.verbose) {
      const std::string_view word = gradcheck::to_string(check.verdict);
      const std::string gap(12 - word.size(), ' ');
      out += spaced(
          fmt::format("  {:>{}}  {}  {}{}  {}", position(check), position_width,
                      padded(title(check), title_width),
                      options.style.paint(colour_of(status_of(check.verdict), options.style), word),
                      gap, check_details(check)));
    }
    append_messages(out, check, !options.verbose, options.style);
  }
  if (options.verbose) append_coverage(out, file.coverage);
}

std::string file_lines(const Run& run, const TextOptions& options) {
  std::size_t path_width = 0, status_width = 0;
  for (const FileResult& file : run.files) {
    path_width = std::max(path_width, display_width(file.path));
    status_width = std::max(status_width, to_string(status_of(file)).size());
  }
  path_width = std::min(path_width, widest_aligned);
  std::string out;
  for (const FileResult& file : run.files) {
    const FileStatus status = status_of(file);
    const std::string_view word = to_string(status);
    const std::string gap(status_width - word.size(), ' ');
    out += spaced(fmt::format("{}  {}{}  {}", padded(file.path, path_width),
                              options.style.paint(colour_of(status, options.style), word), gap,
                              file_details(file)));
    append_checks(out, file, options);
  }
  return out;
}

// --- the last line ---

std::string summary_line(const Run& run, const TextOptions& options) {
  const Summary counts = summarize(run.files);
  const Style& style = options.style;
  const bool bad = counts.fail + counts.error > 0;
  const bool doubtful = counts.inaccurate + counts.inconclusive > 0;
  const std::string_view colour = bad || (doubtful && run.strict) ? style.error
                                  : doubtful || counts == Summary() || run.exit_code != 0
                                      ? style.warning
                                      : style.good;
  std::string seed = fmt::format("seed {}", run.seed);
  if (options.verbose) seed += fmt::format(", {:.2f} s", run.elapsed_s);
  return fmt::format("{} in {} ({})\n", style.paint(colour, outcome(run)), files_text(run), seed);
}

}  // namespace

std::string render_text(const Run& run, const TextOptions& options) {
  if (run.accuracy) return render_accuracy(run, options);
  std::string out;
  for (const Finding& finding : findings_of(run))
    if (finding.row == nullptr && (!options.quiet || severity_of(finding) == Severity::error))
      out += render(snippet_of(finding), options.style) + "\n";
  const std::string files = options.quiet ? "" : file_lines(run, options);
  out += files;
  if (!files.empty() && (run.files.size() > 1 || options.verbose)) out += "\n";
  return out + summary_line(run, options);
}

}  // namespace verigrad::reports
