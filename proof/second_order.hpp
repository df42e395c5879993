#pragma once

#include <span>
#include <vector>

#include "proof/germs.hpp"

namespace verigrad::proof {

/// A direction in one leaf: the slopes of its entries, as balls at the precision in force.
using Slopes = std::function<std::vector<Ball>()>;

/// H u for the Hessian H of a function of one output by the entries of one leaf:
///
///   (H u)_i = q(u + e_i) - q(u) - q(e_i)
///
/// where q(d) is the second coefficient of the germ x + ε d, half of d²f/dε². Each of `directions`
/// gives one row of the result. At a kink of the function's slope, (H u)_i for a u that moves entry
/// i alone is the hull of 2 u_i q(e_i) over both sides; for other u nothing is decided there.
std::vector<Enclosure> second_derivatives(const GermFunction& function,
                                          std::span<const Field> leaves, std::size_t leaf,
                                          std::span<const Slopes> directions, DType dtype,
                                          const Limits& limits = {});

/// The directions e_1, …, e_n, whose rows make the Hessian.
std::vector<Slopes> unit_directions(std::size_t entries);

}  // namespace verigrad::proof
