#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "engine/error.hpp"
#include "engine/functions.hpp"
#include "engine/operation.hpp"
#include "tests/engine/differences.hpp"

// What the tests of reductions, products, changes of shape and selection share.
namespace verigrad::structural {

using D = Tensor<double>;
using Tensors = std::vector<D>;

inline constexpr double inf = std::numeric_limits<double>::infinity();
inline constexpr double nan = std::numeric_limits<double>::quiet_NaN();

inline D vector(std::initializer_list<double> entries) {
  return D(Shape{static_cast<std::int64_t>(entries.size())}, entries);
}
inline D leaf(const D& value) { return value.clone_entries().requires_grad_(); }
inline D leaf(const Shape& shape) { return varied(shape).requires_grad_(); }

/// 0, 1, 2, … in row-major order.
inline D counted(const Shape& shape) {
  D result = D::uninitialised(shape);
  for (std::int64_t i = 0; i < result.numel(); ++i)
    result.mutable_data()[i] = static_cast<double>(i);
  return result;
}

inline void expect_equal(const D& got, const Shape& shape, std::initializer_list<double> entries) {
  EXPECT_EQ(to_string(got.shape()), to_string(shape));
  EXPECT_THAT(got.entries(), testing::ElementsAreArray(entries));
}

inline D gradient_of(const D& y, const D& x, const D& v = D()) {
  const D given = v.defined() ? v : varied(y.shape(), 0.4);
  return grad<double>(std::span<const D>(&y, 1), std::span<const D>(&x, 1),
                      std::span<const D>(&given, 1))[0];
}

template <class F>
std::string error_of(F&& f) {
  try {
    f();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

struct Form {
  Shape shape;
  Integers dims;
  bool keepdim;
};

inline const std::vector<Form>& reduction_forms() {
  static const std::vector<Form> forms = {
      {Shape{3}, {0}, false},
      {Shape{3}, {-1}, true},
      {Shape{2, 3}, {0}, false},
      {Shape{2, 3}, {1}, true},
      {Shape{2, 3}, {-2}, true},
      {Shape{2, 3}, {0, 1}, false},
      {Shape{2, 3}, {}, false},
      {Shape{2, 3, 2}, {0, 2}, false},
      {Shape{2, 3, 2}, {2, 0}, true},
      {Shape{2, 3, 2}, {1}, false},
      {Shape{2, 3, 2}, {-1, 1}, true},
      {Shape{3, 1}, {1}, false},
      {Shape{3, 1}, {0}, true},
      {Shape{1, 1}, {0, 1}, false},
      {Shape{}, {0}, false},
      {Shape{}, {-1}, true},
      {Shape{0, 3}, {0}, false},
      {Shape{0, 3}, {1}, true},
      {Shape{2, 1, 3, 2}, {0, 3}, false},
  };
  return forms;
}

/// An independent reduction: every entry's multi-index is worked out by division.
template <class Combine>
std::vector<double> reduced_by_hand(const D& x, const Integers& dims, double start,
                                    Combine combine) {
  const Shape& shape = x.shape();
  std::vector<bool> drop(shape.rank(), dims.empty());
  for (std::int64_t d : dims)
    if (shape.rank() > 0)
      drop[static_cast<std::size_t>(d < 0 ? d + static_cast<std::int64_t>(shape.rank()) : d)] =
          true;
  std::int64_t count = 1;
  for (std::size_t d = 0; d < shape.rank(); ++d) count *= drop[d] ? 1 : shape[d];
  std::vector<double> result(static_cast<std::size_t>(count), start);
  for (std::int64_t i = 0; i < x.numel(); ++i) {
    std::int64_t rest = i, place = 0, step = 1;
    for (std::size_t d = shape.rank(); d-- > 0; rest /= shape[d])
      if (!drop[d]) {
        place += rest % shape[d] * step;
        step *= shape[d];
      }
    double& slot = result[static_cast<std::size_t>(place)];
    slot = combine(slot, x[i]);
  }
  return result;
}

inline void expect_close(const D& got, const std::vector<double>& expected) {
  ASSERT_EQ(got.entries().size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_NEAR(got.entries()[i], expected[i], 1e-14 * std::max(1.0, std::abs(expected[i])));
}

}  // namespace verigrad::structural
