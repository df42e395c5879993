#pragma once

#include "engine/pool.hpp"
#include "engine/ref.hpp"
#include "engine/shape.hpp"

namespace verigrad {

namespace detail {

struct SharedShape : RefCounted, Pooled<SharedShape> {
  explicit SharedShape(const Shape& its_shape) : shape(its_shape) {}
  Shape shape;
};

[[gnu::noinline]] inline void dispose(SharedShape* shared) { delete shared; }

}  // namespace detail

/// A shape that a tensor shares with its node, and with the operands and results of elementwise
/// operations in one graph. A scalar's takes no memory.
class ShapeRef {
 public:
  /// A scalar's.
  ShapeRef() = default;
  explicit ShapeRef(const Shape& shape) {
    if (shape.rank() != 0) shared_ = Ref<detail::SharedShape>(new detail::SharedShape(shape));
  }

  /// The same shape, shared with nobody.
  ShapeRef own() const { return ShapeRef(**this); }

  const Shape& operator*() const { return shared_ ? shared_->shape : scalar; }
  const Shape* operator->() const { return &**this; }
  bool is_scalar() const { return !shared_; }
  bool operator==(const ShapeRef& other) const {
    return shared_ == other.shared_ || **this == *other;
  }

 private:
  static constinit const Shape scalar;

  Ref<detail::SharedShape> shared_;
};

inline constinit const Shape ShapeRef::scalar = Shape::scalar();

}  // namespace verigrad
