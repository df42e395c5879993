#include "engine/creation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/error.hpp"
#include "engine/functions.hpp"

namespace verigrad {

template <class T>
Nested<T>::Nested(std::initializer_list<Nested> list) {
  const Shape first = list.size() == 0 ? Shape() : list.begin()->shape_;
  for (const Nested& item : list) {
    if (!(item.shape_ == first))
      throw ShapeError(
          fmt::format("a list of entries is ragged: shapes {} and {} stand side by side",
                      to_string(first), to_string(item.shape_)));
    entries_.insert(entries_.end(), item.entries_.begin(), item.entries_.end());
  }
  shape_ = first.inserted(0, static_cast<std::int64_t>(list.size()));
}

template <class T>
Tensor<T> full(const Shape& shape, std::type_identity_t<T> value) {
  Tensor<T> out = Tensor<T>::uninitialised(shape);
  std::fill_n(out.mutable_data(), out.numel(), value);
  return out;
}

template <class T>
Tensor<T> eye(std::int64_t n) {
  Tensor<T> out = zeros<T>({n, n});
  for (std::int64_t i = 0; i < n; ++i) out.mutable_data()[i * n + i] = 1;
  return out;
}

template <class T>
Tensor<T> arange(double start, double end, double step) {
  if (!std::isfinite(start) || !std::isfinite(end) || std::isnan(step))
    throw Error(fmt::format("arange: unsupported range: {} -> {}, step {}", start, end, step));
  if (step == 0) throw Error("arange: step must be nonzero");
  if ((end - start) * (step > 0 ? 1 : -1) < 0)
    throw Error(fmt::format(
        "arange: upper bound and lower bound inconsistent with step sign: {} -> {}, step {}", start,
        end, step));
  const double count = std::ceil((end - start) / step);
  if (!(count < 0x1p62)) throw ShapeError(fmt::format("arange: {} are too many entries", count));
  Tensor<T> out = Tensor<T>::uninitialised({static_cast<std::int64_t>(count)});
  for (std::int64_t i = 0; i < out.numel(); ++i)
    out.mutable_data()[i] = static_cast<T>(start + step * static_cast<double>(i));
  return out;
}

template <class T>
Tensor<T> linspace(std::type_identity_t<T> start, std::type_identity_t<T> end, std::int64_t steps) {
  if (steps < 0) throw Error("linspace: number of steps must be non-negative");
  Tensor<T> out = Tensor<T>::uninitialised({steps});
  T* data = out.mutable_data();
  if (steps == 1) {
    data[0] = start;
    return out;
  }
  const T step = (end - start) / static_cast<T>(steps - 1);
  for (std::int64_t i = 0; i < steps; ++i)
    data[i] = i < steps / 2 ? start + step * static_cast<T>(i)
                            : end - step * static_cast<T>(steps - i - 1);
  return out;
}

template <class T>
Tensor<T> rand(const Shape& shape, Random& random) {
  Tensor<T> out = Tensor<T>::uninitialised(shape);
  for (std::int64_t i = 0; i < out.numel(); ++i) {
    // A double just below 1 would round to 1 as a float.
    if constexpr (std::is_same_v<T, float>) {
      out.mutable_data()[i] = static_cast<float>(random.next() >> 40) * 0x1p-24f;
    } else {
      out.mutable_data()[i] = random.uniform();
    }
  }
  return out;
}

template <class T>
Tensor<T> randn(const Shape& shape, Random& random) {
  Tensor<T> out = Tensor<T>::uninitialised(shape);
  for (std::int64_t i = 0; i < out.numel(); ++i)
    out.mutable_data()[i] = static_cast<T>(random.normal());
  return out;
}

template <class T>
Tensor<T> zeros_like(const Tensor<T>& input) {
  return zeros<T>(input.shape());
}

#define VERIGRAD_INSTANTIATE(T)                \
  template class Nested<T>;                    \
  template Tensor<T> full<T>(const Shape&, T); \
  template Tensor<T> eye<T>(std::int64_t);     \
  template Tensor<T> arange<T>(double, double, double);
VERIGRAD_INSTANTIATE(float)
VERIGRAD_INSTANTIATE(double)
VERIGRAD_INSTANTIATE(std::int64_t)

#define VERIGRAD_INSTANTIATE_FLOATING(T)              \
  template Tensor<T> linspace<T>(T, T, std::int64_t); \
  template Tensor<T> rand<T>(const Shape&, Random&);  \
  template Tensor<T> randn<T>(const Shape&, Random&); \
  template Tensor<T> zeros_like(const Tensor<T>&);
VERIGRAD_INSTANTIATE_FLOATING(float)
VERIGRAD_INSTANTIATE_FLOATING(double)

}  // namespace verigrad
