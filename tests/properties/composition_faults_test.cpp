// Faults in how programs, rows and roots are put together.
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/creation.hpp"
#include "engine/functions.hpp"
#include "properties/search.hpp"
#include "tests/properties/faults.hpp"

namespace verigrad::properties {
namespace {

using Cotangent = Tensor<double>;

/// An operation whose gradient by the second operand is off by a billionth.
template <class Name>
OperationTable wrong_second_operand(Name) {
  return wrong_backward(Name::text,
                        [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
                          const Tensor<double> right = right_vjp(Name::text, saved, v, i);
                          return i == 1 ? right * (1 + 1e-9) : right;
                        });
}

struct Add {
  static constexpr std::string_view text = "add";
};
struct Mul {
  static constexpr std::string_view text = "mul";
};
struct Div {
  static constexpr std::string_view text = "div";
};

TEST(SumLaw, FindsASumThatIsOffByABillionthForItsSecondTerm) {
  expect_found("sum rule", wrong_second_operand(Add()), "");
}

TEST(ProductLaw, FindsAProductThatIsOffByABillionthForItsSecondFactor) {
  expect_found("product rule", wrong_second_operand(Mul()), "");
}

TEST(QuotientLaw, FindsAQuotientThatIsOffByABillionthForItsDivisor) {
  expect_found("quotient rule", wrong_second_operand(Div()), "");
}

TEST(ZeroLaw, FindsABackwardThatAddsWithoutItsCotangent) {
  expect_found(
      "zero cotangent",
      wrong_backward("exp", [](const Saved<double>& saved, const Cotangent& v,
                               std::size_t i) { return right_vjp("exp", saved, v, i) + 1e-30; }),
      "exp(");
}

std::size_t uses(const Program& program, ValueId of) {
  std::size_t count = 0;
  for (const Value& value : program.values())
    count += static_cast<std::size_t>(std::ranges::count(value.operands, of));
  return count;
}

/// Homogeneous, linear and wrong: a quarter is missing where a leaf is used three times.
TEST(ChainLaw, FindsAThirdUseThatIsNotCountedInFull) {
  expect_found("chain rule", AlteredEngine([](const Program& program, Graph& right,
                                              std::span<const Seed> seeds, Pass pass) {
                 PerLeaf gradient = right.vjp(seeds, pass);
                 for (std::size_t leaf = 0; leaf < gradient.size(); ++leaf)
                   if (uses(program, program.leaf_value(leaf)) == 3)
                     for (double& entry : gradient[leaf]) entry *= 0.75;
                 return gradient;
               }));
}

TEST(ValueLaw, FindsAKernelThatComputesOtherwiseWhenNothingIsRecorded) {
  const OperationTable fault = wrong_forward(
      "atan", [](Operands<double> operands, const Attributes& attributes, const Shape& shape) {
        const bool recorded = std::ranges::any_of(
            operands, [](const Tensor<double>& operand) { return operand.requires_grad(); });
        const Tensor<double> right =
            find_operation("atan")->f64.forward(operands, attributes, shape);
        const NoGrad raw;
        return recorded ? right : right * (1 + 0x1p-52);
      });
  expect_found("value unchanged", fault, "atan(");
}

TEST(SuperpositionLaw, FindsACotangentThatIsClipped) {
  expect_found("superposition",
               wrong_backward("sinh",
                              [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
                                const Tensor<double> clipped = minimum(v, Tensor<double>(1.25));
                                return right_vjp("sinh", saved, clipped, i);
                              }),
               "sinh(");
}

TEST(ReductionLaw, FindsADefaultCotangentThatIsNotOne) {
  expect_found("scalar reduction", AlteredEngine([](const Program&, Graph& right,
                                                    std::span<const Seed> seeds, Pass pass) {
                 std::vector<Seed> halved(seeds.begin(), seeds.end());
                 for (Seed& seed : halved)
                   if (seed.cotangent.empty()) seed.cotangent = {0.5};
                 return right.vjp(halved, pass);
               }));
}

TEST(RootsLaw, FindsASecondRootThatIsForgotten) {
  expect_found("several roots",
               AlteredEngine([](const Program&, Graph& right, std::span<const Seed> seeds,
                                Pass pass) { return right.vjp(seeds.first(1), pass); }));
}

TEST(RootTwiceLaw, FindsARootThatIsCountedOnce) {
  expect_found("root twice", AlteredEngine([](const Program&, Graph& right,
                                              std::span<const Seed> seeds, Pass pass) {
                 std::vector<Seed> once;
                 for (const Seed& seed : seeds)
                   if (std::ranges::find(once, seed.root, &Seed::root) == once.end())
                     once.push_back(seed);
                 return right.vjp(once, pass);
               }));
}

}  // namespace
}  // namespace verigrad::properties
