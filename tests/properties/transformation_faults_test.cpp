// Faults that show when a program is written in another way.
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/creation.hpp"
#include "engine/functions.hpp"
#include "properties/search.hpp"
#include "tests/properties/faults.hpp"

namespace verigrad::properties {
namespace {

using Cotangent = Tensor<double>;

/// The law fails for the fault with a small program that shows it.
void expect_broken(std::string_view name, const SearchOptions& options, std::string_view shown,
                   std::size_t operations) {
  const Law& tried = law(name);
  const PropertyResult result = try_law(tried, 3000, options);
  ASSERT_TRUE(result.counterexample) << "not found in " << result.cases << " programs";
  const Counterexample& found = *result.counterexample;
  EXPECT_LE(operation_count(found.specimen), operations) << found.text;
  EXPECT_NE(found.text.find(shown), std::string::npos) << found.text;
}

void expect_broken(std::string_view name, const OperationTable& faulty, std::string_view shown,
                   std::size_t operations) {
  expect_broken(name, SearchOptions{.operations = &faulty}, shown, operations);
}

/// An engine that makes something else of its gradients, by the look of the program.
AlteredEngine misled(void (*change)(const Program& program, PerLeaf& gradient)) {
  return AlteredEngine(
      [change](const Program& program, Graph& right, std::span<const Seed> seeds, Pass pass) {
        PerLeaf gradient = right.vjp(seeds, pass);
        change(program, gradient);
        return gradient;
      });
}

/// Whether an operation takes the same operand twice.
bool is_square(const Saved<double>& saved) {
  return saved.has_operand(0) && saved.has_operand(1) &&
         saved.operand(0).data() == saved.operand(1).data();
}

TEST(SeparateLeavesLaw, FindsAValueUsedTwiceThatIsCountedOnce) {
  expect_broken("separate leaves",
                wrong_backward("mul",
                               [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
                                 const Tensor<double> right = right_vjp("mul", saved, v, i);
                                 return i == 1 && is_square(saved) ? right * 0.0 : right;
                               }),
                " * ", 1);
}

TEST(RecomputationLaw, FindsAProductOfOneValueThatIsNotThatOfTwoEqualOnes) {
  expect_broken("recomputation",
                wrong_backward("mul",
                               [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
                                 const Tensor<double> right = right_vjp("mul", saved, v, i);
                                 return i == 1 && is_square(saved) ? right * 0.0 : right;
                               }),
                " * ", 2);
}

TEST(CheckpointLaw, FindsARuleThatIsNotLinearInItsCotangent) {
  expect_broken(
      "checkpoint",
      wrong_backward("neg", [](const Saved<double>& saved, const Cotangent& v,
                               std::size_t i) { return right_vjp("neg", saved, v, i) + 1.0; }),
      "-", 3);
}

TEST(IdentityOperationsLaw, FindsAFlipThatIsOffByARounding) {
  expect_broken("identity operations",
                wrong_backward("flip",
                               [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
                                 return right_vjp("flip", saved, v, i) * (1 + 0x1p-52);
                               }),
                "x", 3);
}

TEST(DeclarationsLaw, FindsAnEngineThatGoesByTheNamesOfLeaves) {
  const AlteredEngine engine = misled([](const Program& program, PerLeaf& gradient) {
    if (gradient.size() > 1 && gradient[0].size() == gradient[1].size() &&
        program.leaves()[0].name > program.leaves()[1].name)
      std::swap(gradient[0], gradient[1]);
  });
  expect_broken("declarations", SearchOptions{.engine = &engine}, "input x2", 1);
}

TEST(EvaluationOrderLaw, FindsAnEngineThatForgetsLeavesAfterTheFirstOperation) {
  const AlteredEngine engine = misled([](const Program& program, PerLeaf& gradient) {
    bool after = false;
    for (const Value& value : program.values()) {
      after |= value.kind == Value::Kind::operation;
      if (value.kind == Value::Kind::leaf && after)
        for (double& entry : gradient[static_cast<std::size_t>(value.leaf)]) entry = 0;
    }
  });
  expect_broken("evaluation order", SearchOptions{.engine = &engine}, "input x2", 2);
}

TEST(CommutedOperandsLaw, FindsAFactorThatIsMissingForOneOperandOnly) {
  expect_broken("commuted operands",
                wrong_backward("mul",
                               [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
                                 const Tensor<double> right = right_vjp("mul", saved, v, i);
                                 return i == 1 ? right * 2.0 : right;
                               }),
                " * ", 1);
}

TEST(RepetitionLaw, FindsAGradientThatDependsOnWhatWasComputedBefore) {
  expect_broken("repetition",
                wrong_backward("sin",
                               [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
                                 static int calls = 0;
                                 return right_vjp("sin", saved, v, i) * (1 + 0x1p-40 * ++calls);
                               }),
                "sin(", 1);
}

TEST(TranslationLaw, FindsASumThatForgetsItsCotangent) {
  expect_broken("translation",
                wrong_backward("add",
                               [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
                                 return right_vjp("add", saved, ones<double>(v.shape()), i);
                               }),
                "x", 1);
}

TEST(ScalingLaw, FindsAProductWithANumberThatIsNotScaled) {
  expect_broken("scaling",
                wrong_backward("mul",
                               [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
                                 const bool number = saved.operand_shape(1).rank() == 0;
                                 return number && i == 0 ? right_vjp("add", saved, v, i)
                                                         : right_vjp("mul", saved, v, i);
                               }),
                "x", 1);
}

TEST(IdentitiesLaw, FindsADifferenceWithTheWrongSignForOneOperand) {
  expect_broken("identities",
                wrong_backward("sub",
                               [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
                                 const Tensor<double> right = right_vjp("sub", saved, v, i);
                                 return i == 1 ? -right : right;
                               }),
                "-", 1);
}

TEST(IdentitiesLaw, FindsAMatrixProductWithASquareFactorNotTransposed) {
  const OperationTable fault =
      wrong_backward("matmul", [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
        const bool square = i == 0 && saved.operand_shape(1) == Shape{2, 2} &&
                            saved.shape() == saved.operand_shape(0);
        return square ? matmul(v, saved.operand(1)) : right_vjp("matmul", saved, v, i);
      });
  // Of these only, since the second form of linear has a product of matrices, too.
  const SearchOptions options{.operations = &fault, .only = {"matmul", "mul", "add", "transpose"}};
  expect_broken("identities", options, " @ ", 1);
}

TEST(IdentitiesLaw, FindsAWrongValue) {
  expect_broken(
      "identities",
      wrong_forward(
          "tanh",
          [](Operands<double> operands, const Attributes& attributes, const Shape& shape) {
            const NoGrad raw;
            return find_operation("tanh")->f64.forward(operands, attributes, shape) + 1e-12;
          }),
      "tanh(", 1);
}

/// The cotangent times 1, 2, 1, 2, ... along the entries.
Cotangent uneven(const Cotangent& v) {
  std::vector<double> factors;
  for (std::int64_t i = 0; i < v.numel(); ++i) factors.push_back(i % 2 == 0 ? 1 : 2);
  return v * Cotangent(v.shape(), std::span<const double>(factors));
}

OperationTable rule_by_position() {
  return wrong_backward("sin", [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
    return right_vjp("sin", saved, uneven(v), i);
  });
}

TEST(PermutationLaw, FindsARuleThatGoesByThePositionOfEntries) {
  expect_broken("permutation", rule_by_position(), "sin(", 1);
}

TEST(TranspositionLaw, FindsARuleThatGoesByThePositionOfEntries) {
  expect_broken("transposition", rule_by_position(), "sin(", 1);
}

TEST(BatchLaw, FindsARuleThatStopsAfterEightEntries) {
  expect_broken(
      "batch",
      wrong_backward("sin",
                     [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
                       const Tensor<double> right = right_vjp("sin", saved, v, i);
                       std::vector<double> factors(static_cast<std::size_t>(right.numel()), 1.0);
                       for (std::size_t k = 8; k < factors.size(); ++k) factors[k] = 0;
                       return right * Cotangent(right.shape(), std::span<const double>(factors));
                     }),
      "sin(", 1);
}

TEST(ChunksLaw, FindsASliceThatLeavesSomethingOutsideOfItsRange) {
  expect_broken(
      "chunks",
      wrong_backward("slice", [](const Saved<double>& saved, const Cotangent& v,
                                 std::size_t i) { return right_vjp("slice", saved, v, i) + 1e-9; }),
      "x", 1);
}

TEST(BroadcastingLaw, FindsABroadcastOperandWhoseGradientIsNotSummed) {
  expect_broken("broadcasting",
                wrong_backward("broadcast_to",
                               [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
                                 return right_vjp("broadcast_to", saved, v, i) / 2;
                               }),
                "x", 1);
}

TEST(GradientSizesLaw, FindsAGradientWithoutItsLastEntry) {
  const AlteredEngine engine = misled([](const Program&, PerLeaf& gradient) {
    for (auto& leaf : gradient)
      if (leaf.size() > 1) leaf.pop_back();
  });
  expect_broken("gradient sizes", SearchOptions{.engine = &engine}, "input", 1);
}

}  // namespace
}  // namespace verigrad::properties
