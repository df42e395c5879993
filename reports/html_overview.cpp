#include <fmt/format.h>

#include <array>

#include "reports/html_parts.hpp"
#include "reports/html_pictures.hpp"
#include "reports/html_table.hpp"
#include "reports/html_text.hpp"

namespace verigrad::reports {
namespace {

// A bar, and the same in words below it.
void append_verdicts(std::string& out, std::string_view of, const std::vector<BarPart>& parts) {
  out += verdict_bar(of, parts);
  out += "<ul class=\"counts\">";
  for (const BarPart& part : parts)
    if (part.count > 0)
      out += fmt::format("<li>{} <b>{}</b></li>", badge(part.verdict), grouped(part.count, of));
  out += "</ul>\n";
}

std::vector<BarPart> check_verdicts(const Summary& counts) {
  return {{"fail", counts.fail},
          {"inaccurate", counts.inaccurate},
          {"inconclusive", counts.inconclusive},
          {"pass", counts.pass}};
}

std::vector<BarPart> accuracy_verdicts(const Run& run) {
  std::vector<BarPart> parts;
  for (const AccuracyVerdict each : accuracy_verdicts_worst_first)
    parts.push_back({to_string(each), 0});
  for (const FileResult& file : run.files)
    for (const AccuracyRow& row : file.accuracy)
      for (BarPart& part : parts)
        if (part.verdict == to_string(row.verdict)) ++part.count;
  return parts;
}

std::int64_t total(const std::vector<BarPart>& parts) {
  std::int64_t sum = 0;
  for (const BarPart& part : parts) sum += part.count;
  return sum;
}

// What a person wants to know first.
std::string headline(const Run& run, const Summary& counts, std::int64_t rows) {
  const std::string files = grouped(static_cast<std::int64_t>(run.files.size()), "file");
  if (run.exit_code == 130) return "Interrupted: what was finished, of " + files;
  if (counts.fail > 0) return fmt::format("{} failed in {}", grouped(counts.fail, "check"), files);
  if (counts.error > 0) return fmt::format("{} with errors", grouped(counts.error, "file"));
  if (counts.inaccurate + counts.inconclusive > 0) return "Nothing failed, in " + files;
  if (counts.pass > 0) return fmt::format("{} passed in {}", grouped(counts.pass, "check"), files);
  if (rows > 0) return fmt::format("{} measured in {}", grouped(rows, "derivative"), files);
  if (run.accuracy && !run.accuracy->operations.empty())
    return grouped(std::ssize(run.accuracy->operations), "row") + " of operations";
  return "Nothing was checked in " + files;
}

// The names of files of which there is nothing else to say.
void append_idle_files(std::string& out, const Run& run) {
  std::string empty, not_run;
  for (const FileResult& file : run.files) {
    if (!file.checks.empty() || !file.errors.empty() || !file.accuracy.empty()) continue;
    std::string& list = file.not_run ? not_run : empty;
    list += (list.empty() ? "" : ", ") + file.path;
  }
  if (!empty.empty()) append_fact(out, "nothing to check in", empty);
  if (!not_run.empty()) append_fact(out, "not run", not_run);
}

}  // namespace

void append_overview(std::string& out, const Run& run) {
  const Summary counts = summarize(run.files);
  const auto checks = check_verdicts(counts);
  const auto rows = accuracy_verdicts(run);
  out += fmt::format("<header>\n<p class=\"product\">Verigrad gradient report</p>\n<h1>{}</h1>\n",
                     escaped(headline(run, counts, total(rows))));
  if (total(checks) > 0) append_verdicts(out, "check", checks);
  if (total(rows) > 0) append_verdicts(out, "derivative", rows);
  if (counts.error > 0)
    out += fmt::format("<p><a href=\"#errors\">{} with errors</a></p>\n",
                       grouped(counts.error, "file"));
  out += "<dl class=\"facts\">\n";
  append_fact(out, "command", run.command);
  append_fact(out, "seed", fmt::format("{}", run.seed));
  append_fact(out, "elapsed", fmt::format("{} s", compact(run.elapsed_s)));
  append_fact(out, "version", run.version);
  for (const auto& [name, text] : run.environment) append_fact(out, name, text);
  if (run.accuracy)
    for (const auto& [name, text] : run.accuracy->settings) append_fact(out, name, text);
  append_idle_files(out, run);
  out += "</dl>\n</header>\n";
}

}  // namespace verigrad::reports
