// Two programs for one function: how far rounding explains that they differ. For the files of this
// folder only.
#pragma once

#include "properties/laws/law.hpp"

namespace verigrad::properties {

/// How much the roundings inside a program may change its value and v^T J.
struct Sensitivity {
  std::vector<double> value;
  PerLeaf gradient;
  /// Some operation takes another side of a kink when those before it are changed a little.
  bool meets_kink = false;
};

/// What changing the leaves and the results of all operations by relative 2^-45 to 2^-43, at random
/// in three ways, makes of the value and of v^T J, scaled to 64 roundings for each; NaN where no
/// digit is left. Unlike the terms of a backward pass it knows that local derivatives change with
/// the values that they are taken at. Throws Error when a value leaves an operation's domain.
Sensitivity sensitivity(const Specimen& specimen, const std::vector<double>& v);

/// Compares value and gradient of the trial's program with those of another for the same function
/// and leaves, by the trial's engine. They may differ by both programs' rounding bounds and
/// sensitivities. Undecided where one of them meets a kink or has a value on the way that is not
/// finite, and as `differ`.
std::optional<LawResult> programs_differ(Trial& trial, const Specimen& other,
                                         std::string_view what);

/// The same where nothing may differ.
std::optional<LawResult> programs_differ_at_all(Trial& trial, const Specimen& other,
                                                std::string_view what);

/// Compares values of the outputs of two programs for one function, which may differ by both
/// programs' sensitivities; v is any cotangent. Undecided as above.
std::optional<LawResult> rounded_values_differ(const std::vector<double>& got,
                                               const std::vector<double>& wanted,
                                               const Specimen& one, const Specimen& other,
                                               const std::vector<double>& v, std::string_view what);

/// What `programs_differ` allows for gradients, NaN where the programs meet a kink, leave a
/// domain, or keep no digit. Leaves the floating-point flags as they were.
PerLeaf rewriting_bound(const Specimen& one, const Specimen& other, const std::vector<double>& v);

}  // namespace verigrad::properties
