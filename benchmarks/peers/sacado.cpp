// Sacado's reverse mode (Rad), which records at every evaluation.
#include <Sacado_No_Kokkos.hpp>

#include "benchmarks/measure.hpp"
#include "benchmarks/peers/scalar_problems.hpp"

namespace verigrad::benchmarks {
namespace {

template <class Problem_>
struct Rad {
  using Problem = Problem_;
  using Scalar = Sacado::Rad::ADvar<double>;
  explicit Rad(const Problem& problem_)
      : problem(problem_), x(independents(problem)), g(x.size()) {}
  void step() {
    std::vector<Scalar> variables(x.begin(), x.end());
    const Scalar result = evaluate(problem, variables);
    Scalar::Gradcomp();
    for (std::size_t i = 0; i < x.size(); ++i) g[i] = variables[i].adj();
  }
  const Numbers& gradient() const { return g; }
  const Problem& problem;
  Numbers x, g;
};

}  // namespace

void add_sacado() { add_scalar_problems<Rad>("Sacado"); }

}  // namespace verigrad::benchmarks
