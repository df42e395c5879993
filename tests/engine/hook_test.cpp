// Tensor hooks: when they run, what they see, and what they change.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "engine/verigrad.hpp"

namespace verigrad {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

using D = Tensor<double>;

D leaf(const Nested<double>& entries) { return tensor<double>(entries).requires_grad_(); }

/// Notes every gradient that it sees.
Hook<double> notes(std::vector<double>& seen) {
  return [&seen](const D& gradient) {
    seen.push_back(gradient.item());
    return D();
  };
}

Hook<double> times(double factor) {
  return [factor](const D& gradient) { return gradient * factor; };
}

TEST(Hook, SeesTheWholeGradientOnceABackwardPass) {
  D x = leaf(3), y = x * 2;
  std::vector<double> seen;
  y.register_hook(notes(seen));
  (y * y + y).backward();  // 2 y + 1
  EXPECT_THAT(seen, ElementsAre(13));
}

TEST(Hook, MayReplaceTheGradientOfEverythingUpstream) {
  D x = leaf(3), y = x * 2;
  y.register_hook(times(4));
  (y * y).backward();
  EXPECT_EQ(x.grad().item(), 4 * 24);
}

TEST(Hook, OfALeafRunsBeforeItsGradientIsAdded) {
  D x = leaf(3);
  x.register_hook(times(10));
  (x * x).backward();
  (x * x).backward();
  EXPECT_EQ(x.grad().item(), 120);
}

TEST(Hook, OfALeafSeesTheSumOfItsUses) {
  D x = leaf(3);
  std::vector<double> seen;
  x.register_hook(notes(seen));
  (x * x + x).backward();
  EXPECT_THAT(seen, ElementsAre(7));
}

TEST(Hook, SeveralRunInTheOrderOfRegistration) {
  D x = leaf(3), y = x * 1;
  std::vector<double> seen;
  y.register_hook(notes(seen));
  y.register_hook(times(10));
  y.register_hook(notes(seen));
  y.backward();
  EXPECT_THAT(seen, ElementsAre(1, 10));
  EXPECT_EQ(x.grad().item(), 10);
}

TEST(Hook, RunsNoMoreOnceRemoved) {
  D x = leaf(3);
  HookHandle<double> handle = x.register_hook(times(10));
  (x * 2).backward();
  handle.remove();
  handle.remove();
  (x * 2).backward();
  EXPECT_EQ(x.grad().item(), 22);
}

TEST(Hook, MayRemoveItselfWhileItRuns) {
  D x = leaf(3), y = x * 1;
  HookHandle<double> handle;
  int calls = 0;
  handle = y.register_hook([&](const D&) {
    ++calls;
    handle.remove();
    return D();
  });
  y.backward({}, {.retain_graph = true});
  y.backward();
  EXPECT_EQ(calls, 1);
}

TEST(Hook, AHandleOutlivesItsTensor) {
  HookHandle<double> handle;
  {
    D x = leaf(3);
    handle = x.register_hook(times(2));
  }
  handle.remove();
}

TEST(Hook, IsNotCalledWhereNoGradientArrives) {
  D x = leaf(3), y = x * 2, z = x * 3;
  int calls = 0;
  y.register_hook([&](const D&) {
    ++calls;
    return D();
  });
  z.backward();
  EXPECT_EQ(calls, 0);
}

TEST(Hook, RegisteredBeforeRetainGradChangesWhatIsRetained) {
  D x = leaf(3), y = x * 2;
  y.register_hook(times(10));
  y.retain_grad();
  (y * 1).backward();
  EXPECT_EQ(y.grad().item(), 10);
}

TEST(Hook, RegisteredAfterRetainGradDoesNot) {
  D x = leaf(3), y = x * 2;
  y.retain_grad();
  y.register_hook(times(10));
  (y * 1).backward();
  EXPECT_EQ(y.grad().item(), 1);
  EXPECT_EQ(x.grad().item(), 20);
}

TEST(Hook, RegisteredAfterRetainGradDoesNotTakeThePlaceOfOneThatIsRemoved) {
  D x = leaf({1, 2}), y = x + x;
  HookHandle<double> first = y.register_hook([](const D&) { return D(); });
  y.retain_grad();
  y.register_hook([](const D& gradient) { return -gradient; });
  first.remove();
  y.backward(tensor<double>({1, 1}));
  EXPECT_THAT(y.grad().entries(), ElementsAre(1, 1));
  EXPECT_THAT(x.grad().entries(), ElementsAre(-2, -2));
}

TEST(Hook, OfTheRootSeesTheCotangent) {
  D x = leaf({1, 2}), y = x * 2;
  y.register_hook(times(3));
  y.backward(tensor<double>({1, 10}));
  EXPECT_THAT(x.grad().entries(), ElementsAre(6, 60));
}

TEST(Hook, MayNotChangeTheShape) {
  D x = leaf({1, 2}), y = x * 2;
  y.register_hook([](const D&) { return zeros<double>({3}); });
  EXPECT_THAT([&] { sum(y).backward(); },
              ThrowsMessage<ShapeError>(HasSubstr("has changed the size of its gradient from [2] "
                                                  "to [3]")));
  EXPECT_FALSE(x.grad().defined());
}

TEST(Hook, NeedsATensorThatRequiresGradients) {
  D c = tensor<double>(3);
  EXPECT_THAT([&] { c.register_hook(times(2)); },
              ThrowsMessage<Error>(
                  HasSubstr("cannot register a hook on a tensor that doesn't require gradient")));
}

TEST(Hook, ThatThrowsLeavesEveryGradientAsItWas) {
  D x = leaf(3), y = x * 2;
  HookHandle<double> handle =
      y.register_hook([](const D&) -> D { throw std::runtime_error("from a hook"); });
  const D z = x * x + y;
  EXPECT_THROW(z.backward({}, {.retain_graph = true}), std::runtime_error);
  EXPECT_FALSE(x.grad().defined());
  EXPECT_TRUE(grad_enabled());
  handle.remove();
  z.backward();
  EXPECT_EQ(x.grad().item(), 8);
}

TEST(Hook, MayWalkAnotherGraph) {
  D x = leaf(3), w = leaf(5), y = x * 2;
  y.register_hook([&](const D& gradient) {
    const GradModeScope recording(true);
    (w * w).backward();
    return gradient * w.grad().item();
  });
  (y * 1).backward();
  EXPECT_EQ(w.grad().item(), 10);
  EXPECT_EQ(x.grad().item(), 20);
}

TEST(Hook, MayWalkItsOwnGraphAgain) {
  D x = leaf(3), y = x * x;
  int depth = 0;
  y.register_hook([&](const D&) {
    if (++depth < 3) y.backward({}, {.retain_graph = true});
    return D();
  });
  y.backward({}, {.retain_graph = true});
  EXPECT_EQ(depth, 3);
  EXPECT_EQ(x.grad().item(), 18) << "three walks of 2 x, one inside the other";
}

TEST(Hook, MayLetGoOfItsOwnTensor) {
  D x = leaf({1, 2}), y = x * x;
  y.register_hook([&](const D&) {
    y = tensor<double>({7, 7});  // y's node now lives for the sake of this pass alone
    return D();
  });
  y.backward(tensor<double>({1, 1}));
  EXPECT_THAT(x.grad().entries(), ElementsAre(2, 4));
  EXPECT_TRUE(y.is_leaf());
}

TEST(Hook, SeesItsOwnPassNotOneInside) {
  D x = leaf(3);
  bool outer = true;
  double seen = 0;
  x.register_hook([&](const D& gradient) {
    if (std::exchange(outer, false)) {
      const GradModeScope recording(true);
      (x * 100).backward();
      seen = gradient.item();
    }
    return D();
  });
  (x * 3).backward();
  EXPECT_EQ(seen, 3);
  EXPECT_EQ(x.grad().item(), 103);
}

TEST(Hook, OfARecordedBackwardPassIsDifferentiatedToo) {
  D x = leaf(3), y = x * x;
  HookHandle<double> handle =
      y.register_hook([](const D& gradient) { return gradient * gradient * 2; });
  const D g = grad(y * y, {x}, {.create_graph = true})[0];  // 2 (2 x²)² · 2 x = 16 x⁵
  EXPECT_EQ(g.item(), 16 * 243);
  handle.remove();
  EXPECT_EQ(grad(g, {x})[0].item(), 80 * 81);
}

}  // namespace
}  // namespace verigrad
