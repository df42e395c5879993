#include "proof/second_order.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace verigrad::proof {
namespace {

/// What one side of a germ tells: value, slope and second coefficient.
struct Curve {
  Status status = Status::ok;
  bool kinked = false;
  Ball value{}, slope{}, bend{};

  /// q(d + e) - q(d) - q(e) of three curves, which is the bend by d and e; kinked where one is.
  static Curve mixed(const Curve& both, const Curve& first, const Curve& second) {
    Curve result = both;
    result.status = std::max({both.status, first.status, second.status});
    result.kinked = both.kinked || first.kinked || second.kinked;
    result.bend = both.bend - first.bend - second.bend;
    return result;
  }

  /// The bend by e and its own multiple, 2 factor q(e).
  Curve times(const Ball& factor) const {
    Curve result = *this;
    result.bend = bend * factor.scaled(1);
    return result;
  }
};

/// Above and below the point.
using Sides = std::array<Curve, 2>;

class SecondOrder {
 public:
  SecondOrder(const GermFunction& function, std::span<const Field> leaves, std::size_t leaf,
              const Limits& limits)
      : function_(function), leaves_(leaves), leaf_(leaf), limits_(limits) {}

  /// The curve along a direction on one side; longer series where a kink needs them.
  Curve along(const std::vector<Ball>& slopes, int sign) const {
    std::vector<Motion> motions;
    for (std::size_t i = 0; i < slopes.size(); ++i)
      if (!slopes[i].is(0)) motions.push_back({leaf_, static_cast<std::int64_t>(i), slopes[i]});
    if (motions.empty()) return {};
    Curve curve;
    for (slong length = 3; length <= limits_.length; length *= 2) {
      const Series germ = function_(moved(leaves_, motions, sign, length)).front();
      curve.status = germ.ok() && germ.length() < 3 ? Status::flat : germ.status();
      curve.kinked = germ.kinked();
      if (curve.status == Status::ok) {
        curve.value = germ.value();
        curve.slope = sign > 0 ? germ[1] : -germ[1];
        curve.bend = germ[2];
      }
      if (curve.status != Status::flat) break;
    }
    return curve;
  }

  /// Both sides of the curve, which are one where no kink is met.
  Sides sides(const std::vector<Ball>& slopes) const {
    const Curve above = along(slopes, 1);
    const bool smooth = above.status == Status::ok && !above.kinked;
    return {above, smooth ? above : along(slopes, -1)};
  }

 private:
  const GermFunction& function_;
  std::span<const Field> leaves_;
  std::size_t leaf_;
  const Limits& limits_;
};

std::vector<Ball> unit(std::size_t entries, std::size_t i) {
  std::vector<Ball> result(entries);
  result[i] = 1;
  return result;
}

std::vector<Ball> plus(std::vector<Ball> a, const std::vector<Ball>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = a[i] + b[i];
  return a;
}

/// Whether the function and its slope are the same from both sides, and from `beside`.
bool is_joined(const Curve& above, const Curve& below, const Ball& beside) {
  return above.value.overlaps(beside) && below.value.overlaps(beside) &&
         above.slope.overlaps(below.slope);
}

/// The derivative of e_i along u, which is a multiple of e_i if `alone`, where the function is
/// `at_point`.
Enclosure judged(const Curve& above, const Curve& below, const Series& at_point, bool alone,
                 DType dtype, const Limits& limits) {
  Enclosure result;
  const bool kinked = above.kinked || below.kinked;
  const Status status =
      kinked ? std::max({above.status, below.status, at_point.status()}) : above.status;
  result.derivative =
      kinked && status == Status::ok ? Ball::hull(above.bend, below.bend) : above.bend;
  result.left = kinked ? below.bend : above.bend;
  result.right = above.bend;
  result.kinked = kinked;
  result.bits = status == Status::ok ? working_bits : 0;
  if (status != Status::ok) {
    result.outcome = outcome_of(status);
  } else if (kinked && !is_joined(above, below, at_point.value())) {
    result.outcome = Outcome::jump;
  } else if (kinked && !alone) {
    result.outcome = Outcome::flat;
  } else if (sharp(result.left, limits, dtype) && sharp(result.right, limits, dtype)) {
    result.outcome = Outcome::enclosed;
  }
  return result;
}

/// Whether only entry i moves.
bool moves_alone(const std::vector<Ball>& u, std::size_t i) {
  for (std::size_t j = 0; j < u.size(); ++j)
    if (j != i && !u[j].is(0)) return false;
  return true;
}

bool is_undecided(const Enclosure& entry) { return entry.outcome == Outcome::undecided; }

}  // namespace

std::vector<Slopes> unit_directions(std::size_t entries) {
  std::vector<Slopes> directions;
  for (std::size_t i = 0; i < entries; ++i)
    directions.push_back([entries, i] { return unit(entries, i); });
  return directions;
}

std::vector<Enclosure> second_derivatives(const GermFunction& function,
                                          std::span<const Field> leaves, std::size_t leaf,
                                          std::span<const Slopes> directions, DType dtype,
                                          const Limits& limits) {
  const SecondOrder second(function, leaves, leaf, limits);
  const std::size_t n = leaves[leaf].entries.size();
  std::vector<Enclosure> result(directions.size() * n);
  const WorkLimit limit(limits.work, limits.seconds);
  try {
    for (slong bits = limits.first_bits;
         bits <= limits.last_bits && std::ranges::any_of(result, is_undecided); bits *= 2) {
      const Precision precision(bits);
      const Series at_point = function(leaves).front();
      std::vector<Sides> units;
      for (std::size_t i = 0; i < n; ++i) units.push_back(second.sides(unit(n, i)));
      for (std::size_t k = 0; k < directions.size(); ++k) {
        const std::vector<Ball> u = directions[k]();
        const Sides along_u = second.sides(u);
        for (std::size_t i = 0; i < n; ++i) {
          Enclosure& entry = result[k * n + i];
          if (!is_undecided(entry)) continue;
          const bool alone = moves_alone(u, i);
          const Sides both = alone ? Sides() : second.sides(plus(u, unit(n, i)));
          const auto bend = [&](std::size_t side) {
            return alone ? units[i][side].times(u[i])
                         : Curve::mixed(both[side], along_u[side], units[i][side]);
          };
          entry = judged(bend(0), bend(1), at_point, alone, dtype, limits);
        }
      }
    }
  } catch (const WorkExhausted&) {
    for (Enclosure& entry : result)
      if (is_undecided(entry)) entry.outcome = Outcome::exhausted;
  }
  return result;
}

}  // namespace verigrad::proof
