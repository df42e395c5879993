// What the tests of surveys of operations share.
#pragma once

#include <gtest/gtest.h>

#include "engine/custom_operation.hpp"
#include "engine/functions.hpp"
#include "runner/operation_accuracy.hpp"

namespace verigrad::runner {

/// expm1 by its textbook formula, which cancels near 0.
struct NaiveExpm1 {
  static constexpr OperationInfo info{
      .signature = "expm1(input)",
      .grad_fn = "Expm1Backward0",
      .value = "exp(input) - 1",
      .derivative = {"exp(input)"},
      .latex = "e^x - 1",
      .special = {0, 709.0},
      .needs = {first},
  };
  template <class T>
  static T value(T x) {
    return exp(x) - 1;
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    return g * exp(x);
  }
};

inline OperationTable with_naive_expm1() {
  return OperationTable::standard().replace("expm1", operation<NaiveExpm1>());
}

inline OperationSurveyOptions only(std::vector<std::string> names, std::int64_t samples = 100) {
  OperationSurveyOptions options;
  options.only = std::move(names);
  options.samples = samples;
  return options;
}

/// The rows of a survey; its notes are appended to `notes`.
inline std::vector<reports::OperationAccuracy> survey(const OperationSurveyOptions& options,
                                                      std::vector<std::string>* notes = nullptr) {
  OperationSurvey result = measure_operations(options);
  if (notes) notes->insert(notes->end(), result.notes.begin(), result.notes.end());
  return std::move(result.rows);
}

/// The row of this quantity, region and type; a test failure when there is none.
inline reports::OperationAccuracy row(const std::vector<reports::OperationAccuracy>& rows,
                                      const std::string& quantity, const std::string& region,
                                      const std::string& dtype = "f64") {
  for (const reports::OperationAccuracy& each : rows)
    if (each.quantity == quantity && each.region == region && each.dtype == dtype) return each;
  ADD_FAILURE() << "no row " << quantity << ", " << region << ", " << dtype;
  return {};
}

}  // namespace verigrad::runner
