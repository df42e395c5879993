#pragma once

#include <optional>
#include <string>

#include "expressions/instance.hpp"
#include "reports/model.hpp"
#include "runner/outcome.hpp"
#include "runner/points.hpp"

namespace verigrad::runner {

/// What the facts under a message are about: the worst entry of a statement.
struct FactsQuestion {
  const expressions::Judgement& judgement;
  const std::string& input;  ///< the name of the input by which is differentiated
  const Sample& sample;
  const Outcome& outcome;
  const std::optional<gradcheck::Pattern>& pattern;  ///< of all points at which it fails
  std::uint64_t seed;
};

/// Adds to the explanation: both values, the engine's, the operation at fault, what has lost the
/// digits, the pattern and a line to try; and to the diagnosis, each with its label before it, the
/// engine's value, what names a cause, and the line to try.
void add_facts(reports::CheckResult& result, const FactsQuestion& question);

}  // namespace verigrad::runner
