#include "runner/run.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <mutex>
#include <thread>

#include "runner/file_run.hpp"
#include "runner/fpcore_input.hpp"
#include "runner/version.hpp"

namespace verigrad::runner {
namespace {

/// The tasks of all files in one row, handed out to threads in order.
class Schedule {
 public:
  Schedule(std::vector<std::unique_ptr<FileRun>>& files, const Options& options)
      : files_(files), options_(options), left_(files.size()) {
    for (std::size_t f = 0; f < files.size(); ++f) {
      left_[f] = files[f]->tasks();
      for (std::size_t task = 0; task < left_[f]; ++task) tasks_.push_back({f, task});
      if (left_[f] == 0) ++progress_.files_done;
    }
    progress_.files = files.size();
  }

  void run() {
    const auto threads = static_cast<std::size_t>(std::max(options_.jobs, 1));
    std::vector<std::jthread> pool;
    for (std::size_t i = 1; i < std::min(threads, tasks_.size()); ++i)
      pool.emplace_back([this] { work(); });
    work();
    pool.clear();
    if (failure_) std::rethrow_exception(failure_);
    if (options_.fail_fast) discard_after_first_failure();
  }

 private:
  struct Task {
    std::size_t file, task;
  };

  void work() {
    try {
      for (;;) {
        const std::size_t next = next_.fetch_add(1);
        if (next >= tasks_.size() || stopped()) return;
        files_[tasks_[next].file]->run(tasks_[next].task);
        finished(tasks_[next]);
      }
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
      stop_ = true;
    }
  }

  /// Tasks are handed out in order, so all before the first failure are done; what other threads
  /// finished behind it must not show.
  void discard_after_first_failure() {
    bool failed = false;
    for (const Task& task : tasks_) {
      FileRun& file = *files_[task.file];
      if (failed) file.discard(task.task);
      failed = failed || file.failed(task.task);
    }
  }

  bool stopped() const { return stop_ || (is_interrupted(options_)); }

  void finished(const Task& task) {
    const FileRun& file = *files_[task.file];
    const std::lock_guard lock(mutex_);
    if (file.failed(task.task)) {
      ++progress_.failures;
      if (options_.fail_fast) stop_ = true;
    }
    if (--left_[task.file] == 0) ++progress_.files_done;
    progress_.current = file.path();
    if (options_.progress) options_.progress(progress_);
  }

  std::vector<std::unique_ptr<FileRun>>& files_;
  const Options& options_;
  std::vector<Task> tasks_;
  std::vector<std::size_t> left_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  Progress progress_;
  std::exception_ptr failure_;
};

std::vector<std::unique_ptr<FileRun>> load(const std::vector<Input>& inputs,
                                           const Options& options) {
  std::vector<std::unique_ptr<FileRun>> files;
  for (const Input& input : inputs) files.push_back(std::make_unique<FileRun>(input, options));
  return files;
}

/// The results, with those of one FPCore file's cores joined.
std::vector<reports::FileResult> collect(const std::vector<std::unique_ptr<FileRun>>& files) {
  std::vector<reports::FileResult> results;
  for (const auto& file : files) {
    reports::FileResult result = file->result();
    const bool same_file =
        file->is_core() && !results.empty() && results.back().path == result.path;
    if (!same_file) {
      results.push_back(std::move(result));
      continue;
    }
    std::move(result.checks.begin(), result.checks.end(),
              std::back_inserter(results.back().checks));
    std::move(result.errors.begin(), result.errors.end(),
              std::back_inserter(results.back().errors));
    results.back().not_run = results.back().not_run && result.not_run;
  }
  return results;
}

}  // namespace

reports::Run check(std::span<const Input> inputs, const Options& options) {
  const std::vector<Input> expanded = with_cores(inputs);
  std::vector<std::unique_ptr<FileRun>> files = load(expanded, options);
  Schedule(files, options).run();
  reports::Run run;
  run.version = version;
  run.seed = files.size() == 1 ? files.front()->seed() : options.seed.value_or(default_seed);
  run.files = collect(files);
  run.summary = reports::summarize(run.files);
  run.exit_code = reports::exit_code(
      run.files, {.strict = options.strict, .interrupted = is_interrupted(options)});
  return run;
}

std::vector<std::string> list(std::span<const Input> inputs, const Options& options,
                              std::vector<reports::FileResult>& errors) {
  std::vector<std::string> lines;
  const std::vector<Input> expanded = with_cores(inputs);
  for (const auto& file : load(expanded, options)) {
    for (std::string& line : file->statements()) lines.push_back(std::move(line));
    reports::FileResult result = file->result();
    if (!result.errors.empty()) errors.push_back(std::move(result));
  }
  return lines;
}

}  // namespace verigrad::runner
