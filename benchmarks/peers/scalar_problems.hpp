#pragma once

#include <vector>

#include "benchmarks/formulas.hpp"

// What a contestant that differentiates scalar code needs of each problem: the independent
// variables, and the function of them.

namespace verigrad::benchmarks {

inline const Numbers& independents(const Pointwise& problem) { return problem.x; }
inline const Numbers& independents(const Logistic& problem) { return problem.w; }
inline const Numbers& independents(const Product& problem) { return problem.x; }
inline const Numbers& independents(const Chain& problem) { return problem.x; }
inline Numbers independents(const Euler& problem) { return {problem.start}; }
inline Numbers independents(const Perceptron& problem) {
  Numbers all;
  for (const Numbers* part : {&problem.W1, &problem.b1, &problem.W2, &problem.b2})
    all.insert(all.end(), part->begin(), part->end());
  return all;
}

template <class Scalar>
Scalar evaluate(const Pointwise&, const std::vector<Scalar>& x) {
  return scalars::pointwise(x);
}
template <class Scalar>
Scalar evaluate(const Logistic& problem, const std::vector<Scalar>& x) {
  return scalars::logistic(problem, x);
}
template <class Scalar>
Scalar evaluate(const Perceptron& problem, const std::vector<Scalar>& x) {
  return scalars::perceptron(problem, x);
}
template <class Scalar>
Scalar evaluate(const Product&, const std::vector<Scalar>& x) {
  return scalars::product(x);
}
template <class Scalar>
Scalar evaluate(const Chain& problem, const std::vector<Scalar>& x) {
  return scalars::chain(problem, x);
}
template <class Scalar>
Scalar evaluate(const Euler& problem, const std::vector<Scalar>& x) {
  return scalars::euler(problem, x);
}

/// Adds `Run<Problem>` for every problem.
template <template <class> class Run>
void add_scalar_problems(const std::string& name) {
  add_sizes<Run<Pointwise>>("pointwise", name, 10, 1'000'000);
  add<Run<Logistic>>("logistic/" + name);
  add<Run<Perceptron>>("perceptron/" + name);
  add<Run<Product>>("product/" + name + "/scalars", 1000);
  add_chains<Run<Chain>>(name);
  add_sizes<Run<Euler>>("euler", name, 1000, 1'000'000);
}

}  // namespace verigrad::benchmarks
