// LibTorch as an engine that the laws can judge.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "properties/engine.hpp"

namespace verigrad::properties {

/// LibTorch in float64 on the CPU, on programs of operations that it has a counterpart for, see
/// properties/libtorch/calls.hpp. What it does not take is told by `refusal`.
const Engine& libtorch_engine();

/// The differentiable operations that programs for it can be made of.
std::vector<std::string> libtorch_operations();

/// "1.13.1".
std::string_view libtorch_version();

}  // namespace verigrad::properties
