// Checks of a whole gradient: the engine's against numeric derivatives, every entry judged.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "benchmarks/measure.hpp"
#include "benchmarks/network.hpp"
#include "gradcheck/engine_derivatives.hpp"
#include "gradcheck/judge.hpp"
#include "gradcheck/projected_check.hpp"
#include "gradcheck/reference.hpp"

namespace verigrad::benchmarks {
namespace {

/// Every partial derivative by adaptive differences.
struct Check {
  using Problem = Network;

  explicit Check(const Problem& given)
      : problem(given), motions(gradcheck::motions_of(given.program)) {}
  void step() {
    using namespace gradcheck;
    const Point& point = problem.points[next++ % problem.points.size()];
    const auto reference = finite_difference_reference(
        problem.program, point,
        {.enough = 0x1p-26, .enough_in_noise = 0x1p-17, .motions = motions});
    const auto engine = engine_derivatives(problem.program, point, {&problem.loss, 1}, DType::f64);
    const std::vector<std::vector<double>> gradient = engine->vjp_by_leaves(problem.loss, {1});
    for (std::size_t leaf = 0; leaf < point.size(); ++leaf) {
      if (!problem.program.leaves()[leaf].differentiable) continue;
      const std::vector<Truth>& truth = reference->jacobian(problem.loss, leaf);
      for (std::size_t i = 0; i < truth.size(); ++i) {
        const double g = gradient[leaf][i];
        const EntryVerdict verdict =
            judge({g, g, true}, truth[i], Tolerance::standard(DType::f64), DType::f64);
        passed += verdict.verdict == Verdict::pass;
        ++judged;
        digits = std::min(digits, verdict.digits);
      }
    }
  }
  void finish(benchmark::State& state) const {
    if (passed != judged) state.SkipWithError("an entry of a right gradient did not pass");
    state.counters["digits"] = digits;
  }

  const Problem& problem;
  std::shared_ptr<gradcheck::detail::Motions> motions;
  std::size_t next = 0, judged = 0, passed = 0;
  double digits = 99;  ///< the fewest that were verified
};

/// The gradient along one random line.
struct FastCheck {
  using Problem = Network;

  explicit FastCheck(const Problem& given)
      : problem(given), motions(gradcheck::motions_of(given.program)) {}
  void step() {
    const Point& point = problem.points[next % problem.points.size()];
    const std::vector<gradcheck::Projection> found = gradcheck::projected_check(
        problem.program, point, problem.loss, {.seed = next++, .motions = motions});
    passed += found[0].verdict.verdict == gradcheck::Verdict::pass;
    digits = std::min(digits, found[0].verdict.digits);
  }
  void finish(benchmark::State& state) const {
    if (passed != next) state.SkipWithError("a projection of a right gradient did not pass");
    state.counters["digits"] = digits;
  }

  const Problem& problem;
  std::shared_ptr<gradcheck::detail::Motions> motions;
  std::uint64_t next = 0, passed = 0;
  double digits = 99;  ///< the fewest that were verified
};

}  // namespace

void add_checks() {
  for (const NetworkSize& size : network_sizes) {
    const std::string name = std::string("check/") + size.parameters + "/Verigrad";
    add<Check>(name, size.inputs, size.hidden);
    add<FastCheck>(name + "/fast", size.inputs, size.hidden);
  }
}

}  // namespace verigrad::benchmarks
