#pragma once

#include "reports/model.hpp"

namespace verigrad::reports {

/// Two files in which everything holds: a check, claims, an expectation and tests that print.
Run passing_run();

/// All four verdicts, a file with errors and one without checks; explanations as the runner makes
/// them.
Run mixed_run();

/// Names, paths and texts with quotes, control characters, markup, non-ASCII and invalid UTF-8.
Run hostile_run();

/// Of `gradcheck accuracy`: two files with rows of every verdict, operations, methods and notes.
Run accuracy_run();

/// `run` without what a saved run does not hold.
Run without_explanations(Run run);

/// Values with and without grad_fn, of rank 0 to 2, empty, and not finite.
EvalResult sample_eval();

}  // namespace verigrad::reports
