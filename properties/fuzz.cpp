#include "properties/fuzz.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <thread>
#include <utility>

namespace verigrad::properties {
namespace {

constexpr std::uint64_t block_size = 256;

using Clock = std::chrono::steady_clock;

/// The law, and the operations of the shrunk program: what tells findings apart.
std::string kind_of(const Counterexample& found) {
  std::string kind(found.law->name);
  for (const Value& value : found.specimen.program.values())
    if (value.operation != nullptr) kind.append(" ").append(value.operation->name());
  return kind;
}

/// What came of one block of successive cases.
struct Block {
  std::uint64_t cases = 0;
  std::map<const Law*, Tally> tallies;
  Coverage coverage;
};

class Run {
 public:
  explicit Run(const FuzzOptions& options)
      : options_(options), start_(Clock::now()), end_(options.cases) {}

  FuzzResult run() {
    std::vector<std::thread> threads;
    for (int i = 1; i < options_.jobs; ++i) threads.emplace_back([this] { work(); });
    work();
    for (std::thread& thread : threads) thread.join();
    if (error_) std::rethrow_exception(error_);
    for (const auto& [first, block] : blocks_)
      if (first < end_) add(block);
    for (auto& [kind, finding] : kinds_) result_.findings.push_back(std::move(finding));
    std::ranges::sort(result_.findings, {},
                      [](const Finding& finding) { return finding.failure.number; });
    result_.findings.resize(std::min(result_.findings.size(), options_.most_found));
    result_.seconds = seconds();
    return std::move(result_);
  }

 private:
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

  void work() {
    try {
      Search search(options_.search);
      for (;;) {
        const std::uint64_t first = next_.fetch_add(block_size);
        if (first >= end_ || stopped()) return;
        try_block(search, first);
      }
    } catch (...) {
      const std::lock_guard lock(mutex_);
      error_ = std::current_exception();
      end_ = 0;
    }
  }

  /// `end_` moves down to the first case that fails; what lies beyond does not count.
  void try_block(Search& search, std::uint64_t first) {
    search.clear();
    std::uint64_t tried = 0;
    for (std::uint64_t i = first; i < std::min(first + block_size, end_.load()); ++i) {
      if (tried % 16 == 15 && stopped()) break;
      const auto failure = search.try_case(i * options_.shards + options_.shard);
      ++tried;
      if (!failure) continue;
      if (!options_.keep_going) lower_end(i + 1);
      take(search, *failure);
    }
    const std::lock_guard lock(mutex_);
    blocks_.emplace(first, Block{tried, search.tallies(), search.coverage()});
    done_ += tried;
    fold();
    if (options_.progress) options_.progress({done_, kinds_.size(), seconds()});
  }

  void lower_end(std::uint64_t end) {
    std::uint64_t current = end_;
    while (end < current && !end_.compare_exchange_weak(current, end)) {
    }
  }

  void take(Search& search, const Failure& failure) {
    report_drawn(failure, search.as_drawn(failure));
    settle({failure, search.minimal(failure)});
  }

  void report_drawn(const Failure& failure, const Counterexample& counterexample) {
    const std::lock_guard lock(found_mutex_);
    report({failure, counterexample}, Stage::drawn);
  }

  /// Of findings of one kind the first in the order of cases stays, and the other is told as
  /// repeated, whichever has been told as shrunk before.
  void settle(const Finding& finding) {
    const std::lock_guard lock(found_mutex_);
    const std::optional<Finding> dropped = keep(finding);
    if (dropped) report(*dropped, Stage::repeated);
    if (!dropped || dropped->failure.number != finding.failure.number)
      report(finding, Stage::shrunk);
  }

  /// What gives way to another finding of its kind.
  std::optional<Finding> keep(const Finding& finding) {
    const std::lock_guard lock(mutex_);
    const std::string kind = options_.keep_going ? kind_of(finding.smallest) : std::string();
    const auto [known, fresh] = kinds_.emplace(kind, finding);
    if (fresh) return std::nullopt;
    if (options_.keep_going) ++result_.repeated;
    if (known->second.failure.number < finding.failure.number) return finding;
    return std::exchange(known->second, finding);
  }

  void report(const Finding& finding, Stage stage) {
    if (options_.found) options_.found(finding.failure, finding.smallest, stage);
  }

  bool stopped() {
    if (options_.interrupted != nullptr && *options_.interrupted) {
      const std::lock_guard lock(mutex_);
      return result_.interrupted = true;
    }
    if (options_.max_seconds && seconds() >= *options_.max_seconds) {
      const std::lock_guard lock(mutex_);
      return result_.out_of_time = true;
    }
    return false;
  }

  /// Adds the blocks that are complete from the front, so that few are kept.
  void fold() {
    while (!blocks_.empty() && blocks_.begin()->first == folded_) {
      if (folded_ < end_) add(blocks_.begin()->second);
      blocks_.erase(blocks_.begin());
      folded_ += block_size;
    }
  }

  void add(const Block& block) {
    result_.cases += block.cases;
    result_.coverage.merge(block.coverage);
    for (const auto& [law, tally] : block.tallies) {
      result_.tallies[law].cases += tally.cases;
      result_.tallies[law].undecided += tally.undecided;
    }
  }

  const FuzzOptions& options_;
  const Clock::time_point start_;
  std::atomic<std::uint64_t> next_ = 0, end_;
  std::mutex mutex_, found_mutex_;
  std::map<std::uint64_t, Block> blocks_;
  std::uint64_t folded_ = 0, done_ = 0;
  std::map<std::string, Finding> kinds_;
  std::exception_ptr error_;
  FuzzResult result_;
};

}  // namespace

FuzzResult fuzz(const FuzzOptions& options) { return Run(options).run(); }

}  // namespace verigrad::properties
