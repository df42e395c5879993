// What callables take and return, whatever its type, as plain numbers.
#pragma once

#include <Eigen/Core>
#include <concepts>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/shape.hpp"
#include "engine/tensor.hpp"

namespace verigrad::gradcheck {

/// Numbers with a shape, in row-major order. A double holds every float exactly.
struct Entries {
  Shape shape;
  std::vector<double> values;
};

namespace detail {

template <class T>
struct IsTensor : std::false_type {};
template <class T>
struct IsTensor<Tensor<T>> : std::true_type {};

}  // namespace detail

template <class X>
concept Number = std::same_as<X, float> || std::same_as<X, double>;
template <class X>
concept NumberTensor = detail::IsTensor<X>::value;
template <class X>
concept EigenDense = requires(const X& x) {
  []<class Derived>(const Eigen::DenseBase<Derived>&) {}(x);
};
template <class X>
concept NumberVector = std::same_as<X, std::vector<float>> || std::same_as<X, std::vector<double>>;

/// What a check accepts as an input, a value or a derivative: `float` and `double`, a `std::vector`
/// of them, a matrix, vector, array or expression of Eigen, a Tensor.
template <class X>
concept Numbers = Number<X> || NumberVector<X> || EigenDense<X> || NumberTensor<X>;

namespace detail {

template <class X>
struct PlainType {
  using type = X;
  static_assert(Numbers<X>, "neither a number nor a vector, matrix or tensor of numbers");
};
template <EigenDense X>
struct PlainType<X> {
  using type = typename X::PlainObject;
};

template <class X>
struct ScalarType {
  using type = X;
};
template <NumberVector X>
struct ScalarType<X> {
  using type = typename X::value_type;
};
template <EigenDense X>
struct ScalarType<X> {
  using type = typename X::Scalar;
};
template <class T>
struct ScalarType<Tensor<T>> {
  using type = T;
};

}  // namespace detail

/// The type that owns the numbers of an X: of an expression of Eigen the matrix it evaluates to.
template <class X>
using Plain = typename detail::PlainType<std::remove_cvref_t<X>>::type;

template <class X>
inline constexpr bool is_float =
    std::same_as<typename detail::ScalarType<std::remove_cvref_t<X>>::type, float>;

template <class X>
Entries entries_of(const X& x) {
  if constexpr (Number<X>) {
    return {Shape::scalar(), {static_cast<double>(x)}};
  } else if constexpr (NumberVector<X>) {
    return {Shape{static_cast<std::int64_t>(x.size())}, {x.begin(), x.end()}};
  } else if constexpr (NumberTensor<X>) {
    const auto entries = x.entries();
    return {x.shape(), {entries.begin(), entries.end()}};
  } else {
    const Plain<X> m = x;
    Entries result;
    result.shape = Plain<X>::IsVectorAtCompileTime ? Shape{m.size()} : Shape{m.rows(), m.cols()};
    result.values.reserve(static_cast<std::size_t>(m.size()));
    for (Eigen::Index i = 0; i < m.rows(); ++i)
      for (Eigen::Index j = 0; j < m.cols(); ++j)
        result.values.push_back(static_cast<double>(m(i, j)));
    return result;
  }
}

/// The inverse of entries_of: a fresh X that refers to nothing, its numbers rounded to X's scalar.
template <class X>
X value_of(const Entries& entries) {
  const std::vector<double>& values = entries.values;
  if constexpr (Number<X>) {
    return static_cast<X>(values[0]);
  } else if constexpr (NumberVector<X>) {
    return X(values.begin(), values.end());
  } else if constexpr (NumberTensor<X>) {
    using T = typename detail::ScalarType<X>::type;
    return X(entries.shape, std::vector<T>(values.begin(), values.end()));
  } else {
    X m;
    if constexpr (X::IsVectorAtCompileTime)
      m.resize(static_cast<Eigen::Index>(values.size()));
    else
      m.resize(entries.shape[0], entries.shape[1]);
    std::size_t next = 0;
    for (Eigen::Index i = 0; i < m.rows(); ++i)
      for (Eigen::Index j = 0; j < m.cols(); ++j)
        m(i, j) = static_cast<typename X::Scalar>(values[next++]);
    return m;
  }
}

}  // namespace verigrad::gradcheck
