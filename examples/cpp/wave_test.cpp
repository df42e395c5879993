// An operation of one's own, held against the laws of differentiation.
#include "engine/custom_operation.hpp"
#include "engine/functions.hpp"
#include "properties/gtest.hpp"

using namespace verigrad;

/// x sin x, whose derivative is sin x + x cos x.
struct Wave {
  static constexpr OperationInfo info{
      .signature = "wave(input)",
      .grad_fn = "WaveBackward0",
      .value = "input * sin(input)",
      .derivative = {"sin(input) + input * cos(input)"},
      .latex = R"(x \sin x)",
      .needs = {first},
  };
  template <class T>
  static T value(T x) {
    return x * sin(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    return g * (sin(x) + x * cos(x));
  }
};

TEST(Wave, ObeysTheLaws) {
  const OperationTable table = operation_table().with(operation<Wave>());
  EXPECT_TRUE(properties::obeys_laws(table, {"wave"}));
}
