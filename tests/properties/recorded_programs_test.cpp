// Random Programs: recorded gradients are the engine's, where they were recorded and elsewhere.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <set>

#include "engine/error.hpp"
#include "engine/random.hpp"
#include "gradcheck/engine_derivatives.hpp"
#include "gradcheck/recorded_gradient.hpp"
#include "properties/genes.hpp"
#include "properties/trial.hpp"

namespace verigrad::properties {
namespace {

using gradcheck::RecordedGradient;

Specimen random_specimen(Decoder& decoder, Random& random) {
  Genes genes(static_cast<std::size_t>(random.integer(1, 12)));
  const auto draw = [&] { return static_cast<int>(random.integer(-100000, 100000)); };
  for (Gene& gene : genes) gene = {draw(), draw(), draw(), draw()};
  return decoder.decode(genes);
}

std::vector<double> replayed(const RecordedGradient& recorded, const Point& point) {
  const auto leaves = leaf_tensors<double>(recorded.program, point, false);
  const auto values = run<double>(recorded.program, leaves, std::span(&recorded.root, 1));
  return {values[0].entries().begin(), values[0].entries().end()};
}

bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](double x, double y) {
    return std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(y) ||
           (std::isnan(x) && std::isnan(y));
  });
}

/// Another point: what comparisons and choices find there may differ.
Point moved(const Specimen& specimen, Random& random) {
  Point point = specimen.point;
  for (std::size_t i = 0; i < point.size(); ++i)
    if (specimen.program.leaves()[i].differentiable)
      for (double& entry : point[i]) entry += random.uniform(-1, 1);
  return point;
}

struct Tally {
  int gradients = 0, elsewhere = 0, curvatures = 0;
  std::set<std::string_view> operations;
};

/// What the engine's recorded backward pass makes of the program at a point.
PerLeaf recorded_pass(const Specimen& specimen, const Point& point) {
  const auto graph = verigrad_engine().record(specimen.program, point, {{specimen.output}});
  return graph->vjp({{{specimen.output, {1}}}}, Pass::recorded);
}

void expect_replay(const Specimen& specimen, std::size_t leaf, Random& random, Tally& tally) {
  const auto& [program, output, point] = specimen;
  const RecordedGradient recorded =
      gradcheck::record_gradient<double>(program, point, output, leaf, {1});
  for (const Value& value : recorded.program.values())
    if (value.operation != nullptr) tally.operations.insert(value.operation->name());
  EXPECT_TRUE(same_bits(replayed(recorded, point), recorded_pass(specimen, point)[leaf]))
      << text(specimen);
  ++tally.gradients;
  try {
    const Point there = moved(specimen, random);
    const auto expected = recorded_pass(specimen, there)[leaf];
    EXPECT_TRUE(same_bits(replayed(recorded, there), expected)) << text(specimen);
    ++tally.elsewhere;
  } catch (const Error&) {
    // The function itself has no value there, such as the inverse of a singular matrix.
  }
}

/// Within what the two orders of summation may make of it, the engine's product with the Hessian.
void expect_curvature(const Specimen& specimen, std::size_t leaf, Tally& tally) {
  const auto& [program, output, point] = specimen;
  const std::vector<double> u(point[leaf].size(), 1.0);
  const auto curved =
      replayed(gradcheck::record_hvp<double>(program, point, output, leaf, u), point);
  const auto engine =
      gradcheck::engine_derivatives(program, point, std::span(&output, 1), DType::f64);
  const auto expected = engine->hvp(output, leaf, u);
  double size = 0;
  for (const double entry : expected) size = std::max(size, std::abs(entry));
  for (std::size_t i = 0; i < curved.size(); ++i) {
    if (!std::isfinite(expected[i])) continue;
    EXPECT_NEAR(curved[i], expected[i], 1e-9 * (1 + size)) << text(specimen);
  }
  ++tally.curvatures;
}

TEST(RecordedPrograms, ReplayTheEnginesGradients) {
  Random random(29);
  Decoder decoder;
  Tally tally;
  for (int i = 0; i < 1500; ++i) {
    const Specimen specimen = random_specimen(decoder, random);
    for (std::size_t leaf = 0; leaf < specimen.point.size(); ++leaf) {
      if (!specimen.program.leaves()[leaf].differentiable) continue;
      expect_replay(specimen, leaf, random, tally);
      if (i % 5 == 0) expect_curvature(specimen, leaf, tally);
    }
  }
  EXPECT_GE(tally.gradients, 1500);
  EXPECT_GE(tally.elsewhere, 1400);
  EXPECT_GE(tally.curvatures, 300);
  EXPECT_GE(tally.operations.size(), 150U);
}

}  // namespace
}  // namespace verigrad::properties
