#include "benchmarks/floors/floors.hpp"
#include "benchmarks/runs.hpp"

namespace verigrad::benchmarks {
namespace {

struct Floor {
  using Problem = Logistic;
  explicit Floor(const Problem& problem_) : problem(problem_) {}
  void step() { benchmark::DoNotOptimize(floors::logistic(problem, g)); }
  const Numbers& gradient() const { return g; }
  const Problem& problem;
  Numbers g = Numbers(Problem::columns);
};

}  // namespace

void add_logistic() {
  add<Floor>("logistic/floor");
  add<engine::Logistic>("logistic/Verigrad");
  add<engine::Training<engine::Logistic>>("logistic/Verigrad/training");
}

}  // namespace verigrad::benchmarks
