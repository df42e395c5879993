#include "runner/accuracy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <system_error>
#include <utility>

#include "proof/enclosure.hpp"
#include "runner/file_accuracy.hpp"
#include "runner/fpcore_input.hpp"
#include "runner/selection.hpp"

namespace verigrad::runner {
namespace {

using reports::AccuracyRow;
using reports::AccuracyVerdict;
using reports::FileResult;

void append(std::vector<FileResult>& files, FileResult file) {
  if (file.errors.empty() && file.accuracy.empty()) return;
  if (files.empty() || files.back().path != file.path) {
    files.push_back(std::move(file));
    return;
  }
  std::ranges::move(file.accuracy, std::back_inserter(files.back().accuracy));
  std::ranges::move(file.errors, std::back_inserter(files.back().errors));
}

/// Whether --filter lets a core through of which nothing but its name and place is known.
bool is_named(const Options& options, const Input& core) {
  Options every_point = options;
  every_point.repro.reset();
  return is_wanted(every_point, core, core.core->line, {});
}

/// What came of the cores of FPCore files that --filter lets through.
class CoreCount {
 public:
  /// One that the language cannot say.
  void leave_out(const Input& input) {
    ++cores_;
    const auto [found, first] = reasons_.try_emplace(input.core->unsupported);
    if (first) found->second.first = fmt::format("{}:{}", input.path, input.core->line);
    ++found->second.count;
  }

  void add(const FileAccuracy& measured) {
    const bool rows = !measured.file.accuracy.empty();
    measured_ += rows;
    cores_ += rows || !measured.file.errors.empty() || !measured.no_points.empty();
  }

  /// How many were measured, and why the others were left out, the most frequent reason first.
  std::vector<std::string> notes() const {
    if (cores_ == 0) return {};
    std::vector<std::pair<std::string, LeftOut>> reasons(reasons_.begin(), reasons_.end());
    std::ranges::stable_sort(reasons, std::greater(),
                             [](const auto& reason) { return reason.second.count; });
    std::vector<std::string> notes{fmt::format("{} of {} FPCores measured", measured_, cores_)};
    for (const auto& [reason, cores] : reasons)
      notes.push_back(fmt::format("{} left out: {} ({}{})", cores.count, reason,
                                  cores.count == 1 ? "" : "first at ", cores.first));
    return notes;
  }

 private:
  struct LeftOut {
    std::string first;  ///< FILE:LINE
    int count = 0;
  };

  int cores_ = 0, measured_ = 0;
  std::map<std::string, LeftOut> reasons_;
};

int exit_code_of(const std::vector<FileResult>& files, const Options& options) {
  if (is_interrupted(options)) return 130;
  bool rows = false, worse = false;
  for (const FileResult& file : files) {
    if (!file.errors.empty()) return 2;
    rows = rows || !file.accuracy.empty();
    worse = worse || std::ranges::any_of(file.accuracy, reports::is_finding);
  }
  return !rows ? 4 : options.strict && worse ? 1 : 0;
}

/// How it was measured, for who reads the report.
std::vector<std::pair<std::string, std::string>> settings_of(const reports::Run& run,
                                                             const Options& options) {
  const proof::Limits limits;
  std::int64_t compared = 0, rejected = 0, undecided = 0, overflow = 0;
  for (const FileResult& file : run.files)
    for (const AccuracyRow& row : file.accuracy) {
      compared += row.ulps.n;
      rejected += row.rejected;
      undecided += row.undecided;
      overflow += row.overflow;
    }
  return {
      {"ulp", "of the correctly rounded truth, never below the smallest subnormal number"},
      {"literals", "exact decimals in the truth, the nearest numbers in what is computed"},
      {"points", options.repro ? "one of them, and moves from it"
                               : fmt::format("{} random ones of each file, drawn from the domains "
                                             "of its inputs; moves from the worst",
                                             *options.samples)},
      {"proofs", fmt::format("balls of {} to {} bits, until {} bits of a derivative are known",
                             limits.first_bits, options.bits.value_or(limits.last_bits),
                             limits.relative_bits)},
      {"entries",
       fmt::format("{} compared, {} of them not finite; {} undecided; {} draws outside of "
                   "domains",
                   compared, overflow, undecided, rejected)}};
}

/// A corpus that cannot be written costs no result.
void save(const std::vector<WorstCorpus>& corpora, const Options& options, reports::Run& run) {
  std::size_t stored = 0;
  for (const WorstCorpus& corpus : corpora) {
    try {
      stored += corpus.save();
    } catch (const std::system_error& error) {
      run.accuracy->notes.push_back(fmt::format("the corpus is not extended: {}", error.what()));
      run.exit_code = run.exit_code == 130 ? 130 : 3;
    }
  }
  if (stored > 0)
    run.accuracy->notes.push_back(
        fmt::format("{} new point{} in {}", stored, stored == 1 ? "" : "s", options.corpus));
}

}  // namespace

reports::Run measure_accuracy(std::span<const Input> inputs, const Options& given) {
  Options options = given;
  if (!options.samples) options.samples = default_accuracy_samples;
  reports::Run run;
  run.seed = options.repro ? options.repro->seed : options.seed.value_or(default_seed);
  run.strict = options.strict;
  CoreCount cores;
  std::vector<std::string> notes;
  std::vector<WorstCorpus> corpora;  // read before anything is measured, so that no time is lost
  MethodSurvey methods;
  Progress progress;
  const std::vector<Input> all = with_cores(inputs);
  progress.files = all.size();
  for (const Input& input : all) corpora.emplace_back(input, options);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Input& input = all[i];
    if (is_interrupted(options)) break;
    progress.current = input.path;
    if (options.progress) options.progress(progress);
    ++progress.files_done;
    if (is_for_another_core(options, input)) continue;
    if (input.core && !input.core->unsupported.empty()) {
      if (is_named(options, input)) cores.leave_out(input);
      continue;
    }
    FileAccuracy measured = measure_file(input, options, corpora[i]);
    if (input.core && !measured.no_points.empty() && !is_named(options, input))
      measured.no_points.clear();
    if (input.core) cores.add(measured);
    append(run.files, std::move(measured.file));
    methods.merge(measured.methods);
    std::ranges::copy(corpora[i].notes(), std::back_inserter(notes));
    if (!measured.no_points.empty()) notes.push_back(std::move(measured.no_points));
  }
  run.summary = reports::summarize(run.files);
  run.accuracy.emplace().notes = cores.notes();
  std::ranges::move(notes, std::back_inserter(run.accuracy->notes));
  run.accuracy->methods = methods.rows();
  std::erase_if(run.accuracy->methods, [](const auto& row) { return row.n == 0; });
  run.accuracy->settings = settings_of(run, options);
  run.exit_code = exit_code_of(run.files, options);
  save(corpora, options, run);
  return run;
}

}  // namespace verigrad::runner
