#pragma once

#include <cstdint>
#include <utility>

namespace verigrad {

/// Base of objects that count their owners. The count is not atomic: a graph belongs to one thread.
class RefCounted {
 public:
  RefCounted() = default;
  RefCounted(const RefCounted&) = delete;
  RefCounted& operator=(const RefCounted&) = delete;
  std::uint32_t owners() const { return owners_; }

 private:
  template <class U>
  friend class Ref;
  std::uint32_t owners_ = 0;
};

/// An owning pointer to a RefCounted object. The last owner calls `dispose(U*)`, found by ADL.
template <class U>
class Ref {
 public:
  Ref() = default;
  explicit Ref(U* object) : object_(object) { acquire(); }
  Ref(const Ref& other) : object_(other.object_) { acquire(); }
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() {
    if (object_ != nullptr && --object_->owners_ == 0) dispose(object_);
  }

  U* get() const { return object_; }
  U* operator->() const { return object_; }
  U& operator*() const { return *object_; }
  explicit operator bool() const { return object_ != nullptr; }
  bool operator==(const Ref& other) const { return object_ == other.object_; }
  void reset() { *this = Ref(); }

 private:
  void acquire() {
    if (object_ != nullptr) ++object_->owners_;
  }
  U* object_ = nullptr;
};

}  // namespace verigrad
