#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "engine/random.hpp"
#include "properties/genes.hpp"
#include "properties/instructions.hpp"
#include "properties/trial.hpp"

namespace verigrad::properties {
namespace {

Genes random_genes(Random& random, std::int64_t bound) {
  Genes genes(static_cast<std::size_t>(random.integer(0, 16)));
  const auto draw = [&] { return static_cast<int>(random.integer(-bound, bound)); };
  for (Gene& gene : genes) gene = {draw(), draw(), draw(), draw()};
  return genes;
}

std::vector<Tensor<double>> all_values(const Specimen& specimen) {
  std::vector<ValueId> roots;
  for (std::size_t i = 0; i < specimen.program.values().size(); ++i)
    roots.push_back(static_cast<ValueId>(i));
  return run<double>(specimen.program,
                     leaf_tensors<double>(specimen.program, specimen.point, false), roots);
}

TEST(Decode, AnyIntegersGiveAProgramWithFiniteValuesOfSmallShape) {
  Random random(1);
  Decoder decoder;
  for (int i = 0; i < 2000; ++i) {
    const Genes genes = random_genes(random, i % 2 == 0 ? 300 : 2000000000);
    const Specimen specimen = decoder.decode(genes);
    EXPECT_EQ(specimen.program.shape(specimen.output), Shape());
    const std::vector<Tensor<double>> values = all_values(specimen);
    for (std::size_t k = 0; k < values.size(); ++k) {
      EXPECT_LE(values[k].numel(), 24);
      if (specimen.program.values()[k].kind == Value::Kind::number)
        continue;  // clamp's default inf
      for (const double entry : values[k].entries()) ASSERT_TRUE(std::isfinite(entry));
    }
  }
}

TEST(Decode, NoGenesGiveAnInputOfFourEntries) {
  const Specimen specimen = decode({}, Ending::open);
  EXPECT_EQ(specimen.program.shape(specimen.output), (Shape{2, 2}));
  EXPECT_EQ(operation_count(specimen), 0U);
}

TEST(Decode, TheSameGenesGiveTheSameSpecimen) {
  Random random(2);
  const Genes genes = random_genes(random, 300);
  const Specimen a = decode(genes), b = decode(genes);
  EXPECT_EQ(a.program, b.program);
  EXPECT_EQ(a.point, b.point);
}

TEST(Decode, EntriesOfInputsAreSixteenthsWithinTwoAndAHalf) {
  Random random(3);
  Decoder decoder;
  for (int i = 0; i < 200; ++i)
    for (const auto& leaf : decoder.decode(random_genes(random, 300)).point)
      for (const double entry : leaf) {
        EXPECT_EQ(entry * 16, std::round(entry * 16));
        EXPECT_LE(std::abs(entry), 2.5);
      }
}

TEST(Decode, LeavesOutOperationsThatAreInternalOrHaveNoDerivative) {
  for (const Operation* operation : instructions(operation_table())) {
    if (operation == nullptr) continue;
    EXPECT_FALSE(operation->info.internal) << operation->name();
    EXPECT_TRUE(operation->differentiable()) << operation->name();
  }
}

TEST(Decode, ShowsItsProgramAsText) {
  std::ostringstream out;
  showValue({}, out);
  EXPECT_EQ(out.str().find("input x1 = [["), 0U) << out.str();
}

TEST(PathMagnitudes, AddsAbsoluteProductsOverAllPaths) {
  Program program;
  const ValueId x = program.add_leaf({.name = "x", .shape = {}});
  const ValueId y = program.add(*find_operation("sin"), {x});
  const ValueId z = program.add(*find_operation("sub"), {y, y});
  const PerLeaf magnitudes = gradcheck::path_magnitudes(program, {{0.5}}, z, {-3});
  EXPECT_DOUBLE_EQ(magnitudes[0][0], 2 * 3 * std::cos(0.5));
  EXPECT_EQ(gradient_of(verigrad_engine(), {program, z, {{0.5}}}, {-3})[0][0], 0);
}

}  // namespace
}  // namespace verigrad::properties
