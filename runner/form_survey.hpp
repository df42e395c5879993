// The survey of one form of an operation in one type. For runner/operation_accuracy.cpp only.
#pragma once

#include <string>
#include <vector>

#include "reports/worst_inputs.hpp"
#include "runner/operation_accuracy.hpp"
#include "runner/operation_results.hpp"

namespace verigrad::runner {

/// Stored inputs of one quantity whose errors exceed the stored ones, by
/// reports::is_worse_than_stored.
struct Worsening {
  std::string target;      ///< as in reports::WorstInput
  std::int64_t count = 0;  ///< of inputs
  FlatPoint worst;         ///< the one that exceeds by most
  double stored = 0, now = 0;
};

/// What comes of it.
struct FormSurvey {
  std::vector<reports::OperationAccuracy> rows;
  std::vector<reports::WorstInput> additions;  ///< inputs worse than all of the corpus
  std::vector<Worsening> worsened;             ///< one a quantity at most
  std::int64_t no_slope = 0;   ///< derivatives that were passed over at kinks and ends of domains
  std::int64_t undecided = 0;  ///< results without a known truth
  std::string refused;         ///< the engine's error, where it does not compute a point
  bool finished = false;       ///< not interrupted
};

/// The form's file in the corpus; empty without a corpus.
std::string corpus_path(const OperationForm& form, const OperationSurveyOptions& options);

FormSurvey survey_form(const OperationForm& form, DType dtype,
                       const OperationSurveyOptions& options);

}  // namespace verigrad::runner
