#include "runner/run.hpp"

#include <algorithm>
#include <memory>
#include <mutex>
#include <thread>

#include "runner/file_run.hpp"
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

  bool stopped() const {
    return stop_ || (options_.interrupted != nullptr && *options_.interrupted);
  }

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

std::vector<std::unique_ptr<FileRun>> load(std::span<const Input> inputs, const Options& options) {
  std::vector<std::unique_ptr<FileRun>> files;
  for (const Input& input : inputs) files.push_back(std::make_unique<FileRun>(input, options));
  return files;
}

}  // namespace

reports::Run check(std::span<const Input> inputs, const Options& options) {
  std::vector<std::unique_ptr<FileRun>> files = load(inputs, options);
  Schedule(files, options).run();
  reports::Run run;
  run.version = version;
  run.seed = options.repro ? options.repro->seed : options.seed.value_or(default_seed);
  for (const auto& file : files) run.files.push_back(file->result());
  run.summary = reports::summarize(run.files);
  run.exit_code = reports::exit_code(
      run.files, {.strict = options.strict,
                  .interrupted = options.interrupted != nullptr && *options.interrupted});
  return run;
}

std::vector<std::string> list(std::span<const Input> inputs, const Options& options,
                              std::vector<reports::FileResult>& errors) {
  std::vector<std::string> lines;
  for (const auto& file : load(inputs, options)) {
    for (std::string& line : file->statements()) lines.push_back(std::move(line));
    reports::FileResult result = file->result();
    if (!result.errors.empty()) errors.push_back(std::move(result));
  }
  return lines;
}

}  // namespace verigrad::runner
