// A search on several threads, whose answer does not depend on how many there are.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "properties/search.hpp"

namespace verigrad::properties {

/// How far a run has come.
struct FuzzProgress {
  std::uint64_t cases = 0;
  std::size_t found = 0;
  double seconds = 0;
};

/// What has become of a failure.
enum class Stage {
  drawn,
  shrunk,
  /// Shrunk to a program like that of another failure with a smaller number, which stays. One that
  /// has been told as shrunk may become so.
  repeated
};

struct FuzzOptions {
  SearchOptions search{};
  std::uint64_t cases = 100000;
  /// Cases whose number is `shard` modulo `shards` are tried.
  std::uint64_t shard = 0, shards = 1;
  int jobs = 1;
  /// Goes on after a failure, up to `most_found` that differ in their law or their operations.
  bool keep_going = false;
  std::size_t most_found = 100;
  /// Ends the run early: it is then no longer decided by the options alone.
  std::optional<double> max_seconds{};
  const std::atomic<bool>* interrupted = nullptr;
  /// Called from all threads, now and then.
  std::function<void(const FuzzProgress&)> progress{};
  /// Called by one thread at a time for every case that fails, first with the program as it was
  /// drawn, so that it can be kept at once, then when it has been shrunk.
  std::function<void(const Failure&, const Counterexample&, Stage)> found{};
};

/// A failure and what is left of it after shrinking.
struct Finding {
  Failure failure{};
  Counterexample smallest{};
};

struct FuzzResult {
  std::uint64_t cases = 0;
  std::map<const Law*, Tally> tallies{};
  Coverage coverage{};
  /// In the order of their cases; with `keep_going` the first for each law and list of operations
  /// in the shrunk program.
  std::vector<Finding> findings{};
  std::uint64_t repeated = 0;  ///< failures like one of these
  double seconds = 0;
  bool interrupted = false;  ///< by the flag
  bool out_of_time = false;
};

/// Tries the cases. Without `keep_going` the result is that of stopping at the first case that
/// fails, and what later cases have counted is left out.
FuzzResult fuzz(const FuzzOptions& options);

}  // namespace verigrad::properties
