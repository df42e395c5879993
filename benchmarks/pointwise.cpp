#include "benchmarks/floors/floors.hpp"
#include "benchmarks/runs.hpp"

namespace verigrad::benchmarks {
namespace {

struct Floor {
  using Problem = Pointwise;
  explicit Floor(const Problem& problem_) : problem(problem_), g(problem.x.size()) {}
  void step() { benchmark::DoNotOptimize(floors::pointwise(problem.x, g)); }
  const Numbers& gradient() const { return g; }
  const Problem& problem;
  Numbers g;
};

struct Plain {
  using Problem = Pointwise;
  explicit Plain(const Problem& problem_) : problem(problem_) {}
  void step() { benchmark::DoNotOptimize(floors::plain_pointwise(problem.x)); }
  const Problem& problem;
};

}  // namespace

void add_pointwise() {
  add_sizes<Floor>("pointwise", "floor", 10, 1'000'000);
  add_sizes<Plain>("pointwise", "plain", 10, 1'000'000);
  add_sizes<engine::Pointwise>("pointwise", "Verigrad", 10, 1'000'000);
}

}  // namespace verigrad::benchmarks
