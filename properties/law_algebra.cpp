// The algebra of v^T J and J u.
#include <numeric>

#include "gradcheck/engine_derivatives.hpp"
#include "properties/law_impl.hpp"

namespace verigrad::properties {
namespace {

/// a x + b y, entry by entry; leaf by leaf.
std::vector<double> combine(double a, const std::vector<double>& x, double b,
                            const std::vector<double>& y) {
  std::vector<double> result(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) result[i] = a * x[i] + b * y[i];
  return result;
}

std::vector<double> scaled(double a, const std::vector<double>& x) { return combine(a, x, 0, x); }

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

std::vector<double> magnitudes(std::vector<double> x) {
  for (double& entry : x) entry = std::abs(entry);
  return x;
}

}  // namespace

LawResult homogeneity_law(const Program& program, ValueId output, const Point& point,
                          const OperationTable&) {
  const std::vector<double> v = cotangent(program, output);
  const PerLeaf once = pull_back(program, point, output, v);
  for (const double factor : {-1.0, 0x1p5, 0x1p-7}) {
    PerLeaf wanted;
    for (const auto& leaf : once) wanted.push_back(scaled(factor, leaf));
    const PerLeaf got = pull_back(program, point, output, scaled(factor, v));
    if (const auto failure = compare(program, got, wanted, nullptr,
                                     fmt::format("with the cotangent times {}", factor)))
      return *failure;
  }
  return {};
}

LawResult linearity_law(const Program& program, ValueId output, const Point& point,
                        const OperationTable&) {
  constexpr double a = 0.7, b = -1.3;
  const std::vector<double> v = cotangent(program, output, 0), w = cotangent(program, output, 1);
  const PerLeaf of_v = pull_back(program, point, output, v);
  const PerLeaf of_w = pull_back(program, point, output, w);
  const PerLeaf got = pull_back(program, point, output, combine(a, v, b, w));
  const PerLeaf bound = rounding_bound(
      program, point, output, combine(std::abs(a), magnitudes(v), std::abs(b), magnitudes(w)));
  PerLeaf wanted(of_v.size());
  for (std::size_t leaf = 0; leaf < of_v.size(); ++leaf)
    wanted[leaf] = combine(a, of_v[leaf], b, of_w[leaf]);
  return compare(program, got, wanted, &bound, "with the cotangent 0.7 v - 1.3 w")
      .value_or(LawResult());
}

LawResult adjoint_law(const Program& program, ValueId output, const Point& point,
                      const OperationTable&) {
  const std::vector<double> v = cotangent(program, output);
  const PerLeaf bounds = rounding_bound(program, point, output, v);
  const auto engine = gradcheck::engine_derivatives(program, point, {&output, 1}, DType::f64);
  for (std::size_t leaf = 0; leaf < point.size(); ++leaf) {
    if (!program.leaves()[leaf].differentiable) continue;
    const std::vector<double> u = dense(program.leaves()[leaf].shape.numel(), 2);
    const double forward = dot(engine->jvp(output, leaf, u), v);
    const double backward = dot(u, engine->vjp(output, leaf, v));
    const double allowed = dot(magnitudes(u), bounds[leaf]);
    if (forward == backward || std::abs(forward - backward) <= allowed) continue;
    return {Outcome::fails,
            fmt::format("by {}, <J u, v> is {:.17g} but <u, J^T v> is {:.17g} (allowed {:.2g})",
                        program.leaves()[leaf].name, forward, backward, allowed)};
  }
  return {};
}

}  // namespace verigrad::properties
