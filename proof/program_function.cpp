#include "proof/program_function.hpp"

#include "proof/tape.hpp"

namespace verigrad::proof {

GermFunction function_of(const Program& program, ValueId root, const Reading& reading) {
  return [&program, root, reading](std::span<const Field> leaves) {
    return evaluate(program, leaves, root, reading).entries;
  };
}

GermFunction weighted_sum(const Program& program, const std::vector<Field>& point, ValueId y,
                          ValueId v, const Reading& reading) {
  return [&program, &point, y, v, reading](std::span<const Field> leaves) {
    const Field weights = evaluate(program, point, v, reading);
    return std::vector{Tape::dot(evaluate(program, leaves, y, reading).entries, weights.entries)};
  };
}

GermFunction weighted_sum(const Program& program, ValueId y, std::vector<double> v,
                          const Reading& reading) {
  return [&program, y, weights = std::move(v), reading](std::span<const Field> leaves) {
    const std::vector<Series> balls(weights.begin(), weights.end());
    return std::vector{Tape::dot(evaluate(program, leaves, y, reading).entries, balls)};
  };
}

std::vector<bool> differentiable_leaves(const Program& program) {
  std::vector<bool> result;
  for (const Leaf& leaf : program.leaves()) result.push_back(leaf.differentiable);
  return result;
}

}  // namespace verigrad::proof
