#pragma once

#include <array>
#include <cstddef>
#include <new>
#include <vector>

namespace verigrad {

// Memory for what a graph is made of. Freed blocks go to lists of their own thread, so that a loop
// which builds and walks the same graph again asks the system for nothing.
//
// Blocks of up to `pool_small` bytes are cut from slabs and stay in use for blocks of their size;
// larger ones are kept up to a total of `pool_cache_limit` bytes a thread. All are aligned to 64
// bytes, those of a page and more to pages, and rounded up to a multiple of 64, so that whole
// vectors may be read and written at the end of an array. A block may be freed by another thread
// than the one that took it. Under AddressSanitizer every block comes from the system, so that no
// misuse is hidden.

inline constexpr std::size_t pool_alignment = 64;
inline constexpr std::size_t pool_small = 1024;
inline constexpr std::size_t pool_cache_limit = std::size_t{256} << 20;

namespace detail {

struct FreeBlock {
  FreeBlock* next;
  std::size_t length;     ///< of the list from here on
  FreeBlock* next_chain;  ///< among lists that no thread owns
};

/// Longer lists pass to other threads, one of which may be waiting for what this one frees.
inline constexpr std::size_t longest_list = 8192;

void pass_on(FreeBlock*& head, std::size_t units) noexcept;

/// The free small blocks of this thread, by size in units of `pool_alignment`.
extern constinit thread_local std::array<FreeBlock*, pool_small / pool_alignment + 1> small_blocks;

void* allocate_slowly(std::size_t bytes);
void release_slowly(void* block, std::size_t bytes) noexcept;

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool pooled = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
inline constexpr bool pooled = false;
#else
inline constexpr bool pooled = true;
#endif
#else
inline constexpr bool pooled = true;
#endif

}  // namespace detail

/// Uninitialised memory for `bytes` bytes. Throws std::bad_alloc.
inline void* pool_allocate(std::size_t bytes) {
  if (detail::pooled && bytes <= pool_small) {
    detail::FreeBlock*& head = detail::small_blocks[(bytes + pool_alignment - 1) / pool_alignment];
    if (head != nullptr) {
      detail::FreeBlock* block = head;
      head = block->next;
      return block;
    }
  }
  return detail::allocate_slowly(bytes);
}

/// Gives back what `pool_allocate(bytes)` returned.
inline void pool_release(void* block, std::size_t bytes) noexcept {
  if (detail::pooled && bytes <= pool_small) {
    const std::size_t units = (bytes + pool_alignment - 1) / pool_alignment;
    detail::FreeBlock*& head = detail::small_blocks[units];
    if (head != nullptr && head->length >= detail::longest_list) [[unlikely]]
      detail::pass_on(head, units);
    head = new (block) detail::FreeBlock{head, head == nullptr ? 1 : head->length + 1, nullptr};
    return;
  }
  detail::release_slowly(block, bytes);
}

/// Room for entries that are not initialised.
template <class U>
class PoolBlock {
 public:
  explicit PoolBlock(std::size_t count)
      : bytes_(count * sizeof(U)), entries_(static_cast<U*>(pool_allocate(bytes_))) {}
  ~PoolBlock() { pool_release(entries_, bytes_); }
  PoolBlock(const PoolBlock&) = delete;
  PoolBlock& operator=(const PoolBlock&) = delete;
  U* data() const { return entries_; }

 private:
  std::size_t bytes_;
  U* entries_;
};

/// For containers whose entries live in the pool.
template <class U>
struct PoolAllocator {
  using value_type = U;

  PoolAllocator() = default;
  template <class V>
  PoolAllocator(const PoolAllocator<V>&) {}
  U* allocate(std::size_t count) { return static_cast<U*>(pool_allocate(count * sizeof(U))); }
  void deallocate(U* entries, std::size_t count) noexcept {
    pool_release(entries, count * sizeof(U));
  }
  bool operator==(const PoolAllocator&) const = default;
};

template <class U>
using PoolVector = std::vector<U, PoolAllocator<U>>;

/// Base of classes whose objects live in the pool.
template <class Derived>
struct Pooled {
  static void* operator new(std::size_t bytes) { return pool_allocate(bytes); }
  static void operator delete(void* block, std::size_t bytes) noexcept {
    pool_release(block, bytes);
  }
};

}  // namespace verigrad
