// What passes over a Program ask of all of its values.
#pragma once

#include <map>
#include <vector>

#include "engine/program.hpp"

namespace verigrad::gradcheck {

/// Which values depend by derivatives on a differentiable leaf.
std::vector<bool> differentiable_values(const Program& program);
/// Which values depend by derivatives on one leaf.
std::vector<bool> differentiable_values(const Program& program, std::size_t leaf);

/// Which values a backward pass from `output` comes by, of those that `depends` names.
std::vector<bool> walked_values(const Program& program, ValueId output,
                                const std::vector<bool>& depends);

/// The entries of all values that an output depends on, by the engine in double.
std::map<ValueId, std::vector<double>> values_below(const Program& program, const Point& point,
                                                    ValueId output);

}  // namespace verigrad::gradcheck
