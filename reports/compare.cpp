#include "reports/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "reports/compare_match.hpp"
#include "reports/wording.hpp"

namespace verigrad::reports {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::string name(Verdict verdict) { return std::string(gradcheck::to_string(verdict)); }
std::string name(AccuracyVerdict verdict) { return std::string(to_string(verdict)); }

bool is_failure(Verdict verdict) { return verdict == Verdict::fail; }
bool is_failure(AccuracyVerdict verdict) { return verdict == AccuracyVerdict::wrong; }

std::optional<double> digits_of(const CheckResult& check) {
  if (!check.worst || !check.worst->digits) return std::nullopt;
  return std::isnan(*check.worst->digits) ? 0 : *check.worst->digits;
}

double ulps_of(double ulps) { return std::isnan(ulps) ? infinity : ulps; }

/// What has no ulps is worse than any number of them.
bool has_lost_entries(const AccuracyRow& row) { return row.overflow + row.wrong_zeros > 0; }

double p99_of(const AccuracyRow& row) {
  return row.ulps.n == 0 && has_lost_entries(row) ? infinity : ulps_of(row.ulps.p99);
}

/// Where both runs have numbers where the truth is 0, the others are compared; an overflow is
/// infinite in `ulps` already.
double max_of(const AccuracyRow& row, const AccuracyRow& other) {
  const bool alone = row.ulps.n == 0 || !has_lost_entries(other);
  return has_lost_entries(row) && alone ? infinity : ulps_of(row.ulps.max);
}

double bits_of(double ulps) { return std::log2(1 + ulps); }

// Collects changes of one run against another.
class Comparer {
 public:
  explicit Comparer(double digits) : digits_(digits) {}

  template <class T>
  void add(const Pair<T>& pair) {
    ++subject_;
    if (pair.before == nullptr) return appeared(*pair.after);
    if (pair.after == nullptr) return disappeared(*pair.before);
    const std::size_t changes = comparison_.changes.size();
    const T& before = *pair.before->result;
    const T& after = *pair.after->result;
    if (before.verdict != after.verdict) {
      const bool worse = after.verdict > before.verdict;
      add(place_of(*pair.after), worse ? Trend::worse : Trend::better, "verdict",
          name(before.verdict), name(after.verdict));
    }
    compare_numbers(*pair.after, before, after);
    if (comparison_.changes.size() == changes) ++comparison_.unchanged;
  }

  void add(const OperationAccuracy* before, const OperationAccuracy* after) {
    ++subject_;
    const Change place{.title = title(after ? *after : *before)};
    const std::size_t changes = comparison_.changes.size();
    if (before == nullptr)
      add(place, Trend::appeared, "max", {}, after->max);
    else if (after == nullptr)
      add(place, Trend::disappeared, "max", before->max, {});
    else
      compare_ulps(place, "max", ulps_of(before->max), ulps_of(after->max));
    if (comparison_.changes.size() == changes) ++comparison_.unchanged;
  }

  void add_file(Trend trend, const FileResult& file) {
    Change change{.trend = trend, .path = file.path, .measure = "verdict"};
    (trend == Trend::worse ? change.after : change.before) = std::string("error");
    change.subject = ++subject_;
    comparison_.changes.push_back(std::move(change));
  }

  Comparison result() && {
    std::stable_sort(comparison_.changes.begin(), comparison_.changes.end(),
                     [](const Change& a, const Change& b) { return a.trend < b.trend; });
    return std::move(comparison_);
  }

 private:
  template <class T>
  static Change place_of(const Item<T>& item) {
    return {.path = item.file->path, .line = item.result->line, .title = title(*item.result)};
  }

  Change& add(Change place, Trend trend, std::string measure, Change::Value before,
              Change::Value after) {
    Change& change = comparison_.changes.emplace_back(std::move(place));
    change.trend = trend;
    change.subject = subject_;
    change.measure = std::move(measure);
    change.before = std::move(before);
    change.after = std::move(after);
    return change;
  }

  template <class T>
  void appeared(const Item<T>& item) {
    const auto verdict = item.result->verdict;
    add(place_of(item), is_failure(verdict) ? Trend::worse : Trend::appeared, "verdict", {},
        name(verdict));
  }

  template <class T>
  void disappeared(const Item<T>& item) {
    add(place_of(item), Trend::disappeared, "verdict", name(item.result->verdict), {});
  }

  void compare_numbers(const Item<CheckResult>& item, const CheckResult& before,
                       const CheckResult& after) {
    const auto old_digits = digits_of(before), new_digits = digits_of(after);
    if (before.verdict != after.verdict || !old_digits || !new_digits) return;
    const double difference = *new_digits - *old_digits;
    if (!(std::abs(difference) > digits_)) return;
    add(place_of(item), difference < 0 ? Trend::worse : Trend::better, "digits", *old_digits,
        *new_digits)
        .difference = difference;
  }

