#include "proof/second_order.hpp"

#include <gtest/gtest.h>

#include "proof/program_function.hpp"
#include "tests/proof/builder.hpp"

namespace verigrad::proof {
namespace {

std::vector<Enclosure> hessian_of(const Builder& b, const Point& point, ValueId y) {
  return second_derivatives(function_of(b.program, y), constant_leaves(b.program, point), 0,
                            unit_directions(point[0].size()), b.program.dtype);
}

TEST(SecondDerivatives, OfACubicAreExact) {
  Builder b;
  const ValueId x = b.input({2});
  // x₀² x₁: [[2 x₁, 2 x₀], [2 x₀, 0]].
  const ValueId first = b.apply("select", {x}, {std::int64_t{0}, std::int64_t{0}});
  const ValueId second = b.apply("select", {x}, {std::int64_t{0}, std::int64_t{1}});
  const ValueId y = b.apply("mul", {b.apply("mul", {first, first}), second});
  const std::vector<Enclosure> h = hessian_of(b, {{3, 5}}, y);
  EXPECT_TRUE(h[0].derivative.is(10) && h[1].derivative.is(6));
  EXPECT_TRUE(h[2].derivative.is(6) && h[3].derivative.is(0));
}

TEST(SecondDerivatives, ProductWithAVectorIsTheHessiansRowsCombined) {
  Builder b;
  const ValueId x = b.input({2});
  const ValueId y = b.apply("sum", {b.apply("exp", {b.apply("cumsum", {x}, {std::int64_t{0}})})},
                            {std::monostate{}, false});
  const Slopes u = [] { return std::vector<Ball>{2, -3}; };
  const std::vector<Enclosure> product =
      second_derivatives(function_of(b.program, y), constant_leaves(b.program, {{0, 0}}), 0,
                         std::span(&u, 1), DType::f64);
  // exp(x₀) + exp(x₀ + x₁) at 0: [[2, 1], [1, 1]] times (2, -3).
  EXPECT_TRUE(product[0].derivative.is(1) && product[1].derivative.is(-1));
}

/// By hand: the slope of relu(x)² is 2 max(x, 0), so that along u = c its sides are 0 and 2 c.
TEST(SecondDerivatives, AtAKinkAVectorScalesBothSides) {
  Builder b;
  const ValueId x = b.input({1});
  const ValueId y =
      b.apply("sum", {b.apply("square", {b.apply("relu", {x})})}, {std::monostate{}, false});
  for (const double c : {1.0, 0.75, -0.5, -1.0}) {
    const Slopes u = [c] { return std::vector<Ball>{c}; };
    const Enclosure along_u =
        second_derivatives(function_of(b.program, y), constant_leaves(b.program, {{0}}), 0,
                           std::span(&u, 1), DType::f64)
            .front();
    ASSERT_EQ(along_u.outcome, Outcome::enclosed);
    EXPECT_TRUE(along_u.left.is(0));
    EXPECT_EQ(along_u.right.midpoint(), 2 * c);
  }
}

/// sign(x) + x²: both sides have slope 0 and bend 2, but 0 is between their values.
TEST(SecondDerivatives, AJumpOfTheValueIsOne) {
  Builder b;
  const ValueId x = b.input({1});
  const ValueId y = b.apply("sum", {b.apply("add", {b.apply("sign", {x}), b.apply("square", {x})})},
                            {std::monostate{}, false});
  EXPECT_EQ(hessian_of(b, {{0}}, y).front().outcome, Outcome::jump);
  EXPECT_EQ(hessian_of(b, {{1}}, y).front().outcome, Outcome::enclosed);
}

TEST(SecondDerivatives, AtAKinkOfTheSlopeBothSidesMakeTheHull) {
  Builder b;
  const ValueId x = b.input({1});
  const ValueId y =
      b.apply("sum", {b.apply("square", {b.apply("relu", {x})})}, {std::monostate{}, false});
  const Enclosure bend = hessian_of(b, {{0}}, y).front();
  ASSERT_EQ(bend.outcome, Outcome::enclosed);
  EXPECT_TRUE(bend.kinked && bend.left.is(0) && bend.right.is(2));
  const ValueId kink = b.apply("sum", {b.apply("relu", {x})}, {std::monostate{}, false});
  EXPECT_EQ(hessian_of(b, {{0}}, kink).front().outcome, Outcome::jump);
}

}  // namespace
}  // namespace verigrad::proof
