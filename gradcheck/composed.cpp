#include "gradcheck/composed.hpp"

#include "gradcheck/rewriting.hpp"

namespace verigrad::gradcheck {

std::optional<Composed> compose_with_doubling(const Program& program, const Point& point,
                                              ValueId output, std::size_t leaf) {
  Point halved = point;
  for (double& entry : halved[leaf]) {
    const double half = round_to(program.dtype, entry / 2);
    if (2 * half != entry) return std::nullopt;
    entry = half;
  }
  const ValueId input = program.leaf_value(leaf);
  const Rewriting composed(program, halved, [&](Rewriting& made, ValueId id) {
    const ValueId same = made.copy(id);
    return id == input ? made.apply("mul", {made.number(2), same}) : same;
  });
  return Composed{composed.program, composed.of(output), composed.point};
}

}  // namespace verigrad::gradcheck
