#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "expressions/document.hpp"

namespace verigrad::runner {

inline constexpr std::uint64_t default_seed = 42;
inline constexpr std::int64_t default_samples = 20;

/// `--repro LINE:kPOINT:SEED`: one point of one check again. The implicit check has line 0.
struct ReproToken {
  std::size_t line = 0;
  std::int64_t point = 0;
  std::uint64_t seed = default_seed;
};

/// Parses a token; nothing when it has another form.
std::optional<ReproToken> parse_repro(const std::string& text);
std::string to_string(const ReproToken& token);

/// How far a run has come, for a terminal.
struct Progress {
  std::size_t files_done = 0;
  std::size_t files = 0;
  std::string current;  ///< path of the file at work
  std::size_t failures = 0;
};

/// What the command line says about a run. An option that is absent leaves the decision to the
/// file's `set` statements, and then to the default.
struct Options {
  std::optional<std::int64_t> samples;
  std::optional<std::uint64_t> seed;
  std::optional<double> rtol;
  std::optional<double> max_ulps;
  std::optional<std::string> method;  ///< "auto" or "finite-difference"
  std::optional<std::int64_t> bits;   ///< the limit of a proof's precision
  std::optional<double> timeout_s;    ///< per derivative and point; off by default
  expressions::Overrides overrides;
  /// `FILE:LINE`, `LINE`, or the name of a test or of an input: judges only what matches.
  std::string filter;
  std::optional<ReproToken> repro;
  /// Checks compare directional derivatives along random lines instead of every entry.
  bool fast = false;
  bool strict = false;
  bool fail_fast = false;
  int jobs = 1;
  /// Of the accuracy report: a directory of worst points. Empty: none.
  std::string corpus;
  /// Set by Ctrl-C: what is finished is reported.
  const std::atomic<bool>* interrupted = nullptr;
  std::function<void(const Progress&)> progress;
};

inline bool is_interrupted(const Options& options) {
  return options.interrupted != nullptr && *options.interrupted;
}

}  // namespace verigrad::runner
