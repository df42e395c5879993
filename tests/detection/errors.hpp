#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "proof/ball.hpp"
#include "tests/detection/checker.hpp"

namespace verigrad::detection {

/// What is done to a right gradient, in exact arithmetic and before it is rounded.
struct Error {
  std::string_view name;
  /// All entries times 1 + slip, where slip is a decimal; empty: one entry is set to 0.
  std::string_view slip;
};

/// × (1 + 1e-1) … × (1 + 1e-15) (to 1e-7 for float32), × 2, × -1, and one entry 0.
std::span<const Error> errors_of(DType dtype);

/// The right gradient: every entry rounded to the precision, and to double, once.
Gradient right_gradient(const std::vector<proof::Ball>& truth, DType dtype);

/// The gradient with the error; the entry that becomes 0 is drawn among those that are not. Nothing
/// where it rounds to the right gradient: a zero gradient has no wrong multiple.
std::optional<Gradient> wrong_gradient(const std::vector<proof::Ball>& truth, DType dtype,
                                       const Error& error, Random& random);

}  // namespace verigrad::detection
