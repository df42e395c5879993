#include "benchmarks/allocations.hpp"

#include <atomic>
#include <cerrno>
#include <cstddef>

// glibc's own entry points, under the names that it keeps for such replacements.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
}

namespace {

std::atomic<std::uint64_t> count{0};

/// Two plain moves instead of a locked one: the timed program has one thread.
void add_one() {
  count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

}  // namespace

extern "C" {

void* malloc(std::size_t size) {
  add_one();
  return __libc_malloc(size);
}

void* calloc(std::size_t blocks, std::size_t size) {
  add_one();
  return __libc_calloc(blocks, size);
}

void* realloc(void* block, std::size_t size) {
  add_one();
  return __libc_realloc(block, size);
}

void* memalign(std::size_t alignment, std::size_t size) {
  add_one();
  return __libc_memalign(alignment, size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size) { return memalign(alignment, size); }

int posix_memalign(void** block, std::size_t alignment, std::size_t size) {
  *block = memalign(alignment, size);
  return *block ? 0 : ENOMEM;
}

}  // extern "C"

namespace verigrad::benchmarks {

std::uint64_t allocations() { return count.load(std::memory_order_relaxed); }

}  // namespace verigrad::benchmarks
