#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "engine/attributes.hpp"
#include "proof/series.hpp"

namespace verigrad::proof {

/// An elementwise operation on germs, by its operands in the order of the engine's signature.
using Function = Series (*)(std::span<const Series> x, const Attributes& attributes);

struct Line {
  std::string_view operation;
  Function function;
};

/// The function of the operation with this name; null when the room does not have it.
Function find_function(std::string_view operation);

std::vector<Line> smooth_functions();
std::vector<Line> piecewise_functions();
std::vector<Line> activation_functions();
std::vector<Line> backward_functions();

/// A Line, from an expression in x[0], x[1], … and attributes.
#define VERIGRAD_LINE(name, ...)                                                                   \
  Line {                                                                                           \
    name, [](std::span<const Series> x, [[maybe_unused]] const Attributes& attributes) -> Series { \
      return __VA_ARGS__;                                                                          \
    }                                                                                              \
  }

}  // namespace verigrad::proof
