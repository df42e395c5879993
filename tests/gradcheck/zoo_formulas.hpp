// Rows of the bug zoo whose formula is wrong.
#pragma once

#include "tests/gradcheck/zoo_row.hpp"

namespace verigrad::gradcheck::zoo {

/// torch7-distro#60: NaN at 0.
struct Square : Row {
  static VectorXd at() { return number(0); }
  static constexpr auto f = [](const auto& x) { return Scalar<decltype(x)>(x[0] * x[0]); };
  static constexpr auto wrong = [](const auto& x) {
    return single(Scalar<decltype(x)>(2 * f(x) / x[0]));
  };
  static constexpr auto right = [](const auto& x) { return single(Scalar<decltype(x)>(2 * x[0])); };
};

/// jax dfd3d93350: atan2(1, x) with the sign swapped.
struct Atan2 : Row {
  static VectorXd at() { return number(0.7); }
  static constexpr auto f = [](const auto& x) {
    using std::atan2;
    using T = Scalar<decltype(x)>;
    return T(atan2(T(1), x[0]));
  };
  static constexpr auto wrong = [](const auto& x) {
    using T = Scalar<decltype(x)>;
    return single(T(1 / (1 + x[0] * x[0])));
  };
  static constexpr auto right = [](const auto& x) {
    using T = Scalar<decltype(x)>;
    return single(T(-1 / (1 + x[0] * x[0])));
  };
};

/// stan math#1569: (x exp(x))² with one term not multiplied by the cotangent.
struct LostCotangent : Row {
  static VectorXd at() { return number(0.7); }
  static constexpr auto f = [](const auto& x) {
    using std::exp;
    using T = Scalar<decltype(x)>;
    const T y = x[0] * exp(x[0]);
    return T(y * y);
  };
  static constexpr auto wrong = [](const auto& x) {
    using std::exp;
    using T = Scalar<decltype(x)>;
    return single(T(2 * x[0] * exp(2 * x[0]) + x[0] * exp(x[0])));
  };
  static constexpr auto right = [](const auto& x) {
    using std::exp;
    using T = Scalar<decltype(x)>;
    return single(T(2 * x[0] * (1 + x[0]) * exp(2 * x[0])));
  };
};

/// stan math#1679: 2 exp(x - logsumexp(x, x)), which rounds to 0.9999995.
struct LogSumExp : Row {
  static constexpr Verdict verdict = Verdict::inaccurate;
  static VectorXd at() { return number(1e10); }
  static constexpr auto f = [](const auto& x) {
    using std::exp, std::log;
    using T = Scalar<decltype(x)>;
    const T largest = x[0];
    return T(largest + log(exp(x[0] - largest) + exp(x[0] - largest)));
  };
  static constexpr auto wrong = [](const auto& x) {
    using std::exp;
    using T = Scalar<decltype(x)>;
    return single(T(2 * exp(x[0] - f(x))));
  };
  static constexpr auto right = [](const auto& x) { return single(Scalar<decltype(x)>(1)); };
};

/// pytorch#773: the product divided by a factor that is 0.
struct Product : Row {
  static VectorXd at() { return Eigen::Vector3d(0, 3, 2); }
  static constexpr auto f = [](const auto& x) { return Scalar<decltype(x)>(x[0] * x[1] * x[2]); };
  static constexpr auto wrong = [](const auto& x) {
    using T = Scalar<decltype(x)>;
    const T product = f(x);
    Column<T> g(3);
    for (int i = 0; i < 3; ++i) g[i] = product / x[i];
    return g;
  };
  static constexpr auto right = [](const auto& x) {
    Column<Scalar<decltype(x)>> g(3);
    for (int i = 0; i < 3; ++i) g[i] = x[(i + 1) % 3] * x[(i + 2) % 3];
    return g;
  };
};

/// autodiff#395: asinh(2x) without the factor of the inner function.
struct Asinh : Row {
  static VectorXd at() { return number(0.5); }
  static constexpr auto f = [](const auto& x) {
    using std::asinh;
    using T = Scalar<decltype(x)>;
    return T(asinh(T(2 * x[0])));
  };
  static constexpr auto wrong = [](const auto& x) {
    using std::sqrt;
    using T = Scalar<decltype(x)>;
    return single(T(1 / sqrt(T(1 + 4 * x[0] * x[0]))));
  };
  static constexpr auto right = [](const auto& x) {
    using T = Scalar<decltype(x)>;
    return single(T(2 * wrong(x)[0]));
  };
};

/// warp 83d3f6ea7: the reciprocal of atan's slope.
struct Atan : Row {
  static VectorXd at() { return number(0.7); }
  static constexpr auto f = [](const auto& x) {
    using std::atan;
    using T = Scalar<decltype(x)>;
    return T(atan(x[0]));
  };
  static constexpr auto wrong = [](const auto& x) {
    return single(Scalar<decltype(x)>(1 + x[0] * x[0]));
  };
  static constexpr auto right = [](const auto& x) {
    return single(Scalar<decltype(x)>(1 / (1 + x[0] * x[0])));
  };
};

/// tensorflow#123578: igamma(1, x) = 1 - exp(-x), whose slope has 0 log(x).
struct Igamma : Row {
  static constexpr double lower = 0;
  static VectorXd at() { return number(0); }
  static constexpr auto f = [](const auto& x) {
    using std::exp;
    using T = Scalar<decltype(x)>;
    return T(1 - exp(-x[0]));
  };
  static constexpr auto wrong = [](const auto& x) {
    using std::exp, std::log;
    using T = Scalar<decltype(x)>;
    return single(T(exp(-x[0]) * (1 + 0 * log(x[0]))));
  };
  static constexpr auto right = [](const auto& x) {
    using std::exp;
    return single(Scalar<decltype(x)>(exp(-x[0])));
  };
};

/// ChainRules bd708759: the square of a mean, divided by the wrong count.
struct Mean : Row {
  static VectorXd at() { return Eigen::Vector3d(0.5, -1, 2); }
  static constexpr auto f = [](const auto& x) {
    using T = Scalar<decltype(x)>;
    const T mean = (x[0] + x[1] + x[2]) / 3;
    return T(mean * mean);
  };
  template <class X>
  static auto slope(const X& x, int count) {
    using T = Scalar<X>;
    return Column<T>::Constant(3, T(2 * (x[0] + x[1] + x[2]) / 3 / count)).eval();
  }
  static constexpr auto wrong = [](const auto& x) { return slope(x, 4); };
  static constexpr auto right = [](const auto& x) { return slope(x, 3); };
};

/// nn-zero-to-hero#52: `=` instead of `+=` where a node is used twice.
struct UsedTwice : Row {
  static VectorXd at() { return number(0.7); }
  static constexpr auto f = Square::f;
  static constexpr auto wrong = [](const auto& x) { return single(Scalar<decltype(x)>(x[0])); };
  static constexpr auto right = Square::right;
};

/// Planted: off by a ten-thousandth.
struct Sine : Row {
  static VectorXd at() { return number(0.7); }
  static constexpr auto f = [](const auto& x) {
    using std::sin;
    using T = Scalar<decltype(x)>;
    return T(sin(x[0]));
  };
  static constexpr auto wrong = [](const auto& x) {
    using std::cos;
    return single(Scalar<decltype(x)>(0.9999 * cos(x[0])));
  };
  static constexpr auto right = [](const auto& x) {
    using std::cos;
    using T = Scalar<decltype(x)>;
    return single(T(cos(x[0])));
  };
};

/// pytorch#13669, #1787: a broadcast operand's gradient not summed over its copies.
struct Broadcast : Row {
  static VectorXd at() { return Eigen::Vector2d(0.5, -1); }
  static constexpr double rows[3][2] = {{1, 2}, {-3, 0.5}, {0.25, 4}};
  static constexpr auto f = [](const auto& b) {
    using T = Scalar<decltype(b)>;
    T sum(0);
    for (const auto& row : rows)
      for (int j = 0; j < 2; ++j) sum += (row[j] + b[j]) * (row[j] + b[j]);
    return sum;
  };
  template <class B>
  static auto slopes(const B& b, int count) {
    Column<Scalar<B>> g = Column<Scalar<B>>::Constant(2, Scalar<B>(0));
    for (int i = 0; i < count; ++i)
      for (int j = 0; j < 2; ++j) g[j] += 2 * (rows[i][j] + b[j]);
    return g;
  }
  static constexpr auto wrong = [](const auto& b) { return slopes(b, 1); };
  static constexpr auto right = [](const auto& b) { return slopes(b, 3); };
};

}  // namespace verigrad::gradcheck::zoo
