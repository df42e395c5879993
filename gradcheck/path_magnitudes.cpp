#include "gradcheck/path_magnitudes.hpp"

#include <algorithm>
#include <cmath>

#include "engine/functional.hpp"
#include "engine/functions.hpp"

namespace verigrad::gradcheck {
namespace {

std::size_t index(ValueId id) { return static_cast<std::size_t>(id); }

/// Adds |d(result)/d(operand k)|^T magnitudes for one application.
void add_local(const Value& value, std::size_t k, std::vector<Tensor<double>> operands,
               const std::vector<double>& magnitudes, std::vector<double>& into) {
  operands[k] = operands[k].clone_entries().requires_grad_();
  const Tensor<double> result = apply<double>(*value.operation, operands, value.attributes);
  const Tensor<double> flat = reshape(result, Integers{result.numel()});
  const Tensor<double> local = jacobian(flat, operands[k]);
  const std::size_t columns = into.size();
  for (std::size_t i = 0; i < magnitudes.size(); ++i)
    for (std::size_t j = 0; j < columns; ++j)
      into[j] += std::abs(local[static_cast<std::int64_t>(i * columns + j)]) * magnitudes[i];
  if (value.operation->elementwise || magnitudes.empty()) return;
  const double largest = *std::max_element(magnitudes.begin(), magnitudes.end());
  for (double& entry : into) entry += largest;
}

}  // namespace

PerLeaf path_magnitudes(const Program& program, const Point& point, ValueId output,
                        const std::vector<double>& v) {
  const std::vector<bool> reached = program.reachable({&output, 1});
  std::vector<ValueId> roots;
  for (std::size_t i = 0; i < reached.size(); ++i)
    if (reached[i]) roots.push_back(static_cast<ValueId>(i));
  const std::vector<Tensor<double>> leaves = leaf_tensors<double>(program, point, false);
  const std::vector<Tensor<double>> computed = run<double>(program, leaves, roots);
  std::vector<Tensor<double>> values(reached.size());
  PerLeaf magnitudes(reached.size());
  for (std::size_t i = 0; i < roots.size(); ++i) {
    values[index(roots[i])] = computed[i];
    magnitudes[index(roots[i])].assign(computed[i].entries().size(), 0);
  }
  std::transform(v.begin(), v.end(), magnitudes[index(output)].begin(),
                 [](double x) { return std::abs(x); });
  for (std::size_t i = reached.size(); i-- > 0;) {
    const Value& value = program.values()[i];
    if (!reached[i] || value.kind != Value::Kind::operation) continue;
    std::vector<Tensor<double>> operands;
    for (const ValueId operand : value.operands) operands.push_back(values[index(operand)]);
    for (std::size_t k = 0; k < operands.size(); ++k)
      if (value.operation->differentiable(k))
        add_local(value, k, operands, magnitudes[i], magnitudes[index(value.operands[k])]);
  }
  PerLeaf result(leaves.size());
  for (std::size_t leaf = 0; leaf < leaves.size(); ++leaf)
    if (program.leaves()[leaf].differentiable) {
      result[leaf] = magnitudes[index(program.leaf_value(leaf))];
      result[leaf].resize(point[leaf].size(), 0);
    }
  return result;
}

}  // namespace verigrad::gradcheck
