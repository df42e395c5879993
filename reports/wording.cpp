#include "reports/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace verigrad::reports {
namespace {

std::string joined(const std::vector<std::string>& parts) {
  return fmt::format("{}", fmt::join(parts, ", "));
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

// Of the rows of all files, the worst verdict first.
std::vector<std::string> counts_of_rows(const std::vector<FileResult>& files) {
  std::vector<std::string> parts;
  for (const AccuracyVerdict verdict : accuracy_verdicts_worst_first) {
    std::int64_t count = 0;
    for (const FileResult& file : files)
      count += std::count_if(file.accuracy.begin(), file.accuracy.end(),
                             [&](const AccuracyRow& row) { return row.verdict == verdict; });
    if (count > 0) parts.push_back(fmt::format("{} {}", count, to_string(verdict)));
  }
  return parts;
}

std::int64_t files_not_run(const Run& run) {
  return std::count_if(run.files.begin(), run.files.end(),
                       [](const FileResult& file) { return file.not_run; });
}

}  // namespace

std::string counted(std::int64_t count, std::string_view singular, std::string_view plural) {
  if (count == 1) return fmt::format("1 {}", singular);
  return plural.empty() ? fmt::format("{} {}s", count, singular)
                        : fmt::format("{} {}", count, plural);
}

std::string short_number(double value) { return fmt::format("{:.3g}", value); }

std::string percent(std::int64_t part, std::int64_t whole) {
  return fmt::format("{:.1f} %", 100 * static_cast<double>(part) / static_cast<double>(whole));
}

std::string digits_text(double digits) {
  return fmt::format("{:.1f} digits", std::floor(digits * 10) / 10);
}

double digits_left(const CheckResult& check) {
  constexpr double unknown = std::numeric_limits<double>::infinity();
  if (!check.worst || !check.worst->digits) return unknown;
  return std::isnan(*check.worst->digits) ? -unknown : *check.worst->digits;
}

double verified_digits(const CheckResult& check) {
  const double worst = digits_left(check);
  return check.fewest_digits ? std::min(worst, *check.fewest_digits) : worst;
}

Verdict as_verdict(AccuracyVerdict verdict) {
  switch (verdict) {
    case AccuracyVerdict::ok:
      return Verdict::pass;
    case AccuracyVerdict::ill_conditioned:
    case AccuracyVerdict::unstable:
      return Verdict::inaccurate;
    case AccuracyVerdict::wrong:
      return Verdict::fail;
    case AccuracyVerdict::non_smooth:
    case AccuracyVerdict::undecided:
      break;
  }
  return Verdict::inconclusive;
}

Verdict as_verdict(const AccuracyRow& row) {
  const Verdict verdict = as_verdict(row.verdict);
  return row.worsened.empty() ? verdict : std::max(verdict, Verdict::inaccurate);
}

FileStatus status_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return FileStatus::ok;
    case Verdict::inconclusive:
      return FileStatus::inconclusive;
    case Verdict::inaccurate:
      return FileStatus::inaccurate;
    case Verdict::fail:
      break;
  }
  return FileStatus::fail;
}

FileStatus status_of(const FileResult& file) {
  if (!file.errors.empty()) return FileStatus::error;
  if (file.not_run) return FileStatus::not_run;
  if (file.checks.empty() && file.accuracy.empty()) return FileStatus::empty;
  Verdict worst = Verdict::pass;
  for (const CheckResult& check : file.checks) worst = std::max(worst, check.verdict);
  for (const AccuracyRow& row : file.accuracy) worst = std::max(worst, as_verdict(row));
  return status_of(worst);
}

std::string_view to_string(FileStatus status) {
  switch (status) {
    case FileStatus::ok:
      return "ok";
    case FileStatus::not_run:
      return "not run";
    case FileStatus::empty:
      return "empty";
    case FileStatus::inconclusive:
      return "inconclusive";
    case FileStatus::inaccurate:
      return "inaccurate";
    case FileStatus::fail:
      return "fail";
    case FileStatus::error:
      break;
  }
  return "error";
}

