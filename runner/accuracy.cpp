#include "runner/accuracy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <system_error>

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

/// What FPCore's cores were left out for, most frequent first.
std::vector<std::string> notes_of(const std::map<std::string, int>& left_out, int cores) {
  if (cores == 0) return {};
  int total = 0;
  std::vector<std::pair<std::string, int>> reasons(left_out.begin(), left_out.end());
  for (const auto& [reason, count] : reasons) total += count;
  std::ranges::stable_sort(reasons, std::greater(), &std::pair<std::string, int>::second);
  std::vector<std::string> notes{fmt::format("{} of {} FPCores measured", cores - total, cores)};
  for (const auto& [reason, count] : reasons)
    notes.push_back(fmt::format("{} left out: {}", count, reason));
  return notes;
}

bool is_ok(const AccuracyRow& row) {
  return row.verdict == AccuracyVerdict::ok && row.worsened.empty();
}

int exit_code_of(const std::vector<FileResult>& files, const Options& options) {
  if (is_interrupted(options)) return 130;
  bool rows = false, worse = false;
  for (const FileResult& file : files) {
    if (!file.errors.empty()) return 2;
    rows = rows || !file.accuracy.empty();
    worse = worse || !std::ranges::all_of(file.accuracy, is_ok);
  }
  return !rows ? 4 : options.strict && worse ? 1 : 0;
}

/// A corpus that cannot be written costs no result.
void save(const std::vector<WorstCorpus>& corpora, const Options& options, reports::Run& run) {
  std::size_t stored = 0;
  try {
    for (const WorstCorpus& corpus : corpora) stored += corpus.save();
  } catch (const std::system_error& error) {
    run.accuracy->notes.push_back(fmt::format("the corpus is not extended: {}", error.what()));
    run.exit_code = run.exit_code == 130 ? 130 : 3;
  }
  if (stored > 0)
    run.accuracy->notes.push_back(
        fmt::format("{} {} of {}", stored,
                    stored == 1 ? "point is a new one" : "points are new ones", options.corpus));
}

}  // namespace

reports::Run measure_accuracy(std::span<const Input> inputs, const Options& given) {
  Options options = given;
  if (!options.samples) options.samples = default_accuracy_samples;
  reports::Run run;
  run.seed = options.repro ? options.repro->seed : options.seed.value_or(default_seed);
  run.strict = options.strict;
  std::map<std::string, int> left_out;
  std::vector<std::string> notes;
  std::vector<WorstCorpus> corpora;  // read before anything is measured, so that no time is lost
  MethodSurvey methods;
  int cores = 0;
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
    cores += input.core.has_value();
    if (input.core && !input.core->unsupported.empty()) {
      ++left_out[input.core->unsupported];
      continue;
    }
    FileAccuracy measured = measure_file(input, options, corpora[i]);
    append(run.files, std::move(measured.file));
    methods.merge(measured.methods);
    std::ranges::copy(corpora[i].notes(), std::back_inserter(notes));
    if (!measured.no_points.empty()) notes.push_back(std::move(measured.no_points));
  }
  run.summary = reports::summarize(run.files);
  run.accuracy.emplace().notes = notes_of(left_out, cores);
  std::ranges::move(notes, std::back_inserter(run.accuracy->notes));
  run.accuracy->methods = methods.rows();
  std::erase_if(run.accuracy->methods, [](const auto& row) { return row.n == 0; });
  run.exit_code = exit_code_of(run.files, options);
  save(corpora, options, run);
  return run;
}

}  // namespace verigrad::runner
