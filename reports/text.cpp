#include "reports/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "reports/display.hpp"
#include "reports/ranking.hpp"

namespace verigrad::reports {
namespace {

constexpr std::size_t widest_aligned = 48;

std::string counted(std::int64_t count, std::string_view singular, std::string_view plural = "") {
  if (count == 1) return fmt::format("1 {}", singular);
  return plural.empty() ? fmt::format("{} {}s", count, singular)
                        : fmt::format("{} {}", count, plural);
}

// Rounded down: a report never promises a digit that was not verified.
std::string digits_text(double digits) {
  return fmt::format("{:.1f} digits", std::floor(digits * 10) / 10);
}

std::string joined(const std::vector<std::string>& parts) {
  return fmt::format("{}", fmt::join(parts, ", "));
}

// --- the blocks above ---

struct Block {
  int rank;
  double digits;
  Snippet snippet;
};

bool is_shown(Verdict verdict, const TextOptions& options) {
  if (verdict == Verdict::pass) return false;
  return verdict == Verdict::fail || options.strict || !options.quiet;
}

std::vector<Block> blocks_of(const Run& run, const TextOptions& options) {
  std::vector<Block> blocks;
  for (const FileResult& file : run.files) {
    for (const FileError& error : file.errors)
      blocks.push_back({rank_of_errors, 0, snippet_of(file, error)});
    for (const CheckResult& check : file.checks)
      if (is_shown(check.verdict, options))
        blocks.push_back(
            {rank(check.verdict), verified_digits(check), snippet_of(file, check, options.strict)});
  }
  std::stable_sort(blocks.begin(), blocks.end(), [](const Block& a, const Block& b) {
    return a.rank != b.rank ? a.rank < b.rank : a.digits < b.digits;
  });
  return blocks;
}

// --- a line for every file ---

struct Status {
  std::string_view word, colour;
};

Status status_of(Verdict verdict, const Style& style, std::string_view word_for_pass) {
  switch (verdict) {
    case Verdict::pass:
      return {word_for_pass, style.good};
    case Verdict::inconclusive:
      return {"inconclusive", style.note};
    case Verdict::inaccurate:
      return {"inaccurate", style.warning};
    case Verdict::fail:
      return {"fail", style.error};
  }
  return {};
}

Status status_of(const FileResult& file, const Style& style) {
  if (!file.errors.empty()) return {"error", style.error};
  if (file.not_run) return {"not run", style.faint};
  if (file.checks.empty()) return {"empty", style.faint};
  Verdict worst = Verdict::pass;
  for (const CheckResult& check : file.checks) worst = std::max(worst, check.verdict);
  return status_of(worst, style, "ok");
}

std::vector<std::string> counts_by_verdict(const Summary& counts) {
  std::vector<std::string> parts;
  if (counts.fail > 0) parts.push_back(fmt::format("{} failed", counts.fail));
  if (counts.inaccurate > 0) parts.push_back(fmt::format("{} inaccurate", counts.inaccurate));
  if (counts.inconclusive > 0) parts.push_back(fmt::format("{} inconclusive", counts.inconclusive));
  if (counts.pass > 0) parts.push_back(fmt::format("{} passed", counts.pass));
  return parts;
}

std::vector<std::string> counts_by_kind(const std::vector<CheckResult>& checks) {
  std::int64_t plain = 0, claims = 0, expectations = 0, tests = 0;
  for (const CheckResult& check : checks) switch (check.kind) {
      case Kind::check:
        ++plain;
        break;
      case Kind::expect:
        ++expectations;
        break;
      case Kind::test:
        ++tests;
        break;
      default:
        ++claims;
    }
  std::vector<std::string> parts;
  if (plain > 0) parts.push_back(counted(plain, "check"));
  if (claims > 0) parts.push_back(counted(claims, "claim"));
  if (expectations > 0) parts.push_back(counted(expectations, "expectation"));
  if (tests > 0) parts.push_back(counted(tests, "test"));
  return parts;
}

std::string file_details(const FileResult& file) {
  if (!file.errors.empty()) return counted(static_cast<std::int64_t>(file.errors.size()), "error");
  if (file.not_run) return "";
  if (file.checks.empty()) return "nothing to check";
  const Summary counts = summarize({file});
  const bool all_pass = counts.pass == static_cast<std::int64_t>(file.checks.size());
  std::vector<std::string> parts =
      all_pass ? counts_by_kind(file.checks) : counts_by_verdict(counts);

  std::int64_t points = 0, comparisons = 0, rejected = 0;
  double digits = std::numeric_limits<double>::infinity();
  for (const CheckResult& check : file.checks) {
    comparisons += check.comparisons;
    rejected = std::max(rejected, check.rejected);
    if (check.kind != Kind::test) points = std::max(points, check.points);
    digits = std::min(digits, verified_digits(check));
  }
  if (points > 0) parts.push_back(counted(points, "point"));
  if (points > 0 && rejected > 0) parts.push_back(fmt::format("{} redrawn", rejected));
  if (comparisons > 0) parts.push_back(counted(comparisons, "comparison"));
  if (all_pass && std::isfinite(digits)) parts.push_back("at least " + digits_text(digits));
  return joined(parts);
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
      const Status status = status_of(check.verdict, options.style, "pass");
      const std::string gap(12 - status.word.size(), ' ');
      out += spaced(fmt::format("  {:>{}}  {}  {}{}  {}", position(check), position_width,
                                padded(title(check), title_width),
                                options.style.paint(status.colour, status.word), gap,
                                check_details(check)));
    }
    append_messages(out, check, !options.verbose, options.style);
  }
  if (options.verbose) append_coverage(out, file.coverage);
}

