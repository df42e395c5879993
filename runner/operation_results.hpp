// What the engine computes of one operation at many points.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "runner/operation_forms.hpp"

namespace verigrad::runner {

/// The drawn entries of all operands of a form, one operand after the other, row-major.
using FlatPoint = std::vector<double>;

/// The point with an entry list for each operand, fixed ones included, rounded to the type.
Point unflattened(const OperationForm& form, const FlatPoint& point, DType dtype);

/// What is measured of a form: its value, or vᵀJ for one operand, with v the cotangent() below. Of
/// an entrywise form that is the derivative.
struct Quantity {
  std::string name;    ///< `value`, or `derivative by input`
  std::string target;  ///< the same in files of worst inputs: `value`, `d/input`
  std::size_t operand = 0;
  bool is_value() const { return target == "value"; }
};

/// The value, then the derivative by each differentiable operand.
std::vector<Quantity> quantities(const OperationForm& form);

/// 1 for a single entry; else numbers of either sign that are exact in both types.
std::vector<double> cotangent(std::size_t entries);

/// Of each quantity the entries at all points, one point after the other.
using Results = std::vector<std::vector<double>>;

/// An entrywise form is applied once to tensors of all points, with one backward pass whose
/// cotangent is 1; another one once a point. Throws Error when the operation refuses a point.
Results computed(const OperationForm& form, DType dtype, std::span<const FlatPoint> points);

}  // namespace verigrad::runner
