#pragma once

#include <vector>

#include "reports/model.hpp"
#include "runner/run.hpp"

namespace verigrad::runner {

/// Whether the path names an FPCore file.
bool is_fpcore(const std::string& path);

/// One input for each core of an FPCore file: a text that makes the core the function under test,
/// with the place of the core in `Input::core`. Throws SourceError when the file cannot be read; a
/// file that is no FPCore gives one input whose text leads to the error.
std::vector<Input> inputs_of_fpcore(const Input& file);

/// The inputs with every FPCore file replaced by its cores.
std::vector<Input> with_cores(std::span<const Input> inputs);

/// The result for a core that the language cannot say: inconclusive, with the construct named.
reports::CheckResult unsupported_core(const Input& input);

/// Moves the results of a core from the lines of its text to the core's place in the file.
void relocate(reports::FileResult& result, const Input& input);

}  // namespace verigrad::runner
