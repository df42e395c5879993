// ADOL-C, with its tape in memory: traced once and reused, and traced at every step.
#include <adolc/adolc.h>

#include "benchmarks/measure.hpp"
#include "benchmarks/peers/scalar_problems.hpp"

namespace verigrad::benchmarks {
namespace {

constexpr short tag = 1;

// Bounds of the tape's operations, operands and values. Beyond its buffers ADOL-C writes files;
// buffers that are too wide cost time, for it clears them at every sweep.
std::size_t tape(const Pointwise& problem) { return 48 * problem.x.size(); }
std::size_t tape(const Logistic&) { return 8 * Logistic::rows * Logistic::columns; }
std::size_t tape(const Perceptron&) {
  return 8 * Perceptron::batch * (Perceptron::inputs + 2) * Perceptron::hidden;
}
std::size_t tape(const Product& problem) { return 8 * problem.x.size(); }
std::size_t tape(const Chain& problem) { return 8 * problem.x.size() * (problem.length + 4); }
std::size_t tape(const Euler& problem) { return 16 * problem.steps; }

template <class Problem>
void trace(const Problem& problem, const Numbers& x, int keep) {
  const auto buffer = static_cast<unsigned>(tape(problem) + 1000);
  trace_on(tag, keep, buffer, buffer, buffer, buffer);
  std::vector<adouble> variables(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) variables[i] <<= x[i];
  adouble result = evaluate(problem, variables);
  double value;
  result >>= value;
  trace_off();
  benchmark::DoNotOptimize(value);
}

/// Gives back the store of live variables, which keeps the size of the largest problem so far and
/// is cleared and copied at every sweep. Changing the kind of the store is what replaces it.
void forget() {
  setStoreManagerType(ADOLC_LOCATION_SINGLETONS);
  setStoreManagerType(ADOLC_LOCATION_BLOCKS);
}

/// The tape's value and gradient at the point, by one sweep each way.
template <class Problem_>
struct Reused {
  using Problem = Problem_;
  explicit Reused(const Problem& problem) : x(independents(problem)), g(x.size()) {
    forget();
    trace(problem, x, 0);
  }
  void step() { ::gradient(tag, static_cast<int>(x.size()), x.data(), g.data()); }
  const Numbers& gradient() const { return g; }
  Numbers x, g;
};

/// Tracing keeps the values, so that the sweep back can follow at once.
template <class Problem_>
struct Retraced {
  using Problem = Problem_;
  explicit Retraced(const Problem& problem_)
      : problem(problem_), x(independents(problem)), g(x.size()) {
    forget();
  }
  void step() {
    trace(problem, x, 1);
    double weight = 1;
    ::reverse(tag, 1, static_cast<int>(x.size()), 0, &weight, g.data());
  }
  const Numbers& gradient() const { return g; }
  const Problem& problem;
  Numbers x, g;
};

}  // namespace

void add_adolc() {
  add_scalar_problems<Reused>("ADOL-C");
  add_scalar_problems<Retraced>("ADOL-C retraced");
}

}  // namespace verigrad::benchmarks
