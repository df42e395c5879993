// What the rows of the bug zoo share. A row has a function, the wrong rule for its gradient and the
// right one, as templates over the scalar, and the point where the wrong one shows.
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <limits>

#include "gradcheck/verdict.hpp"

namespace verigrad::gradcheck::zoo {

using Eigen::VectorXd;

template <class X>
using Scalar = typename std::decay_t<X>::Scalar;
template <class T>
using Column = Eigen::Matrix<T, Eigen::Dynamic, 1>;

/// A gradient by one number.
template <class T>
Column<T> single(T slope) {
  return Column<T>::Constant(1, slope);
}

inline VectorXd number(double x) { return VectorXd::Constant(1, x); }

/// What rows are unless they say otherwise.
struct Row {
  static constexpr Verdict verdict = Verdict::fail;
  static constexpr bool seen_from_outside = true;
  static constexpr double lower = -std::numeric_limits<double>::infinity();
};

}  // namespace verigrad::gradcheck::zoo
