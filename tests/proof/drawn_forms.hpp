// Forms of operations drawn at random: shapes with sizes of 0 and 1, broadcasts, attributes.
#pragma once

#include "tests/gradcheck/operation_forms.hpp"

namespace verigrad::proof {

/// Up to `count` different forms that the operation takes; fewer when attempts run out.
std::vector<gradcheck::Form> drawn_forms(const Operation& operation, std::size_t count,
                                         Random& random);

}  // namespace verigrad::proof
