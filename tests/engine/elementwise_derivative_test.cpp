// Every elementwise operation's derivative rule against central differences, in every form of
// broadcasting, to second order.
#include <algorithm>

#include "tests/engine/structural.hpp"

namespace verigrad {
namespace {

using namespace structural;

/// Entries in the middle three fifths of the operand's typical range, away from its ends.
D ordinary(const Operation& operation, std::size_t operand, const Shape& shape) {
  const Interval& range = operation.info.typical[operand];
  D result = D::uninitialised(shape);
  for (std::int64_t k = 0; k < result.numel(); ++k) {
    const double step =
        0.6180339887498949 * static_cast<double>(k + 1) + 0.287 * static_cast<double>(operand);
    result.mutable_data()[k] =
        range.lower + (range.upper - range.lower) * (0.2 + 0.6 * (step - std::floor(step)));
  }
  return result;
}

/// Steps have a derivative of zeros, in which nothing is left to differentiate.
bool is_step(const Operation& operation) { return operation.info.derivative[0] == "0"; }

void check(const Operation& operation, const TensorFunction& f, const Tensors& inputs) {
  expect_vjp_matches_differences(f, inputs);
  if (!is_step(operation)) expect_second_order_matches_differences(f, inputs);
}

const std::vector<std::vector<Shape>>& forms(std::size_t arity) {
  static const std::vector<std::vector<std::vector<Shape>>> all = {
      {},
      {{Shape{}}, {Shape{3}}, {Shape{2, 3}}, {Shape{1, 1}}, {Shape{0}}, {Shape{2, 0, 3}}},
      {{Shape{}, Shape{}},
       {Shape{3}, Shape{3}},
       {Shape{3}, Shape{2, 1}},
       {Shape{2, 1}, Shape{3}},
       {Shape{}, Shape{2, 3}},
       {Shape{2, 3}, Shape{}},
       {Shape{1, 3}, Shape{2, 1}},
       {Shape{2, 1, 2}, Shape{3, 1}},
       {Shape{1}, Shape{}},
       {Shape{0}, Shape{0}},
       {Shape{0, 3}, Shape{3}},
       {Shape{1}, Shape{0}},
       {Shape{2, 0}, Shape{2, 1}}},
      {{Shape{}, Shape{}, Shape{}},
       {Shape{3}, Shape{3}, Shape{3}},
       {Shape{2, 3}, Shape{3}, Shape{2, 1}},
       {Shape{}, Shape{2, 1}, Shape{1, 3}},
       {Shape{3}, Shape{}, Shape{2, 3}},
       {Shape{0, 2}, Shape{2}, Shape{}}},
  };
  return all[arity];
}

std::vector<const Operation*> differentiable_elementwise() {
  std::vector<const Operation*> chosen;
  for (const Operation* operation : operations())
    if (operation->elementwise && operation->differentiable()) chosen.push_back(operation);
  return chosen;
}

TEST(ElementwiseDerivative, MatchesDifferencesInEveryFormOfBroadcasting) {
  for (const Operation* operation : differentiable_elementwise())
    for (const std::vector<Shape>& shapes : forms(operation->signature.operand_count())) {
      SCOPED_TRACE(std::string(operation->name()) + " of " + testing::PrintToString([&] {
                     std::string text;
                     for (const Shape& shape : shapes) text += to_string(shape);
                     return text;
                   }()));
      Tensors inputs;
      for (std::size_t i = 0; i < shapes.size(); ++i)
        inputs.push_back(ordinary(*operation, i, shapes[i]));
      check(
          *operation,
          [&](const Tensors& x) { return apply<double>(*operation, Operands<double>(x)); }, inputs);
    }
}

TEST(ElementwiseDerivative, MatchesDifferencesWhenOneOperandIsConstant) {
  for (const Operation* operation : differentiable_elementwise()) {
    const std::size_t arity = operation->signature.operand_count();
    for (std::size_t free = 0; arity > 1 && free < arity; ++free) {
      if (!operation->differentiable(free)) continue;
      SCOPED_TRACE(std::string(operation->name()) + " by operand " + std::to_string(free));
      auto f = [&](const Tensors& x) {
        Tensors operands;
        for (std::size_t i = 0; i < arity; ++i)
          operands.push_back(i == free ? x[0] : ordinary(*operation, i, Shape{2, 1}));
        return apply<double>(*operation, Operands<double>(operands));
      };
      check(*operation, f, {ordinary(*operation, free, Shape{3})});
    }
  }
}

TEST(ElementwiseDerivative, AddsUpWhenBothOperandsAreOneTensor) {
  for (const Operation* operation : differentiable_elementwise()) {
    if (operation->signature.operand_count() != 2) continue;
    SCOPED_TRACE(std::string(operation->name()) + "(x, x)");
    const Interval &a = operation->info.typical[0], &b = operation->info.typical[1];
    const double lower = std::max(a.lower, b.lower), upper = std::min(a.upper, b.upper);
    const D x = vector({lower + 0.3 * (upper - lower), lower + 0.6 * (upper - lower)});
    check(*operation,
          [&](const Tensors& at) {
            return apply<double>(*operation, {at[0], at[0]});
          },
          {x});
  }
}

TEST(ElementwiseDerivative, OfATensorWithItselfBroadcastAddsUp) {
  expect_derivatives([](const Tensors& x) { return x[0] * transpose(x[0], 0, 1); },
                     {varied(Shape{3, 1})});
  expect_derivatives([](const Tensors& x) { return where(x[0] > 0.0, x[0] * x[0], x[0]); },
                     {varied(Shape{5})});
}

TEST(ElementwiseDerivative, FloatRulesAgreeWithDoubleRules) {
  for (const Operation* operation : differentiable_elementwise()) {
    const std::size_t arity = operation->signature.operand_count();
    for (std::size_t free = 0; free < arity; ++free) {
      if (!operation->differentiable(free)) continue;
      Tensors wide;
      std::vector<Tensor<float>> narrow;
      for (std::size_t i = 0; i < arity; ++i) {
        const D x = ordinary(*operation, i, Shape{4});
        narrow.push_back(Tensor<float>::uninitialised(Shape{4}));
        for (std::int64_t k = 0; k < 4; ++k) narrow[i].mutable_data()[k] = static_cast<float>(x[k]);
        wide.push_back(D::uninitialised(Shape{4}));
        for (std::int64_t k = 0; k < 4; ++k)
          wide[i].mutable_data()[k] = static_cast<double>(narrow[i][k]);
      }
      wide[free].requires_grad_();
      narrow[free].requires_grad_();
      sum(apply<double>(*operation, Operands<double>(wide))).backward();
      sum(apply<float>(*operation, Operands<float>(narrow))).backward();
      for (std::int64_t k = 0; k < 4; ++k) {
        const double expected = wide[free].grad()[k];
        EXPECT_NEAR(narrow[free].grad()[k], expected, 2e-6 * std::max(1.0, std::abs(expected)))
            << operation->name() << " by operand " << free;
      }
    }
  }
}

}  // namespace
}  // namespace verigrad
