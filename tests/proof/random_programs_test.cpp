// Random Programs: enclosures against the engine's gradients, which come from its own rules.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "engine/random.hpp"
#include "proof/enclose.hpp"
#include "proof/evaluate.hpp"
#include "properties/genes.hpp"
#include "properties/trial.hpp"

namespace verigrad::proof {
namespace {

properties::Specimen random_specimen(properties::Decoder& decoder, Random& random) {
  properties::Genes genes(static_cast<std::size_t>(random.integer(1, 10)));
  const auto draw = [&] { return static_cast<int>(random.integer(-100000, 100000)); };
  for (properties::Gene& gene : genes) gene = {draw(), draw(), draw(), draw()};
  return decoder.decode(genes);
}

struct Tally {
  int compared = 0;
  std::set<std::string_view> covered;
};

/// The engine's gradient against the enclosures that are sharp, at the entries of every leaf.
void compare(const properties::Specimen& specimen, Tally& tally) {
  const auto& [program, output, point] = specimen;
  const auto gradient = properties::gradient_of(properties::verigrad_engine(), specimen, {1});
  for (std::size_t leaf = 0; leaf < program.leaves().size(); ++leaf) {
    if (!program.leaves()[leaf].differentiable) continue;
    for (std::size_t k = 0; k < point[leaf].size(); ++k) {
      const Input input{leaf, static_cast<std::int64_t>(k)};
      const Enclosure proven = derivatives(program, point, output, input, {.last_bits = 4096})[0];
      if (proven.outcome != Outcome::enclosed || proven.derivative.relative_bits() < 60) continue;
      const double truth = proven.derivative.midpoint(), computed = gradient[leaf][k];
      EXPECT_NEAR(computed, truth, 1e-8 * (1 + std::abs(truth))) << text(specimen);
      ++tally.compared;
    }
  }
}

void note_operations(const properties::Specimen& specimen, Tally& tally) {
  const ValueId roots[] = {specimen.output};
  const std::vector<bool> reached = specimen.program.reachable(roots);
  for (std::size_t id = 0; id < reached.size(); ++id) {
    const Value& value = specimen.program.values()[id];
    if (reached[id] && value.operation) tally.covered.insert(value.operation->name());
  }
}

TEST(RandomPrograms, HaveTheEnginesGradients) {
  Random random(7);
  properties::Decoder decoder;
  Tally tally;
  for (int i = 0; i < 6000; ++i) {
    const properties::Specimen specimen = random_specimen(decoder, random);
    ASSERT_FALSE(first_uncovered(specimen.program, specimen.output)) << text(specimen);
    compare(specimen, tally);
    note_operations(specimen, tally);
  }
  EXPECT_GE(tally.compared, 25000);
  EXPECT_GE(tally.covered.size(), 125);
}

}  // namespace
}  // namespace verigrad::proof
