#include "runner/accuracy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "engine/error.hpp"
#include "gradcheck/position.hpp"
#include "gradcheck/reference.hpp"
#include "reports/display.hpp"
#include "runner/accuracy_balls.hpp"
#include "runner/accuracy_blame.hpp"
#include "runner/accuracy_row.hpp"
#include "runner/difference_methods.hpp"
#include "runner/draw.hpp"
#include "runner/for_each_index.hpp"
#include "runner/fpcore_input.hpp"
#include "runner/rewrites.hpp"
#include "runner/selection.hpp"
#include "runner/worst_corpus.hpp"
#include "runner/worst_search.hpp"

namespace verigrad::runner {
namespace {

using reports::AccuracyRow;
using reports::AccuracyVerdict;
using reports::FileResult;

/// Of each file's points, those at which numeric methods are measured as well.
constexpr std::size_t survey_points = 16;

/// One file, or one core of an FPCore file.
class Measurement {
 public:
  Measurement(const Input& input, const Options& options)
      : input_(input),
        options_(options),
        drawn_(draw_file(input, options, *options.samples, Overflows::kept)),
        corpus_(input, options) {}

  FileResult result() {
    FileResult file{.path = input_.path, .checks = {}, .errors = drawn_.errors};
    std::erase_if(drawn_.samples, [&](const Sample& sample) {
      if (sample.no_point) no_point_ = *sample.no_point;
      return sample.no_point.has_value();
    });
    if (!file.errors.empty() || drawn_.samples.empty()) return file;
    const auto all = measured_derivatives(drawn_.samples.front().instance);
    std::vector<MeasuredDerivative> derivatives = all;
    std::erase_if(derivatives, [&](const MeasuredDerivative& derivative) {
      return !is_wanted(derivative) || !has_entries(derivative);
    });
    auto measured = measure(derivatives);
    const std::vector<WorstSearch> searches =
        search_worst(derivatives, measured, drawn_.seed, options_);
    const std::vector<StoredPoint> stored = corpus_.measure(drawn_, all, derivatives, options_);
    const auto add = [&](std::size_t d, const SearchedPoint& point, reports::PointOrigin origin) {
      measured[d].push_back({&point.sample, point.entries, origin});
    };
    for (std::size_t d = 0; d < derivatives.size(); ++d)
      for (const SearchedPoint& found : searches[d].found)
        add(d, found, reports::PointOrigin::search);
    for (const StoredPoint& each : stored)
      add(each.derivative, each.point, reports::PointOrigin::corpus);
    for (std::size_t d = 0; d < derivatives.size(); ++d) {
      file.accuracy.push_back(row_of(derivatives[d], measured[d]));
      file.accuracy.back().searched = searches[d].attempts;
    }
    return file;
  }

  const MethodSurvey& methods() const { return methods_; }
  const WorstCorpus& corpus() const { return corpus_; }

  /// After result(): why there is none, if for want of points.
  std::string no_points() const {
    if (no_point_.empty() || !drawn_.samples.empty()) return {};
    const std::string core = input_.core ? fmt::format(":{}", input_.core->line) : "";
    return fmt::format("{}{} is left out: {}", input_.path, core, no_point_);
  }

 private:
  const expressions::Judgement& judgement(const MeasuredDerivative& derivative) const {
    return drawn_.samples.front().instance.judgements[derivative.judgement];
  }

  bool is_wanted(const MeasuredDerivative& derivative) const {
    const expressions::Judgement& asked = judgement(derivative);
    const Program& program = drawn_.samples.front().instance.program;
    const std::string names[] = {asked.output_name, program.leaves()[derivative.leaf].name};
    return runner::is_wanted(options_, input_, asked.line, names);
  }

  bool has_entries(const MeasuredDerivative& derivative) const {
    const Program& program = drawn_.samples.front().instance.program;
    return program.shape(judgement(derivative).output).numel() > 0 &&
           program.leaves()[derivative.leaf].shape.numel() > 0;
  }

  /// Of every derivative its entries at every sample.
  std::vector<std::vector<MeasuredSample>> measure(
      const std::vector<MeasuredDerivative>& derivatives) {
    const std::size_t count = drawn_.samples.size();
    std::vector<std::vector<MeasuredSample>> measured(derivatives.size(),
                                                      std::vector<MeasuredSample>(count));
    std::vector<MethodSurvey> surveys(std::min(count, survey_points));
    for_each_index(count, options_.jobs, [&](std::size_t i) {
      PointAccuracy point(drawn_.samples[i], drawn_.seed, options_);
      for (std::size_t d = 0; d < derivatives.size(); ++d) {
        measured[d][i].sample = &drawn_.samples[i];
        try {
          measured[d][i].entries = point.entries(derivatives[d]);
          if (i < surveys.size()) survey(point, drawn_.samples[i], derivatives[d], surveys[i]);
        } catch (const gradcheck::WorkExhausted& exhausted) {
          measured[d][i].entries = {undecided(exhausted.what())};
        } catch (const Error& error) {
          measured[d][i].entries = {undecided(error.what())};
        }
      }
    });
    for (const MethodSurvey& each : surveys) methods_.merge(each);
    return measured;
  }

  static EntryAccuracy undecided(const char* why) {
    return {.state = EntryAccuracy::State::undecided, .reason = why};
  }

