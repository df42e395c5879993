// A Program, its numeric reference, and the verdict on a derivative of one's own.
#include <fmt/core.h>

#include <cmath>
#include <memory>
#include <vector>

#include "engine/program.hpp"
#include "gradcheck/engine_derivatives.hpp"
#include "gradcheck/judge.hpp"
#include "gradcheck/projected_check.hpp"
#include "gradcheck/recorded_gradient.hpp"
#include "gradcheck/reference.hpp"

using namespace verigrad;
using namespace verigrad::gradcheck;

int main() {
  Program program;
  const ValueId x = program.add_leaf({.name = "x", .shape = {3}});
  const ValueId two = program.add_number("2", 2);
  const ValueId squares = program.add(*find_operation("pow"), {x, two});
  const ValueId waves = program.add(*find_operation("sin"), {squares});
  const Operation& sum = *find_operation("sum");
  const ValueId y = program.add(sum, {waves}, make_attributes({std::monostate{}, false}));

  const Point point{{0.5, 1, -1.5}};
  const std::unique_ptr<Reference> reference = finite_difference_reference(program, point);
  const std::vector<Truth>& truth = reference->jacobian(y, 0);

  const auto engine = engine_derivatives(program, point, std::vector{y}, DType::f64);
  const std::vector<double> by_engine = engine->jacobian(y, 0);

  const Tolerance tolerance = Tolerance::standard(DType::f64);
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const double t = point[0][i];
    const double mine = std::cos(t * t) * t;  // a factor 2 is missing
    const EntryVerdict claim =
        judge({.value = mine, .in_double = mine}, truth[i], tolerance, DType::f64);
    const EntryVerdict check =
        judge({.value = by_engine[i], .in_double = by_engine[i], .is_engine = true}, truth[i],
              tolerance, DType::f64);
    fmt::print("x[{}] mine {:+.6f} {}, engine {:+.6f} {}, bar below 1e-9: {}\n", i, mine,
               to_string(claim.verdict), by_engine[i], to_string(check.verdict),
               truth[i].estimate.error_bar < 1e-9);
  }

  for (const Projection& line : projected_check(program, point, y, {.projections = 2, .seed = 3}))
    fmt::print("along a line: {}, bar below 1e-6: {}\n", to_string(line.verdict.verdict),
               line.truth.estimate.error_bar < 1e-6);

  const RecordedGradient rule = record_gradient<double>(program, point, y, 0, {1});
  const auto leaves = leaf_tensors<double>(rule.program, {{3, 4, 5}}, false);
  const Tensor<double> there = run<double>(rule.program, leaves, std::vector{rule.root})[0];
  fmt::print("at 3: {:.12f}\n", there[0]);
}
