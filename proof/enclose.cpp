#include "proof/enclose.hpp"

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

}  // namespace verigrad::proof
