#include "gradcheck/reference.hpp"

#include <algorithm>
#include <cmath>

namespace verigrad::gradcheck {
namespace {

/// Adds weight * term to a sum of one-sided derivatives. Along one coordinate (`coherent`) the left
/// derivatives belong together; across coordinates only the hulls can be added.
void add_term(Truth& sum, const Truth& term, double weight, bool coherent) {
  if (weight == 0) return;
  Estimate& to = sum.estimate;
  const Estimate& from = term.estimate;
  to.value += weight * from.value;
  to.error_bar += std::abs(weight) * from.error_bar + 0x1p-52 * std::abs(weight * from.value);
  const double left = weight * from.left, right = weight * from.right;
  to.left += coherent ? left : std::min(left, right);
  to.right += coherent ? right : std::max(left, right);
  sum.scale += std::abs(weight) * std::max(term.scale, std::abs(from.value));
  sum.flat = sum.flat && (term.flat || from.error_bar == 0);
  to.evaluations += from.evaluations;
  to.on_kink = to.on_kink || from.on_kink;
  auto rank = [](EstimateStatus status) {
    switch (status) {
      case EstimateStatus::ok:
        return 0;
      case EstimateStatus::noise:
        return 1;
      case EstimateStatus::kink:
        return 2;
      case EstimateStatus::edge:
        return 3;
      case EstimateStatus::jump:
        return 4;
      case EstimateStatus::undefined:
        return 5;
    }
    return 5;
  };
  if (rank(from.status) > rank(to.status)) {
    to.status = from.status;
    to.reason = from.reason;
  }
}

Truth zero() {
  Truth truth;
  truth.estimate.status = EstimateStatus::ok;
  truth.flat = true;
  return truth;
}

}  // namespace

Truth doubled(const Truth& truth) {
  Truth result = truth;
  Estimate& estimate = result.estimate;
  for (double* part : {&estimate.value, &estimate.error_bar, &estimate.left, &estimate.right,
                       &result.scale, &result.rounding})
    *part *= 2;
  if (result.paths) *result.paths *= 2;
  if (!truth.proven) return result;
  proof::Enclosure proven = *truth.proven;
  for (proof::Ball* ball : {&proven.derivative, &proven.left, &proven.right})
    *ball = ball->scaled(1);
  if (proven.conventions) proven.conventions = proven.conventions->scaled(1);
  proven.paths = result.paths;
  result.proven = std::make_shared<const proof::Enclosure>(std::move(proven));
  return result;
}

bool all_proven(const std::vector<Truth>& truths) {
  return std::all_of(truths.begin(), truths.end(),
                     [](const Truth& truth) { return truth.proven != nullptr; });
}

std::vector<Truth> Reference::vjp(ValueId output, std::size_t leaf, const Vector& v) {
  return vjp_of(jacobian(output, leaf), v.entries);
}

std::vector<Truth> Reference::jvp(ValueId output, std::size_t leaf, const Vector& u) {
  return jvp_of(jacobian(output, leaf), u.entries);
}

std::vector<Truth> Reference::hvp(ValueId output, std::size_t leaf, const Vector& u) {
  return jvp_of(hessian(output, leaf), u.entries);
}

std::vector<Truth> vjp_of(const std::vector<Truth>& jacobian, const std::vector<double>& v) {
  const std::size_t columns = v.empty() ? 0 : jacobian.size() / v.size();
  std::vector<Truth> result(columns, zero());
  for (std::size_t i = 0; i < v.size(); ++i)
    for (std::size_t j = 0; j < columns; ++j)
      add_term(result[j], jacobian[i * columns + j], v[i], true);
  return result;
}

std::vector<Truth> jvp_of(const std::vector<Truth>& jacobian, const std::vector<double>& u) {
  const std::size_t columns = u.size(), rows = columns == 0 ? 0 : jacobian.size() / columns;
  std::vector<Truth> result(rows, zero());
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < columns; ++j)
      add_term(result[i], jacobian[i * columns + j], u[j], false);
  return result;
}

}  // namespace verigrad::gradcheck
