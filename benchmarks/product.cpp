#include "benchmarks/floors/floors.hpp"
#include "benchmarks/runs.hpp"

namespace verigrad::benchmarks {
namespace {

/// The fastest program for the function, whatever way the contestants write it.
struct Floor {
  using Problem = Product;
  explicit Floor(const Problem& problem_) : problem(problem_), g(problem.x.size()) {}
  void step() { benchmark::DoNotOptimize(floors::product(problem.x, g)); }
  const Numbers& gradient() const { return g; }
  const Problem& problem;
  Numbers g;
};

}  // namespace

void add_product() {
  add<Floor>("product/floor", 1000);
  add<engine::ScalarProduct>("product/Verigrad/scalars", 1000);
  add<engine::VectorProduct>("product/Verigrad/vector", 1000);
}

}  // namespace verigrad::benchmarks
