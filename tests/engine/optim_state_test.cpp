// Whose state is whose, schedules, and what optimisers refuse.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/verigrad.hpp"

namespace verigrad {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

Tensor<double> leaf(double value) { return tensor<double>(value).requires_grad_(); }

void step_with(Optimizer<double>& optimiser, Tensor<double>& parameter, double gradient) {
  parameter.set_grad(tensor<double>(gradient));
  optimiser.step();
  parameter.set_grad(Tensor<double>());
}

/// Collects warnings while it lives.
struct Warnings {
  std::string text;
  WarningScope scope{
      [](const std::string& warning, void* to) { static_cast<Warnings*>(to)->text += warning; },
      this};
};

TEST(Momentum, EachParameterHasItsOwnBuffer) {
  Tensor<double> a = leaf(0), b = leaf(0);
  SGD optimiser({a, b}, 1, {.momentum = 0.5});
  step_with(optimiser, a, -1);
  EXPECT_EQ(a.item(), 1);
  step_with(optimiser, b, -8);  // b's first step is undamped whenever it comes
  EXPECT_EQ(b.item(), 8);
  step_with(optimiser, a, 0);
  EXPECT_EQ(a.item(), 1.5) << "half of its own buffer";
  step_with(optimiser, b, 0);
  EXPECT_EQ(b.item(), 12);
}

TEST(Momentum, AParameterWithoutAGradientKeepsItsBufferAndPlace) {
  Tensor<double> a = leaf(0), b = leaf(0);
  SGD optimiser({a, b}, 1, {.momentum = 0.5, .weight_decay = 1});
  step_with(optimiser, a, -1);
  const auto version = a.version();
  step_with(optimiser, b, -1);
  step_with(optimiser, b, -1);
  EXPECT_EQ(a.item(), 1);
  EXPECT_EQ(a.version(), version);
  step_with(optimiser, a, -1);  // d = -1 + 1, the buffer is still -1
  EXPECT_EQ(a.item(), 1.5);
}

TEST(Momentum, AZeroGradientIsNoMissingGradient) {
  Tensor<double> w = leaf(0);
  SGD optimiser({w}, 1, {.momentum = 0.5});
  w.set_grad(tensor<double>(-1));
  optimiser.step();
  optimiser.zero_grad();
  optimiser.step();
  EXPECT_EQ(w.item(), 1.5);
}

TEST(Momentum, TheFirstBufferIsNotDampened) {
  Tensor<double> w = leaf(0);
  SGD optimiser({w}, 1, {.momentum = 0.5, .dampening = 1});
  step_with(optimiser, w, -1);
  EXPECT_EQ(w.item(), 1);
  step_with(optimiser, w, -100);
  EXPECT_EQ(w.item(), 1.5) << "with dampening 1 later gradients do not count";
}

TEST(Momentum, TwoOptimisersOfOneParameterKnowNothingOfEachOther) {
  Tensor<double> w = leaf(0);
  SGD first({w}, 1, {.momentum = 0.5}), second({w}, 1, {.momentum = 0.5});
  step_with(first, w, -1);
  step_with(second, w, -1);
  EXPECT_EQ(w.item(), 2);
}

TEST(Adam, CountsTheStepsOfEachParameter) {
  Tensor<double> a = leaf(0), b = leaf(0);
  Adam optimiser({a, b}, 0.5, {.eps = 0});
  for (int i = 0; i < 5; ++i) step_with(optimiser, a, -3);
  step_with(optimiser, b, -3);
  EXPECT_DOUBLE_EQ(b.item(), 0.5) << "corrected as the first step that it is";
  EXPECT_NEAR(a.item(), 2.5, 1e-14) << "the same gradient every time: steps of the rate";
}

/// PyTorch keeps state by parameter, so that a duplicate shares it: t = 1 and 2 in one step.
TEST(Adam, AParameterNamedTwiceHasOneState) {
  Warnings warnings;
  Tensor<double> twice = leaf(0), once = leaf(0);
  Adam doubled({twice, twice}, 0.5), plain({once}, 0.5);
  step_with(doubled, twice, -1);
  step_with(plain, once, -1);
  step_with(plain, once, -1);
  EXPECT_EQ(twice.item(), once.item());
  EXPECT_THAT(warnings.text, HasSubstr("duplicate parameters"));
}

/// In PyTorch both updates of the first step find no buffer yet, and the later ones share it.
TEST(Momentum, AParameterNamedTwiceStartsTwiceAndThenHasOneBuffer) {
  Warnings warnings;
  Tensor<double> w = leaf(0);
  SGD optimiser({w, w}, 1, {.momentum = 0.5});
  step_with(optimiser, w, -1);
  EXPECT_EQ(w.item(), 2);
  step_with(optimiser, w, -1);  // buffers -1.5, then -1.75
  EXPECT_EQ(w.item(), 5.25);
}

TEST(Optimisers, GradientsThatCarryAGraphLeaveNoneBehind) {
  Tensor<double> w = leaf(2);
  Adam optimiser({w}, 0.5, {.weight_decay = 0.5});
  (w * w * w).backward({}, {.create_graph = true});
  ASSERT_TRUE(w.grad().requires_grad());
  optimiser.step();
  EXPECT_TRUE(w.is_leaf());
  EXPECT_TRUE(w.requires_grad());
  EXPECT_EQ(w.version(), 1U);
  w.set_grad(Tensor<double>());  // the gradient's graph refers back to w
}

TEST(Optimisers, EmptyParametersPass) {
  Tensor<double> w = zeros<double>({0, 3}).requires_grad_();
  w.set_grad(zeros<double>({0, 3}));
  SGD({w}, 0.1, {.momentum = 0.5}).step();
  Adam({w}, 0.1, {.amsgrad = true}).step();
  EXPECT_EQ(w.shape(), (Shape{0, 3}));
}

TEST(StepLR, MultipliesTheRateEveryFewEpochs) {
  Tensor<double> w = leaf(0);
  SGD optimiser({w}, 8);
  StepLR schedule(optimiser, 3, 0.5);
  std::vector<double> rates;
  for (int epoch = 0; epoch < 8; ++epoch) {
    rates.push_back(schedule.lr());
    step_with(optimiser, w, 1);
    schedule.step();
  }
  EXPECT_THAT(rates, testing::ElementsAre(8, 8, 8, 4, 4, 4, 2, 2));
  EXPECT_EQ(w.item(), -(3 * 8 + 3 * 4 + 2 * 2)) << "each step with the rate of its epoch";
  EXPECT_EQ(schedule.last_epoch(), 8);
}

TEST(StepLR, StartsFromTheRateThatItFinds) {
  Tensor<double> w = leaf(0);
  Adam optimiser({w}, 8);
  StepLR schedule(optimiser, 1);
  step_with(optimiser, w, 1);
  optimiser.set_lr(100);
  schedule.step();
  EXPECT_DOUBLE_EQ(optimiser.lr(), 10) << "PyTorch's chained form, gamma = 0.1";
}

TEST(StepLR, WarnsOfAnEpochThatEndsBeforeAnyStep) {
  Warnings warnings;
  Tensor<double> w = leaf(0);
  SGD optimiser({w}, 8);
  StepLR schedule(optimiser, 1, 0.5);
  optimiser.step();
  schedule.step();
  schedule.step();
  EXPECT_EQ(warnings.text, "");
  StepLR<double>(optimiser, 1, 0.5).step();
  EXPECT_THAT(warnings.text, HasSubstr("`lr_scheduler.step()` before `optimizer.step()`"));
}

void expect_refused(const std::function<void()>& f, const std::string& message) {
  EXPECT_THAT(f, ThrowsMessage<Error>(message));
}

TEST(Optimisers, RefuseWhatPyTorchRefusesInItsWords) {
  const Tensor<double> w = leaf(0);
  const double nan = std::nan("");
  const auto sgd = [&](SGDOptions options) { return [=] { SGD<double>({w}, 0.1, options); }; };
  expect_refused(sgd({.momentum = -1}), "Invalid momentum value: -1");
  expect_refused(sgd({.momentum = nan}), "Invalid momentum value: nan");
  expect_refused(sgd({.weight_decay = -0.5}), "Invalid weight_decay value: -0.5");
  expect_refused(sgd({.dampening = nan}), "Invalid dampening value: nan");
  const std::string nesterov = "Nesterov momentum requires a momentum and zero dampening";
  expect_refused(sgd({.nesterov = true}), nesterov);
  expect_refused(sgd({.momentum = 0.9, .dampening = 0.1, .nesterov = true}), nesterov);

  const auto adam = [&](AdamOptions options) { return [=] { Adam<double>({w}, 0.1, options); }; };
  expect_refused(adam({.eps = -1}), "Invalid epsilon value: -1");
  expect_refused(adam({.betas = {1, 0.5}}), "Invalid beta parameter at index 0: 1");
  expect_refused(adam({.betas = {-0.5, 0.5}}), "Invalid beta parameter at index 0: -0.5");
  expect_refused(adam({.betas = {0.5, 1}}), "Invalid beta parameter at index 1: 1");
  expect_refused(adam({.betas = {0.5, nan}}), "Invalid beta parameter at index 1: nan");
  expect_refused(adam({.weight_decay = -1}), "Invalid weight_decay value: -1");
  expect_refused([&] { Adam<double>({w}, -1); }, "Invalid learning rate: -1");
  EXPECT_THAT([&] { Adam<double> bare(w); },
              ThrowsMessage<Error>(HasSubstr("an iterable of Tensors")));
  EXPECT_THAT([&] { Adam<double>({w * 2}); }, ThrowsMessage<Error>(HasSubstr("non-leaf")));

  SGD<double> optimiser({w}, 0.1);
  expect_refused([&] { optimiser.set_lr(-2); }, "Invalid learning rate: -2");
  EXPECT_EQ(optimiser.lr(), 0.1);
  expect_refused([&] { StepLR<double>(optimiser, 0); }, "Invalid step_size value: 0");
  expect_refused([&] { StepLR<double>(optimiser, 1, -1); }, "Invalid gamma value: -1");
}

}  // namespace
}  // namespace verigrad
