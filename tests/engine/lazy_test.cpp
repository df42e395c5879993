// Pending results: nobody can tell them from computed ones, but by the work that is saved.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>

#include "engine/lazy.hpp"
#include "engine/verigrad.hpp"

namespace verigrad {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

using D = Tensor<double>;

/// From this many entries on, results are pending in these tests.
constexpr std::int64_t from = 16;

D leaf(std::int64_t n) {
  const DeferScope at_once(DeferScope::never);
  Random random(7);
  return (rand<double>({n}, random) * 4 - 2).detach().requires_grad_();
}

bool is_pending(const D& x) { return x.impl()->storage->is_pending(); }

std::vector<std::uint64_t> bits(const D& x) {
  std::vector<std::uint64_t> all;
  for (double entry : x.entries()) all.push_back(std::bit_cast<std::uint64_t>(entry));
  return all;
}

/// The value and all gradients of f, computed at once and pending.
template <class F>
void expect_same_bits(F f, std::int64_t n) {
  std::vector<std::vector<std::uint64_t>> results[2];
  for (const bool pending : {false, true}) {
    const DeferScope scope(pending ? from : DeferScope::never);
    D x = leaf(n), c = leaf(n).detach();
    const D y = f(x, c);
    y.backward(y.numel() == 1 ? D() : ones<double>(y.shape()));
    results[pending] = {bits(y), bits(x.grad())};
  }
  EXPECT_EQ(results[0], results[1]) << "with " << n << " entries";
}

TEST(Lazy, ValuesAndGradientsAreTheSameBitForBit) {
  for (const std::int64_t n : {16, 17, 255, 256, 257, 1000, 5000}) {
    expect_same_bits(
        [](const D& x, const D&) { return sum(sin(x) * sigmoid(x * x) + log(1 + exp(x))); }, n);
    expect_same_bits([](const D& x, const D& c) { return mean(tanh(x * c) / (2 + abs(x))); }, n);
    expect_same_bits([](const D& x, const D& c) { return pow(x * x + 1, c) - x; }, n);
    expect_same_bits([](const D& x, const D& c) { return where(x > c, x, c * x) + sum(x); }, n);
    expect_same_bits([](const D& x, const D&) { return softmax(x * x, 0) * x; }, n);
    expect_same_bits([](const D& x, const D& c) { return bce_with_logits(x, sigmoid(c)); }, n);
    expect_same_bits([](const D& x, const D&) { return x / sum(x) + mean(x) * x; }, n);
  }
}

TEST(Lazy, ResultsArePendingUntilTheyAreRead) {
  const DeferScope scope(from);
  const D x = leaf(100).detach();
  const D y = sin(x) * 2;
  EXPECT_TRUE(is_pending(y));
  EXPECT_FALSE(is_pending(x));
  EXPECT_EQ(y.shape(), (Shape{100}));
  EXPECT_TRUE(is_pending(y)) << "a shape is known at once";
  y.entries();
  EXPECT_FALSE(is_pending(y));
}

TEST(Lazy, SmallResultsAreComputedAtOnce) {
  const DeferScope scope(from);
  EXPECT_FALSE(is_pending(sin(leaf(from - 1).detach())));
  EXPECT_TRUE(is_pending(sin(leaf(from).detach())));
}

TEST(Lazy, WhatLiesBetweenIsNeverStored) {
  const DeferScope scope(from);
  const D x = leaf(100).detach();
  const D inner = sin(x), outer = exp(cos(inner));
  const D kept = outer * inner;
  kept.entries();
  EXPECT_FALSE(is_pending(inner)) << "a tensor holds it";
  EXPECT_FALSE(is_pending(outer));
  EXPECT_EQ(x.impl()->storage->owners(), 1u) << "the instructions that read x are gone";
}

TEST(Lazy, ABackwardPassComputesItsRootOnTheWay) {
  const DeferScope scope(from);
  const D x = leaf(100);
  const D y = sum(sin(x));
  EXPECT_TRUE(is_pending(y));
  y.backward();
  EXPECT_FALSE(is_pending(y));
  EXPECT_FALSE(is_pending(x.grad()));
}

TEST(Lazy, ErrorsComeAtOnce) {
  const DeferScope scope(from);
  const D x = leaf(100), y = leaf(99);
  EXPECT_THAT([&] { sin(x) + cos(y); }, ThrowsMessage<ShapeError>(HasSubstr("[100] and [99]")));
}

// --- in-place changes ----------------------------------------------------------------------------

TEST(Lazy, AnInPlaceChangeLeavesOldEntriesToPendingReaders) {
  const DeferScope scope(from);
  D x = full<double>({100}, 1);
  const D before = x * 10;
  x.fill_(2);
  const D between = x * 10;
  x.add_(1);
  const D after = x * 10;
  EXPECT_EQ(before[99], 10);
  EXPECT_EQ(between[0], 20);
  EXPECT_EQ(after[50], 30);
  EXPECT_EQ(x[0], 3);
  EXPECT_EQ(x.version(), 2u);
}

TEST(Lazy, OldEntriesAreKeptOnlyForAReader) {
  const DeferScope scope(from);
  D x = full<double>({100}, 1);
  const double* entries = x.data();
  {
    const D reader = x * 10;
    x.fill_(2);
    x.fill_(3);
    EXPECT_EQ(reader[0], 10);
  }
  x.fill_(4);
  EXPECT_EQ(x.data(), entries) << "changes are in place all the same";
}

TEST(Lazy, AnOldReaderDoesNotKeepEveryLaterVersion) {
  const DeferScope scope(from);
  D x = full<double>({100}, 0);
  const D first = x * 2;
  D last;
  for (int i = 0; i < 300'000; ++i) {
    last = x * 2;
    x.add_(1);
  }
  EXPECT_EQ(first[0], 0);
  EXPECT_EQ(last[0], 2 * 299'999.0);
}

TEST(Lazy, AReaderOfBothOperandsKeepsBoth) {
  const DeferScope scope(from);
  D x = full<double>({100}, 3);
  const D squares = x * x;
  x.fill_(5);
  EXPECT_EQ(squares[99], 9);
}

TEST(Lazy, EntriesForWritingAreThereAndDetachReaders) {
  const DeferScope scope(from);
  D x = full<double>({100}, 3), y = x * 2;
  const D reader = y + 1;
  ASSERT_NE(y.mutable_data(), nullptr);
  EXPECT_EQ(y[0], 6);
  y.mutable_data()[0] = 50;
  EXPECT_EQ(reader[0], 7);
  EXPECT_EQ(y[0], 50);
}

TEST(Lazy, APendingTensorMayBeChangedInPlace) {
  const DeferScope scope(from);
  const D x = full<double>({100}, 1);
  D y = x * 2;
  const D reader = y + 0.5;
  y.mul_(10);
  EXPECT_EQ(y[0], 20);
  EXPECT_EQ(reader[0], 2.5);
}

TEST(Lazy, ASavedValueThatWasChangedIsStillNoticed) {
  const DeferScope scope(from);
  const D x = leaf(100);
  D y = exp(x);
  const D z = sum(y * y);
  y.mul_(2);
  EXPECT_THAT([&] { z.backward(); },
              ThrowsMessage<Error>(HasSubstr("modified by an inplace operation")));
}

TEST(Lazy, AStepOfDescentSeesItsOwnGradient) {
  const DeferScope scope(from);
  D w = full<double>({100}, 1).requires_grad_();
  SGD optimiser({w}, 0.25);
  for (int i = 0; i < 3; ++i) {
    optimiser.zero_grad();
    sum(w * w).backward();
    optimiser.step();
  }
  EXPECT_EQ(w[0], 0.125);
}

// --- limits --------------------------------------------------------------------------------------

TEST(Lazy, ALongChainWithoutAReaderStaysBounded) {
  const DeferScope scope(from);
  D x = full<double>({100}, 0);
  for (int i = 0; i < 100'000; ++i) x = x + 1;
  EXPECT_EQ(x[99], 100'000);
}

TEST(Lazy, ALongRecordedChainDifferentiates) {
  const DeferScope scope(from);
  const D x = full<double>({100}, 1).requires_grad_();
  D y = x;
  for (int i = 0; i < 2'000; ++i) y = y * 1.0;
  sum(y).backward();
  EXPECT_EQ(x.grad()[0], 1);
  EXPECT_EQ(y[0], 1);
}

TEST(Lazy, WhatUnreadResultsHoldIsBounded) {
  const NoGrad values_only;
  std::vector<D> losses;
  constexpr std::int64_t n = 1 << 17;  // 1 MiB
  for (int i = 0; i < 400; ++i) {
    const D target = full<double>({n}, i);
    losses.push_back(mean(target * target));
  }
  EXPECT_TRUE(is_pending(losses.front()));
  EXPECT_FALSE(is_pending(losses.back())) << "256 MiB are held by then";
  for (int i = 0; i < 400; ++i) EXPECT_EQ(losses[static_cast<std::size_t>(i)].item(), i * i);
  const D x = full<double>({n}, 2);
  EXPECT_TRUE(is_pending(x * x)) << "nothing is held any more";
}

TEST(Lazy, AGraphThatIsNeverReadDies) {
  const DeferScope scope(from);
  const D x = full<double>({100}, 1).requires_grad_();
  {
    D y = x;
    for (int i = 0; i < 1'000; ++i) y = sin(y * x);
  }
  EXPECT_EQ(x.impl()->storage->owners(), 1u);
}

TEST(Lazy, TheScopeOfDeferringEnds) {
  const D x = full<double>({100}, 1);
  {
    const DeferScope scope(from);
    const DeferScope inner(DeferScope::never);
    EXPECT_FALSE(is_pending(x * 2));
  }
  EXPECT_FALSE(is_pending(x * 2));
}

}  // namespace
}  // namespace verigrad
