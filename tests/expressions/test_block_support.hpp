// Runs the test blocks of a text.
#pragma once

#include <string>
#include <vector>

#include "expressions/test_block.hpp"

namespace verigrad::expressions {

/// Loads the text, makes its one point (leaves without a value are drawn from `seed`), and runs its
/// tests in order. Throws std::runtime_error with the diagnostics when the text has errors.
std::vector<TestOutcome> run_tests(const std::string& text, std::uint64_t seed = 42);

/// The outcome of the only test of a text.
TestOutcome run_one(const std::string& text, std::uint64_t seed = 42);

/// The outcome of a test with these lines (each ended by a line end) below the declarations.
TestOutcome run_lines(const std::string& declarations, const std::string& lines);

/// "passed", or the failure's place, message, label and facts in one line.
std::string summary(const TestOutcome& outcome);

}  // namespace verigrad::expressions
