#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/shape.hpp"

namespace verigrad::gradcheck {

/// An index of a tensor, and its number in row-major order.
using Position = std::vector<std::int64_t>;
Position unravelled(std::int64_t number, const Shape& shape);
std::size_t ravelled(const Position& index, const Shape& shape);

}  // namespace verigrad::gradcheck
