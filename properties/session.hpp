// A fuzzing run with what surrounds it: cases of earlier runs are tried first, failures are kept in
// files at once, and the result is told in the report's terms.
#pragma once

#include <string>
#include <vector>

#include "properties/fuzz.hpp"
#include "reports/model.hpp"

namespace verigrad::properties {

/// The law that failed is named by the check, this code by its diagnosis.
inline constexpr const char* broken_law = "G501";

/// A function at a point that is held against all laws before any random program.
struct Replay {
  std::string path;  ///< of its file
  Specimen specimen;
};

struct SessionOptions {
  FuzzOptions fuzz{};
  std::vector<Replay> replays{};
  /// Where failures are kept, each as LAW-SEED-CASE.grad, with the mark
  /// of the operations (`mark_of`) behind the seed where only some are drawn: first as drawn, then
  /// shrunk. The directory exists. Empty: nowhere.
  std::string directory{};
};

/// The path under which the case of a seed that breaks a law is kept.
std::string kept_path(const std::string& directory, const Law& law, const SearchOptions& search,
                      std::uint64_t number);

/// Tries the replays, then random programs, unless a replay has failed and `keep_going` is not set.
/// The result lists, for every replayed file, one check that passes or one for every law that
/// fails; then under the path `random programs` one for every law, with the number of programs that
/// it has judged as its points, `inconclusive` where it was undecided for all of them, and one
/// named `coverage`. Everything but `started`, `elapsed_s`, `command` and `environment` is filled
/// in; `seconds` is the search's time.
///
/// Throws std::system_error when a failure cannot be kept.
struct SessionResult {
  reports::Run run{};
  double seconds = 0;
  std::string coverage_csv{};  ///< of the random programs, see `coverage_csv`
};
SessionResult run_session(const SessionOptions& options);

}  // namespace verigrad::properties
