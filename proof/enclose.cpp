#include "proof/enclose.hpp"

#include <algorithm>
#include <array>

namespace verigrad::proof {
namespace {

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

/// Whether a ball is as small as it need be.
bool sharp(const Ball& ball, const Limits& limits, DType dtype) {
  const slong below = dtype == DType::f64 ? -1075 : -150;
  Ball size;
  arb_abs(size.get(), ball.get());
  return ball.finite() && (ball.is(0) || ball.relative_bits() >= limits.relative_bits ||
                           arb_lt(size.get(), Ball(1).scaled(below).get()));
}

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
    Enclosure result{.value = point_.value(), .bits = working_bits};
    Status worst = Status::ok;
    bool inside = false, enough = sharp(result.value, limits, dtype), jump = false;
    for (std::size_t k = 0; k < sides_.size(); ++k) {
      const Status status = status_of(sides_[k]);
      if (status == Status::outside) continue;
      worst = std::max(worst, status);
      if (status != Status::ok) continue;
      const Ball slope = k == 0 ? sides_[k][1] : -sides_[k][1];
      result.derivative = inside ? Ball::hull(result.derivative, slope) : slope;
      inside = true;
      enough = enough && sharp(slope, limits, dtype);
      jump = jump || !sides_[k].value().overlaps(result.value);
    }
    result.outcome = worst != Status::ok ? outcome_of(worst)
                     : !inside           ? Outcome::outside
                     : jump              ? Outcome::jump
                     : enough            ? Outcome::enclosed
                                         : Outcome::undecided;
    return result;
  }

 private:
  const Series& point_;
  std::array<Series, 2> sides_;
};

class Enclosing {
 public:
  Enclosing(const Program& program, const Point& point, ValueId root, const Input& input,
            const Limits& limits)
      : program_(program), point_(point), root_(root), input_(input), limits_(limits) {}

  /// All entries at `working_bits`; those that are no longer undecided stay as they are.
  void refine(std::vector<Enclosure>& entries) const {
    const Field at_point = evaluate(program_, point_, root_);
    const Field above = germ(1, 2);
    std::vector<std::size_t> two_sided;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (entries[i].outcome != Outcome::undecided) continue;
      if (!at_point.entries[i].ok()) {
        entries[i].outcome = outcome_of(at_point.entries[i].status());
      } else if (above.entries[i].ok() && !above.entries[i].kinked()) {
        entries[i] = smooth(at_point.entries[i], above.entries[i]);
      } else if (above.entries[i].status() != Status::undecided) {
        two_sided.push_back(i);
      }
    }
    if (!two_sided.empty()) refine_kinks(entries, two_sided, at_point);
  }

 private:
  Field germ(int slope, slong length) const {
    return evaluate(program_, point_, root_,
                    Seed{.input = input_, .slope = slope, .length = length});
  }

  /// Where no kink is met, both sides are one series.
  Enclosure smooth(const Series& at_point, const Series& series) const {
    const bool enough = sharp(at_point.value(), limits_, program_.dtype) &&
                        sharp(series[1], limits_, program_.dtype) && series.length() >= 2;
    return {.outcome = enough ? Outcome::enclosed : Outcome::undecided,
            .value = at_point.value(),
            .derivative = series[1],
            .bits = working_bits};
  }

  void refine_kinks(std::vector<Enclosure>& entries, std::vector<std::size_t> open,
                    const Field& at_point) const {
    for (slong length = 4; length <= limits_.length && !open.empty(); length *= 2) {
      const Field above = germ(1, length), below = germ(-1, length);
      std::erase_if(open, [&](std::size_t i) {
        const Sides sides(at_point.entries[i], above.entries[i], below.entries[i]);
        entries[i] = sides.judged(limits_, program_.dtype);
        return !sides.flat();
      });
    }
  }

  const Program& program_;
  const Point& point_;
  ValueId root_;
  const Input& input_;
  const Limits& limits_;
};

}  // namespace

std::string_view to_string(Outcome outcome) {
  static constexpr std::array<std::string_view, 7> names{
      "enclosed", "undecided", "flat", "edge", "jump", "outside the domain", "not covered"};
  return names[static_cast<std::size_t>(outcome)];
}

std::vector<Enclosure> derivatives(const Program& program, const Point& point, ValueId root,
                                   const Input& input, const Limits& limits) {
  std::vector<Enclosure> result(static_cast<std::size_t>(program.shape(root).numel()));
  if (const Operation* missing = first_uncovered(program, root)) {
    for (Enclosure& entry : result) entry = {.outcome = Outcome::uncovered, .uncovered = missing};
    return result;
  }
  const Enclosing enclosing(program, point, root, input, limits);
  for (slong bits = limits.first_bits; bits <= limits.last_bits; bits *= 2) {
    const Precision precision(bits);
    enclosing.refine(result);
    if (std::ranges::none_of(
            result, [](const Enclosure& entry) { return entry.outcome == Outcome::undecided; }))
      break;
  }
  return result;
}

}  // namespace verigrad::proof
