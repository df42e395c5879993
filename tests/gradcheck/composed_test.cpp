#include "gradcheck/composed.hpp"

#include <gtest/gtest.h>

#include "gradcheck/engine_derivatives.hpp"

namespace verigrad::gradcheck {
namespace {

Program sine(ValueId& y) {
  Program program;
  const ValueId x = program.add_leaf({.name = "x", .shape = {2}});
  y = program.add(*find_operation("sum"), {program.add(*find_operation("sin"), {x})},
                  make_attributes({std::monostate{}, false}));
  return program;
}

TEST(ComposeWithDoubling, HasTheValueAtHalfThePointAndTwiceTheSlope) {
  ValueId y = no_value;
  const Program program = sine(y);
  const Point point{{0.3, -1.5}};
  const auto composed = compose_with_doubling(program, point, y, 0);
  ASSERT_TRUE(composed);
  EXPECT_EQ(composed->point, (Point{{0.15, -0.75}}));
  const auto plain = engine_derivatives(program, point, std::vector{y}, DType::f64);
  const auto doubled = engine_derivatives(composed->program, composed->point,
                                          std::vector{composed->output}, DType::f64);
  EXPECT_EQ(doubled->value(composed->output), plain->value(y));
  const std::vector<double> by_t = doubled->jacobian(composed->output, 0),
                            by_x = plain->jacobian(y, 0);
  for (std::size_t i = 0; i < 2; ++i) EXPECT_EQ(by_t[i], 2 * by_x[i]);
}

TEST(ComposeWithDoubling, IsLeftOutWhereHalfIsNotExact) {
  ValueId y = no_value;
  const Program program = sine(y);
  EXPECT_FALSE(compose_with_doubling(program, {{0.3, 0x1p-1074}}, y, 0));
}

}  // namespace
}  // namespace verigrad::gradcheck
