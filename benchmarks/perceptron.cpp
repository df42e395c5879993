#include "benchmarks/floors/floors.hpp"
#include "benchmarks/runs.hpp"

namespace verigrad::benchmarks {
namespace {

struct Floor {
  using Problem = Perceptron;
  explicit Floor(const Problem& problem_) : problem(problem_) {}
  void step() { benchmark::DoNotOptimize(floor(problem, g)); }
  const Numbers& gradient() const { return g; }
  const Problem& problem;
  floors::Perceptron floor;
  Numbers g = Numbers(Problem::parameters);
};

}  // namespace

void add_perceptron() {
  add<Floor>("perceptron/floor");
  add<engine::Perceptron>("perceptron/Verigrad");
  add<engine::Training<engine::Perceptron>>("perceptron/Verigrad/training");
}

}  // namespace verigrad::benchmarks
