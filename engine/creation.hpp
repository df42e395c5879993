#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <type_traits>
#include <vector>

#include "engine/random.hpp"
#include "engine/tensor.hpp"

namespace verigrad {

/// A number or a braced list of these: the argument of `tensor`. Throws ShapeError for a ragged
/// list and for one that is nested deeper than a tensor's rank can be.
template <class T>
class Nested {
 public:
  template <class Number>
  requires std::is_arithmetic_v<Number> Nested(Number number) : entries_{static_cast<T>(number)} {}
  Nested(std::initializer_list<Nested> list);

  Tensor<T> to_tensor() const { return Tensor<T>(shape_, entries_); }

 private:
  Shape shape_;
  std::vector<T> entries_;
};

/// A new leaf from its entries: `tensor<float>(3)`, `tensor<float>({1, 2, 3})`,
/// `tensor<double>({{1, 2}, {3, 4}})`. Numbers are rounded to T.
template <class T>
Tensor<T> tensor(const Nested<T>& entries) {
  return entries.to_tensor();
}

// Tensors of a given shape.
template <class T>
Tensor<T> full(const Shape& shape, std::type_identity_t<T> value);
template <class T>
Tensor<T> zeros(const Shape& shape) {
  return full<T>(shape, 0);
}
template <class T>
Tensor<T> ones(const Shape& shape) {
  return full<T>(shape, 1);
}
/// The n × n matrix with 1 on the diagonal and 0 elsewhere.
template <class T>
Tensor<T> eye(std::int64_t n);

/// start, start + step, … as long as below `end` (above, for a negative step):
/// ceil((end - start) / step) entries, computed in double and rounded to T. Throws Error for a step
/// of 0, a step away from `end`, and bounds that are not finite.
template <class T>
Tensor<T> arange(double start, double end, double step = 1);
template <class T>
Tensor<T> arange(double end) {
  return arange<T>(0, end);
}
/// `steps` numbers from `start` to `end`, both included and evenly spaced; just `start` for one
/// step. As in PyTorch the second half counts down from `end`. Throws Error for negative `steps`.
template <class T>
Tensor<T> linspace(std::type_identity_t<T> start, std::type_identity_t<T> end, std::int64_t steps);

/// Uniform on [0, 1): multiples of 2^-24 for float, of 2^-53 for double.
template <class T>
Tensor<T> rand(const Shape& shape, Random& random);
/// Standard normal.
template <class T>
Tensor<T> randn(const Shape& shape, Random& random);

// The same for the shape of another tensor; `zeros_like` stands in engine/functions.hpp.
template <class T>
Tensor<T> ones_like(const Tensor<T>& input) {
  return ones<T>(input.shape());
}
template <class T>
Tensor<T> rand_like(const Tensor<T>& input, Random& random) {
  return rand<T>(input.shape(), random);
}
template <class T>
Tensor<T> randn_like(const Tensor<T>& input, Random& random) {
  return randn<T>(input.shape(), random);
}

}  // namespace verigrad
