#pragma once

#include <vector>

#include "gradcheck/reference.hpp"

namespace verigrad::gradcheck {

/// What is proven of entries of a derivative as truths: in doubles, with the distance to the
/// farthest number of the enclosure as bar; what is not proven says why, given the limits of the
/// proof.
std::vector<Truth> truths_of(const std::vector<proof::Enclosure>& proven,
                             const proof::Limits& limits);

}  // namespace verigrad::gradcheck
