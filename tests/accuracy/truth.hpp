#pragma once

#include <optional>

#include "tests/accuracy/formula.hpp"
#include "tests/accuracy/ulp.hpp"

namespace verigrad::accuracy {

/// Arb's precision in bits: doubled from the first until the enclosure is sharp, up to the last.
inline constexpr slong first_bits = 256, last_bits = 32768;

/// The sharp enclosure of a function at a point; none when `last_bits` do not give one.
template <class T>
std::optional<Real> truth(Function f, const Point& x);

/// Whether f changes its sign, or is 0, within 2 ** -10 relative of one of the point's operands.
bool near_zero(Function f, const Point& x, std::size_t arity);

/// One computed number, judged.
struct Judgement {
  Distance distance;
  bool by_largest_term = false;
};

/// Judges a computed value or derivative f. Where the distance exceeds `bound` near a zero of f it
/// is in ulp of the largest term, and `everywhere` also far from zeros. None when the truth is not
/// known.
template <class T>
std::optional<Judgement> judge(T computed, Function f, const NearZero& zero, const Point& x,
                               std::size_t arity, double bound, bool everywhere);

}  // namespace verigrad::accuracy
