// Why LibTorch's gradients are what they are.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace verigrad::libtorch {

/// What LibTorch computes instead, in one sentence, which has been checked by hand against LibTorch
/// alone; empty for operations about which nothing is known.
std::string_view reason(const std::set<std::string>& operations);

}  // namespace verigrad::libtorch
