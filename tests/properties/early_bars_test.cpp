// The bars of early looks against enclosures of the derivative, over random programs.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/random.hpp"
#include "gradcheck/early_estimate.hpp"
#include "gradcheck/reference.hpp"
#include "proof/enclose.hpp"
#include "properties/genes.hpp"

namespace verigrad::properties {
namespace {

Genes random_genes(Random& random) {
  Genes genes(static_cast<std::size_t>(random.integer(2, 12)));
  const auto any = [&] { return static_cast<int>(random.integer(0, 100000)); };
  for (Gene& gene : genes) gene = {any(), any() % 8, any() % 8, any()};
  return genes;
}

struct Tally {
  int early = 0, outside = 0;
};

/// Compares every entry that is settled early with the enclosure of its derivative. Bars are asked
/// to be loose, so that looks are believed wherever they may be.
void compare(const Specimen& specimen, Tally& tally) {
  const gradcheck::ReferenceOptions loose{.enough = 1e-5, .enough_in_noise = 1e-4};
  const auto reference =
      gradcheck::finite_difference_reference(specimen.program, specimen.point, loose);
  for (std::size_t leaf = 0; leaf < specimen.point.size(); ++leaf) {
    const auto& found = reference->jacobian(specimen.output, leaf);
    for (std::size_t i = 0; i < found.size(); ++i) {
      const gradcheck::Estimate& estimate = found[i].estimate;
      if (estimate.evaluations != static_cast<int>(gradcheck::detail::EarlySteps::lanes)) continue;
      const proof::Enclosure truth =
          proof::derivatives(specimen.program, specimen.point, specimen.output,
                             {leaf, static_cast<std::int64_t>(i)}, {.last_bits = 1024})[0];
      if (truth.outcome != proof::Outcome::enclosed) continue;
      ++tally.early;
      const double true_value = arf_get_d(arb_midref(truth.derivative.get()), ARF_RND_NEAR);
      const bool holds = std::abs(estimate.value - true_value) <= estimate.error_bar;
      tally.outside += !holds;
      EXPECT_TRUE(holds) << "entry " << i << " of leaf " << leaf << ": " << estimate.value << " ± "
                         << estimate.error_bar << ", not " << true_value;
    }
  }
}

TEST(EarlyBars, HoldTheDerivativesOfRandomPrograms) {
  Random random(11);
  Decoder decoder;
  Tally tally;
  for (int i = 0; i < 3000; ++i) {
    const Specimen specimen = decoder.decode(random_genes(random));
    SCOPED_TRACE(text(specimen));
    compare(specimen, tally);
  }
  EXPECT_EQ(tally.outside, 0);
  EXPECT_GT(tally.early, 1000);
}

}  // namespace
}  // namespace verigrad::properties
