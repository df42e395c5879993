// Memory of graphs: reused, aligned, shared between threads.
#include <gtest/gtest.h>

#include <cfenv>
#include <cstring>
#include <future>
#include <set>
#include <thread>

#include "engine/pool.hpp"
#include "engine/verigrad.hpp"

namespace verigrad {
namespace {

TEST(Pool, BlocksAreAlignedAndWritable) {
  for (const std::size_t bytes : {1u, 63u, 64u, 65u, 1024u, 1025u, 5000u, 1u << 20}) {
    void* block = pool_allocate(bytes);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % pool_alignment, 0u) << bytes;
    std::memset(block, 1, (bytes + pool_alignment - 1) / pool_alignment * pool_alignment);
    pool_release(block, bytes);
  }
}

TEST(Pool, AFreedBlockIsUsedAgain) {
  if (!detail::pooled) GTEST_SKIP() << "under AddressSanitizer every block is the system's";
  for (const std::size_t bytes : {40u, 1000u, 100'000u}) {
    void* first = pool_allocate(bytes);
    pool_release(first, bytes);
    void* second = pool_allocate(bytes);
    EXPECT_EQ(first, second) << bytes;
    pool_release(second, bytes);
  }
}

TEST(Pool, NeighboursDoNotOverlap) {
  std::vector<unsigned char*> blocks;
  for (int i = 0; i < 3000; ++i) {
    blocks.push_back(static_cast<unsigned char*>(pool_allocate(100)));
    std::memset(blocks.back(), i & 255, 100);
  }
  for (int i = 0; i < 3000; ++i) {
    EXPECT_EQ(blocks[static_cast<std::size_t>(i)][0], i & 255);
    EXPECT_EQ(blocks[static_cast<std::size_t>(i)][99], i & 255);
    pool_release(blocks[static_cast<std::size_t>(i)], 100);
  }
}

TEST(Pool, WhatAnotherThreadFreesComesBack) {
  if (!detail::pooled) GTEST_SKIP() << "under AddressSanitizer every block is the system's";
  constexpr int count = 40'000;
  std::set<void*> blocks;
  for (int i = 0; i < count; ++i) blocks.insert(pool_allocate(900));
  std::promise<void> freed, done;
  std::thread consumer([&] {
    for (void* block : blocks) pool_release(block, 900);
    freed.set_value();
    done.get_future().wait();
  });
  freed.get_future().wait();
  int again = 0;
  std::vector<void*> second;
  for (int i = 0; i < count; ++i) {
    second.push_back(pool_allocate(900));
    again += blocks.contains(second.back());
  }
  EXPECT_GT(again, count / 2) << "while the other thread still lives";
  for (void* block : second) pool_release(block, 900);
  done.set_value();
  consumer.join();
}

TEST(Pool, ASizeBeyondAnyMemoryIsRefused) {
  EXPECT_THROW(Tensor<double>::uninitialised({std::int64_t{1} << 61}), std::bad_alloc);
  const Tensor<double> huge = broadcast_to(Tensor<double>(1), {(std::int64_t{1} << 61) + 8});
  EXPECT_THROW(huge.data(), std::bad_alloc);
}

TEST(Pool, ATensorMayDieInAnotherThreadThanItsOwn) {
  Tensor<double> made;
  std::thread([&] {
    Tensor<double> x = full<double>({1000}, 2).requires_grad_();
    made = sum(x * x);
  }).join();
  EXPECT_EQ(made.item(), 4000);
  std::thread([gone = std::move(made)]() mutable { gone = Tensor<double>(); }).join();
}

TEST(Pool, ThreadsBuildAndWalkGraphsOfTheirOwn) {
  std::vector<std::thread> threads;
  std::vector<double> slopes(8);
  for (std::size_t t = 0; t < slopes.size(); ++t)
    threads.emplace_back([&slopes, t] {
      Tensor<double> x = tensor<double>(static_cast<double>(t)).requires_grad_();
      for (int round = 0; round < 200; ++round) {
        const Tensor<double> y = sum(x * full<double>({300}, 1)) * x;
        x.zero_grad();
        y.backward();
      }
      slopes[t] = x.grad().item();
    });
  for (std::thread& thread : threads) thread.join();
  for (std::size_t t = 0; t < slopes.size(); ++t)
    EXPECT_EQ(slopes[t], 600 * static_cast<double>(t));
}

TEST(Pool, GradModeBelongsToAThread) {
  const NoGrad scope;
  bool enabled = false;
  std::thread([&] { enabled = grad_enabled(); }).join();
  EXPECT_TRUE(enabled);
  EXPECT_FALSE(grad_enabled());
}

/// Fills what is free of the memory of tensors, and of the stack, with a number whose square
/// overflows.
[[gnu::noinline]] void leave_large_numbers() {
  std::vector<std::pair<double*, std::size_t>> blocks;
  for (std::size_t bytes = 64; bytes <= 1024; bytes += 64) {
    for (int i = 0; i < 100; ++i) {
      auto* block = static_cast<double*>(pool_allocate(bytes));
      std::fill_n(block, bytes / sizeof(double), 1e200);
      blocks.emplace_back(block, bytes);
    }
  }
  for (const auto& [block, bytes] : blocks) pool_release(block, bytes);
  volatile double stack[8192];
  for (volatile double& entry : stack) entry = 1e200;
}

TEST(Pool, FloatingPointFlagsDoNotDependOnWhatMemoryHeld) {
  for (const std::int64_t rows : {1, 2, 3, 5, 9}) {
    for (const std::int64_t columns : {1, 3, 7, 65}) {
      leave_large_numbers();
      const Tensor<double> row(Shape({columns}),
                               std::vector<double>(static_cast<std::size_t>(columns), 3));
      Tensor<double> column(Shape({rows, 1}),
                            std::vector<double>(static_cast<std::size_t>(rows), 2));
      column.requires_grad_();
      std::feclearexcept(FE_ALL_EXCEPT);
      const Tensor<double> product = column * row;
      sum(product * product).backward();
      EXPECT_EQ(std::fetestexcept(FE_ALL_EXCEPT), 0) << rows << " x " << columns;
      EXPECT_EQ(column.grad().data()[0], static_cast<double>(columns * 36));
    }
  }
}

}  // namespace
}  // namespace verigrad
