// Derivatives of derivatives.
#include <algorithm>
#include <cmath>

#include "properties/laws/law.hpp"
#include "properties/laws/line.hpp"
#include "properties/laws/vectors.hpp"

namespace verigrad::properties {
namespace {

/// How much rounding may change w^T H u: that of the recorded gradients, pulled back from u.
double curvature_bound(const Trial& trial, const PerLeaf& u, const PerLeaf& w) {
  double sum = 0;
  for (std::size_t leaf = 0; leaf < u.size(); ++leaf) {
    if (u[leaf].empty()) continue;
    const auto slope = verigrad_engine().recorded_gradient(trial.program(), trial.point(),
                                                           trial.output(), leaf, {1});
    if (!slope) return INFINITY;
    sum +=
        dot(magnitudes(w), rounding_bound({slope->program, slope->root, trial.point()}, u[leaf]));
  }
  return sum;
}

/// Both products u^T H w and w^T H u.
LawResult compare_products(Trial& trial, const PerLeaf& u, const PerLeaf& w) {
  const PerLeaf by_u = trial.graph().hvp(trial.output(), u);
  const PerLeaf by_w = trial.graph().hvp(trial.output(), w);
  const double one = dot(by_u, w), other = dot(by_w, u);
  const double error = std::abs(one - other);
  const double terms = dot(magnitudes(by_u), magnitudes(w)) + dot(magnitudes(by_w), magnitudes(u));
  if (is_within(error, 16 * unit_roundoff(DType::f64) * terms)) return {};
  const bool normal = std::isfinite(error) && !left_normal_range();
  const double allowed =
      normal ? curvature_bound(trial, u, w) + curvature_bound(trial, w, u) : INFINITY;
  if (is_within(error, allowed)) return {};
  const bool decided =
      normal && std::isfinite(allowed) && !at_edge(trial.program(), trial.output(), trial.point());
  return {decided ? Outcome::fails : Outcome::undecided,
          fmt::format("w^T H u is {:.17g} but u^T H w is {:.17g} (allowed {:.2g})", one, other,
                      allowed)};
}

LawResult symmetric_products(Trial& trial) {
  return compare_products(trial, trial.tangents(5), trial.tangents(50));
}

/// All pairs of entries, as tangents.
LawResult symmetric_hessian(Trial& trial) {
  std::vector<PerLeaf> units;
  const PerLeaf shape = trial.tangents(0);
  for (std::size_t leaf = 0; leaf < shape.size(); ++leaf)
    for (std::size_t i = 0; i < shape[leaf].size(); ++i) {
      units.emplace_back(shape.size());
      units.back()[leaf] = unit(shape[leaf].size(), i);
    }
  LawResult result;
  for (std::size_t i = 0; i < units.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      LawResult pair = compare_products(trial, units[i], units[j]);
      if (pair.outcome != Outcome::holds) result = std::move(pair);
      if (result.outcome == Outcome::fails) return result;
    }
  return result;
}

/// w^T g(x + t u) is differentiated by t.
LawResult curvature(Trial& trial) {
  const PerLeaf u = trial.tangents(5), w = trial.tangents(50);
  const double product = dot(trial.graph().hvp(trial.output(), u), w);
  // A share of nothing: a cross entropy over no classes at all.
  if (!std::isfinite(product) && std::ranges::any_of(trial.program().values(), [](const Value& x) {
        return x.shape.numel() == 0;
      }))
    return {Outcome::undecided, "H u of an empty tensor is not finite"};
  const double terms = dot(magnitudes(trial.gradient()), magnitudes(w));
  const Line line(trial, u, [&](const Point& point) {
    return dot(gradient_of(trial.engine(), {trial.program(), trial.output(), point}, {1}), w);
  });
  return line.judged(
      product, terms + dot(magnitudes(w), magnitudes(u)),
      [&] { return curvature_bound(trial, u, w); }, "w^T H u");
}

/// The engine's J u from the recorded pass beside rows of J.
LawResult forward_rows(Trial& trial) {
  const PerLeaf u = trial.tangents(2);
  const std::vector<double> product = trial.graph().jvp(trial.output(), u);
  LawResult result;
  for (std::size_t j = 0; j < product.size(); ++j) {
    const std::vector<double> e = unit(product.size(), j);
    const PerLeaf row = trial.gradient(e);
    const double wanted = dot(row, u), error = std::abs(product[j] - wanted);
    if (is_within(error, 16 * unit_roundoff(DType::f64) * dot(magnitudes(row), magnitudes(u))))
      continue;
    const double allowed = dot(magnitudes(u), rounding_bound(trial.specimen(), e));
    const Outcome outcome = by_rounding(error, allowed);
    if (outcome == Outcome::holds) continue;
    result = {outcome,
              fmt::format("entry {} of J u is {:.17g}, by its row {:.17g} (allowed {:.2g})", j,
                          product[j], wanted, allowed)};
    if (outcome == Outcome::fails) return result;
  }
  return result;
}

constexpr Law laws_here[] = {
    {"symmetric Hessian", "H1", "e_i^T H e_j = e_j^T H e_i", Cost::expensive, Where::anywhere,
     Ending::scalar, symmetric_hessian},
    {"curvature", "H1", "w^T H u = d/dt w^T g(x + t u), numerically", Cost::expensive,
     Where::regular_points, Ending::scalar, curvature},
    {"symmetric products", "H2", "u^T H w = w^T H u", Cost::cheap, Where::anywhere, Ending::scalar,
     symmetric_products},
    {"forward rows", "H4", "J u from the recorded g(v), which is linear in v, = the rows of J by u",
     Cost::expensive, Where::anywhere, Ending::open, forward_rows},
};

}  // namespace

std::span<const Law> second_order_laws() { return laws_here; }

}  // namespace verigrad::properties
