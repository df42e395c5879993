// A definition of one's own: what its members decide, and what its texts do not.
#include "engine/custom_operation.hpp"

#include <gtest/gtest.h>

#include "engine/verigrad.hpp"

namespace verigrad {
namespace {

/// log x, whose derivative 1 / x is not what its text says.
struct Placeholder {
  static constexpr OperationInfo info{
      .signature = "placeholder(input)",
      .grad_fn = "PlaceholderBackward0",
      .value = "log(input)",
      .derivative = {"1"},
      .latex = "1",
      .needs = {first},
  };
  template <class T>
  static T value(T x) {
    return log(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    return g / x;
  }
};

TEST(CustomOperation, IsDifferentiatedByItsRuleWhateverTheTextSays) {
  for (const bool create_graph : {false, true}) {
    const Tensor<double> x = tensor<double>({0.5, 2, 4}).requires_grad_();
    const Tensor<double> y = apply<double>(operation<Placeholder>(), {x});
    const Tensor<double> slope = grad(sum(y), {x}, {.create_graph = create_graph})[0];
    EXPECT_EQ(slope[0], 2);
    EXPECT_EQ(slope[1], 0.5);
    EXPECT_EQ(slope[2], 0.25);
  }
}

}  // namespace
}  // namespace verigrad
