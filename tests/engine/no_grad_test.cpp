// Not tracking: no_grad, detach, and what is no longer kept alive.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "engine/verigrad.hpp"

namespace verigrad {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

using F = Tensor<float>;

F leaf(const Nested<float>& entries) { return tensor<float>(entries).requires_grad_(); }

std::uint32_t owners(const F& x) { return x.impl()->storage->owners(); }

TEST(NoGrad, ResultsAreConstants) {
  const F x = leaf(3);
  const NoGrad scope;
  const F y = x * x;
  EXPECT_FALSE(y.requires_grad());
  EXPECT_TRUE(y.is_leaf());
  EXPECT_EQ(y.grad_fn(), "");
  EXPECT_THAT([&] { y.backward(); },
              ThrowsMessage<Error>(HasSubstr("element 0 of tensors does not require grad and does "
                                             "not have a grad_fn")));
}

TEST(NoGrad, NestsAndEndsWithItsScope) {
  EXPECT_TRUE(grad_enabled());
  {
    const NoGrad outer;
    {
      const GradModeScope inner(true);
      EXPECT_TRUE(grad_enabled());
    }
    {
      const NoGrad inner;
      EXPECT_FALSE(grad_enabled());
    }
    EXPECT_FALSE(grad_enabled());
  }
  EXPECT_TRUE(grad_enabled());
}

TEST(NoGrad, EndsWhenAnExceptionLeavesItsScope) {
  const auto fail = [] {
    const NoGrad scope;
    throw std::runtime_error("out");
  };
  EXPECT_THROW(fail(), std::runtime_error);
  EXPECT_TRUE(grad_enabled());
}

TEST(NoGrad, ABackwardPassInsideStillWorksAndRestoresTheMode) {
  const F x = leaf(3);
  const F y = x * x;
  const NoGrad scope;
  const F g = grad(y, {x}, {.create_graph = true})[0];
  EXPECT_FALSE(grad_enabled());
  EXPECT_TRUE(g.requires_grad());
  EXPECT_EQ(grad(g, {x})[0].item(), 2);
}

TEST(NoGrad, NothingIsRecordedOrKeptAlive) {
  const F x = leaf({1, 2, 3});
  ASSERT_EQ(owners(x), 1u);
  {
    const F y = x * x;
    EXPECT_EQ(owners(x), 3u) << "the node saved both of its operands";
  }
  EXPECT_EQ(owners(x), 1u) << "the node died with its result";
  {
    const NoGrad scope;
    const F y = x * x;
    EXPECT_EQ(owners(x), 1u);
  }
  {
    const F y = x.detach() * x.detach();
    EXPECT_EQ(owners(x), 1u);
  }
}

TEST(NoGrad, ConstantsAreNotRecordedEither) {
  const F c = tensor<float>({1, 2});
  const F y = c * c;
  EXPECT_EQ(owners(c), 1u);
}

TEST(NoGrad, ABackwardPassReleasesWhatWasSaved) {
  const F x = leaf({1, 2, 3});
  const F y = sum(x * x);
  EXPECT_EQ(owners(x), 3u);
  y.backward(F(), {.retain_graph = true});
  EXPECT_EQ(owners(x), 3u);
  y.backward();
  EXPECT_EQ(owners(x), 1u);
}

TEST(NoGrad, ANodeThatSavesItsResultMakesNoCycle) {
  const F x = leaf({1, 2});
  F y = exp(x);
  const F entries = y.detach();
  EXPECT_EQ(owners(entries), 3u) << "the result, its detached copy, and the node";
  y = F();
  EXPECT_EQ(owners(entries), 1u);
}

TEST(Detach, SharesEntriesButNotTheGraph) {
  F x = leaf({1, 2});
  F y = x * 2;
  const F d = y.detach();
  EXPECT_FALSE(d.requires_grad());
  EXPECT_TRUE(d.is_leaf());
  EXPECT_EQ(d.data(), y.data());
  sum(y).backward();
  EXPECT_THAT(x.grad().entries(), ElementsAre(2, 2)) << "the original still differentiates";
}

TEST(Detach, InPlaceChangesOfTheCopyAreSeenInTheOriginal) {
  const F x = leaf({1, 2});
  x.detach().fill_(7);
  EXPECT_THAT(x.entries(), ElementsAre(7, 7));
  EXPECT_EQ(x.version(), 1u);
}

TEST(Detach, StopsTheGradientThroughOneFactor) {
  F x = leaf(3);
  (x * x.detach()).backward();
  EXPECT_EQ(x.grad().item(), 3);
}

TEST(Detach, ACloneOfTheEntriesIsIndependent) {
  const F x = leaf({1, 2});
  F copy = x.clone_entries();
  copy.fill_(0);
  EXPECT_THAT(x.entries(), ElementsAre(1, 2));
  EXPECT_FALSE(copy.requires_grad());
}

}  // namespace
}  // namespace verigrad
