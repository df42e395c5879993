// How the entries of a product of matrices move.
#pragma once

#include <array>
#include <optional>

#include "gradcheck/motion.hpp"

namespace verigrad::gradcheck::detail {

struct ProductPlan {
  Product product;
  Region region;  ///< of the result
  bool straight = false;
  std::array<bool, 3> in_lanes{};  ///< which operands are read lane by lane
  std::size_t scratch = 0;         ///< numbers a lane
  double cost = 0;
};

/// For matmul, or linear with its bias; `moving` are the operands that move, null for the others.
/// Nothing for operands of more than two dims, and where they move in ways that are not followed:
/// both factors, unless one moves along a line and both move as wholes; a bias alone not along a
/// line.
std::optional<ProductPlan> plan_product(const Program& program, const Value& value, bool linear,
                                        const std::array<const Moving*, 3>& moving);

}  // namespace verigrad::gradcheck::detail
