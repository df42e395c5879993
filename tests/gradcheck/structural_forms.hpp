#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "tests/gradcheck/operation_forms.hpp"

namespace verigrad::gradcheck {

/// The forms of operations that are not elementwise, by name: losses, and the others.
std::map<std::string_view, std::vector<Form>> loss_forms();
std::map<std::string_view, std::vector<Form>> structural_forms();

}  // namespace verigrad::gradcheck
