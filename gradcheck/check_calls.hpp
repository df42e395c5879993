// The first calls of a callable, which show whether it can be checked at all.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gradcheck/callable.hpp"
#include "gradcheck/report.hpp"

namespace verigrad::gradcheck {

/// What two calls at the same point gave.
struct FirstCalls {
  std::optional<Entries> value{};  ///< of the first; nothing when there is no use in going on
  std::vector<double> spread{};    ///< by how much the second differs, for each entry
  std::vector<Problem> problems{};
};

/// Calls f twice at x. A changed argument is a failure; an exception is one of a derivative, and
/// leaves a function's derivative open.
FirstCalls call_twice(const Callable& f, const Entries& x, const std::string& name,
                      bool is_derivative);

/// Whether a function's values at x can be differentiated: they are finite, and differ from call to
/// call by no more than the noise floor and rounding (8 u of their size). Otherwise why not.
std::optional<Problem> trouble_with_values(const FirstCalls& calls, double noise_floor,
                                           double unit_roundoff);

/// Whether two calls of a derivative are the same up to the tolerance. Otherwise which entry.
std::optional<Problem> trouble_with_derivative(const FirstCalls& calls, const Tolerance& tolerance,
                                               DType dtype);

}  // namespace verigrad::gradcheck
