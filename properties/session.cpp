#include "properties/session.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "properties/instructions.hpp"
#include "reports/file.hpp"

namespace verigrad::properties {
namespace {

using reports::CheckResult;
using reports::FileResult;
using reports::Verdict;

constexpr const char* random_programs = "random programs";

CheckResult test_of(std::string_view name, const std::string& path, Verdict verdict) {
  CheckResult check;
  check.id = path + ":0";
  check.kind = reports::Kind::test;
  check.name = std::string(name);
  check.verdict = verdict;
  return check;
}

/// A law's check, failed: with the program that breaks it. Where the program came from is the first
/// of the further facts, and the file that shows it again the check's `repro`.
CheckResult broken(const Counterexample& found, const std::string& path,
                   std::vector<reports::Fact> facts, const std::optional<std::string>& kept) {
  CheckResult check = test_of(found.law->name, path, Verdict::fail);
  check.diagnosis = {{broken_law, found.message}, {broken_law, text(found.specimen)}};
  if (!found.cotangent.empty()) check.diagnosis.push_back({broken_law, "v = " + found.cotangent});
  const reports::Fact& origin = facts.front();
  check.diagnosis.push_back({broken_law, fmt::format("{} {}", origin.label, origin.text)});
  check.repro = kept;
  check.explanation.code = broken_law;
  check.explanation.message =
      fmt::format("a law of differentiation does not hold: {}", found.law->name);
  check.explanation.facts = {
      {"law", fmt::format("{} ({})", found.law->formula, found.law->reference)},
      {"found", found.message},
      {"program", text(found.specimen)}};
  auto& all = check.explanation.facts;
  if (!found.cotangent.empty()) all.push_back({"v", found.cotangent});
  all.insert(all.end(), facts.begin(), facts.end());
  return check;
}

std::vector<const Operation*> operations_of(const SearchOptions& options) {
  const OperationTable& table =
      options.operations != nullptr ? *options.operations : operation_table();
  std::vector<const Operation*> result = drawn_operations(table);
  if (!options.only.empty())
    std::erase_if(result, [&](const Operation* operation) {
      return std::ranges::none_of(
          options.only, [&](const std::string& name) { return table.find(name) == operation; });
    });
  return result;
}

/// The first few, and how many more there are.
std::string some_of(const std::vector<std::string>& names) {
  constexpr std::size_t most = 8;
  const auto end = names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), most));
  std::string text = fmt::format("{}", fmt::join(names.begin(), end, ", "));
  if (names.size() > most) text += fmt::format(" and {} more", names.size() - most);
  return text;
}

/// Of the laws that could not tell for more than one program in a thousand.
std::string undecided_shares(const FuzzResult& result) {
  std::string text;
  for (const Law& law : laws()) {
    const auto found = result.tallies.find(&law);
    if (found == result.tallies.end() || found->second.undecided * 1000 <= found->second.cases)
      continue;
    text += fmt::format("{}{} {:.1f} %", text.empty() ? "" : ", ", law.name,
                        100 * static_cast<double>(found->second.undecided) /
                            static_cast<double>(found->second.cases));
  }
  return text;
}

unsigned modes_of(const FuzzResult& result) {
  unsigned modes = 0;
  for (const auto& [law, tally] : result.tallies) modes |= law->modes;
  return modes;
}

class Session {
 public:
  explicit Session(const SessionOptions& options)
      : options_(options), replaying_(options.fuzz.search) {}

  SessionResult run() {
    bool failed = false;
    for (const Replay& replay : options_.replays) {
      if (is_interrupted()) break;
      failed |= !try_replay(replay);
    }
    if ((!failed || options_.fuzz.keep_going) && options_.fuzz.cases > 0 && !is_interrupted())
      try_random_programs();
    reports::Run& run = result_.run;
    run.seed = options_.fuzz.search.seed;
    run.summary = reports::summarize(run.files);
    run.exit_code = reports::exit_code(run.files, {.interrupted = is_interrupted()});
    return std::move(result_);
  }

 private:
  const SearchOptions& search() const { return options_.fuzz.search; }

  bool is_interrupted() const {
    return options_.fuzz.interrupted != nullptr && *options_.fuzz.interrupted;
  }

  /// Whether every law holds. Points of one file stand together.
  bool try_replay(const Replay& replay) {
    auto& files = result_.run.files;
    if (files.empty() || files.back().path != replay.path)
      files.push_back({.path = replay.path, .checks = {}, .errors = {}});
    std::vector<CheckResult>& checks = files.back().checks;
    const auto found = replaying_.try_specimen(replay.specimen);
    for (const Counterexample& each : found) {
      if (std::ranges::none_of(
              checks, [&](const CheckResult& check) { return check.name == each.law->name; }))
        checks.push_back(
            broken(each, replay.path, {{"again", "gradcheck fuzz " + replay.path}}, replay.path));
    }
    if (checks.empty()) checks.push_back(test_of("all laws", replay.path, Verdict::pass));
    if (checks.size() > 1 && checks.front().verdict == Verdict::pass) checks.erase(checks.begin());
    ++checks.front().points;
    return found.empty();
  }

