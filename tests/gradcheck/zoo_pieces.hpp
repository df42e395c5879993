// Rows of the bug zoo with branches, thresholds and tails.
#pragma once

#include "tests/gradcheck/zoo_row.hpp"

namespace verigrad::gradcheck::zoo {

/// jax#39794, pytorch#195527: s (1 - s) is 0 in the tail.
struct Sigmoid : Row {
  static constexpr Verdict verdict = Verdict::inaccurate;
  static constexpr bool seen_from_outside = false;
  static VectorXd at() { return number(40); }
  template <class T>
  static T value(T x) {
    using std::exp;
    return T(1 / (1 + exp(-x)));
  }
  static constexpr auto f = [](const auto& x) { return value<Scalar<decltype(x)>>(x[0]); };
  static constexpr auto wrong = [](const auto& x) {
    using T = Scalar<decltype(x)>;
    const T s = value<T>(x[0]);
    return single(T(s * (1 - s)));
  };
  static constexpr auto right = [](const auto& x) {
    using T = Scalar<decltype(x)>;
    return single(T(value<T>(x[0]) * value<T>(-x[0])));
  };
};

/// pytorch#103316: the slope of -log(sigmoid(x)) by p (1 - p), clamped to 1e-12.
struct ClampedBce : Row {
  static VectorXd at() { return number(-50); }
  static constexpr auto f = [](const auto& x) {
    using std::exp, std::log;
    using T = Scalar<decltype(x)>;
    return T(log(1 + exp(-x[0])));
  };
  static constexpr auto wrong = [](const auto& x) {
    using std::exp;
    using T = Scalar<decltype(x)>;
    const T p = Sigmoid::value<T>(x[0]);
    const T product = p * (1 - p);
    return single(T((p - 1) / (product < 1e-12 ? T(1e-12) : product) * product));
  };
  static constexpr auto right = [](const auto& x) {
    using T = Scalar<decltype(x)>;
    return single(T(-Sigmoid::value<T>(-x[0])));
  };
};

/// jax#2140: 0 at the kink of a rewriting of log(sigmoid(x)).
struct LogSigmoid : Row {
  static VectorXd at() { return number(0); }
  static constexpr auto f = [](const auto& x) {
    using std::exp, std::log;
    using T = Scalar<decltype(x)>;
    return T(-log(1 + exp(-x[0])));
  };
  static constexpr auto wrong = [](const auto& x) {
    using T = Scalar<decltype(x)>;
    return single(x[0] == 0 ? T(0) : Sigmoid::value<T>(-x[0]));
  };
  static constexpr auto right = [](const auto& x) {
    using T = Scalar<decltype(x)>;
    return single(Sigmoid::value<T>(-x[0]));
  };
};

/// pytorch#55587: softplus' threshold applied to the output instead of the input.
struct Softplus : Row {
  static VectorXd at() { return number(0.2); }
  static constexpr auto f = [](const auto& x) {
    using std::exp, std::log;
    using T = Scalar<decltype(x)>;
    return x[0] > 0.5 ? T(x[0]) : T(log(1 + exp(x[0])));
  };
  static constexpr auto wrong = [](const auto& x) {
    using T = Scalar<decltype(x)>;
    return single(f(x) > 0.5 ? T(1) : Sigmoid::value<T>(x[0]));
  };
  static constexpr auto right = [](const auto& x) {
    using T = Scalar<decltype(x)>;
    return single(x[0] > 0.5 ? T(1) : Sigmoid::value<T>(x[0]));
  };
};

/// jax 1817cab012: sin(x) / x has slope 0 / 0 at 0.
struct Sinc : Row {
  static VectorXd at() { return number(0); }
  static constexpr auto f = [](const auto& x) {
    using std::sin;
    using T = Scalar<decltype(x)>;
    return x[0] == 0 ? T(1) : T(sin(x[0]) / x[0]);
  };
  static constexpr auto wrong = [](const auto& x) {
    using std::cos;
    using T = Scalar<decltype(x)>;
    return single(T((cos(x[0]) - f(x)) / x[0]));
  };
  static constexpr auto right = [](const auto& x) {
    using T = Scalar<decltype(x)>;
    return single(x[0] == 0 ? T(0) : T(wrong(x)[0]));
  };
};

/// jax#37992: 2 x has slope 1 at 0.
struct Ldexp : Row {
  static VectorXd at() { return number(0); }
  static constexpr auto f = [](const auto& x) { return Scalar<decltype(x)>(2 * x[0]); };
  static constexpr auto wrong = [](const auto& x) {
    using T = Scalar<decltype(x)>;
    return single(x[0] == 0 ? T(1) : T(2));
  };
  static constexpr auto right = [](const auto& x) { return single(Scalar<decltype(x)>(2)); };
};

/// jax daf6e3b065: fmod(-5.5, y) by floor instead of trunc.
struct Fmod : Row {
  static VectorXd at() { return number(2); }
  static constexpr auto f = [](const auto& y) {
    using std::fmod;
    using T = Scalar<decltype(y)>;
    return T(fmod(T(-5.5), y[0]));
  };
  static constexpr auto wrong = [](const auto& y) {
    using std::floor;
    return single(Scalar<decltype(y)>(-floor(-5.5 / y[0])));
  };
  static constexpr auto right = [](const auto& y) {
    using std::trunc;
    return single(Scalar<decltype(y)>(-trunc(-5.5 / y[0])));
  };
};

}  // namespace verigrad::gradcheck::zoo
