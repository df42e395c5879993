// Rows of the bug zoo about single operations: powers of 0, a branch that overflows, and a product
// with a vector.
#pragma once

#include "tests/gradcheck/zoo_row.hpp"

namespace verigrad::gradcheck::zoo {

/// pytorch#27134: 0 ** b by b as 0 ** b * log(0), which is NaN.
struct ZeroToThePower : Row {
  static VectorXd at() { return number(1); }
  template <class T>
  static T power(T b) {
    using std::pow;
    return T(pow(T(0), b));
  }
  static constexpr auto f = [](const auto& b) { return power<Scalar<decltype(b)>>(b[0]); };
  static constexpr auto wrong = [](const auto& b) {
    using std::log;
    using T = Scalar<decltype(b)>;
    return single(T(power<T>(b[0]) * log(T(0))));
  };
  static constexpr auto right = [](const auto& b) { return single(Scalar<decltype(b)>(0)); };
};

/// jax 43be8d8ef8: elu's slope as a sum of both branches, 1 + 0 exp(x), where exp overflows. In
/// real arithmetic that is 1: a proof finds the rule right and its value lost. Values alone cannot
/// tell, and NaN is wrong.
struct Elu : Row {
  static constexpr Verdict verdict = Verdict::inaccurate;
  static VectorXd at() { return number(800); }
  static constexpr auto f = [](const auto& x) {
    using std::expm1;
    using T = Scalar<decltype(x)>;
    return x[0] > 0 ? T(x[0]) : T(expm1(x[0]));
  };
  static constexpr auto wrong = [](const auto& x) {
    using std::exp;
    using T = Scalar<decltype(x)>;
    return single(T((x[0] > 0 ? T(1) : T(0)) + (x[0] > 0 ? T(0) : T(1)) * exp(x[0])));
  };
  static constexpr auto right = [](const auto& x) {
    using std::exp;
    using T = Scalar<decltype(x)>;
    return single(x[0] > 0 ? T(1) : T(exp(x[0])));
  };
};

/// cs249r_book#1781: the sum of (W v)² by the entries of W, row by row, as g v entry by entry, for
/// .T of a vector does nothing, instead of as the outer product.
struct MatrixTimesVector : Row {
  static VectorXd at() { return (VectorXd(4) << 1, -2, 0.5, 3).finished(); }
  static constexpr double v[2] = {0.75, -1.5};
  template <class W>
  static Column<Scalar<W>> cotangent(const W& w) {
    using T = Scalar<W>;
    Column<T> g(2);
    for (int i = 0; i < 2; ++i) g[i] = T(2 * (w[2 * i] * v[0] + w[2 * i + 1] * v[1]));
    return g;
  }
  static constexpr auto f = [](const auto& w) {
    using T = Scalar<decltype(w)>;
    const Column<T> g = cotangent(w);
    return T((g[0] * g[0] + g[1] * g[1]) / 4);
  };
  template <class W, class F>
  static Column<Scalar<W>> by_entries(const W& w, F row) {
    using T = Scalar<W>;
    const Column<T> g = cotangent(w);
    Column<T> result(4);
    for (int i = 0; i < 2; ++i)
      for (int j = 0; j < 2; ++j) result[2 * i + j] = T(g[row(i, j)] * v[j]);
    return result;
  }
  static constexpr auto wrong = [](const auto& w) {
    return by_entries(w, [](int, int j) { return j; });
  };
  static constexpr auto right = [](const auto& w) {
    return by_entries(w, [](int i, int) { return i; });
  };
};

}  // namespace verigrad::gradcheck::zoo
