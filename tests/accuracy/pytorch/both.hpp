#pragma once

// Functions under one name for both libraries' tensors, and a derivative by either.

#include <fmt/format.h>
#include <torch/torch.h>

#include "engine/verigrad.hpp"
#include "tests/accuracy/pytorch/comparison.hpp"
#include "tests/accuracy/truth.hpp"

namespace verigrad::accuracy {

// PyTorch's functions under Verigrad's names, where these differ or have other parameters.
inline at::Tensor bce(const at::Tensor& p, const at::Tensor& t) {
  return at::binary_cross_entropy(p, t);
}
inline at::Tensor bce_with_logits(const at::Tensor& z, const at::Tensor& t) {
  return at::binary_cross_entropy_with_logits(z, t);
}
inline at::Tensor logsigmoid(const at::Tensor& x) { return at::log_sigmoid(x); }
inline at::Tensor ndtr(const at::Tensor& x) { return at::special_ndtr(x); }
inline at::Tensor logsumexp(const at::Tensor& x) { return at::logsumexp(x, at::IntArrayRef{0}); }
inline at::Tensor softsign(const at::Tensor& x) { return x / (1 + at::abs(x)); }

// The same function of both libraries under a name that neither has.
inline at::Tensor vector_norm(const at::Tensor& x) { return at::linalg_vector_norm(x); }
template <class T>
Tensor<T> vector_norm(const Tensor<T>& x) {
  return norm(x);
}
inline at::Tensor spread(const at::Tensor& x) { return at::std(x, true); }
template <class T>
Tensor<T> spread(const Tensor<T>& x) {
  return verigrad::std(x);
}
/// cross_entropy with the first class as the target.
inline at::Tensor first_class_loss(const at::Tensor& x) {
  return at::cross_entropy_loss(x, torch::zeros({}, torch::kInt64));
}
template <class T>
Tensor<T> first_class_loss(const Tensor<T>& x) {
  return cross_entropy(x, Tensor<T>(T(0)));
}
/// The first entry of layer_norm over all entries.
inline at::Tensor normalised(const at::Tensor& x) {
  return at::layer_norm(x, x.sizes()).select(0, 0);
}
template <class T>
Tensor<T> normalised(const Tensor<T>& x) {
  return select(layer_norm(x, {x.numel()}), 0, 0);
}

/// How the numbers of a point make up the operands x and y.
struct Layout {
  std::size_t x_size = 1, y_size = 0;
  std::vector<std::int64_t> x_shape{}, y_shape{};

  /// Where y begins; a function of x alone ignores what it finds there.
  const double* y_of(const Point& point) const { return point.data() + (y_size ? x_size : 0); }
  bool is_x(std::size_t entry) const { return entry < x_size; }
  std::int64_t index(std::size_t entry) const {
    return static_cast<std::int64_t>(is_x(entry) ? entry : entry - x_size);
  }
};
inline Layout one() { return {}; }
inline Layout two() { return {.y_size = 1}; }
inline Layout vector_of(std::int64_t n) {
  return {.x_size = static_cast<std::size_t>(n), .x_shape = {n}};
}
inline Layout vectors_of(std::int64_t n) {
  Layout layout = vector_of(n);
  layout.y_size = layout.x_size;
  layout.y_shape = layout.x_shape;
  return layout;
}
inline Layout square_matrix() { return {.x_size = 4, .x_shape = {2, 2}}; }

template <class T>
at::Tensor peer_leaf(const std::vector<std::int64_t>& shape, const double* entries) {
  const std::vector<T> rounded(entries, entries + Shape(shape).numel());
  return torch::from_blob(const_cast<T*>(rounded.data()), shape, c10::CppTypeToScalarType<T>::value)
      .clone()
      .requires_grad_();
}
template <class T>
Tensor<T> leaf(const std::vector<std::int64_t>& shape, const double* entries) {
  const std::vector<T> rounded(entries, entries + Shape(shape).numel());
  Tensor<T> result(Shape(shape), rounded);
  return result.requires_grad_();
}

/// A derivative, and the name of the recorded operation.
struct Result {
  double derivative;
  std::string grad_fn;
};

/// The derivative of f(x, y) by one entry of a point, by LibTorch; `recorded` asks for a backward
/// pass that could itself be differentiated.
template <class T, class F>
Result by_pytorch(F f, const Layout& layout, const Point& point, std::size_t entry, bool recorded) {
  const at::Tensor x = peer_leaf<T>(layout.x_shape, point.data());
  const at::Tensor y = peer_leaf<T>(layout.y_shape, layout.y_of(point));
  const at::Tensor result = f(x, y);
  const at::Tensor gradient =
      torch::autograd::grad({result}, {layout.is_x(entry) ? x : y}, {}, recorded, recorded)[0];
  return {gradient.reshape({-1}).select(0, layout.index(entry)).template item<T>(),
          result.grad_fn()->name()};
}

/// The same by Verigrad.
template <class T, class F>
Result by_verigrad(F f, const Layout& layout, const Point& point, std::size_t entry,
                   bool recorded) {
  const Tensor<T> x = leaf<T>(layout.x_shape, point.data());
  const Tensor<T> y = leaf<T>(layout.y_shape, layout.y_of(point));
  const Tensor<T> result = f(x, y);
  const Tensor<T> gradient =
      grad(result, {layout.is_x(entry) ? x : y}, {.create_graph = recorded})[0];
  return {gradient[layout.index(entry)], std::string(result.grad_fn())};
}

}  // namespace verigrad::accuracy
