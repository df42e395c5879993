#include "engine/pool.hpp"

#include <bit>
#include <cstdint>
#include <mutex>
#include <new>

namespace verigrad {
namespace detail {

constinit thread_local std::array<FreeBlock*, pool_small / pool_alignment + 1> small_blocks{};

}  // namespace detail

namespace {

using detail::FreeBlock, detail::small_blocks;

constexpr std::size_t slab_bytes = 64 * 1024;

/// Blocks of a page and more begin at pages. Where two arrays begin at different places in theirs,
/// processors of the Zen family may take each load of the one for dependent on an earlier store to
/// the other, which makes a loop up to six times slower.
constexpr std::size_t page_bytes = 4096;

std::align_val_t alignment_of(std::size_t bytes) {
  return std::align_val_t{bytes < page_bytes ? pool_alignment : page_bytes};
}

void* from_system(std::size_t bytes) { return ::operator new(bytes, alignment_of(bytes)); }

void to_system(void* block, std::size_t bytes) noexcept {
  ::operator delete(block, alignment_of(bytes));
}

std::size_t whole_units(std::size_t bytes) {
  return (bytes + pool_alignment - 1) / pool_alignment * pool_alignment;
}

/// Sizes of large blocks: eight to each power of two.
struct LargeClass {
  std::size_t index, bytes;
};

LargeClass large_class(std::size_t bytes) {
  const auto octave = static_cast<std::size_t>(std::bit_width(bytes - 1)) - 4;
  const std::size_t step = std::size_t{1} << octave;
  const std::size_t steps = (bytes + step - 1) / step;  // 9 to 16
  return {octave * 8 + steps - 9, steps * step};
}

std::size_t class_bytes(std::size_t index) { return (index % 8 + 9) << (index / 8); }

/// Lists of small blocks that no thread owns, for the next one that runs out: of threads that have
/// ended, and of those that free more than they take.
struct Orphans {
  std::mutex mutex;
  std::array<FreeBlock*, small_blocks.size()> blocks{};
};

Orphans& orphans() {
  static Orphans* const all = new Orphans;  // outlives every thread
  return *all;
}

struct LargeCache {
  std::array<FreeBlock*, 64 * 8> blocks;
  std::size_t bytes;
  bool registered, closed;
};
constinit thread_local LargeCache large_cache{};

/// At the end of a thread: its small blocks pass on, its large ones go back.
struct Closing {
  ~Closing() {
    for (std::size_t i = 0; i < small_blocks.size(); ++i) {
      if (small_blocks[i] == nullptr) continue;
      detail::pass_on(small_blocks[i], i);
    }
    for (std::size_t i = 0; i < large_cache.blocks.size(); ++i)
      while (FreeBlock* const block = large_cache.blocks[i]) {
        large_cache.blocks[i] = block->next;
        to_system(block, class_bytes(i));
      }
    large_cache.closed = true;
  }
};

void register_thread() {
  if (large_cache.registered) return;
  large_cache.registered = true;
  static thread_local Closing closing;
  static_cast<void>(&closing);
}

/// A free block of `units` alignment units: an orphan, or the first of a new slab.
void* refill(std::size_t units) {
  register_thread();
  {
    const std::lock_guard lock(orphans().mutex);
    if (FreeBlock* const first = orphans().blocks[units]) {
      orphans().blocks[units] = first->next_chain;
      small_blocks[units] = first->next;
      return first;
    }
  }
  const std::size_t bytes = units * pool_alignment, count = slab_bytes / bytes;
  auto* const slab = static_cast<std::byte*>(from_system(count * bytes));
  FreeBlock* next = nullptr;
  for (std::size_t i = count; i-- > 1;)
    next = new (slab + i * bytes) FreeBlock{next, count - i, nullptr};
  small_blocks[units] = next;
  return slab;
}

}  // namespace

namespace detail {

void* allocate_slowly(std::size_t bytes) {
  if (!pooled) return from_system(whole_units(bytes));
  if (bytes <= pool_small) return refill((bytes + pool_alignment - 1) / pool_alignment);
  const LargeClass size = large_class(bytes);
  if (FreeBlock* const block = large_cache.blocks[size.index]) {
    large_cache.blocks[size.index] = block->next;
    large_cache.bytes -= size.bytes;
    return block;
  }
  return from_system(size.bytes);
}

void release_slowly(void* block, std::size_t bytes) noexcept {
  if (!pooled) return to_system(block, whole_units(bytes));
  const LargeClass size = large_class(bytes);
  if (large_cache.closed || large_cache.bytes + size.bytes > pool_cache_limit)
    return to_system(block, size.bytes);
  register_thread();
  large_cache.blocks[size.index] =
      new (block) FreeBlock{large_cache.blocks[size.index], 0, nullptr};
  large_cache.bytes += size.bytes;
}

void pass_on(FreeBlock*& head, std::size_t units) noexcept {
  const std::lock_guard lock(orphans().mutex);
  head->next_chain = orphans().blocks[units];
  orphans().blocks[units] = head;
  head = nullptr;
}

}  // namespace detail
}  // namespace verigrad
