#pragma once

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace verigrad::runner {

/// f(0) … f(count - 1), handed out in order to up to `jobs` threads. An exception of one ends all
/// and is thrown again.
template <class F>
void for_each_index(std::size_t count, int jobs, F f) {
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::exception_ptr failure;
  const auto work = [&] {
    try {
      for (std::size_t i; (i = next++) < count;) f(i);
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!failure) failure = std::current_exception();
      next = count;
    }
  };
  std::vector<std::jthread> pool;
  const auto threads = static_cast<std::size_t>(std::max(jobs, 1));
  for (std::size_t i = 1; i < std::min(threads, count); ++i) pool.emplace_back(work);
  work();
  pool.clear();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace verigrad::runner
