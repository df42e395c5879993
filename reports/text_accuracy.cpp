#include "reports/text_accuracy.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "reports/display.hpp"
#include "reports/findings.hpp"
#include "reports/wording.hpp"

namespace verigrad::reports {
namespace {

using Cells = std::vector<std::string>;

constexpr std::size_t widest_name = 44;
constexpr std::size_t most_entries = 6;   // of each input of a row
constexpr std::size_t most_operands = 4;  // of a row of an operation, all together

/// Cells of a table; the first and the last column are text, the others numbers.
class Table {
 public:
  explicit Table(Cells head) : widths_(head.size()) { add(std::move(head)); }

  void add(Cells cells) {
    for (std::size_t i = 0; i < cells.size(); ++i)
      widths_[i] = std::max(widths_[i], display_width(cells[i]));
    rows_.push_back(std::move(cells));
  }

  std::string line(std::size_t row) const {
    std::string out = " ";
    for (std::size_t i = 0; i < rows_[row].size(); ++i) {
      const std::string& cell = rows_[row][i];
      const bool text = i == 0, last = i + 1 == rows_[row].size();
      const std::string gap(widths_[i] - display_width(cell), ' ');
      out += " " + (text ? printable(cell) + gap + " " : last ? " " + cell : gap + cell + " ");
    }
    return out + "\n";
  }

  std::string lines() const {
    std::string out;
    for (std::size_t row = 0; row < rows_.size(); ++row) out += line(row);
    return out;
  }

