#pragma once

#include "expressions/document.hpp"
#include "reports/model.hpp"
#include "runner/mistake.hpp"
#include "runner/options.hpp"
#include "runner/outcome.hpp"
#include "runner/points.hpp"
#include "runner/run.hpp"

namespace verigrad::runner {

/// The result of one check, claim or expectation over all of its points, without its outcome yet.
reports::CheckResult describe(const std::string& path, const expressions::Judgement& judgement,
                              const expressions::Instance& instance);

/// Adds to a result what a message says about its worst point: the worst entry, the diagnosis, and
/// the explanation for the terminal. `failures` are all points at which it fails by the same
/// input, the worst one first.
void explain(reports::CheckResult& result, const Input& input,
             const expressions::Judgement& judgement, const Sample& sample, const Outcome& outcome,
             std::span<const FailedPoint> failures, std::uint64_t seed, const Options& options);

/// A diagnostic of the language as the error of a file.
reports::FileError file_error(const expressions::Diagnostic& diagnostic, const std::string& path);

/// The verdict word of the language as a verdict.
gradcheck::Verdict verdict_of(expressions::ExpectedVerdict expected);

}  // namespace verigrad::runner
