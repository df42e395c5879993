// Recording and walking the graph: leaves, accumulation, cotangents, freed graphs, higher orders.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/verigrad.hpp"

namespace verigrad {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::ThrowsMessage;

using F = Tensor<float>;

F leaf(const Nested<float>& entries) { return tensor<float>(entries).requires_grad_(); }

constexpr BackwardOptions retain{.retain_graph = true};
constexpr BackwardOptions create{.create_graph = true};

/// Collects the warnings of this thread while it lives.
class Warnings {
 public:
  std::vector<std::string> texts;

 private:
  WarningScope scope_{
      [](const std::string& text, void* to) { static_cast<Warnings*>(to)->texts.push_back(text); },
      this};
};

// --- leaves and inheritance ----------------------------------------------------------------------

TEST(Autograd, ALeafHasNoGradFnAndNoGradientAtFirst) {
  const F x = leaf(3);
  EXPECT_TRUE(x.is_leaf());
  EXPECT_TRUE(x.requires_grad());
  EXPECT_EQ(x.grad_fn(), "");
  EXPECT_FALSE(x.grad().defined());
}

TEST(Autograd, ResultsInheritRequiresGradFromAnyOperand) {
  const F x = leaf(3), c = tensor<float>(2);
  EXPECT_TRUE((c * x).requires_grad());
  EXPECT_FALSE((c * x).is_leaf());
  EXPECT_EQ((c * x).grad_fn(), "MulBackward0");
  EXPECT_FALSE((c * c).requires_grad());
  EXPECT_TRUE((c * c).is_leaf()) << "the result of constants is a leaf";
}

TEST(Autograd, TheGraphIsBuiltAnewByEveryForwardPass) {
  const F x = leaf(2);
  for (float factor : {3.f, 5.f}) {
    F y = x * factor;
    EXPECT_EQ(grad(y, {x})[0].item(), factor);
  }
}

TEST(Autograd, IntegerTensorsRefuseGradients) {
  EXPECT_THAT([] { tensor<std::int64_t>(3).requires_grad_(); },
              ThrowsMessage<Error>(HasSubstr(
                  "Only Tensors of floating point and complex dtype can require gradients")));
  EXPECT_NO_THROW(tensor<std::int64_t>(3).requires_grad_(false));
}

TEST(Autograd, RequiresGradOfALeafCanBeSwitched) {
  F x = leaf(3);
  x.requires_grad_(false);
  EXPECT_FALSE((x * 2).requires_grad());
  x.requires_grad_();
  EXPECT_TRUE((x * 2).requires_grad());
}

/// As in PyTorch's AccumulateGrad.
TEST(Autograd, ALeafThatIsSwitchedOffCollectsNoMore) {
  F x = leaf({1, 2}), y = leaf({3, 4});
  const F z = x * y;
  x.requires_grad_(false);
  z.backward(tensor<float>({1, 1}), retain);
  EXPECT_FALSE(x.grad().defined());
  EXPECT_THAT(y.grad().entries(), ElementsAre(1, 2));
  x.requires_grad_();
  z.backward(tensor<float>({1, 1}));
  EXPECT_THAT(x.grad().entries(), ElementsAre(3, 4));
}

TEST(Autograd, ALeafThatHasBecomeAResultIsAnErrorWhereItWasUsedAsALeaf) {
  F x = leaf({1, 2}), y = leaf({3, 4});
  const F z = x + y;
  x.requires_grad_(false).add_(y);
  EXPECT_THAT(
      [&] {
        z.backward(tensor<float>({1, 1}));
      },
      ThrowsMessage<Error>(HasSubstr("leaf variable has been moved into the graph interior")));
  EXPECT_FALSE(y.grad().defined());
  EXPECT_FALSE(x.grad().defined());
}

TEST(Autograd, RequiresGradOfAResultCannotBeSwitchedOff) {
  F y = leaf(3) * 2;
  EXPECT_THAT([&] { y.requires_grad_(false); },
              ThrowsMessage<Error>(HasSubstr("you can only change requires_grad flags of leaf "
                                             "variables")));
  EXPECT_NO_THROW(y.requires_grad_());
}

TEST(Autograd, CopiesOfAHandleAreTheSameTensor) {
  const F x = leaf(3);
  const F same = x;
  (same * 2).backward();
  EXPECT_EQ(x.grad().item(), 2);
}

// --- accumulation --------------------------------------------------------------------------------

TEST(Autograd, BackwardAddsIntoTheGradientThatIsThere) {
  F x = leaf(2);
  pow(x, 2).backward();
  EXPECT_EQ(x.grad().item(), 4);
  pow(x, 2).backward();
  EXPECT_EQ(x.grad().item(), 8);
  x.zero_grad();
  EXPECT_EQ(x.grad().item(), 0);
}

TEST(Autograd, AccumulationIsSeenThroughEarlierHandlesOfTheGradient) {
  F x = leaf(2);
  (x * 3).backward();
  const F handle = x.grad();
  (x * 4).backward();
  EXPECT_EQ(handle.item(), 7);
}

TEST(Autograd, AGradientSetByHandIsAddedTo) {
  F x = leaf({1, 2});
  x.set_grad(tensor<float>({10, 20}));
  sum(x * 3).backward();
  EXPECT_THAT(x.grad().entries(), ElementsAre(13, 23));
  EXPECT_THROW(x.set_grad(tensor<float>(1)), ShapeError);
  x.set_grad(F());
  EXPECT_FALSE(x.grad().defined());
}

TEST(Autograd, GradientsOfDifferentLeavesAreNeverAliases) {
  for (BackwardOptions options : {retain, create}) {
    F a = leaf({1, 2}), b = leaf({3, 4});
    const F v = tensor<float>({1, 10});
    (a + b).backward(v, options);
    a.grad().detach().zero_();
    EXPECT_THAT(b.grad().entries(), ElementsAre(1, 10));
    EXPECT_THAT(v.entries(), ElementsAre(1, 10));
  }
}

TEST(Autograd, EveryUseOfAnOperandCounts) {
  F x = leaf(3);
  (x * x).backward();
  EXPECT_EQ(x.grad().item(), 6);
  x.zero_grad();
  (x - x).backward();
  EXPECT_EQ(x.grad().item(), 0);
  (x + x).backward();
  EXPECT_EQ(x.grad().item(), 2);
  x.zero_grad();
  sum(stack<float>(std::vector<F>{x, x, x})).backward();
  EXPECT_EQ(x.grad().item(), 3);
}

TEST(Autograd, ADiamondIsWalkedOncePerPath) {
  F x = leaf(2);
  const F a = x * x, b = a * 3, c = a * a;
  (b * c).backward();  // 3 x^6
  EXPECT_EQ(x.grad().item(), 18 * 32);
}

TEST(Autograd, AChainOfDoublingsSumsAllPathsExactly) {
  F x = leaf(1);
  F y = x;
  for (int i = 0; i < 60; ++i) y = y + y;
  y.backward();
  EXPECT_EQ(x.grad().item(), std::ldexp(1.f, 60));
}

TEST(Autograd, GradientsTakeTheShapeOfABroadcastOperand) {
  F row = leaf({1, 2, 3}), column = leaf({{1}, {2}}), scalar = leaf(5);
  sum(row * column + scalar).backward();
  EXPECT_THAT(row.grad().entries(), ElementsAre(3, 3, 3));
  EXPECT_EQ(column.grad().shape(), Shape({2, 1}));
  EXPECT_THAT(column.grad().entries(), ElementsAre(6, 6));
  EXPECT_EQ(scalar.grad().item(), 6);
}

TEST(Autograd, InputsThatAreNotUsedKeepAnUndefinedGradient) {
  F x = leaf(2), unused = leaf(3);
  (x * 2).backward();
  EXPECT_FALSE(unused.grad().defined());
}

TEST(Autograd, EmptyTensorsDifferentiateToEmptyGradients) {
  F x = zeros<float>({0, 3}).requires_grad_();
  sum(exp(x) * 2).backward();
  EXPECT_EQ(x.grad().shape(), Shape({0, 3}));
  F y = x * 2;
  EXPECT_THAT([&] { y.backward(); }, ThrowsMessage<Error>(HasSubstr("only for scalar outputs")));
  y.backward(zeros<float>({0, 3}));
}

// --- roots and cotangents ------------------------------------------------------------------------

TEST(Autograd, ALeafIsItsOwnDerivative) {
  F x = leaf(2);
  x.backward();
  EXPECT_EQ(x.grad().item(), 1);
  x.backward();
  EXPECT_EQ(x.grad().item(), 2);
}

TEST(Autograd, ACotangentWeighsTheEntries) {
  F x = leaf({1, 2, 3});
  (x * x).backward(tensor<float>({1, 0.5, -1}));
  EXPECT_THAT(x.grad().entries(), ElementsAre(2, 2, -6));
}

TEST(Autograd, TheCotangentIsNeverModified) {
  F x = leaf({1, 2});
  const F v = tensor<float>({3, 4});
  F y = x + 0;
  y.retain_grad();
  const F z = y + y + x;
  for (int i = 0; i < 3; ++i) z.backward(v, retain);
  x.zero_grad();
  y.grad().zero_();
  x.backward(v);
  x.backward(v);
  x.grad().fill_(99);
  EXPECT_THAT(v.entries(), ElementsAre(3, 4));
  EXPECT_EQ(v.version(), 0u);
}

TEST(Autograd, AGradientMayServeAsCotangent) {
  F x = leaf(1), w = leaf(1);
  x.set_grad(tensor<float>(10));
  (x * 2 + x + sin(w) * 0 + w).backward(x.grad());
  EXPECT_EQ(x.grad().item(), 10 + 30) << "the cotangent was 10 throughout the walk";
  EXPECT_EQ(w.grad().item(), 10);
}

TEST(Autograd, AScalarOfAnyRankNeedsNoCotangent) {
  F x = leaf({{2}});
  (x * 3).backward();
  EXPECT_EQ(x.grad().shape(), Shape({1, 1}));
  EXPECT_EQ(x.grad().item(), 3);
}

TEST(Autograd, ANonScalarRootNeedsACotangent) {
  const F x = leaf({1, 2});
  EXPECT_THAT(
      [&] { (x * 2).backward(); },
      ThrowsMessage<Error>(HasSubstr("grad can be implicitly created only for scalar outputs")));
}

TEST(Autograd, ACotangentOfAnotherShapeIsAnErrorThatNamesBoth) {
  const F x = leaf({1, 2});
  EXPECT_THAT(
      [&] {
        (x * 2).backward(tensor<float>({1, 2, 3}));
      },
      ThrowsMessage<ShapeError>(
          ::testing::AllOf(HasSubstr("shape of [3]"), HasSubstr("shape of [2]"))));
}

TEST(Autograd, WithoutAnythingToDifferentiateBackwardFails) {
  const F constant = tensor<float>(3);
  const auto message =
      HasSubstr("element 0 of tensors does not require grad and does not have a grad_fn");
  EXPECT_THAT([&] { constant.backward(); }, ThrowsMessage<Error>(message));
  EXPECT_THAT([&] { (constant * 2).backward(); }, ThrowsMessage<Error>(message));
  EXPECT_THAT([&] { (leaf(2) * 3).detach().backward(); }, ThrowsMessage<Error>(message));
  EXPECT_THAT([] { F().backward(); }, ThrowsMessage<Error>(message));
}

// --- freed graphs --------------------------------------------------------------------------------

TEST(Autograd, AGraphThatSavedValuesCannotBeWalkedTwice) {
  F x = leaf(2);
  const F y = x * 3;
  y.backward();
  for (int i = 0; i < 2; ++i)
    EXPECT_THAT(
        [&] { y.backward(); },
        ThrowsMessage<Error>(HasSubstr("Trying to backward through the graph a second time")));
  EXPECT_EQ(x.grad().item(), 3);
}

TEST(Autograd, AGraphThatSavedNothingCanBeWalkedAgain) {
  F x = leaf(2);
  const F y = x + 1;
  y.backward();
  y.backward();
  EXPECT_EQ(x.grad().item(), 2);
}

TEST(Autograd, RetainGraphKeepsWhatWasSaved) {
  F x = leaf(2);
  const F y = pow(x, 2);
  y.backward(F(), retain);
  y.backward(F(), retain);
  y.backward();
  EXPECT_EQ(x.grad().item(), 12);
  EXPECT_THROW(y.backward(), Error);
}

TEST(Autograd, GradFreesTheGraphToo) {
  const F x = leaf(2);
  const F y = x * x;
  EXPECT_EQ(grad(y, {x})[0].item(), 4);
  EXPECT_THAT([&] { grad(y, {x}); }, ThrowsMessage<Error>(HasSubstr("a second time")));
}

TEST(Autograd, ASharedPartIsFreedByTheFirstWalkOverIt) {
  const F x = leaf(2);
  const F shared = x * x, a = shared + 1, b = shared + 2;
  a.backward();
  EXPECT_THAT([&] { b.backward(); }, ThrowsMessage<Error>(HasSubstr("a second time")));
}

TEST(Autograd, ABackwardThatFailsLeavesLeavesUntouchedAndTheEngineUsable) {
  F x = leaf(2), w = leaf(5);
  const F a = x * x;
  a.backward();
  x.zero_grad();
  const F y = a * 1 + w * 2 + x;
  EXPECT_THROW(y.backward(), Error);
  EXPECT_EQ(x.grad().item(), 0);
  EXPECT_FALSE(w.grad().defined());
  EXPECT_TRUE(grad_enabled());
  (x * x + w * 2).backward();
  EXPECT_EQ(x.grad().item(), 4);
  EXPECT_EQ(w.grad().item(), 2);
}

TEST(Autograd, AFailedWalkLeavesNoGradientsBehindInTheGraph) {
  F x = leaf(2), w = leaf(3);
  const F a = x * x, freed = w * w, kept = a * 1;
  freed.backward();
  const F both = kept + freed;
  EXPECT_THROW(both.backward(F(), retain), Error);
  x.zero_grad();
  kept.backward();
  EXPECT_EQ(x.grad().item(), 4) << "and not 8, from what the failed walk had collected";
}

// --- grad ----------------------------------------------------------------------------------------

TEST(Autograd, GradTouchesNoGradient) {
  F x = leaf(3), w = leaf(4);
  F y = x * w;
  y.retain_grad();
  const std::vector<F> g = grad(y * y, {x, w});
  EXPECT_EQ(g[0].item(), 2 * 3 * 16);
  EXPECT_EQ(g[1].item(), 2 * 4 * 9);
  EXPECT_FALSE(x.grad().defined());
  EXPECT_FALSE(w.grad().defined());
  EXPECT_FALSE(y.grad().defined());
}

TEST(Autograd, GradWithRespectToAnIntermediateResult) {
  const F x = leaf(3);
  const F y = x * x;
  const std::vector<F> g = grad(y * y, {y, x});
  EXPECT_EQ(g[0].item(), 18);
  EXPECT_EQ(g[1].item(), 108);
}

TEST(Autograd, GradWithRespectToTheSameInputTwiceGivesItTwice) {
  const F x = leaf(3);
  const std::vector<F> g = grad(x * x, {x, x});
  EXPECT_EQ(g[0].item(), 6);
  EXPECT_EQ(g[1].item(), 6);
}

TEST(Autograd, GradOfARootWithRespectToItselfIsTheCotangent) {
  const F x = leaf(3);
  const F y = x * 2;
  EXPECT_EQ(grad(y, {y})[0].item(), 1);
  EXPECT_EQ(grad(x, {x})[0].item(), 1);
}

TEST(Autograd, GradSumsOverSeveralRoots) {
  const F x = leaf({1, 2});
  const F shared = x * x;
  const std::vector<F> roots{sum(shared), shared * 10, shared}, inputs{x},
      cotangents{F(), tensor<float>({1, 0}), tensor<float>({0, 1})};
  EXPECT_THAT(grad<float>(roots, inputs, cotangents)[0].entries(), ElementsAre(2 + 20, 4 + 4));
}

TEST(Autograd, ARootMayLieBelowAnother) {
  const F x = leaf(2);
  const F low = x * x, high = low * 5;
  for (const std::vector<F>& roots : {std::vector<F>{low, high}, std::vector<F>{high, low}}) {
    const std::vector<F> inputs{x};
    EXPECT_EQ(grad<float>(roots, inputs, {}, retain)[0].item(), 24);
  }
}

TEST(Autograd, AnUnusedInputIsAnErrorUnlessAllowed) {
  const F x = leaf(2), unused = leaf(3);
  const F y = x * x;
  EXPECT_THAT(
      [&] {
        grad(y, {x, unused}, retain);
      },
      ThrowsMessage<Error>(HasSubstr("One of the differentiated Tensors appears to not "
                                     "have been used in the graph. Set allow_unused=True")));
  const std::vector<F> inputs{unused, x}, roots{y};
  const std::vector<F> g = grad<float>(roots, inputs, {}, {}, true);
  EXPECT_FALSE(g[0].defined());
  EXPECT_EQ(g[1].item(), 4);
}

TEST(Autograd, GradWithRespectToAConstantIsAnError) {
  const F x = leaf(2), c = tensor<float>(3);
  const F y = x * c;
  EXPECT_THAT([&] { grad(y, {c}); }, ThrowsMessage<Error>(HasSubstr("does not require grad")));
}

// --- higher orders -------------------------------------------------------------------------------

TEST(Autograd, CreateGraphDifferentiatesFourTimes) {
  const F x = leaf(2);
  F y = pow(x, 4);
  for (float expected : {32.f, 48.f, 48.f, 24.f}) {
    y = grad(y, {x}, create)[0];
    EXPECT_EQ(y.item(), expected);
    EXPECT_TRUE(y.requires_grad());
  }
}

TEST(Autograd, WithoutCreateGraphTheResultIsAConstant) {
  const F x = leaf(2);
  EXPECT_FALSE(grad(pow(x, 4), {x})[0].requires_grad());
  F z = leaf(3);
  pow(z, 2).backward(F(), retain);
  EXPECT_FALSE(z.grad().requires_grad());
}

TEST(Autograd, MixedSecondDerivativesAgree) {
  const F x = leaf(0.5), w = leaf(2);
  const F y = sin(x * w) * exp(x);
  const F dx = grad(y, {x}, create)[0], dw = grad(y, {w}, create)[0];
  EXPECT_NEAR(grad(dx, {w}, retain)[0].item(), grad(dw, {x}, retain)[0].item(), 1e-6);
}

TEST(Autograd, BackwardWithCreateGraphMakesAGradientThatCanBeDifferentiated) {
  F x = leaf(3);
  pow(x, 3).backward(F(), create);
  const F first = x.grad();
  EXPECT_EQ(first.item(), 27);
  x.set_grad(F());
  first.backward();
  EXPECT_EQ(x.grad().item(), 18);
}

TEST(Autograd, AGradientPenaltyDifferentiatesThroughTheGradient) {
  F w = leaf({1, 2});
  const F x = leaf({3, 4});
  const F y = sum(w * x * x);
  const F g = grad(y, {x}, create)[0];  // 2 w x
  sum(g * g).backward();
  EXPECT_THAT(w.grad().entries(), ElementsAre(8 * 9, 8 * 2 * 16));
}

// --- retained gradients and warnings -------------------------------------------------------------

TEST(Autograd, TheGradientOfAResultIsUndefinedAndWarns) {
  Warnings warnings;
  const F x = leaf(2);
  const F y = x * 3;
  y.backward();
  EXPECT_FALSE(y.grad().defined());
  ASSERT_EQ(warnings.texts.size(), 1u);
  EXPECT_THAT(warnings.texts[0], HasSubstr("The .grad attribute of a Tensor that is not a leaf "
                                           "Tensor is being accessed"));
}

TEST(Autograd, RetainGradKeepsTheGradientOfAResult) {
  Warnings warnings;
  F x = leaf(2);
  F y = x * 3;
  y.retain_grad();
  const F z = y * y;
  z.backward(F(), retain);
  EXPECT_EQ(y.grad().item(), 12);
  z.backward();
  EXPECT_EQ(y.grad().item(), 24) << "it accumulates as a leaf's does";
  EXPECT_EQ(x.grad().item(), 72);
  EXPECT_THAT(warnings.texts, IsEmpty());
}

TEST(Autograd, RetainGradOfTheRootIsTheCotangent) {
  F y = leaf(2) * 3;
  y.retain_grad();
  y.backward();
  EXPECT_EQ(y.grad().item(), 1);
}

TEST(Autograd, ARetainingResultMayDieBeforeTheWalk) {
  F x = leaf(2);
  F z;
  {
    F y = x * 3;
    y.retain_grad();
    z = y * y;
  }
  z.backward();
  EXPECT_EQ(x.grad().item(), 36);
}

TEST(Autograd, RetainGradNeedsATrackedTensor) {
  F constant = tensor<float>(2);
  EXPECT_THAT([&] { constant.retain_grad(); },
              ThrowsMessage<Error>(HasSubstr("can't retain_grad")));
  F x = leaf(2);
  EXPECT_NO_THROW(x.retain_grad());
}

}  // namespace
}  // namespace verigrad
