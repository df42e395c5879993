#pragma once

#include "engine/pool.hpp"
#include "engine/ref.hpp"
#include "engine/shape.hpp"

namespace verigrad {

/// A shape that a tensor shares with its node, and with the operands and results of elementwise
/// operations. A scalar's takes no memory.
class ShapeRef {
 public:
  /// A scalar's.
  ShapeRef() = default;
  explicit ShapeRef(const Shape& shape) {
    if (shape.rank() != 0) shared_ = Ref<Shared>(new Shared(shape));
  }

  const Shape& operator*() const { return shared_ ? shared_->shape : scalar; }
  const Shape* operator->() const { return &**this; }
  bool is_scalar() const { return !shared_; }
  bool operator==(const ShapeRef& other) const {
    return shared_ == other.shared_ || **this == *other;
  }

 private:
  struct Shared : RefCounted, Pooled<Shared> {
    explicit Shared(const Shape& its_shape) : shape(its_shape) {}
    Shape shape;
    friend void dispose(Shared* shared) { delete shared; }
  };
  static constinit const Shape scalar;

  Ref<Shared> shared_;
};

inline constinit const Shape ShapeRef::scalar = Shape::scalar();

}  // namespace verigrad