  void compare_numbers(const Item<AccuracyRow>& item, const AccuracyRow& before,
                       const AccuracyRow& after) {
    const Change place = place_of(item);
    compare_ulps(place, "p99", p99_of(before), p99_of(after));
    compare_ulps(place, "max", max_of(before, after), max_of(after, before));
  }

  void compare_ulps(const Change& place, const char* measure, double before, double after) {
    const bool worse = after > 2 * before && after > 1;
    const bool better = before > 2 * after && before > 1;
    if (!worse && !better) return;
    add(place, worse ? Trend::worse : Trend::better, measure, before, after).difference =
        bits_of(after) - bits_of(before);
  }

  double digits_;
  std::int64_t subject_ = 0;  ///< the number of what is compared now
  Comparison comparison_;
};

std::map<std::string, bool> files_with_errors(const Run& run) {
  std::map<std::string, bool> files;
  for (const FileResult& file : run.files) files[file.path] = !file.errors.empty();
  return files;
}

template <class T>
std::vector<Item<T>> items_of(const Run& run, const std::vector<T> FileResult::*results) {
  std::vector<Item<T>> items;
  for (const FileResult& file : run.files)
    for (const T& result : file.*results) items.push_back({&file, &result});
  return items;
}

template <class T>
void compare_results(Comparer& comparer, const Run& before, const Run& after,
                     const std::vector<T> FileResult::*results) {
  const auto old_items = items_of(before, results), new_items = items_of(after, results);
  const auto broken = files_with_errors(after);
  for (const Pair<T>& pair : matched(old_items, new_items)) {
    const auto file = pair.after == nullptr ? broken.find(pair.before->file->path) : broken.end();
    if (file == broken.end() || !file->second) comparer.add(pair);
  }
}

using Operations = std::map<std::string, const OperationAccuracy*>;

Operations operations_of(const Run& run) {
  Operations operations;
  if (run.accuracy)
    for (const OperationAccuracy& each : run.accuracy->operations)
      operations.emplace(title(each), &each);
  return operations;
}

void compare_operations(Comparer& comparer, const Run& before, const Run& after) {
  const Operations old = operations_of(before), now = operations_of(after);
  for (const auto& [name, row] : now) {
    const auto found = old.find(name);
    comparer.add(found == old.end() ? nullptr : found->second, row);
  }
  for (const auto& [name, row] : old)
    if (!now.contains(name)) comparer.add(row, nullptr);
}

std::vector<std::string> notes_of(const Run& before, const Run& after) {
  std::vector<std::string> notes;
  if (before.seed != after.seed)
    notes.push_back(
        fmt::format("the seeds differ, and so do the points: {} and {}", before.seed, after.seed));
  if (before.version != after.version)
    notes.push_back(fmt::format("the versions differ: {} and {}", before.version, after.version));
  if (before.exit_code == 130 || after.exit_code == 130)
    notes.push_back("a run that was interrupted does not hold all of its checks");
  return notes;
}

}  // namespace

std::string_view to_string(Trend trend) {
  switch (trend) {
    case Trend::worse:
      return "worse";
    case Trend::better:
      return "better";
    case Trend::appeared:
      return "appeared";
    case Trend::disappeared:
      break;
  }
  return "disappeared";
}

std::int64_t Comparison::count(Trend trend) const {
  std::set<std::int64_t> subjects, worse;
  for (const Change& change : changes) {
    if (change.trend == trend) subjects.insert(change.subject);
    if (change.trend == Trend::worse) worse.insert(change.subject);
  }
  if (trend == Trend::better)
    std::erase_if(subjects, [&](std::int64_t subject) { return worse.contains(subject); });
  return std::ssize(subjects);
}

bool are_of_different_kinds(const Run& before, const Run& after) {
  return before.accuracy.has_value() != after.accuracy.has_value();
}

Comparison compare(const Run& before, const Run& after, double digits) {
  Comparer comparer(digits);
  const auto old_errors = files_with_errors(before);
  for (const FileResult& file : after.files) {
    const auto old = old_errors.find(file.path);
    const bool had_errors = old != old_errors.end() && old->second;
    if (had_errors != !file.errors.empty())
      comparer.add_file(had_errors ? Trend::better : Trend::worse, file);
  }
  compare_results(comparer, before, after, &FileResult::checks);
  compare_results(comparer, before, after, &FileResult::accuracy);
  compare_operations(comparer, before, after);
  Comparison comparison = std::move(comparer).result();
  comparison.notes = notes_of(before, after);
  return comparison;
}

}  // namespace verigrad::reports
