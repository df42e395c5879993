#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/operation.hpp"

namespace verigrad::cli {

/// What an operation says about itself, in words.
struct OperationTexts {
  std::string_view name, signature, formula, kinks, grad_fn, latex;
  /// Each operand with the derivative for it; an empty text means that it takes no gradient.
  std::vector<std::pair<std::string_view, std::string_view>> derivatives;
  std::string domain;  ///< "-1 <= input <= 1"; empty: all reals
  std::vector<double> special;
  std::vector<std::string_view> aliases;
};

OperationTexts texts_of(const Operation& operation);

/// The operations that the language offers.
std::vector<const Operation*> offered_operations();

}  // namespace verigrad::cli
