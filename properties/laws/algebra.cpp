// The algebra of v^T J and J u.
#include <cmath>
#include <numeric>

#include "properties/laws/law.hpp"

namespace verigrad::properties {
namespace {

/// a x + b y, entry by entry.
std::vector<double> combine(double a, const std::vector<double>& x, double b,
                            const std::vector<double>& y) {
  std::vector<double> result(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) result[i] = a * x[i] + b * y[i];
  return result;
}

PerLeaf combine(double a, const PerLeaf& x, double b, const PerLeaf& y) {
  PerLeaf result(x.size());
  for (std::size_t leaf = 0; leaf < x.size(); ++leaf)
    result[leaf] = combine(a, x[leaf], b, y[leaf]);
  return result;
}

std::vector<double> scaled(double a, std::vector<double> x) {
  for (double& entry : x) entry *= a;
  return x;
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

std::vector<double> magnitudes(std::vector<double> x) {
  for (double& entry : x) entry = std::abs(entry);
  return x;
}

LawResult homogeneity(Trial& trial) {
  for (const double factor : {-1.0, 0x1p5, 0x1p-7}) {
    PerLeaf wanted;
    for (const auto& leaf : trial.gradient()) wanted.push_back(scaled(factor, leaf));
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

LawResult adjoint(Trial& trial) {
  const PerLeaf u = trial.tangents(2);
  const double forward = dot(trial.graph().jvp(trial.output(), u), trial.v());
  double backward = 0, terms = std::abs(forward);
  for (std::size_t leaf = 0; leaf < u.size(); ++leaf) {
    backward += dot(u[leaf], trial.gradient()[leaf]);
    terms += dot(magnitudes(u[leaf]), magnitudes(trial.gradient()[leaf]));
  }
  const double error = std::abs(forward - backward);
  if (error <= 16 * unit_roundoff(DType::f64) * terms) return {};
  double allowed = 0;
  for (std::size_t leaf = 0; leaf < u.size(); ++leaf)
    allowed += dot(magnitudes(u[leaf]), trial.bound()[leaf]);
  if (error <= allowed) return {};
  const bool rounding = std::isfinite(error) && std::isfinite(allowed) && !left_normal_range();
  return {rounding ? Outcome::fails : Outcome::undecided,
          fmt::format("<J u, v> is {:.17g} but <u, J^T v> is {:.17g} (allowed {:.2g})", forward,
                      backward, allowed)};
}

constexpr Law laws_here[] = {
    {"adjoint", "A2", "<J u, v> = <u, J^T v>", Cost::cheap, Where::anywhere, Ending::open, adjoint},
    {"homogeneity", "B1", "g(2^k v) = 2^k g(v), g(-v) = -g(v), exactly", Cost::cheap,
     Where::anywhere, Ending::open, homogeneity},
    {"linearity", "B2", "g(a v + b w) = a g(v) + b g(w)", Cost::cheap, Where::anywhere,
     Ending::open, linearity},
};

}  // namespace

std::span<const Law> algebra_laws() { return laws_here; }

}  // namespace verigrad::properties
