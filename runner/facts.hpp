#pragma once

#include <span>
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
  std::span<const gradcheck::WrongEntry> entries;  ///< of all points, for the pattern
  std::uint64_t seed;
  bool one_of_many = false;  ///< one point of a run with more
};

/// Adds to the explanation: both values, the engine's, the operation at fault, what has lost the
/// digits, the pattern and a line to try; and to the diagnosis what names a cause.
void add_facts(reports::CheckResult& result, const FactsQuestion& question);

}  // namespace verigrad::runner
