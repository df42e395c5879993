#include "proof/enclose.hpp"

#include <array>

#include "proof/program_function.hpp"

namespace verigrad::proof {

std::vector<Enclosure> derivatives(const Program& program, const Point& point, ValueId root,
                                   const Input& input, const Limits& limits) {
  const auto rows = static_cast<std::size_t>(program.shape(root).numel());
  if (const Operation* missing = first_uncovered(program, root))
    return std::vector<Enclosure>(rows, {.outcome = Outcome::uncovered, .uncovered = missing});
  const std::vector<Field> leaves = constant_leaves(program, point);
  const Direction unit = [&] {
    return std::vector{Motion{.leaf = input.leaf, .entry = input.entry}};
  };
  const WorkLimit limit(limits.work, limits.seconds);
  try {
    return along(function_of(program, root), leaves, unit, program.dtype, limits);
  } catch (const WorkExhausted&) {
    return std::vector<Enclosure>(rows, {.outcome = Outcome::exhausted});
  }
}

std::optional<Ball> taylor_coefficient(const Program& program, const Point& point, ValueId root,
                                       const Input& input, slong order, const Limits& limits) {
  if (first_uncovered(program, root)) return std::nullopt;
  const std::vector<Field> leaves = constant_leaves(program, point);
  const std::array unit{Motion{.leaf = input.leaf, .entry = input.entry}};
  const WorkLimit limit(limits.work, limits.seconds);
  try {
    for (slong bits = limits.first_bits; bits <= limits.last_bits; bits *= 2) {
      const Precision precision(bits);
      const Series series =
          evaluate(program, moved(leaves, unit, 1, order + 1), root).entries.front();
      if (series.status() == Status::undecided) continue;
      if (!series.ok() || series.kinked() || series.length() <= order) return std::nullopt;
      const Ball coefficient = series[order];
      if (sharp(coefficient, limits, program.dtype)) return coefficient;
    }
  } catch (const WorkExhausted&) {
  }
  return std::nullopt;
}

}  // namespace verigrad::proof
