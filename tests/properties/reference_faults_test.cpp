// Faults that show against numeric, proven and exact derivatives, and in second ones.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/functions.hpp"
#include "properties/search.hpp"
#include "tests/properties/faults.hpp"

namespace verigrad::properties {
namespace {

using Cotangent = Tensor<double>;

/// Half of the slope, from 20 on: no other law but proofs looks at values of that size.
TEST(SingleRuleLaw, FindsASlopeThatIsWrongInTheTail) {
  expect_found("single rule",
               wrong_backward("softplus",
                              [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
                                const Cotangent right = right_vjp("softplus", saved, v, i);
                                return where(saved.operand(0) > 20, right / 2, right);
                              }),
               "softplus(");
}

TEST(DirectionalLaw, FindsADerivativeThatIsOffByAMillionth) {
  expect_found("directional",
               wrong_backward("cos",
                              [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
                                return right_vjp("cos", saved, v, i) * (1 + 1e-6);
                              }),
               "cos(");
}

TEST(TaylorLaw, FindsADerivativeThatIsOffByATenThousandth) {
  expect_found("Taylor remainder",
               wrong_backward("exp",
                              [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
                                return right_vjp("exp", saved, v, i) * (1 + 1e-4);
                              }),
               "exp(");
}

TEST(ForwardLaw, FindsADerivativeThatIsOffByATenBillionth) {
  expect_found("forward",
               wrong_backward("sin",
                              [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
                                return right_vjp("sin", saved, v, i) * (1 + 1e-10);
                              }),
               "sin(");
}

/// Seven parts in 1e14: rules are judged in exact arithmetic.
TEST(ProvenLaw, FindsARuleThatIsWrongInItsFourteenthDigit) {
  expect_found("proven",
               wrong_backward("tanh",
                              [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
                                return right_vjp("tanh", saved, v, i) * (1 + 0x1p-44);
                              }),
               "tanh(");
}

/// An engine that does not write its rules down is held to half of the digits.
TEST(ProvenLaw, FindsAWrongGradientOfAnEngineThatDoesNotTellItsRules) {
  expect_found("proven", AlteredEngine([](const Program&, Graph& right, std::span<const Seed> seeds,
                                          Pass pass) {
                 PerLeaf gradient = right.vjp(seeds, pass);
                 for (auto& leaf : gradient)
                   for (double& entry : leaf) entry *= 1 + 1e-7;
                 return gradient;
               }));
}

TEST(ExactLaw, FindsAProductThatIsOffInItsLastBits) {
  expect_found("exact differences",
               wrong_backward("mul",
                              [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
                                return right_vjp("mul", saved, v, i) * (1 + 0x1p-50);
                              }),
               " * ");
}

/// First derivatives are right: what is added is 0, but has a slope where it is recorded.
TEST(QuadraticLaw, FindsASecondDerivativeThatIsNotConstant) {
  expect_found("quadratic",
               wrong_backward("mul",
                              [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
                                const Tensor<double> right = right_vjp("mul", saved, v, i);
                                return right + 0.5 * (right - right.detach());
                              }),
               " * ");
}

/// By its first operand, the slope forgets how it depends on the second.
OperationTable one_sided_product() {
  return wrong_backward("mul", [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
    return i == 0 ? v * saved.operand(1).detach() : right_vjp("mul", saved, v, i);
  });
}

TEST(SymmetryLaws, FindAMixedDerivativeThatIsForgottenOnOneSide) {
  expect_found("symmetric products", one_sided_product(), "");
  expect_found("symmetric Hessian", one_sided_product(), "");
}

TEST(CurvatureLaw, FindsARecordedSlopeThatIsTakenForAConstant) {
  expect_found("curvature",
               wrong_backward("exp",
                              [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
                                return v * right_vjp("exp", saved, v / v, i).detach();
                              }),
               "exp(");
}

TEST(ForwardRowsLaw, FindsARecordedRuleThatForgetsTheGraphOfItsCotangent) {
  expect_found(
      "forward rows",
      wrong_backward("sin", [](const Saved<double>& saved, const Cotangent& v,
                               std::size_t i) { return right_vjp("sin", saved, v.detach(), i); }),
      "sin(");
}

/// The proof of so small a derivative leaves the normal range, which does not excuse the engine.
TEST(ProvenLaw, FindsATailThatIsCutOff) {
  const AlteredEngine cuts(
      [](const Program&, Graph& right, std::span<const Seed> seeds, Pass pass) {
        PerLeaf gradient = right.vjp(seeds, pass);
        for (std::vector<double>& leaf : gradient)
          for (double& entry : leaf)
            if (std::abs(entry) < 1e-16) entry = 0;
        return gradient;
      });
  Program program;
  const ValueId x = program.add_leaf({.name = "x", .shape = {}});
  const ValueId y = program.add(*find_operation("sigmoid"), {x});
  EXPECT_EQ(judge(law("proven"), cuts, {program, y, {{40}}}).outcome, Outcome::fails);
  EXPECT_EQ(judge(law("proven"), cuts, {program, y, {{30}}}).outcome, Outcome::holds);
  EXPECT_EQ(judge(law("proven"), verigrad_engine(), {program, y, {{40}}}).outcome, Outcome::holds);
}

}  // namespace
}  // namespace verigrad::properties