  AccuracyRow row_of(const MeasuredDerivative& derivative,
                     const std::vector<MeasuredSample>& measured) {
    auto [row, worst] = accuracy_row(input_.path, derivative, measured);
    row.repro = worst ? repro(row, *worst) : "";
    if (worst) corpus_.offer(row, derivative, *worst);
    const bool blamed =
        row.verdict == AccuracyVerdict::unstable || row.verdict == AccuracyVerdict::ill_conditioned;
    if (row.worst) {
      Blame found = blame(*worst, derivative, *row.worst, input_.path);
      row.predicted = found.predicted;
      if (blamed) {
        row.blame = std::move(found.shares);
        row.graph = std::move(found.graph);
        row.rewrites = rewrites(input_, options_, *worst, derivative, *row.worst);
      }
    }
    if (row.worst) {
      row.curve = curve(*worst, derivative, *row.worst);
      row.balls = ball_radii(*worst, derivative, *row.worst, row.truth_bits);
      row.ball_ulps = radius_in(worst->instance.program.dtype, row.balls);
    }
    if (input_.core) {
      row.name = input_.core->name;
      row.line = static_cast<std::int64_t>(input_.core->line);
      row.column = static_cast<std::int64_t>(input_.core->column);
      row.id = fmt::format("{}:{}", input_.path, input_.core->line);
    }
    return row;
  }

  ValueId output(const Sample& sample, const MeasuredDerivative& derivative) const {
    return sample.instance.judgements[derivative.judgement].output;
  }

  void survey(PointAccuracy& point, const Sample& sample, const MeasuredDerivative& derivative,
              MethodSurvey& methods) const {
    const Program& program = sample.instance.program;
    const ValueId y = output(sample, derivative);
    if (program.shape(y).rank() != 0 || !sample.overflowed.empty()) return;
    try {
      methods.add(program, sample.point, y, derivative.leaf, point.truths(derivative));
    } catch (const gradcheck::WorkExhausted&) {
    } catch (const Error&) {
    }
  }

  std::optional<reports::StepCurve> curve(const Sample& sample,
                                          const MeasuredDerivative& derivative,
                                          const reports::WorstPoint& worst) const {
    const Program& program = sample.instance.program;
    const ValueId y = output(sample, derivative);
    if (program.shape(y).rank() != 0) return std::nullopt;
    const std::size_t entry =
        gradcheck::ravelled(worst.index, program.leaves()[derivative.leaf].shape);
    try {
      PointAccuracy point(sample, drawn_.seed, options_);
      return step_curve(program, sample.point, y, derivative.leaf, entry,
                        point.truths(derivative)[entry]);
    } catch (const gradcheck::WorkExhausted&) {
      return std::nullopt;
    } catch (const Error&) {
      return std::nullopt;
    }
  }

  /// Standard input cannot be read again.
  std::string repro(const AccuracyRow& row, const Sample& sample) const {
    if (input_.path == "-") return {};
    const ReproToken token{static_cast<std::size_t>(row.line), row.worst->point, drawn_.seed};
    const bool stored = row.worst->origin == reports::PointOrigin::corpus;
    return fmt::format("gradcheck accuracy {}{}", reports::shell_word(input_.path),
                       stored
                           ? point_arguments(options_, input_, sample, default_accuracy_samples)
                           : replay_arguments(options_, input_, token, default_accuracy_samples));
  }

  const Input& input_;
  const Options& options_;
  DrawnFile drawn_;
  std::string no_point_;  ///< why a sample has no point
  MethodSurvey methods_;
  WorstCorpus corpus_;
};

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

bool is_ok(const AccuracyRow& row) { return row.verdict == AccuracyVerdict::ok; }

int exit_code_of(const std::vector<FileResult>& files, const std::vector<WorstCorpus>& corpora,
                 const Options& options) {
  if (options.interrupted != nullptr && *options.interrupted) return 130;
  if (std::ranges::any_of(corpora, &WorstCorpus::is_unreadable)) return 2;
  bool rows = false, worse = std::ranges::any_of(corpora, &WorstCorpus::is_worse);
  for (const FileResult& file : files) {
    if (!file.errors.empty()) return 2;
    rows = rows || !file.accuracy.empty();
    worse = worse || !std::ranges::all_of(file.accuracy, is_ok);
  }
  return !rows ? 4 : options.strict && worse ? 1 : 0;
}

/// What cannot be written is an internal error, and costs no result.
void save(const std::vector<WorstCorpus>& corpora, reports::Run& run) {
  try {
    for (const WorstCorpus& corpus : corpora) corpus.save();
  } catch (const std::runtime_error& error) {
    run.accuracy->notes.push_back(fmt::format("the corpus is not extended: {}", error.what()));
    run.exit_code = run.exit_code == 130 ? 130 : 3;
  }
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
  std::vector<WorstCorpus> corpora;
  MethodSurvey methods;
  int cores = 0;
  Progress progress;
  const std::vector<Input> all = with_cores(inputs);
  progress.files = all.size();
  for (const Input& input : all) {
    if (options.interrupted != nullptr && *options.interrupted) break;
    progress.current = input.path;
    if (options.progress) options.progress(progress);
    ++progress.files_done;
    if (is_for_another_core(options, input)) continue;
    cores += input.core.has_value();
    if (input.core && !input.core->unsupported.empty()) {
      ++left_out[input.core->unsupported];
      continue;
    }
    Measurement measurement(input, options);
    append(run.files, measurement.result());
    methods.merge(measurement.methods());
    corpora.push_back(measurement.corpus());
    std::ranges::copy(corpora.back().notes(), std::back_inserter(notes));
    if (std::string why = measurement.no_points(); !why.empty()) notes.push_back(std::move(why));
  }
  run.summary = reports::summarize(run.files);
  run.accuracy.emplace().notes = notes_of(left_out, cores);
  std::ranges::move(notes, std::back_inserter(run.accuracy->notes));
  run.accuracy->methods = methods.rows();
  std::erase_if(run.accuracy->methods, [](const auto& row) { return row.n == 0; });
  run.exit_code = exit_code_of(run.files, corpora, options);
  save(corpora, run);
  return run;
}

}  // namespace verigrad::runner