 private:
  std::vector<std::size_t> widths_;
  std::vector<Cells> rows_;
};

std::string known_number(const std::optional<double>& value) {
  return value ? short_number(*value) : "-";
}

std::string share(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? "-" : percent(part, whole);
}

std::string_view colour(AccuracyVerdict verdict, const Style& style) {
  if (verdict == AccuracyVerdict::ok) return style.good;
  return verdict == AccuracyVerdict::wrong ? style.error : style.warning;
}

std::string row_title(const AccuracyRow& row) {
  const std::string place = row.line > 0 ? fmt::format(":{}", row.line) : "";
  const std::string what = row.name.empty() ? row.output + " by " : "by ";
  return shortened(fmt::format("{}{}{}", place.empty() ? "" : place + "  ", what, row.wrt),
                   widest_name);
}

Cells cells(const AccuracyRow& row) {
  const UlpStatistics& ulps = row.ulps;
  const bool none = ulps.n == 0;
  return {row_title(row),
          fmt::to_string(ulps.n),
          none ? "-" : short_number(ulps.median),
          none ? "-" : short_number(ulps.p99),
          none ? "-" : short_number(ulps.max),
          none ? "-" : fmt::format("{:.2f}", ulps.mean_bits),
          share(ulps.correctly_rounded, ulps.n),
          share(ulps.within_1, ulps.n),
          known_number(row.condition_max),
          known_number(row.instability)};
}

/// How many of a point's numbers are shown, where `most` are without --verbose.
std::size_t shown_entries(const TextOptions& options, std::size_t most) {
  return options.verbose ? std::numeric_limits<std::size_t>::max() : most;
}

/// "0x1p+0, 0x1.8p+1, …"
std::string first_entries(const std::vector<double>& entries, std::size_t most) {
  std::string text;
  for (std::size_t i = 0; i < std::min(entries.size(), most); ++i)
    text += (i == 0 ? "" : ", ") + hexadecimal(entries[i]);
  return entries.size() > most ? text + ", …" : text;
}

/// Of each input the first `most` entries.
std::string inputs_of(const WorstPoint& worst, std::size_t most) {
  std::vector<std::string> parts;
  for (const auto& [name, entries] : worst.inputs) {
    std::string text = first_entries(entries, most);
    if (entries.size() != 1) text = "[" + text + "]";
    parts.push_back(fmt::format("{} = {}", printable(name), text));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string balls_of(const AccuracyRow& row) {
  if (!row.ball_ulps) return {};
  return fmt::format("{} in this precision, the truth to {} bits",
                     std::isfinite(*row.ball_ulps)
                         ? fmt::format("± {} ulp", short_number(*row.ball_ulps))
                         : "enclose nothing",
                     row.truth_bits);
}

std::string blame_of(const AccuracyRow& row) {
  constexpr std::size_t most = 3;
  std::string out;
  for (std::size_t i = 0; i < std::min(row.blame.size(), most); ++i) {
    const OperationShare& each = row.blame[i];
    const std::string place = place_text(each);
    out += fmt::format("{}{:.0f} % {}{}{}", i == 0 ? "" : "; ", 100 * each.share,
                       printable(each.operation), place.empty() ? "" : " at " + printable(place),
                       each.backward ? " (backward)" : "");
  }
  return out;
}

/// The largest share in its place, indented as the other details are.
void append_culprit(std::string& out, const FileResult& file, const AccuracyRow& row,
                    const Style& style) {
  if (row.blame.empty()) return;
  const std::optional<Snippet> snippet = culprit_snippet(file, row.blame.front());
  if (!snippet) return;
  const std::string block = render(*snippet, style);
  for (std::string_view rest = block; !rest.empty();
       rest.remove_prefix(std::min(rest.find('\n') + 1, rest.size())))
    out += fmt::format("      {}\n", rest.substr(0, rest.find('\n')));
}

void append_details(std::string& out, const FileResult& file, const AccuracyRow& row,
                    const TextOptions& options) {
  const Style& style = options.style;
  const auto add = [&](std::string_view label, const std::string& text) {
    if (!text.empty())
      out +=
          fmt::format("      {} {}\n", style.paint(style.faint, fmt::format("{:<7}", label)), text);
  };
  add("why", printable(row.reason));
  for (const std::string& sentence : row.worsened) add("worse", sentence);
  add("counts", counts_text(row));
  if (row.worst) {
    const WorstPoint& worst = *row.worst;
    add("worst", fmt::format("{} instead of {}{}", number(worst.computed), number(worst.truth),
                             worst.index.empty()
                                 ? ""
                                 : fmt::format(" in entry [{}]", fmt::join(worst.index, ", "))));
    const bool drawn = worst.origin == PointOrigin::drawn;
    add("at", inputs_of(worst, shown_entries(options, most_entries)) +
                  (drawn ? "" : fmt::format("  ({})", origin_text(worst))));
  }
  add("balls", balls_of(row));
  add("blame", blame_of(row));
  append_culprit(out, file, row, style);
  for (const Rewrite& rewrite : row.rewrites)
    add(rewrite_label(row, rewrite), printable(rewrite_text(rewrite)));
  add("again", printable(row.repro));
}

/// "  NAME  3 draws outside the domain", what is told of all rows of a core or a file; "" for
/// nothing.
std::string heading(const AccuracyRow& row, const Style& style) {
  std::string text = printable(row.name);
  if (row.rejected > 0)
    text += fmt::format("{}{} outside the domain", text.empty() ? "" : "  ",
                        counted(row.rejected, "draw"));
  return text.empty() ? text : "  " + style.paint(style.faint, text) + "\n";
}

std::string file_table(const FileResult& file, const TextOptions& options) {
  Table table({"derivative", "n", "median", "p99", "max ulp", "bits", "rounded", "≤ 1 ulp",
               "condition", "instability", "verdict"});
  for (const AccuracyRow& row : file.accuracy) {
    Cells all = cells(row);
    all.push_back(options.style.paint(colour(row.verdict, options.style), to_string(row.verdict)));
    table.add(std::move(all));
  }
  std::string out = options.style.paint(options.style.strong, printable(file.path)) + "\n";
  if (file.accuracy.empty()) return {};
  out += table.line(0);
  std::optional<std::string> core;
  for (std::size_t i = 0; i < file.accuracy.size(); ++i) {
    const AccuracyRow& row = file.accuracy[i];
    if (row.name != core) out += heading(row, options.style);
    core = row.name;
    out += table.line(i + 1);
    if (is_finding(row) || options.verbose) append_details(out, file, row, options);
  }
  return out + "\n";
}

/// The rows that make the run exit with 1, or whose rule is wrong.
std::string failed_rows(const Run& run, const FileResult& file, const TextOptions& options) {
  const Style& style = options.style;
  std::string out;
  for (const AccuracyRow& row : file.accuracy) {
    const bool failed = row.verdict == AccuracyVerdict::wrong || (run.strict && is_finding(row));
    if (!failed) continue;
    out += fmt::format("{}  {}  {}\n", printable(file.path), printable(row_title(row)),
                       style.paint(colour(row.verdict, style), to_string(row.verdict)));
    append_details(out, file, row, options);
  }
  return out.empty() ? out : out + "\n";
}

std::string operation_table(const std::vector<OperationAccuracy>& operations,
                            const TextOptions& options) {
  if (operations.empty()) return {};
  Table table({"operation", "n", "0 ulp", "1", "2", "3", "more", "max ulp", "naive", "worst at"});
  for (const OperationAccuracy& each : operations) {
    Cells row{shortened(title(each), widest_name), fmt::to_string(each.n)};
    for (std::size_t k = 0; k < 5; ++k)
      row.push_back(k < each.counts.size() ? fmt::to_string(each.counts[k]) : "-");
    row.push_back(short_number(each.max));
    row.push_back(known_number(each.naive));
    row.push_back(first_entries(each.worst, shown_entries(options, most_operands)));
    table.add(std::move(row));
  }
  return table.lines() + "\n";
}

std::string method_table(const std::vector<MethodAccuracy>& methods) {
  if (methods.empty()) return {};
  Table table({"numeric method", "n", "evaluations", "median error", "p99", "worst", "false alarms",
               "undecided", "misses 1e-3", "misses 1e-6", "bar covers"});
  const auto percentage = [](const std::optional<double>& share) {
    return share ? fmt::format("{:.2f} %", 100 * *share) : "-";
  };
  const auto error = [](double value) {
    return std::isnan(value) ? "-" : fmt::format("{:.2g}", value);
  };
  for (const MethodAccuracy& each : methods)
    table.add({each.method, fmt::to_string(each.n), fmt::format("{:.1f}", each.evaluations),
               error(each.median), error(each.p99), error(each.worst),
               percentage(each.false_alarms), percentage(each.unsure),
               percentage(missed_share(each, 1e-3)), percentage(missed_share(each, 1e-6)),
               each.covered || each.unsure > 0 ? percentage(each.covered) : "no bar"});
  return table.lines() + "\n";
}

std::string summary_line(const Run& run, const TextOptions& options) {
  const bool ok = std::ranges::all_of(run.files, [](const FileResult& file) {
    return file.errors.empty() && std::ranges::all_of(file.accuracy, [](const AccuracyRow& row) {
             return !is_finding(row);
           });
  });
  const Style& style = options.style;
  std::string seed = fmt::format("seed {}", run.seed);
  if (options.verbose) seed += fmt::format(", {:.2f} s", run.elapsed_s);
  const std::string files = run.files.empty() ? "" : " in " + files_text(run);
  return fmt::format("{}{} ({})\n", style.paint(ok ? style.good : style.warning, outcome(run)),
                     files, seed);
}

}  // namespace

std::string render_accuracy(const Run& run, const TextOptions& options) {
  std::string out;
  for (const FileResult& file : run.files)
    for (const FileError& error : file.errors)
      out += render(snippet_of(file, error), options.style) + "\n";
  for (const FileResult& file : run.files)
    out += options.quiet ? failed_rows(run, file, options) : file_table(file, options);
  if (run.accuracy && !options.quiet)
    out += operation_table(run.accuracy->operations, options) + method_table(run.accuracy->methods);
  // What fails a run may be said by a note alone, such as an input that is further off than stored.
  if (run.accuracy && (!options.quiet || run.exit_code != 0))
    for (const std::string& note : run.accuracy->notes) out += printable(note) + "\n";
  return out + summary_line(run, options);
}

}  // namespace verigrad::reports
