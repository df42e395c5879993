#include "properties/gradients.hpp"

#include <algorithm>
#include <cmath>

#include "engine/functions.hpp"
#include "gradcheck/path_magnitudes.hpp"

namespace verigrad::properties {
PerLeaf pull_back(const Program& program, const Point& point, ValueId output,
                  const std::vector<double>& v, const PullBack& how) {
  const std::vector<Tensor<double>> leaves = leaf_tensors<double>(program, point, true);
  std::vector<ValueId> roots{output};
  roots.insert(roots.end(), how.bystanders.begin(), how.bystanders.end());
  const std::vector<Tensor<double>> values = run<double>(program, leaves, roots);
  std::vector<Tensor<double>> inputs, found;
  for (const Tensor<double>& leaf : leaves)
    if (leaf.requires_grad()) inputs.push_back(leaf);
  if (values[0].requires_grad()) {
    const Tensor<double> cotangent(values[0].shape(), std::span<const double>(v));
    found = grad<double>({&values[0], 1}, inputs, {&cotangent, 1},
                         {.create_graph = how.create_graph}, true);
  }
  found.resize(inputs.size());
  PerLeaf result(leaves.size());
  for (std::size_t i = 0, next = 0; i < leaves.size(); ++i) {
    if (!leaves[i].requires_grad()) continue;
    const Tensor<double>& gradient = found[next++];
    result[i].assign(point[i].size(), 0);
    if (gradient.defined()) result[i].assign(gradient.entries().begin(), gradient.entries().end());
  }
  return result;
}

PerLeaf rounding_bound(const Program& program, const Point& point, ValueId output,
                       const std::vector<double>& v) {
  constexpr double per_operation = 8;
  const std::vector<bool> reached = program.reachable({&output, 1});
  double roundings = 16;
  for (std::size_t i = 0; i < reached.size(); ++i)
    if (reached[i] && program.values()[i].kind == Value::Kind::operation)
      roundings += per_operation + static_cast<double>(program.values()[i].shape.numel());
  PerLeaf bound = gradcheck::path_magnitudes(program, point, output, v);
  for (auto& leaf : bound)
    for (double& entry : leaf) entry *= roundings * unit_roundoff(DType::f64);
  return bound;
}

}  // namespace verigrad::properties
