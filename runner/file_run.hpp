#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "expressions/test_block.hpp"
#include "reports/model.hpp"
#include "runner/coverage.hpp"
#include "runner/mistake.hpp"
#include "runner/outcome.hpp"
#include "runner/points.hpp"
#include "runner/run.hpp"

namespace verigrad::runner {

/// One file of a run, split into tasks that may run on any thread and in any order: one for each
/// point, one for each test. The result is put together from the tasks in their order.
class FileRun {
 public:
  /// Loads the file; its errors become the result.
  FileRun(const Input& input, const Options& options);

  /// Whether this is one core of an FPCore file.
  bool is_core() const { return input_.core.has_value(); }
  const std::string& path() const { return path_; }
  std::size_t tasks() const { return has_errors() ? 0 : points_.size() + tests_.size(); }
  /// Runs a task; different tasks may run at the same time.
  void run(std::size_t task);
  /// Whether a finished task found a failure.
  bool failed(std::size_t task) const;
  /// Forgets what a task found, as if it had not run.
  void discard(std::size_t task);
  /// The seed in force: of the options, else of the file.
  std::uint64_t seed() const { return seed_; }
  /// The results of the tasks that ran. Call when no task is running.
  reports::FileResult result();
  /// A line for each statement that would be judged: `FILE:LINE  what`, expectations as they stand
  /// in the file.
  std::vector<std::string> statements() const;

 private:
  /// A statement's outcomes at one point, in the order of `chosen_`.
  struct PointTask {
    std::int64_t index = 0;
    bool done = false;
    bool cut_short = false;  ///< by --fail-fast: later statements have no outcome
    std::optional<Sample> sample{};
    std::vector<std::optional<Outcome>> outcomes{};
    std::vector<expressions::Diagnostic> errors{};
    Coverage coverage{};
  };
  struct TestTask {
    const expressions::TestBlock* block;
    bool done = false;
    expressions::TestOutcome outcome{};
  };

  bool has_errors() const { return !errors_.empty(); }
  void load();
  bool unsupported() const { return input_.core && !input_.core->unsupported.empty(); }
  void plan();
  bool judged_at(const expressions::Judgement& judgement, std::int64_t index) const;
  void run_point(PointTask& task);
  void run_test(TestTask& task);
  /// Whether an outcome at one point already decides that the statement fails.
  static bool is_failure(const expressions::Judgement& judgement, const Outcome& outcome);
  /// Whether the statement's result says anything: false when the run ended before it.
  bool was_judged(std::size_t chosen) const;
  bool was_run() const;
  std::string source_of(const expressions::Judgement& judgement) const;
  reports::CheckResult combine(std::size_t chosen) const;
  /// Where a statement fails by the same input as at its worst point, which comes first.
  std::vector<FailedPoint> failures(std::size_t chosen, const PointTask& worst) const;
  reports::CheckResult describe_test(const TestTask& task) const;

  const Input& input_;
  std::string path_;
  const Options& options_;
  std::uint64_t seed_;
  std::vector<reports::FileError> errors_;
  std::optional<expressions::Document> document_;
  std::optional<expressions::Instance> first_;  ///< at the smallest sizes
  PointPlan plan_;
  std::vector<std::size_t> chosen_;  ///< judgements that the filter and --repro let through
  std::vector<PointTask> points_;
  std::vector<TestTask> tests_;
};

}  // namespace verigrad::runner
