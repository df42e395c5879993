#pragma once

#include "expressions/instance.hpp"
#include "runner/outcome.hpp"
#include "runner/points.hpp"

namespace verigrad::runner {

/// Judges a top-level `expect` at one point, in the precision under test: pass or fail.
Outcome judge_expectation(const Sample& sample, const expressions::Judgement& judgement);

}  // namespace verigrad::runner
