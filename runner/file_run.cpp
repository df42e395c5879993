#include "runner/file_run.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

#include "reports/display.hpp"
#include "reports/wording.hpp"
#include "runner/codes.hpp"
#include "runner/describe.hpp"
#include "runner/expectation.hpp"
#include "runner/fpcore_input.hpp"
#include "runner/judge_statement.hpp"
#include "runner/selection.hpp"

namespace verigrad::runner {

using expressions::Judgement;
using gradcheck::Verdict;
using reports::CheckResult;

namespace {

/// Turns the result of `expect fail: CLAIM` into a pass when the claim came back so, else a
/// failure.
void compare_with_expected(CheckResult& result, Verdict expected) {
  if (result.verdict == expected) {
    result.verdict = Verdict::pass;
    result.diagnosis.clear();
    result.explanation = {};
    if (result.worst && expected != Verdict::pass) result.worst->digits.reset();
    return;
  }
  reports::Explanation& shown = result.explanation;
  shown.code = code::other_verdict;
  shown.message = fmt::format("expected the verdict {}, but it is {}", to_string(expected),
                              to_string(result.verdict));
  result.diagnosis.insert(result.diagnosis.begin(), {shown.code, shown.message});
  result.verdict = Verdict::fail;
}

}  // namespace

FileRun::FileRun(const Input& input, const Options& options)
    : input_(input),
      path_(input.path),
      options_(options),
      seed_(options.repro ? options.repro->seed : options.seed.value_or(default_seed)) {
  if (unsupported()) return;
  try {
    load();
  } catch (const expressions::SourceError& error) {
    errors_.push_back({.code = expressions::code::use_file, .message = error.what(), .help = {}});
  }
  if (!has_errors()) plan();
}

void FileRun::load() {
  const expressions::SourcePtr source =
      input_.text ? expressions::SourceFile::from_text(path_, *input_.text)
                  : expressions::SourceFile::read(path_, path_);
  expressions::Diagnostics diagnostics(source);
  document_ = expressions::Document::load(source, diagnostics, options_.overrides);
  if (!diagnostics.has_errors()) {
    std::vector<std::int64_t> smallest;
    for (const auto& dim : document_->dims()) smallest.push_back(dim.first);
    first_ = document_->instantiate(smallest, diagnostics);
  }
  for (const expressions::Diagnostic& diagnostic : diagnostics.all())
    if (diagnostic.severity == expressions::Severity::error)
      errors_.push_back(file_error(diagnostic, path_));
}

void FileRun::plan() {
  if (!options_.repro && !options_.seed) seed_ = document_->settings().seed.value_or(seed_);
  for (std::size_t i = 0; i < first_->judgements.size(); ++i) {
    const Judgement& judgement = first_->judgements[i];
    std::vector<std::string> names{judgement.output_name};
    for (std::size_t leaf : judgement.wrt) names.push_back(first_->program.leaves()[leaf].name);
    if (is_wanted(options_, input_, judgement.line, names)) chosen_.push_back(i);
  }
  plan_ = plan_points(*first_, planned_samples(*first_, options_), options_);
  if (!chosen_.empty()) {
    if (const auto error = no_such_point(options_, plan_)) {
      errors_.push_back(*error);
    } else if (options_.repro) {
      points_.push_back({.index = options_.repro->point});
    } else {
      for (std::int64_t k = 0; k < plan_.total(); ++k) points_.push_back({.index = k});
    }
  }
  for (const expressions::TestBlock& test : document_->tests())
    if (is_wanted(options_, input_, test.where.line, {&test.name, 1}))
      tests_.push_back({.block = &test});
}

bool FileRun::judged_at(const Judgement& judgement, std::int64_t index) const {
  const std::int64_t samples =
      options_.samples.value_or(judgement.settings.samples.value_or(default_samples));
  return options_.repro || index < samples || index >= plan_.random;
}

void FileRun::run(std::size_t task) {
  if (task < points_.size()) {
    run_point(points_[task]);
  } else {
    run_test(tests_[task - points_.size()]);
  }
}

void FileRun::run_point(PointTask& task) {
  expressions::Diagnostics diagnostics(document_->source());
  task.sample = draw_sample(*document_, plan_, task.index, seed_, diagnostics);
  task.errors = diagnostics.all();
  task.outcomes.resize(chosen_.size());
  task.done = true;
  if (!task.sample) return;
  if (task.sample->no_point && task.index >= plan_.random) return;
  if (!task.sample->no_point) task.coverage = Coverage::at(*task.sample);
  DerivativeJudge derivatives(*task.sample, seed_, options_);
  for (std::size_t i = 0; i < chosen_.size(); ++i) {
    const Judgement& judgement = task.sample->instance.judgements[chosen_[i]];
    if (!judged_at(judgement, task.index)) continue;
    const bool expectation = judgement.kind == Judgement::Kind::expect ||
                             judgement.kind == Judgement::Kind::expect_message;
    if (task.sample->no_point) {
      task.outcomes[i].emplace().raise(Verdict::inconclusive, *task.sample->no_point);
    } else if (expectation) {
      task.outcomes[i] = judge_expectation(*task.sample, judgement);
    } else {
      task.outcomes[i] = derivatives.judge(judgement);
    }
    task.cut_short = options_.fail_fast && is_failure(judgement, *task.outcomes[i]);
    if (task.cut_short) return;
  }
}

void FileRun::run_test(TestTask& task) {
  expressions::Diagnostics diagnostics(document_->source());
  const std::optional<Sample> sample = draw_sample(*document_, plan_, 0, seed_, diagnostics);
  task.done = true;
  if (sample)
    task.outcome =
        expressions::run_test(*document_, *task.block, sample->instance, sample->point, seed_);
}

bool FileRun::is_failure(const Judgement& judgement, const Outcome& outcome) {
  if (judgement.expected) return outcome.verdict > verdict_of(*judgement.expected);
  return outcome.verdict == Verdict::fail;
}

bool FileRun::was_judged(std::size_t chosen) const {
  bool complete = true;
  for (const PointTask& task : points_) {
    if (task.done && task.outcomes[chosen]) return true;
    complete = complete && task.done && !task.cut_short;
  }
  return complete && !points_.empty();
}

bool FileRun::was_run() const {
  return std::any_of(points_.begin(), points_.end(), [](const auto& task) { return task.done; }) ||
         std::any_of(tests_.begin(), tests_.end(), [](const auto& task) { return task.done; });
}

bool FileRun::failed(std::size_t task) const {
  if (task >= points_.size()) return tests_[task - points_.size()].outcome.failure.has_value();
  for (std::size_t i = 0; i < points_[task].outcomes.size(); ++i) {
    const auto& outcome = points_[task].outcomes[i];
    if (outcome && is_failure(first_->judgements[chosen_[i]], *outcome)) return true;
  }
  return false;
}

void FileRun::discard(std::size_t task) {
  if (task < points_.size()) {
    points_[task] = {.index = points_[task].index};
  } else {
    TestTask& test = tests_[task - points_.size()];
    test = {.block = test.block};
  }
}

std::vector<FailedPoint> FileRun::failures(std::size_t chosen, const PointTask& worst) const {
  std::vector<FailedPoint> points;
  const auto add = [&](const PointTask& task) {
    const auto& wrong = task.outcomes[chosen]->wrong;
    if (wrong && wrong->leaf == worst.outcomes[chosen]->worst->leaf)
      points.push_back({*task.sample, task.sample->instance.judgements[chosen_[chosen]], *wrong});
  };
  if (!worst.outcomes[chosen]->worst) return points;
  add(worst);
  for (const PointTask& task : points_)
    if (&task != &worst && task.done && task.outcomes[chosen]) add(task);
  return points;
}

CheckResult FileRun::combine(std::size_t chosen) const {
  const Judgement& judgement = first_->judgements[chosen_[chosen]];
  CheckResult result = describe(path_, judgement, *first_);
  const PointTask* worst = nullptr;
  double digits = std::numeric_limits<double>::infinity();
  for (const PointTask& task : points_) {
    if (!task.done || !task.outcomes[chosen]) continue;
    const Outcome& outcome = *task.outcomes[chosen];
    result.rejected += task.sample->rejected;
    if (!task.sample->no_point) ++result.points;
    result.comparisons += outcome.comparisons;
    digits = std::min(digits, outcome.digits);
    if (!outcome.method.empty() && result.method != "finite-difference")
      result.method = outcome.method;
    const Outcome* before = worst == nullptr ? nullptr : &*worst->outcomes[chosen];
    if (before == nullptr || outcome.worse_than(*before)) worst = &task;
  }
  if (worst == nullptr) {
    result.verdict = Verdict::inconclusive;
    return result;
  }
  const Outcome& outcome = *worst->outcomes[chosen];
  result.verdict = outcome.verdict;
  explain(result, input_, judgement, *worst->sample, outcome, failures(chosen, *worst), seed_,
          options_);
  if (judgement.expected) compare_with_expected(result, verdict_of(*judgement.expected));
  if (result.verdict == Verdict::pass && result.worst && result.worst->digits)
    result.fewest_digits = digits;
  return result;
}

CheckResult FileRun::describe_test(const TestTask& task) const {
  CheckResult result;
  const expressions::Location& where = task.block->where;
  result.id = fmt::format("{}:{}", path_, where.line);
  result.line = static_cast<std::int64_t>(where.line);
  result.column = static_cast<std::int64_t>(where.column);
  result.kind = reports::Kind::test;
  result.name = task.block->name;
  result.dtype = document_->dtype() == DType::f32 ? "f32" : "f64";
  result.points = 1;
  result.comparisons = task.outcome.expectations;
  result.warnings = task.outcome.warnings;
  result.printed = task.outcome.printed;
  if (!task.outcome.failure) return result;
  const expressions::TestFailure& failure = *task.outcome.failure;
  result.verdict = Verdict::fail;
  result.repro = to_string(ReproToken{where.line, 0, seed_});
  reports::Explanation& shown = result.explanation;
  shown.code = failure.code.empty() ? code::expectation : failure.code;
  shown.message = fmt::format("test \"{}\": {}", task.block->name, failure.message);
  shown.line = failure.where.line;
  shown.line_text = failure.where.line_text;
  shown.column = failure.where.column;
  shown.length = failure.where.length;
  shown.label = failure.label;
  for (const auto& [label, text] : failure.facts) shown.facts.push_back({label, text});
  result.diagnosis.push_back({shown.code, failure.message});
  return result;
}

reports::FileResult FileRun::result() {
  reports::FileResult result{.path = path_, .checks = {}, .errors = errors_};
  if (unsupported()) {
    result.checks.push_back(unsupported_core(input_));
    return result;
  }
  for (const PointTask& task : points_)
    for (const expressions::Diagnostic& diagnostic : task.errors)
      if (diagnostic.severity == expressions::Severity::error && result.errors.empty())
        result.errors.push_back(file_error(diagnostic, path_));
  if (!result.errors.empty()) return result;
  for (std::size_t i = 0; i < chosen_.size(); ++i)
    if (was_judged(i)) result.checks.push_back(combine(i));
  for (const TestTask& task : tests_)
    if (task.done) result.checks.push_back(describe_test(task));
  std::stable_sort(result.checks.begin(), result.checks.end(),
                   [](const CheckResult& a, const CheckResult& b) { return a.line < b.line; });
  Coverage coverage;
  for (const PointTask& task : points_) coverage.merge(task.coverage);
  result.coverage = coverage.lines();
  relocate(result, input_);
  result.not_run = tasks() > 0 && !was_run();
  return result;
}

std::string FileRun::source_of(const Judgement& judgement) const {
  const bool expects = judgement.expected || judgement.kind == Judgement::Kind::expect ||
                       judgement.kind == Judgement::Kind::expect_message;
  const std::string& line = judgement.where.line_text;
  const std::size_t first = line.find_first_not_of(" \t");
  if (!expects || first == std::string::npos)
    return reports::title(describe(path_, judgement, *first_));
  return reports::printable(line.substr(first, line.find_last_not_of(" \t\r") + 1 - first));
}

std::vector<std::string> FileRun::statements() const {
  if (has_errors()) return {};
  std::vector<std::pair<std::size_t, std::string>> all;
  for (std::size_t i : chosen_)
    all.emplace_back(first_->judgements[i].line, source_of(first_->judgements[i]));
  for (const TestTask& task : tests_)
    all.emplace_back(task.block->where.line, reports::title(describe_test(task)));
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> lines;
  for (const auto& [line, what] : all) lines.push_back(fmt::format("{}:{}  {}", path_, line, what));
  return lines;
}

}  // namespace verigrad::runner
