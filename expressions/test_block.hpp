// `test "NAME":` blocks: scripts against the eager engine, in PyTorch's spelling.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/program.hpp"
#include "expressions/document.hpp"
#include "expressions/instance.hpp"

namespace verigrad::expressions {

/// One test executes at most this many statements, those of loops counted at every turn,
inline constexpr std::int64_t max_test_statements = 1'000'000;
/// and computes at most this many entries, all tensors and backward passes together.
/// or eight times the document's limit on one tensor if that is more. An operation, however small,
/// counts as 64 entries, and so does a character that is printed as one.
inline constexpr std::int64_t max_test_entries = std::int64_t{1} << 27;

/// Why a test did not pass.
struct TestFailure {
  /// The diagnostic's code; empty for an expectation that does not hold.
  std::string code;
  Location where;       ///< of the statement or the part of it at fault
  std::string message;  ///< one line, no final full stop
  std::string label;    ///< the text behind the carets, may be empty
  /// Named facts in order, one line each: of a comparison "left" and "right" as `print` shows them
  /// and "first difference"; of an error its notes ("note") and advice ("help").
  std::vector<std::pair<std::string, std::string>> facts;
};

/// What one run of a test did.
struct TestOutcome {
  std::optional<TestFailure> failure;  ///< none: the test passed
  std::vector<std::string> printed;    ///< by `print`, in order; an entry may have line ends
  std::vector<std::string> warnings;   ///< of the engine, except those that were expected
  std::int64_t expectations = 0;       ///< `expect` statements that held
};

/// Runs one test from its first statement to its last or to the first failure.
///
/// The leaves of `instance` are made anew with the values of `point` (inputs require gradients,
/// consts do not), the file's bindings are computed from them and recorded, in the precision
/// `document.dtype()`; nothing that a test does is seen by another. A binding that cannot be
/// computed is an error only where it is used. What the test draws depends on `seed` and the line
/// where the test stands. Bounded by max_test_statements, max_test_entries and the
/// document's limits.
///
/// Every error of the script is a failure in the outcome; throws nothing but std::bad_alloc.
TestOutcome run_test(const Document& document, const TestBlock& test, const Instance& instance,
                     const Point& point, std::uint64_t seed);

}  // namespace verigrad::expressions
