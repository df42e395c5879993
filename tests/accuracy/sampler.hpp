#pragma once

#include <vector>

#include "tests/accuracy/formula.hpp"

namespace verigrad::accuracy {

/// Whether the point's operands are T's normal numbers or 0, inside their domains, and the value is
/// defined there.
template <class T>
bool admissible(const Formula& formula, const Point& x);

/// `count` admissible points, always the same for one seed. Each operand is drawn with a
/// log-uniform magnitude from all normal numbers of its domain, from the table's typical range,
/// around the table's special points, at log-uniform distances from the finite ends of its domain,
/// and from the formula's own ranges; operands that only matter together also together.
template <class T>
std::vector<Point> sample(const Formula& formula, std::size_t count, std::string_view seed);

/// Points at relative distances 2 ** -53 to 2 ** -3 of a given one.
template <class T>
std::vector<Point> around(const Formula& formula, const Point& centre, std::size_t count,
                          std::string_view seed);

}  // namespace verigrad::accuracy
