// gradcheck accuracy: how many digits of the derivatives of files are right.
#pragma once

#include <span>

#include "reports/model.hpp"
#include "runner/options.hpp"
#include "runner/run.hpp"

namespace verigrad::runner {

inline constexpr std::int64_t default_accuracy_samples = 256;

/// Measures the derivatives that the checks and claims of the inputs speak of, at
/// `options.samples` random points (default_accuracy_samples by default) against proven truth, and
/// fills in everything of a Run but `started`, `elapsed_s`, `command` and `environment`; there are
/// no checks in it. Cores that the language cannot say are counted in the report's notes, files
/// without a point in the function's domain are named there, and what has no derivatives, or
/// derivatives without entries, is left out. `options.filter` chooses rows by line, output, input
/// or core.
///
/// With `options.corpus`, a directory that exists, each file's stored points (worst_corpus.hpp) are
/// measured too, and what is worse is added. Throws reports::BadWorstInput and std::system_error
/// for a corpus that cannot be read; one that cannot be written is a note, and exit code 3.
///
/// The exit code is 2 when a file has errors, 130 when interrupted, 4 when there was nothing to
/// measure, with `options.strict` 1 when a verdict is worse than ok or an error at a stored point
/// than it was, else 0. Does not depend on `options.jobs`.
reports::Run measure_accuracy(std::span<const Input> inputs, const Options& options);

}  // namespace verigrad::runner
