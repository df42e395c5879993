#include "gradcheck/path_magnitudes.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "engine/functional.hpp"
#include "engine/functions.hpp"

namespace verigrad::gradcheck {
namespace {

std::size_t index(ValueId id) { return static_cast<std::size_t>(id); }

/// The part of |dz/dx|^T a(z) that cancels inside a rule: softmax's is y (g - sum(g y)),
/// log_softmax's g - exp(y) sum(g). Their Jacobians alone are small where the terms are not.
void add_terms_of_rule(const Value& value, const Tensor<double>& result,
                       const std::vector<double>& magnitudes, std::vector<double>& into) {
  const std::string_view name = value.operation->name();
  if (name != "softmax" && name != "log_softmax") return;
  const double largest = *std::max_element(magnitudes.begin(), magnitudes.end());
  for (std::size_t j = 0; j < into.size(); ++j) {
    const double y = result[static_cast<std::int64_t>(j)];
    into[j] += (name == "softmax" ? y : std::exp(y)) * largest;
    if (name == "log_softmax") into[j] += magnitudes[j];
  }
}

/// cosine_similarity's rule is (u2 - (u1 . u2) u1) / |x1|, with u the unit vectors: its two terms
/// cancel for vectors that are nearly parallel, and in the sum over a dim that x1 is repeated
/// along.
void add_terms_of_cosine(const Value& value, std::size_t k, const std::vector<Tensor<double>>& x,
                         const Tensor<double>& cosine, const std::vector<double>& magnitudes,
                         std::vector<double>& into) {
  if (value.operation->name() != "cosine_similarity" || k > 1) return;
  const Shape full = broadcast(x[0].shape(), x[1].shape(), "cosine_similarity");
  if (full.numel() == 0) return;
  const Integers dims = {value.attributes->integer(0)};
  const auto norm = [&](const Tensor<double>& v) {
    return maximum(sqrt(sum(square(v), dims, true)), x[2]);
  };
  const Tensor<double> mine = broadcast_to(x[k], full), other = broadcast_to(x[1 - k], full);
  const Shape kept = norm(mine).shape();
  const Tensor<double> weight(kept, std::span<const double>(magnitudes)),
      size = reshape(abs(cosine), kept);
  const Tensor<double> terms =
      weight * (abs(other) / norm(other) + size * abs(mine) / norm(mine)) / norm(mine);
  const Tensor<double> total = sum_to(terms, x[k].shape());
  for (std::size_t j = 0; j < into.size(); ++j) into[j] += total[static_cast<std::int64_t>(j)];
}

bool is_loss(const Value& value) {
  const std::string_view name = value.operation->name();
  return name == "bce" || name == "bce_with_logits" || name == "mse" || name == "huber" ||
         name == "smooth_l1" || name == "kl_div";
}

/// Adds |d(result)/d(operand k)|^T magnitudes for one application.
void add_local(const Value& value, std::size_t k, std::vector<Tensor<double>> operands,
               const std::vector<double>& magnitudes, std::vector<double>& into) {
  if (magnitudes.empty() || into.empty()) return;
  // A loss sums a scalar operand's derivatives inside its rule: each term is looked at here.
  if (is_loss(value) && operands[k].numel() == 1)
    operands[k] = broadcast_to(operands[k], operands[0].shape());
  operands[k] = operands[k].clone_entries().requires_grad_();
  const Tensor<double> result = apply<double>(*value.operation, operands, value.attributes);
  const auto add_row = [&](const std::vector<double>& weights) {
    const Tensor<double> row =
        vjp(result, operands[k], Tensor<double>(result.shape(), std::span<const double>(weights)));
    for (std::int64_t j = 0; j < row.numel(); ++j)
      into[into.size() == 1 ? 0 : static_cast<std::size_t>(j)] += std::abs(row[j]);
  };
  if (value.operation->elementwise && result.shape() == operands[k].shape()) {
    add_row(magnitudes);  // a diagonal Jacobian: nothing is added up
    return;
  }
  std::vector<double> weights(magnitudes.size(), 0.0);
  for (std::size_t i = 0; i < magnitudes.size(); ++i) {
    if (magnitudes[i] == 0) continue;
    weights[i] = magnitudes[i];
    add_row(weights);
    weights[i] = 0;
  }
  add_terms_of_rule(value, result, magnitudes, into);
  const NoGrad raw;
  add_terms_of_cosine(value, k, operands, result, magnitudes, into);
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
