#pragma once

#include <cstddef>
#include <cstdint>
#include <new>

#include "engine/ref.hpp"

namespace verigrad {

/// The entries of a tensor, shared by its detached copies and by what the graph saved of it. Every
/// in-place change adds one to `version`, so that the graph can tell that a saved value is stale.
template <class T>
class Storage : public RefCounted {
 public:
  static Ref<Storage> allocate(std::size_t size) {
    void* memory = ::operator new (header + size * sizeof(T), std::align_val_t{alignment});
    return Ref<Storage>(new (memory) Storage(size));
  }

  T* data() { return reinterpret_cast<T*>(reinterpret_cast<std::byte*>(this) + header); }
  std::size_t size() const { return size_; }
  std::uint32_t version() const { return version_; }
  void bump_version() { ++version_; }

  friend void dispose(Storage* storage) {
    storage->~Storage();
    ::operator delete (storage, std::align_val_t{alignment});
  }

 private:
  static constexpr std::size_t alignment = 64;
  static constexpr std::size_t header = 64;

  explicit Storage(std::size_t size) : size_(size) {}

  std::uint32_t version_ = 0;
  std::size_t size_;
};

}  // namespace verigrad