std::string file_details(const FileResult& file) {
  if (!file.errors.empty()) return counted(static_cast<std::int64_t>(file.errors.size()), "error");
  if (file.not_run) return "";
  if (file.checks.empty())
    return file.accuracy.empty()
               ? "nothing to check"
               : counted(static_cast<std::int64_t>(file.accuracy.size()), "derivative");
  const Summary counts = summarize({&file, 1});
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

std::string outcome(const Run& run) {
  const Summary counts = summarize(run.files);
  std::vector<std::string> parts = counts_by_verdict(counts);
  const std::vector<std::string> rows = counts_of_rows(run.files);
  parts.insert(parts.end(), rows.begin(), rows.end());
  if (run.accuracy && !run.accuracy->operations.empty())
    parts.push_back(counted(static_cast<std::int64_t>(run.accuracy->operations.size()),
                            "row of operations", "rows of operations"));
  if (counts.error > 0)
    parts.push_back(counted(counts.error, "file with errors", "files with errors"));
  std::string what = !parts.empty()           ? joined(parts)
                     : files_not_run(run) > 0 ? "nothing checked"
                                              : "nothing to check";
  return run.exit_code == 130 ? "interrupted: " + what : what;
}

std::string files_text(const Run& run) {
  const std::int64_t not_run = files_not_run(run);
  std::string text = counted(static_cast<std::int64_t>(run.files.size()) - not_run, "file");
  if (not_run > 0) text += ", " + counted(not_run, "file not run", "files not run");
  return text;
}

std::string title(const CheckResult& check) {
  const std::string output = check.output.value_or("");
  const std::string wrt = fmt::format("{}", fmt::join(check.wrt, ", "));
  const std::string_view kind = to_string(check.kind);
  switch (check.kind) {
    case Kind::check:
      return fmt::format("check{}{}", output.empty() ? "" : " " + output,
                         wrt.empty() ? "" : " wrt " + wrt);
    case Kind::test:
      return fmt::format("test \"{}\"", check.name.value_or(""));
    case Kind::expect:
      return check.name ? "expect " + *check.name : "expect";
    default:
      break;
  }
  if (output.empty()) return fmt::format("{} {}", kind, wrt);
  return fmt::format("{}({}, {})", kind, output, wrt);
}

std::string title(const AccuracyRow& row) {
  return fmt::format("{}{}d {} / d {}", row.name, row.name.empty() ? "" : ": ", row.output,
                     row.wrt);
}

std::string origin_text(const WorstPoint& worst) {
  switch (worst.origin) {
    case PointOrigin::drawn:
      return fmt::format("point {}", worst.point);
    case PointOrigin::search:
      return fmt::format("search from point {}", worst.point);
    case PointOrigin::corpus:
      break;
  }
  return "corpus";
}

std::string counts_text(const AccuracyRow& row) {
  const std::array<std::pair<std::int64_t, const char*>, 6> counts{
      {{row.overflow, "not finite"},
       {row.underflow, "underflows"},
       {row.wrong_signs, "of the wrong sign"},
       {row.wrong_zeros, "not 0 where the truth is"},
       {row.non_smooth, "at kinks, jumps or edges"},
       {row.undecided, "undecided"}}};
  std::vector<std::string> parts;
  for (const auto& [count, what] : counts)
    if (count > 0) parts.push_back(fmt::format("{} {}", count, what));
  return joined(parts);
}

std::string place_text(const OperationShare& share) {
  if (share.line == 0) return "";
  const std::string file = share.path.empty() ? "" : share.path + ":";
  return share.column == 0 ? fmt::format("{}{}", file, share.line)
                           : fmt::format("{}{}:{}", file, share.line, share.column);
}

std::string_view rewrite_label(const AccuracyRow& row, const Rewrite& rewrite) {
  return rewrite.ulps && row.worst && !(*rewrite.ulps < row.worst->ulps) ? "alt" : "try";
}

std::string rewrite_text(const Rewrite& rewrite) {
  if (!rewrite.ulps) return rewrite.text;
  return fmt::format("{}: {} ulp at the worst point", rewrite.text, short_number(*rewrite.ulps));
}

std::string title(const OperationAccuracy& row) {
  return fmt::format("{} {} {} {}", row.operation, row.quantity, row.dtype, row.region);
}

}  // namespace verigrad::reports
