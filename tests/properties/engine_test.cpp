// Verigrad's engine behind the interface that the laws use. The function is z = x y c, with
// dz/dx = y c, dz/dy = x c, d2z/dxdy = c, at x = 3, y = -2, c = 5.
#include "properties/engine.hpp"

#include <gtest/gtest.h>

namespace verigrad::properties {
namespace {

class VerigradEngine : public testing::Test {
 protected:
  VerigradEngine() {
    const Operation& mul = *find_operation("mul");
    const ValueId x = program.add_leaf({.name = "x", .shape = {}});
    const ValueId y = program.add_leaf({.name = "y", .shape = {}});
    const ValueId c = program.add_leaf({.name = "c", .shape = {}, .differentiable = false});
    program.add_leaf({.name = "unused", .shape = {2}});
    xy = program.add(mul, {x, y});
    z = program.add(mul, {xy, c});
    constant = program.add(mul, {c, c});
    const std::vector<ValueId> roots{z, xy, constant};
    graph = verigrad_engine().record(program, point, roots);
  }

  Program program;
  const Point point{{3}, {-2}, {5}, {1, 2}};
  ValueId xy = no_value, z = no_value, constant = no_value;
  std::unique_ptr<Graph> graph;
};

TEST_F(VerigradEngine, GivesValues) {
  EXPECT_EQ(graph->value(z), std::vector<double>{-30});
  EXPECT_EQ(graph->value(xy), std::vector<double>{-6});
}

TEST_F(VerigradEngine, AddsProductsOverSeedsWithZerosForWhatIsUnusedAndNothingForConstants) {
  EXPECT_EQ(graph->vjp({{{z, {2}}}}), (PerLeaf{{-20}, {30}, {}, {0, 0}}));
  EXPECT_EQ(graph->vjp({{{z, {2}}, {xy, {1}}}}), (PerLeaf{{-22}, {33}, {}, {0, 0}}));
  EXPECT_EQ(graph->vjp({{{constant, {1}}}}), (PerLeaf{{0}, {0}, {}, {0, 0}}));
  EXPECT_EQ(graph->vjp({{{z, {2}}}}, Pass::recorded), (PerLeaf{{-20}, {30}, {}, {0, 0}}));
}

TEST_F(VerigradEngine, GivesForwardAndSecondProducts) {
  EXPECT_EQ(graph->jvp(z, {{1}, {10}, {}, {}}), std::vector<double>{-10 + 150});
  EXPECT_EQ(graph->jvp(constant, {{1}, {1}, {}, {}}), std::vector<double>{0});
  EXPECT_EQ(graph->hvp(z, {{1}, {10}, {}, {}}), (PerLeaf{{50}, {5}, {}, {0, 0}}));
}

TEST_F(VerigradEngine, TakesOneForTheCotangentThatIsLeftToIt) {
  EXPECT_EQ(graph->vjp({{{z, {}}}}), (PerLeaf{{-10}, {15}, {}, {0, 0}}));
}

/// w^T H u of xyc with u = (1, 10) and w = (2, 1) is c (u_y w_x + u_x w_y): constant; of its square
/// the third derivatives are 4 c^2 y, 4 c^2 x and 0.
TEST_F(VerigradEngine, GivesThirdProducts) {
  const PerLeaf u{{1}, {10}, {}, {}}, w{{2}, {1}, {}, {}};
  EXPECT_EQ(graph->third(z, u, w), (PerLeaf{{0}, {0}, {}, {0, 0}}));
  const ValueId squared = program.add(*find_operation("square"), {z});
  const auto squares = verigrad_engine().record(program, point, {{squared}});
  const double xxy = 4 * 25 * -2, xyy = 4 * 25 * 3;
  EXPECT_EQ(squares->third(squared, u, w), (PerLeaf{{xxy * (1 * 1 + 10 * 2) + xyy * 10 * 1},
                                                    {xxy * 1 * 2 + xyy * (1 * 1 + 10 * 2)},
                                                    {},
                                                    {0, 0}}));
}

TEST_F(VerigradEngine, EvaluatesWithoutRecording) {
  const std::vector<std::vector<double>> values{{-6}, {-30}};
  EXPECT_EQ(verigrad_engine().evaluate(program, point, {{xy, z}}), values);
}

TEST_F(VerigradEngine, WritesItsGradientDown) {
  const auto recorded = verigrad_engine().recorded_gradient(program, point, z, 1, {2});
  ASSERT_TRUE(recorded);
  EXPECT_EQ(verigrad_engine().evaluate(recorded->program, point, {{recorded->root}}),
            (std::vector<std::vector<double>>{{30}}));
}

TEST_F(VerigradEngine, AccumulatesOverBackwardPassesAndLeavesNoTraceElsewhere) {
  EXPECT_FALSE(graph->gradient(0));
  graph->backward({{{z, {1}}}});
  graph->vjp({{{z, {1}}}});
  graph->backward({{{xy, {1}}}});
  EXPECT_EQ(*graph->gradient(0), std::vector<double>{-12});
  EXPECT_FALSE(graph->gradient(3)) << "no pass has reached it";
  graph->clear_gradients();
  EXPECT_FALSE(graph->gradient(0));
}

}  // namespace
}  // namespace verigrad::properties
