// The algebra of v^T J and J u.
#include <cmath>

#include "properties/laws/law.hpp"
#include "properties/laws/vectors.hpp"

namespace verigrad::properties {
namespace {

LawResult homogeneity(Trial& trial) {
  for (const double factor : {-1.0, 0x1p5, 0x1p-7}) {
    const PerLeaf wanted = scaled(factor, trial.gradient());
    const PerLeaf got = trial.gradient(scaled(factor, trial.v()));
    if (const auto failure =
            differ(trial, got, wanted, fmt::format("with the cotangent times {}", factor)))
      return *failure;
  }
  return {};
}

LawResult linearity(Trial& trial) {
  constexpr double a = 0.7, b = -1.3;
  const std::vector<double> w = trial.cotangent(1);
  const PerLeaf wanted = combine(a, trial.gradient(), b, trial.gradient(w));
  const PerLeaf got = trial.gradient(combine(a, trial.v(), b, w));
  const auto bound = [&] {
    return rounding_bound(trial.specimen(),
                          combine(std::abs(a), magnitudes(trial.v()), std::abs(b), magnitudes(w)));
  };
  return differ(trial, got, wanted, bound, "with the cotangent 0.7 v - 1.3 w")
      .value_or(LawResult());
}

/// Unless an entry of J is infinite or NaN.
LawResult zero(Trial& trial) {
  const PerLeaf& gradient = trial.gradient();
  const PerLeaf got = trial.gradient(std::vector<double>(trial.v().size(), 0.0));
  for (std::size_t leaf = 0; leaf < got.size(); ++leaf)
    for (std::size_t i = 0; i < got[leaf].size(); ++i) {
      if (got[leaf][i] == 0) continue;
      const bool finite = std::isfinite(gradient[leaf][i]) && !left_normal_range();
      return {finite ? Outcome::fails : Outcome::undecided,
              fmt::format("with the cotangent 0 entry {} of the gradient by {} is {:.17g}", i,
                          trial.program().leaves()[leaf].name, got[leaf][i])};
    }
  return {};
}

LawResult adjoint(Trial& trial) {
  const PerLeaf u = trial.tangents(2);
  const double forward = dot(trial.graph().jvp(trial.output(), u), trial.v());
  const double backward = dot(u, trial.gradient());
  const double terms = std::abs(forward) + dot(magnitudes(u), magnitudes(trial.gradient()));
  const double error = std::abs(forward - backward);
  if (is_within(error, 16 * unit_roundoff(DType::f64) * terms)) return {};
  const double allowed = dot(magnitudes(u), trial.bound());
  const Outcome outcome = by_rounding(error, allowed);
  if (outcome == Outcome::holds) return {};
  return {outcome, fmt::format("<J u, v> is {:.17g} but <u, J^T v> is {:.17g} (allowed {:.2g})",
                               forward, backward, allowed)};
}

constexpr Law laws_here[] = {
    {"adjoint", "A2", "<J u, v> = <u, J^T v>", Cost::cheap, Where::anywhere, Ending::open, adjoint},
    {"homogeneity", "B1", "g(2^k v) = 2^k g(v), g(-v) = -g(v), exactly", Cost::cheap,
     Where::anywhere, Ending::open, homogeneity},
    {"linearity", "B2", "g(a v + b w) = a g(v) + b g(w)", Cost::cheap, Where::anywhere,
     Ending::open, linearity},
    {"zero cotangent", "B3", "g(0) = 0, exactly, where J is finite", Cost::cheap, Where::anywhere,
     Ending::open, zero},
};

}  // namespace

std::span<const Law> algebra_laws() { return laws_here; }

}  // namespace verigrad::properties