  void try_random_programs() {
    FuzzOptions fuzz_options = options_.fuzz;
    fuzz_options.found = [this](const Failure& failure, const Counterexample& found, Stage stage) {
      keep(failure, found, stage);
      if (options_.fuzz.found) options_.fuzz.found(failure, found, stage);
    };
    const FuzzResult found = fuzz(fuzz_options);
    result_.seconds = found.seconds;
    FileResult file{.path = random_programs, .checks = {}, .errors = {}};
    for (const Law* law : replaying_.options().laws)
      if (found.tallies.contains(law)) add_law(*law, found, file);
    file.checks.push_back(coverage_of(found));
    result_.coverage_csv = coverage_csv(found.coverage, operations_of(search()), modes_of(found));
    result_.run.files.push_back(std::move(file));
  }

  void add_law(const Law& law, const FuzzResult& found, FileResult& file) const {
    const Tally tally = found.tallies.at(&law);
    const std::size_t before = file.checks.size();
    for (const Finding& finding : found.findings)
      if (finding.smallest.law == &law)
        file.checks.push_back(
            broken(finding.smallest, random_programs, facts_of(finding), path_of(finding.failure)));
    if (file.checks.size() == before)
      file.checks.push_back(
          test_of(law.name, random_programs,
                  tally.undecided == tally.cases ? Verdict::inconclusive : Verdict::pass));
    file.checks[before].points = static_cast<std::int64_t>(tally.cases);
  }

  std::vector<reports::Fact> facts_of(const Finding& finding) const {
    const Failure& failure = finding.failure;
    std::vector<reports::Fact> facts{
        {"case", fmt::format("{} of seed {}, {} values", failure.number, search().seed,
                             to_string(failure.drawn.stratum))}};
    const auto path = path_of(failure);
    if (!path) return facts;
    facts.push_back({"kept", *path});
    facts.push_back({"again", fmt::format("gradcheck fuzz {0}   gradcheck check {0}", *path)});
    return facts;
  }

  /// Where the failure is kept.
  std::optional<std::string> path_of(const Failure& failure) const {
    if (options_.directory.empty()) return std::nullopt;
    return kept_path(options_.directory, *failure.law, search(), failure.number);
  }

  void keep(const Failure& failure, const Counterexample& found, Stage stage) const {
    const auto path = path_of(failure);
    if (!path) return;
    if (stage == Stage::repeated)
      std::filesystem::remove(*path);
    else
      reports::write_file_atomically(*path, found.text);
  }

  CheckResult coverage_of(const FuzzResult& found) const {
    CheckResult check = test_of("coverage", random_programs, Verdict::pass);
    const auto operations = operations_of(search());
    const auto cells = required_cells(found.coverage, operations, modes_of(found));
    std::vector<std::string> missing;
    for (const Cell& cell : cells)
      if (cell.count == 0)
        missing.push_back(fmt::format("{} {}", cell.operation->name(), cell.what));
    std::size_t reached = 0;
    std::uint64_t rarest = found.coverage.programs();
    for (const Operation* operation : operations) {
      const std::uint64_t programs = found.coverage.programs_with(*operation);
      rarest = std::min(rarest, programs);
      reached += programs > 0;
    }
    check.printed.push_back(
        fmt::format("{} programs: {} of {} operations, the rarest in {}; {} of {} required cells",
                    found.coverage.programs(), reached, operations.size(), rarest,
                    cells.size() - missing.size(), cells.size()));
    if (const std::string rest = some_of(missing); !rest.empty())
      check.printed.push_back("not met: " + rest);
    if (const std::string shares = undecided_shares(found); !shares.empty())
      check.printed.push_back("undecided: " + shares);
    return check;
  }

  const SessionOptions& options_;
  Search replaying_;
  SessionResult result_;
};

}  // namespace

std::string kept_path(const std::string& directory, const Law& law, const SearchOptions& search,
                      std::uint64_t number) {
  std::string name(law.name);
  std::ranges::replace(name, ' ', '-');
  return (std::filesystem::path(directory) /
          fmt::format("{}-{}{}-{}.grad", name, search.seed, mark_of(search), number))
      .string();
}

SessionResult run_session(const SessionOptions& options) { return Session(options).run(); }

}  // namespace verigrad::properties
