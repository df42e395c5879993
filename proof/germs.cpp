#include "proof/germs.hpp"

#include <algorithm>
#include <array>

namespace verigrad::proof {
namespace {

/// A side's status: flat as well when its first coefficient is not known.
Status status_of(const Series& side) {
  return side.ok() && side.length() < 2 ? Status::flat : side.status();
}

/// One entry of the output, from the germs of both sides.
class Sides {
 public:
  Sides(const Series& at_point, const Series& above, const Series& below)
      : point_(at_point), sides_{above, below} {}

  /// Whether longer series may tell more.
  bool flat() const {
    return std::ranges::any_of(sides_,
                               [](const Series& side) { return status_of(side) == Status::flat; });
  }

  /// Hull of the sides that are inside the domain. An undecided result may have a sharper one.
  Enclosure judged(const Limits& limits, DType dtype) const {
    Enclosure result{.value = point_.value(), .kinked = true};
    Status worst = Status::ok;
    bool inside = false, enough = true, jump = false;
    for (std::size_t k = 0; k < sides_.size(); ++k) {
      const Status status = status_of(sides_[k]);
      if (status == Status::outside) continue;
      worst = std::max(worst, status);
      if (status != Status::ok) continue;
      const Ball slope = k == 0 ? sides_[k][1] : -sides_[k][1];
      result.derivative = inside ? Ball::hull(result.derivative, slope) : slope;
      if (k == 0 || !inside) result.right = slope;
      result.left = slope;
      inside = true;
      enough = enough && sharp(slope, limits, dtype);
      jump = jump || !sides_[k].value().overlaps(result.value);
    }
    result.outcome = worst != Status::ok ? outcome_of(worst)
                     : !inside           ? Outcome::outside
                     : jump              ? Outcome::jump
                     : enough            ? Outcome::enclosed
                                         : Outcome::undecided;
    if (worst == Status::ok && inside) result.bits = working_bits;
    return result;
  }

 private:
  const Series& point_;
  std::array<Series, 2> sides_;
};

class Refinement {
 public:
  Refinement(const GermFunction& function, std::span<const Field> leaves,
             const Direction& direction, DType dtype, const Limits& limits)
      : function_(function),
        leaves_(leaves),
        direction_(direction),
        dtype_(dtype),
        limits_(limits) {}

  /// All entries at `working_bits`; those that are no longer undecided stay as they are.
  void refine(std::vector<Enclosure>& entries) const {
    const std::vector<Series> at_point = function_(leaves_);
    const std::vector<Series> above = germ(1, 2);
    entries.resize(at_point.size());
    std::vector<std::size_t> two_sided;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (entries[i].outcome != Outcome::undecided) continue;
      if (!at_point[i].ok()) {
        entries[i].outcome = outcome_of(at_point[i].status());
      } else if (above[i].ok() && !above[i].kinked()) {
        entries[i] = smooth(at_point[i], above[i]);
      } else if (above[i].status() != Status::undecided) {
        two_sided.push_back(i);
      }
    }
    if (!two_sided.empty()) refine_kinks(entries, two_sided, at_point);
  }

 private:
  std::vector<Series> germ(int sign, slong length) const {
    return function_(moved(leaves_, direction_(), sign, length));
  }

  /// Where no kink is met, both sides are one series.
  Enclosure smooth(const Series& at_point, const Series& series) const {
    const bool enough = sharp(series[1], limits_, dtype_) && series.length() >= 2;
    return {.outcome = enough ? Outcome::enclosed : Outcome::undecided,
            .value = at_point.value(),
            .derivative = series[1],
            .left = series[1],
            .right = series[1],
            .bits = series.length() >= 2 ? working_bits : 0};
  }

  void refine_kinks(std::vector<Enclosure>& entries, std::vector<std::size_t> open,
                    const std::vector<Series>& at_point) const {
    for (slong length = 4; length <= limits_.length && !open.empty(); length *= 2) {
      const std::vector<Series> above = germ(1, length), below = germ(-1, length);
      std::erase_if(open, [&](std::size_t i) {
        const Sides sides(at_point[i], above[i], below[i]);
        entries[i] = sides.judged(limits_, dtype_);
        return !sides.flat();
      });
    }
  }

  const GermFunction& function_;
  std::span<const Field> leaves_;
  const Direction& direction_;
  DType dtype_;
  const Limits& limits_;
};

}  // namespace

Outcome outcome_of(Status status) {
  switch (status) {
    case Status::ok:
      return Outcome::enclosed;
    case Status::edge:
      return Outcome::edge;
    case Status::flat:
      return Outcome::flat;
    case Status::undecided:
      return Outcome::undecided;
    case Status::outside:
      return Outcome::outside;
  }
  return Outcome::undecided;
}

std::vector<Field> moved(std::span<const Field> leaves, std::span<const Motion> direction, int sign,
                         slong length) {
  std::vector<Field> result(leaves.begin(), leaves.end());
  for (const Motion& motion : direction) {
    Series& entry = result[motion.leaf].entries[static_cast<std::size_t>(motion.entry)];
    entry = Series::variable(entry.value(), sign > 0 ? motion.slope : -motion.slope, length);
  }
  return result;
}

std::vector<Enclosure> along(const GermFunction& function, std::span<const Field> leaves,
                             const Direction& direction, DType dtype, const Limits& limits) {
  const Refinement refinement(function, leaves, direction, dtype, limits);
  std::vector<Enclosure> result;
  for (slong bits = limits.first_bits; bits <= limits.last_bits; bits *= 2) {
    const Precision precision(bits);
    refinement.refine(result);
    if (std::ranges::none_of(
            result, [](const Enclosure& entry) { return entry.outcome == Outcome::undecided; }))
      break;
  }
  return result;
}

}  // namespace verigrad::proof
