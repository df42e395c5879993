#pragma once

#include <optional>
#include <vector>

#include "proof/enclosure.hpp"

namespace verigrad::proof {

/// One entry of a leaf, by which a Program is differentiated.
struct Input {
  std::size_t leaf = 0;
  std::int64_t entry = 0;
};

/// The derivative of every entry of `root` by one entry of a leaf. The germs x ± ε are evaluated as
/// power series in balls; no rule of differentiation is involved but the chain rule of series.
std::vector<Enclosure> derivatives(const Program& program, const Point& point, ValueId root,
                                   const Input& input, const Limits& limits = {});

/// The coefficient of t^order in the power series of a scalar `root` by x + t for one entry x of a
/// leaf, which is the derivative of that order divided by its factorial. None at kinks, outside of
/// the domain, and where it is not known as sharply as derivatives are to be.
std::optional<Ball> taylor_coefficient(const Program& program, const Point& point, ValueId root,
                                       const Input& input, slong order, const Limits& limits = {});

}  // namespace verigrad::proof
