#pragma once

#include <string>

#include "cli/grad_source.hpp"
#include "reports/model.hpp"
#include "reports/style.hpp"

namespace verigrad::cli {

/// An expression's value and gradients, and what their checks came to (one check for each variable,
/// in the same order).
struct GradResult {
  const GradSource& source;
  const reports::EvalPoint& point;
  const reports::FileResult& checks;
  bool strict = false;
};

/// Value, gradients and verified digits, then a block for every check that did not pass.
std::string grad_text(const GradResult& result, const reports::Style& style);

/// `{expression, value, gradients: {NAME: {shape, data, verdict, digits, method}}}`.
std::string grad_json(const GradResult& result);

}  // namespace verigrad::cli
