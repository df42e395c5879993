#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>

namespace verigrad {

/// The sizes of a tensor's dims, outermost first; rank 0 (a scalar) to 8. Sizes are >= 0.
class Shape {
 public:
  static constexpr std::size_t max_rank = 8;

  Shape() = default;
  /// The same as a constant of the program.
  static constexpr Shape scalar() { return Shape(std::array<std::int64_t, max_rank>{}); }
  // A scalar's sizes need not be copied.
  Shape(const Shape& other) : rank_(other.rank_), numel_(other.numel_) {
    if (rank_ != 0) sizes_ = other.sizes_;
  }
  Shape& operator=(const Shape& other) {
    rank_ = other.rank_;
    numel_ = other.numel_;
    if (rank_ != 0) sizes_ = other.sizes_;
    return *this;
  }
  Shape(std::initializer_list<std::int64_t> sizes)
      : Shape(std::span<const std::int64_t>(sizes.begin(), sizes.size())) {}
  /// Throws ShapeError for more than 8 dims, a negative size or a product beyond 2^62.
  explicit Shape(std::span<const std::int64_t> sizes);

  std::size_t rank() const { return rank_; }
  std::int64_t operator[](std::size_t dim) const { return sizes_[dim]; }
  const std::int64_t* begin() const { return sizes_.data(); }
  const std::int64_t* end() const { return sizes_.data() + rank_; }

  /// The number of entries: the product of the sizes, 1 for a scalar.
  std::int64_t numel() const { return numel_; }
  /// This shape with one size replaced, inserted or removed.
  Shape with(std::size_t dim, std::int64_t size) const;
  Shape inserted(std::size_t dim, std::int64_t size) const;
  Shape removed(std::size_t dim) const;

  bool operator==(const Shape& other) const {
    if (rank_ != other.rank_ || numel_ != other.numel_) return false;
    for (std::size_t d = 0; d < rank_; ++d)
      if (sizes_[d] != other.sizes_[d]) return false;
    return true;
  }

 private:
  explicit constexpr Shape(const std::array<std::int64_t, max_rank>& zeros) : sizes_(zeros) {}
  void count_entries();

  std::array<std::int64_t, max_rank> sizes_;  ///< those from rank_ on have no meaning
  std::size_t rank_ = 0;
  std::int64_t numel_ = 1;
};

/// `[2, 3]`, `[]` for a scalar.
std::string to_string(const Shape& shape);

/// `2x3` as in PyTorch's matmul errors.
std::string times_string(const Shape& shape);

/// The dims of `a`, then those of `b`: the shape of a Jacobian of an `a` by a `b`.
Shape joined(const Shape& a, const Shape& b);

/// "[1, 0]" for a row-major position, "" for a scalar.
std::string index_text(std::int64_t position, const Shape& shape);

/// Whether a tensor of shape `from` broadcasts to shape `to` by NumPy's rules.
bool broadcasts_to(const Shape& from, const Shape& to);

/// NumPy's broadcast of two shapes: aligned at the last dim, sizes equal or one of them 1.
/// Throws ShapeError that names `operation` and both shapes.
Shape broadcast(const Shape& a, const Shape& b, const char* operation);

/// The row-major position in a tensor of shape `from` of the entry that its broadcast to `to` has
/// at `position`.
std::int64_t broadcast_source(const Shape& from, const Shape& to, std::int64_t position);

/// A dim in [-rank, rank) as one in [0, rank); a scalar accepts -1 and 0 as PyTorch does.
/// Throws IndexError: "Dimension out of range (expected to be in range of [-2, 1], but got 2)".
std::size_t normalise_dim(std::int64_t dim, std::size_t rank);

/// Row-major strides in entries; a dim of size 1 has stride 0 when `broadcasting`.
std::array<std::int64_t, Shape::max_rank> strides(const Shape& shape, bool broadcasting = false);

}  // namespace verigrad
