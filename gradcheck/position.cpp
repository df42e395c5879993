#include "gradcheck/position.hpp"

namespace verigrad::gradcheck {

Position unravelled(std::int64_t number, const Shape& shape) {
  Position index(shape.rank());
  for (std::size_t d = shape.rank(); d-- > 0; number /= shape[d]) index[d] = number % shape[d];
  return index;
}

std::size_t ravelled(const Position& index, const Shape& shape) {
  std::int64_t number = 0;
  for (std::size_t d = 0; d < index.size(); ++d) number = number * shape[d] + index[d];
  return static_cast<std::size_t>(number);
}

}  // namespace verigrad::gradcheck
