#include "benchmarks/floors/floors.hpp"
#include "benchmarks/runs.hpp"

namespace verigrad::benchmarks {
namespace {

struct Floor {
  using Problem = Chain;
  explicit Floor(const Problem& problem_)
      : problem(problem_), y(problem.x.size()), g(problem.x.size()) {}
  void step() { floors::chain(problem, y, g); }
  const Numbers& gradient() const { return g; }
  const Problem& problem;
  Numbers y, g;
};

}  // namespace

void add_chain() {
  add_chains<Floor>("floor");
  add_chains<engine::Chain>("Verigrad");
  add_chains<engine::Forward<engine::Chain>>("Verigrad/forward");
  add_chains<engine::Backward<engine::Chain>>("Verigrad/backward");
}

}  // namespace verigrad::benchmarks
