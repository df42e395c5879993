// Each law finds faults of its kind, and only the planted operation is to blame.
#include "tests/properties/faults.hpp"

#include <gtest/gtest.h>

#include "engine/creation.hpp"
#include "engine/functions.hpp"
#include "properties/search.hpp"

namespace verigrad::properties {
namespace {

using Cotangent = Tensor<double>;

TEST(NumericLaw, FindsADerivativeThatIsOffByAMillionth) {
  expect_found("numeric",
               wrong_backward("sin",
                              [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
                                return right_vjp("sin", saved, v, i) * (1 + 1e-6);
                              }),
               "sin(");
}

TEST(NumericLaw, FindsAMissingFactorTwo) {
  expect_found(
      "numeric",
      wrong_backward("square", [](const Saved<double>& saved, const Cotangent& v,
                                  std::size_t i) { return right_vjp("square", saved, v, i) / 2; }),
      "square(");
}

TEST(NumericLaw, FindsAFactorThatIsMissingForOneOperandOnly) {
  expect_found("numeric",
               wrong_backward("div",
                              [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
                                const Tensor<double> right = right_vjp("div", saved, v, i);
                                return i == 1 ? -right : right;
                              }),
               " / ");
}

TEST(NumericLaw, FindsAValueUsedTwiceThatIsCountedOnce) {
  expect_found("numeric",
               wrong_backward("mul",
                              [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
                                const Tensor<double> right = right_vjp("mul", saved, v, i);
                                const bool twice =
                                    saved.has_operand(0) && saved.has_operand(1) &&
                                    saved.operand(0).data() == saved.operand(1).data();
                                return i == 1 && twice ? right * 0.0 : right;
                              }),
               " * ");
}

TEST(NumericLaw, FindsAMeanWithoutItsDivisor) {
  expect_found("numeric",
               wrong_backward("mean",
                              [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
                                const auto count = saved.operand_shape(0).numel();
                                return right_vjp("mean", saved, v, i) * static_cast<double>(count);
                              }),
               "mean(");
}

TEST(NumericLaw, FindsAMatrixProductWithASquareFactorNotTransposed) {
  expect_found("numeric",
               wrong_backward("matmul",
                              [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
                                const bool square = i == 0 &&
                                                    saved.operand_shape(1) == Shape{2, 2} &&
                                                    saved.shape() == saved.operand_shape(0);
                                return square ? matmul(v, saved.operand(1))
                                              : right_vjp("matmul", saved, v, i);
                              }),
               " @ ");
}

TEST(NumericLaw, FindsABroadcastOperandWhoseGradientIsNotSummed) {
  expect_found("numeric",
               wrong_backward("broadcast_to",
                              [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
                                return right_vjp("broadcast_to", saved, v, i) / 2;
                              }),
               "broadcast_to(");
}

TEST(NumericLaw, FindsAWrongForwardKernel) {
  expect_found("numeric",
               wrong_forward(
                   "tanh",
                   [](Operands<double> operands, const Attributes& attributes, const Shape& shape) {
                     const Tensor<double> right =
                         find_operation("tanh")->f64.forward(operands, attributes, shape);
                     const NoGrad raw;
                     return right + 0.001 * sin(operands[0]);
                   }),
               "tanh(");
}

TEST(HomogeneityLaw, FindsAGradientThatIsClippedInside) {
  expect_found("homogeneity",
               wrong_backward("exp",
                              [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
                                return clamp(right_vjp("exp", saved, v, i), Tensor<double>(-10.0),
                                             Tensor<double>(10.0));
                              }),
               "exp(");
}

TEST(HomogeneityLaw, FindsABackwardThatForgetsItsCotangent) {
  expect_found("homogeneity",
               wrong_backward("sigmoid",
                              [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
                                return right_vjp("sigmoid", saved, ones<double>(v.shape()), i);
                              }),
               "sigmoid(");
}

/// Homogeneous and still not linear: what is dropped depends on the other entries.
TEST(LinearityLaw, FindsAGradientWhoseSmallEntriesAreDropped) {
  expect_found("linearity",
               wrong_backward("neg",
                              [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
                                const Tensor<double> right = right_vjp("neg", saved, v, i);
                                if (v.numel() == 0) return right;
                                const Tensor<double> size = abs(right);
                                return where(size * 2.0 < max(size), right * 0.0, right);
                              }),
               "-x");
}

TEST(AdjointLaw, FindsARecordedRuleThatForgetsTheGraphOfItsCotangent) {
  const OperationTable fault =
      wrong_backward("cos", [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
        return right_vjp("cos", saved, v.detach(), i);
      });
  expect_found("adjoint", fault, "cos(");
  EXPECT_TRUE(try_law(law("recorded backward"), 500, {.operations = &fault}).passed());
}

TEST(RecordedLaw, FindsARecordedRuleThatDiffersInTheTwelfthDigit) {
  expect_found("recorded backward",
               wrong_backward("log",
                              [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
                                const Tensor<double> right = right_vjp("log", saved, v, i);
                                return grad_enabled() ? right * (1 + 1e-12) : right;
                              }),
               "log(");
}

/// The operand of the latest application, kept where every application finds it.
thread_local Tensor<double> latest_operand;

TEST(DeadCodeLaw, FindsAnOperandThatIsSavedInAPlaceSharedByAllApplications) {
  Operation wrong = *find_operation("atan");
  wrong.f64.forward = [](Operands<double> operands, const Attributes& attributes,
                         const Shape& shape) {
    latest_operand = operands[0].clone_entries();
    return find_operation("atan")->f64.forward(operands, attributes, shape);
  };
  wrong.f64.vjp = [](const Saved<double>&, const Cotangent& v, std::size_t) {
    return v / (1.0 + square(latest_operand));
  };
  const OperationTable fault = operation_table().replace("atan", wrong);
  const PropertyResult result = try_law(law("dead code"), 2000, {.operations = &fault});
  ASSERT_TRUE(result.counterexample);
  EXPECT_EQ(operation_count(result.counterexample->specimen), 1U) << result.counterexample->text;
  EXPECT_NE(result.counterexample->text.find("atan("), std::string::npos);
  latest_operand = Tensor<double>();
}

TEST(RoundTripLaw, FindsAnOperationThatIsPrintedUnderAnotherName) {
  const OperationTable fault = wrong_name("sinh", "cosh(input)");
  const PropertyResult result = try_law(law("round trip"), 4000, {.operations = &fault});
  ASSERT_TRUE(result.counterexample);
  EXPECT_EQ(operation_count(result.counterexample->specimen), 1U) << result.counterexample->text;
  EXPECT_NE(result.counterexample->message.find("cosh("), std::string::npos);
}

/// Printed and read rightly, and yet the two programs have different values.
TEST(RoundTripLaw, FindsAValueThatDependsOnMoreThanTheProgram) {
  const OperationTable fault = wrong_forward(
      "atan", [](Operands<double> operands, const Attributes& attributes, const Shape& shape) {
        static int calls = 0;
        Tensor<double> value = find_operation("atan")->f64.forward(operands, attributes, shape);
        if (value.numel() > 0) value.mutable_data()[0] += 1e-3 * (++calls % 97);
        return value;
      });
  const PropertyResult result = try_law(law("round trip"), 4000, {.operations = &fault});
  ASSERT_TRUE(result.counterexample);
  EXPECT_NE(result.counterexample->text.find("atan("), std::string::npos);
  EXPECT_NE(result.counterexample->message.find("another value"), std::string::npos);
}

}  // namespace
}  // namespace verigrad::properties
