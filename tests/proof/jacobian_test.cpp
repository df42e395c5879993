#include "proof/jacobian.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "engine/random.hpp"
#include "proof/enclose.hpp"
#include "proof/program_function.hpp"
#include "properties/genes.hpp"
#include "properties/trial.hpp"
#include "tests/proof/builder.hpp"

namespace verigrad::proof {
namespace {

Jacobian jacobian_of(const Program& program, const Point& point, ValueId root,
                     const Limits& limits = {}) {
  return Jacobian(
      {function_of(program, root), static_cast<std::size_t>(program.shape(root).numel())},
      constant_leaves(program, point), differentiable_leaves(program), program.dtype, limits);
}

TEST(Jacobian, OfAMatrixProductByBothOperands) {
  Builder b;
  const ValueId a = b.input({2, 2}), x = b.input({2});
  Jacobian jacobian = jacobian_of(b.program, {{1, 2, 3, 4}, {5, 6}}, b.apply("matmul", {a, x}));
  const double by_a[] = {5, 6, 0, 0, 0, 0, 5, 6}, by_x[] = {1, 2, 3, 4};
  for (std::size_t i = 0; i < 8; ++i) EXPECT_TRUE(jacobian.by(0)[i].derivative.is(by_a[i])) << i;
  for (std::size_t i = 0; i < 4; ++i) EXPECT_TRUE(jacobian.by(1)[i].derivative.is(by_x[i])) << i;
}

TEST(Jacobian, PathsAddTheTermsThatCancel) {
  Builder b;
  const ValueId x = b.input();
  const ValueId y =
      b.apply("sub", {b.apply("mul", {b.number("3"), x}), b.apply("mul", {b.number("2"), x})});
  Jacobian jacobian = jacobian_of(b.program, {{0.5}}, y);
  const Enclosure slope = jacobian.by(0).front();
  EXPECT_TRUE(slope.derivative.is(1));
  EXPECT_NEAR(slope.paths.value(), 5, 1e-6);
  EXPECT_FALSE(slope.kinked);
}

TEST(Jacobian, AtAKinkGermsGiveTheHullAndConventionsAreWider) {
  Builder b;
  const ValueId x = b.input();
  const ValueId y = b.apply("sub", {b.apply("relu", {x}), b.apply("relu", {b.apply("neg", {x})})});
  Jacobian jacobian = jacobian_of(b.program, {{0}}, y);
  const Enclosure slope = jacobian.by(0).front();
  ASSERT_EQ(slope.outcome, Outcome::enclosed);
  EXPECT_TRUE(slope.derivative.is(1));
  ASSERT_TRUE(slope.conventions);
  EXPECT_TRUE(slope.conventions->overlaps(Ball(0)) && slope.conventions->overlaps(Ball(2)));
  EXPECT_FALSE(slope.conventions->overlaps(Ball(2.5)));
}

TEST(Jacobian, OneKinkLeavesOtherInputsSharp) {
  Builder b;
  const ValueId x = b.input({3});
  const ValueId y = b.apply("sum", {b.apply("relu", {x})}, {std::monostate{}, false});
  Jacobian jacobian = jacobian_of(b.program, {{-1, 0, 2}}, y);
  const std::vector<Enclosure>& slopes = jacobian.by(0);
  EXPECT_TRUE(slopes[0].derivative.is(0) && !slopes[0].kinked);
  EXPECT_TRUE(slopes[1].kinked && slopes[1].left.is(0) && slopes[1].right.is(1));
  EXPECT_TRUE(slopes[2].derivative.is(1) && !slopes[2].kinked);
}

TEST(Jacobian, BesideManyKinkedInputsHullsAreTaken) {
  Builder b;
  const ValueId x = b.input({100});
  const ValueId y = b.apply("sum", {b.apply("abs", {x})}, {std::monostate{}, false});
  Jacobian jacobian = jacobian_of(b.program, {std::vector<double>(100, 0.0)}, y);
  for (const Enclosure& slope : jacobian.by(0)) {
    ASSERT_EQ(slope.outcome, Outcome::enclosed);
    ASSERT_TRUE(slope.kinked);
    EXPECT_NEAR(slope.left.midpoint(), -1, 1e-7);
    EXPECT_NEAR(slope.right.midpoint(), 1, 1e-7);
  }
}

TEST(Jacobian, AnUndecidedSideLeavesTheHull) {
  Builder b;
  const ValueId x = b.input();
  const ValueId y = b.apply("abs", {b.apply("sub", {x, b.number("0.1")})});
  const Reading reading{.widened = true};
  Jacobian jacobian({function_of(b.program, y, reading), 1}, constant_leaves(b.program, {{0.1}}),
                    {true}, DType::f64, {.first_bits = 256, .last_bits = 256});
  const Enclosure slope = jacobian.by(0).front();
  EXPECT_EQ(slope.outcome, Outcome::undecided);
  EXPECT_EQ(slope.bits, 256);
  EXPECT_TRUE(slope.derivative.overlaps(Ball(-1)) && slope.derivative.overlaps(Ball(1)));
  EXPECT_FALSE(slope.derivative.overlaps(Ball(1.001)));
}

/// By hand: d softmax_0 / d x_0 is s (1 - s), with s = 1 / n of equal entries; of one node twice, s
/// does not move.
TEST(Jacobian, OfSoftmaxTakesWorkAsItHasEntries) {
  constexpr std::int64_t n = 1000;
  Builder b;
  const ValueId x = b.input({n});
  const ValueId y = b.apply("select", {b.apply("softmax", {x}, {std::int64_t{0}})},
                            {std::int64_t{0}, std::int64_t{0}});
  Jacobian jacobian = jacobian_of(b.program, {std::vector<double>(n, 0.5)}, y, {.work = 100.0 * n});
  ASSERT_EQ(jacobian.by(0).front().outcome, Outcome::enclosed);
  EXPECT_NEAR(jacobian.by(0).front().derivative.midpoint(), 1e-3 * (1 - 1e-3), 1e-18);
}

TEST(Jacobian, OfSoftmaxOfOneNodeTwiceIsZero) {
  Builder b;
  const ValueId x = b.input({1});
  const ValueId third = b.apply("div", {x, b.number("3")});
  const ValueId twice = b.apply("concat", {third, third}, {std::int64_t{0}});
  for (const char* name : {"softmax", "log_softmax"}) {
    Jacobian jacobian = jacobian_of(b.program, {{0.3}}, b.apply(name, {twice}, {std::int64_t{0}}));
    EXPECT_TRUE(jacobian.by(0).front().derivative.is(0)) << name;
  }
}

TEST(Jacobian, WorkIsLimited) {
  Builder b;
  const ValueId x = b.input({64});
  ValueId y = x;
  for (int i = 0; i < 50; ++i) y = b.apply("sin", {y});
  Jacobian jacobian = jacobian_of(b.program, {std::vector<double>(64, 0.5)}, y, {.work = 1000});
  EXPECT_EQ(jacobian.by(0).front().outcome, Outcome::exhausted);
}

/// The sweep against germs, input by input: they share series but no chain rule.
TEST(Jacobian, OfRandomProgramsIsWhatGermsGive) {
  Random random(11);
  properties::Decoder decoder;
  int compared = 0, kinked = 0;
  for (int i = 0; i < 5000; ++i) {
    properties::Genes genes(static_cast<std::size_t>(random.integer(1, 10)));
    const auto draw = [&] { return static_cast<int>(random.integer(-100000, 100000)); };
    for (properties::Gene& gene : genes) gene = {draw(), draw(), draw(), draw()};
    const properties::Specimen specimen = decoder.decode(genes);
    const auto& [program, output, point] = specimen;
    if (first_uncovered(program, output)) continue;
    const Limits limits{.last_bits = 2048};
    Jacobian jacobian = jacobian_of(program, point, output, limits);
    for (std::size_t leaf = 0; leaf < program.leaves().size(); ++leaf) {
      if (!program.leaves()[leaf].differentiable) continue;
      const std::vector<Enclosure>& swept = jacobian.by(leaf);
      for (std::size_t k = 0; k < point[leaf].size(); ++k) {
        const Enclosure germ =
            derivatives(program, point, output, {leaf, static_cast<std::int64_t>(k)}, limits)[0];
        // Where germs are 0 as far as they and bits reach, hulls may be sharp all the same.
        if ((germ.outcome == Outcome::flat || germ.outcome == Outcome::undecided) &&
            swept[k].outcome == Outcome::enclosed)
          continue;
        EXPECT_EQ(swept[k].outcome, germ.outcome)
            << to_string(swept[k].outcome) << " and " << to_string(germ.outcome) << "\n"
            << text(specimen);
        if (swept[k].outcome != Outcome::enclosed || germ.outcome != Outcome::enclosed) continue;
        EXPECT_TRUE(swept[k].derivative.overlaps(germ.derivative)) << text(specimen);
        ++compared;
        kinked += swept[k].kinked;
      }
    }
  }
  EXPECT_GE(compared, 5000);
  EXPECT_GE(kinked, 5);
}

}  // namespace
}  // namespace verigrad::proof