std::string file_lines(const Run& run, const TextOptions& options) {
  std::size_t path_width = 0, status_width = 0;
  for (const FileResult& file : run.files) {
    path_width = std::max(path_width, display_width(file.path));
    status_width = std::max(status_width, status_of(file, options.style).word.size());
  }
  path_width = std::min(path_width, widest_aligned);
  std::string out;
  for (const FileResult& file : run.files) {
    const Status status = status_of(file, options.style);
    const std::string gap(status_width - status.word.size(), ' ');
    out += spaced(fmt::format("{}  {}{}  {}", padded(file.path, path_width),
                              options.style.paint(status.colour, status.word), gap,
                              file_details(file)));
    append_checks(out, file, options);
  }
  return out;
}

// --- the last line ---

std::string summary_line(const Run& run, const TextOptions& options) {
  const Summary counts = summarize(run.files);
  const Style& style = options.style;
  std::vector<std::string> parts = counts_by_verdict(counts);
  if (counts.error > 0)
    parts.push_back(counted(counts.error, "file with errors", "files with errors"));
  const bool bad = counts.fail + counts.error > 0;
  const bool doubtful = counts.inaccurate + counts.inconclusive > 0;
  const std::int64_t not_run = std::count_if(run.files.begin(), run.files.end(),
                                             [](const FileResult& file) { return file.not_run; });
  std::string what = !parts.empty() ? joined(parts)
                     : not_run > 0  ? "nothing checked"
                                    : "nothing to check";
  if (run.exit_code == 130) what = "interrupted: " + what;
  const std::string_view colour = bad || (doubtful && options.strict)               ? style.error
                                  : doubtful || parts.empty() || run.exit_code != 0 ? style.warning
                                                                                    : style.good;
  std::string seed = fmt::format("seed {}", run.seed);
  if (options.verbose) seed += fmt::format(", {:.2f} s", run.elapsed_s);
  std::string where = counted(static_cast<std::int64_t>(run.files.size()) - not_run, "file");
  if (not_run > 0) where += ", " + counted(not_run, "file not run", "files not run");
  return fmt::format("{} in {} ({})\n", style.paint(colour, what), where, seed);
}

}  // namespace

std::string render_text(const Run& run, const TextOptions& options) {
  std::string out;
  for (const Block& block : blocks_of(run, options))
    out += render(block.snippet, options.style) + "\n";
  const std::string files = options.quiet ? "" : file_lines(run, options);
  out += files;
  if (!files.empty() && (run.files.size() > 1 || options.verbose)) out += "\n";
  return out + summary_line(run, options);
}

}  // namespace verigrad::reports
