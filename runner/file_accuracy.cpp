#include "runner/file_accuracy.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/error.hpp"
#include "gradcheck/reference.hpp"
#include "reports/display.hpp"
#include "runner/accuracy.hpp"
#include "runner/accuracy_row.hpp"
#include "runner/draw.hpp"
#include "runner/for_each_index.hpp"
#include "runner/selection.hpp"
#include "runner/worst_point.hpp"
#include "runner/worst_search.hpp"

namespace verigrad::runner {
namespace {

using reports::AccuracyRow;
using reports::FileResult;

/// Of each file's points, those at which numeric methods are measured as well.
constexpr std::size_t survey_points = 16;

/// One file, or one core of an FPCore file.
class Measurement {
 public:
  Measurement(const Input& input, const Options& options, WorstCorpus& corpus)
      : input_(input),
        options_(options),
        corpus_(corpus),
        drawn_(draw_file(input, options, *options.samples, Overflows::kept)) {}

  FileAccuracy result() {
    FileResult file = measured_file();
    return {std::move(file), std::move(methods_), no_points()};
  }

 private:
  FileResult measured_file() {
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
    if (is_interrupted(options_)) return file;
    const std::vector<WorstSearch> searches =
        search_worst(derivatives, measured, drawn_.seed, options_);
    if (is_interrupted(options_)) return file;
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
    for (const StoredPoint& each : stored)
      if (!each.worsened.empty()) file.accuracy[each.derivative].worsened.push_back(each.worsened);
    return file;
  }

  /// Why there is no result, if for want of points.
  std::string no_points() const {
    if (no_point_.empty() || !drawn_.samples.empty()) return {};
    const std::string core = input_.core ? fmt::format(":{}", input_.core->line) : "";
    return fmt::format("{}{} is left out: {}", input_.path, core, no_point_);
  }

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
    // Of the one point of --repro they say nothing.
    std::vector<MethodSurvey> surveys(options_.repro ? 0 : std::min(count, survey_points));
    for_each_index(count, options_.jobs, [&](std::size_t i) {
      if (is_interrupted(options_)) return;
      PointAccuracy point(drawn_.samples[i], drawn_.seed, options_);
      for (std::size_t d = 0; d < derivatives.size(); ++d) {
        measured[d][i].sample = &drawn_.samples[i];
        try {
          measured[d][i].entries = point.entries(derivatives[d]);
          if (i < surveys.size()) survey(point, drawn_.samples[i], derivatives[d], surveys[i]);
        } catch (const gradcheck::WorkExhausted& exhausted) {
          measured[d][i].entries = undecided(drawn_.samples[i], derivatives[d], exhausted.what());
        } catch (const Error& error) {
          measured[d][i].entries = undecided(drawn_.samples[i], derivatives[d], error.what());
        }
      }
    });
    for (const MethodSurvey& each : surveys) methods_.merge(each);
    return measured;
  }

  static std::vector<EntryAccuracy> undecided(const Sample& sample,
                                              const MeasuredDerivative& derivative,
                                              const char* why) {
    const Program& program = sample.instance.program;
    const ValueId y = sample.instance.judgements[derivative.judgement].output;
    const std::int64_t count =
        program.shape(y).numel() * program.leaves()[derivative.leaf].shape.numel();
    const EntryAccuracy entry{.state = EntryAccuracy::State::undecided, .reason = why};
    return std::vector<EntryAccuracy>(static_cast<std::size_t>(count), entry);
  }

  AccuracyRow row_of(const MeasuredDerivative& derivative,
                     const std::vector<MeasuredSample>& measured) {
    auto [row, worst] = accuracy_row(input_.path, derivative, measured);
    if (worst != nullptr) {
      row.repro = repro(row, *worst);
      corpus_.offer(row, derivative, *worst);
      explain_worst(row, {*worst, derivative, input_, options_, drawn_.seed});
    }
    if (input_.core) {
      row.name = input_.core->name;
      row.line = static_cast<std::int64_t>(input_.core->line);
      row.column = static_cast<std::int64_t>(input_.core->column);
      row.id = fmt::format("{}:{}", input_.path, input_.core->line);
    }
    return row;
  }

  void survey(PointAccuracy& point, const Sample& sample, const MeasuredDerivative& derivative,
              MethodSurvey& methods) const {
    const Program& program = sample.instance.program;
    const ValueId y = sample.instance.judgements[derivative.judgement].output;
    if (program.shape(y).rank() != 0 || !sample.overflowed.empty()) return;
    try {
      methods.add(program, sample.point, y, derivative.leaf, point.truths(derivative));
    } catch (const gradcheck::WorkExhausted&) {
    } catch (const Error&) {
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
  WorstCorpus& corpus_;
  DrawnFile drawn_;
  std::string no_point_;  ///< why a sample has no point
  MethodSurvey methods_;
};

}  // namespace

FileAccuracy measure_file(const Input& input, const Options& options, WorstCorpus& corpus) {
  return Measurement(input, options, corpus).result();
}

}  // namespace verigrad::runner
