#include "benchmarks/floors/floors.hpp"
#include "benchmarks/runs.hpp"

namespace verigrad::benchmarks {
namespace {

struct Floor {
  using Problem = Euler;
  explicit Floor(const Problem& problem_) : problem(problem_) {}
  void step() { benchmark::DoNotOptimize(floors::euler(problem, g[0])); }
  const Numbers& gradient() const { return g; }
  const Problem& problem;
  Numbers g = Numbers(1);
};

}  // namespace

void add_euler() {
  add_sizes<Floor>("euler", "floor", 1000, 1'000'000);
  add_sizes<engine::Euler>("euler", "Verigrad", 1000, 1'000'000);
  add_sizes<engine::Forward<engine::Euler>>("euler", "Verigrad/forward", 1000, 1'000'000);
  add_sizes<engine::Backward<engine::Euler>>("euler", "Verigrad/backward", 1000, 1'000'000);
}

}  // namespace verigrad::benchmarks
