// A user's operation under the laws of differentiation.
#include "engine/custom_operation.hpp"
#include "engine/functions.hpp"
#include "properties/gtest.hpp"

using namespace verigrad;

/// x^3, with the derivative 3 x^2 or another multiple of x^2.
template <int factor>
struct Cube {
  static constexpr OperationInfo info{
      .signature = "cube(input)",
      .grad_fn = "CubeBackward0",
      .value = "input ** 3",
      .derivative = {"3 * input ** 2"},
      .latex = "x^3",
      .needs = {first},
  };
  template <class T>
  static T value(T x) {
    return x * x * x;
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    return g * (factor * x * x);
  }
};

TEST(Cube, ObeysTheLaws) {
  const OperationTable right = operation_table().with(operation<Cube<3>>());
  EXPECT_TRUE(properties::obeys_laws(right, {"cube"}, 200));
  const OperationTable wrong = operation_table().with(operation<Cube<2>>());
  EXPECT_FALSE(properties::obeys_laws(wrong, {"cube"}, 200));
}
