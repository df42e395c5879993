#pragma once

#include <array>

#include "engine/ops/gaussian.hpp"
#include "engine/ops/special_numbers.hpp"

namespace verigrad {

// Smooth activations and their derivatives on plain numbers, free of branches. Each derivative has
// one zero, at a negative x. About it the derivative is a Taylor polynomial without constant term,
// so that no digit is lost; its coefficients, the k-th derivatives over k!, and the zeros were
// computed with mpmath at 60 digits. Elsewhere the derivative is one fraction in e = exp(-|.|).

/// A constant as a number of type T and what its rounding left.
template <class T>
struct Split {
  T head, rest;
  constexpr Split(double leading, double trailing)
      : head(static_cast<T>(leading)),
        rest(static_cast<T>((leading - static_cast<double>(head)) + trailing)) {}
};

/// coefficients[0] d + coefficients[1] d^2 + … with d = x - zero.
template <class T, std::size_t count>
T about_zero(T x, Split<T> zero, const std::array<double, count>& coefficients) {
  const T d = (x - zero.head) - zero.rest;
  T sum = static_cast<T>(coefficients[count - 1]);
  for (std::size_t k = count - 1; k-- > 0;) sum = sum * d + static_cast<T>(coefficients[k]);
  return sum * d;
}

/// NaN stays NaN.
template <class T>
T bounded(T x, T limit) {
  return minimum(maximum(x, -limit), limit);
}

/// exp(x) for x <= 0 as `value` * `scale`: where exp(x) would soon be subnormal, `value` is
/// exp(x + 20), whose argument is still exact, and `scale` is exp(-20).
template <class T>
struct TailExponential {
  T value, scale;
  explicit TailExponential(T x) {
    const bool deep = x < (std::is_same_v<T, float> ? T(-84) : T(-700));
    value = exp(where(deep, x + T(20), x));
    scale = where(deep, static_cast<T>(2.061153622438558e-09), T(1));
  }
};

// ------------------------------------------------------------------------------------------ silu

template <std::floating_point T>
T silu(T x) {
  const TailExponential<T> e(-abs(x));
  return where(x < 0, x * e.value, x) / (1 + e.value) * where(x < 0, e.scale, T(1));
}

/// For x < 0 the derivative is e (1 + x + e) / (1 + e)^2 with e = exp(x); else it is
/// (1 + e (1 + x)) / (1 + e)^2 with e = exp(-x).
template <std::floating_point T>
T silu_derivative(T x) {
  constexpr Split<T> zero(-1.2784645427610737, -1.0946994183093437e-16);
  constexpr std::array coefficients{
      0.2178117057198001,      0.1466487969969469,     0.018874814223782312,
      -0.015222655223188032,   -0.006606589138356696,  0.000126627410081122,
      0.0007985218818397998,   0.00018570724361186496, -4.090534237428612e-05,
      -2.9733542213263917e-05, -2.942631888842464e-06, 2.346029682463866e-06,
      8.599695028268575e-07,   -3.051244750055421e-08, -9.266646309267441e-08,
      -1.8877622907727957e-08};
  const T b = bounded(x, T(800));
  const TailExponential<T> e(-abs(b));
  const T tail = e.value * ((1 + b) + e.value), head = 1 + e.value * (1 + b);
  const T slope =
      where(b < 0, tail, head) / fma(e.value, 2 + e.value, T(1)) * where(b < 0, e.scale, T(1));
  return where(abs(x - zero.head) < T(0.25), about_zero(x, zero, coefficients), slope);
}

// ------------------------------------------------------------------------------------------ mish

/// tanh(log(1 + exp(x))) is e (2 + e) / (2 + e (2 + e)) with e = exp(x), and for x > 0
/// (1 + 2 e) / (1 + 2 e (1 + e)) with e = exp(-x).
template <std::floating_point T>
T mish(T x) {
  const TailExponential<T> e(-abs(x));
  const T low = x * e.value * (2 + e.value) / (2 + e.value * (2 + e.value)) * e.scale;
  const T high = x * (1 + 2 * e.value) / (1 + 2 * e.value * (1 + e.value));
  return where(x < 0, low, high);
}

/// For x < 0: e (4 (1 + x) + e (6 + 4 x + e (4 + e))) / (2 + e (2 + e))^2 with e = exp(x), where
/// the square is multiplied out and the roundings of product and quotient are put right, lest too
/// many point the same way.
template <std::floating_point T>
T mish_derivative(T x) {
  constexpr Split<T> zero(-1.1924312145154952, -4.8484829848031044e-17);
  constexpr std::array coefficients{
      0.2669479140495345,      0.20473126408010586,    0.04190782104360987,
      -0.020271822716684245,   -0.01582112656173338,   -0.0033606849270232685,
      0.0010924055409445854,   0.0009898181021289196,  0.00025412936386191073,
      -4.1961496031696126e-05, -5.582891567360688e-05, -1.72992708103044e-05,
      9.427361327376651e-07,   2.9088199364912223e-06, 1.071676702702074e-06,
      2.6879417855557728e-08,  -1.4117255919499382e-07};
  const T b = bounded(x, T(800));
  const TailExponential<T> tail(-abs(b));
  const T e = tail.value;
  const T inner = fma(e, fma(e, 4 + e, 6 + 4 * b), 4 * (1 + b));
  const T square = fma(e, fma(e, fma(e, 4 + e, T(8)), T(8)), T(4));
  const T product = e * inner, quotient = product / square;
  const T rest = fma(e, inner, -product) + fma(-quotient, square, product);
  const T low = (quotient + rest / square) * tail.scale;
  const T above = fma(2 * e, 1 + e, T(1));
  const T high = (1 + 2 * e) / above + 4 * b * e * e * (1 + e) / (above * above);
  return where(abs(x - zero.head) < T(0.25), about_zero(x, zero, coefficients),
               where(b < 0, low, high));
}

// ------------------------------------------------------------------------------------------ gelu

/// The normal distribution function, erfc(-x / sqrt(2)) / 2. The rounding z' of the argument is put
/// right to first order, since erfc multiplies its relative error by up to 2 z^2.
template <std::floating_point T>
T ndtr(T x) {
  constexpr Split<T> root(0.7071067811865476, -4.833646656726457e-17);
  const T b = bounded(x, T(40));
  const T z = -b * root.head;
  const T rest = fma(-b, root.head, -z) - b * root.rest;
  return T(0.5) * (erfc(z) - rest * erf_slope(z, T(1)));
}

/// x ndtr(x); where ndtr is subnormal, by the asymptotic series of Mills' ratio (DLMF 7.12.1).
template <std::floating_point T>
T gelu_exact(T x) {
  const T b = bounded(x, T(40)), r = 1 / (b * b);
  T series = 1;
  for (int k = 13; k > 0; k -= 2) series = 1 - static_cast<T>(k) * r * series;
  const bool deep = x < (std::is_same_v<T, float> ? T(-12.5) : T(-36.5));
  return where(deep, -normal_density(b, series), x * ndtr(b));
}

/// x exp(-x^2 / 2) / sqrt(2 pi) as in normal_density, and the error of its products, which the sum
/// with ndtr(x) would magnify.
template <class T>
struct WeightedDensity {
  T value, rest;
  explicit WeightedDensity(T x) {
    constexpr T grid = std::is_same_v<T, float> ? T(0x1p6) : T(0x1p20);
    constexpr Split<T> scale(8.222813263933118e-10, 3.9718671174093156e-26);
    const T head = trunc(x * grid) / grid;
    const T leading = exp(T(20) - head * head / 2);
    const T product = x * leading;
    const T product_rest = fma(x, leading, -product) + product * expm1((head - x) * (head + x) / 2);
    value = product * scale.head;
    rest = fma(product, scale.head, -value) + (product * scale.rest + product_rest * scale.head);
  }
};

template <std::floating_point T>
T gelu_derivative(T x) {
  constexpr Split<T> zero(-0.7517915246935645, 1.4956759177009883e-17);
  constexpr std::array coefficients{
      0.4314939923140469,      0.388284982990552,       -0.018199676398671087,
      -0.1140082332972217,     -0.014771522148244337,   0.019421679838189067,
      0.004539228379125415,    -0.002239538068073497,   -0.0007448268386746817,
      0.00018633974623233514,  8.615947861116571e-05,   -1.121438018842664e-05,
      -7.74846130700372e-06,   4.3284506257392273e-07,  5.702764979242107e-07,
      -1.6044265494246427e-09, -3.5459866461783865e-08, -1.396942086426202e-09,
      1.90319840501314e-09,    1.4506418938779426e-10,  -8.950037692726255e-11,
      -9.950340824808053e-12,  3.725967039270119e-12,   5.482292964742324e-13,
      -1.3820118240601056e-13};
  const T b = bounded(x, T(40));
  const WeightedDensity<T> slope(b);
  return where(abs(x - zero.head) < T(0.6875), about_zero(x, zero, coefficients),
               (ndtr(b) + slope.value) + slope.rest);
}

/// w = sqrt(8 / pi) (x + c x^3) and its cubic term, each with its rounding error; c is the double
/// nearest to 0.044715. The approximation is x sigmoid(w), and x w' = w + 2 cubic.
template <class T>
struct GeluArgument {
  T w, w_rest, cubic, cubic_rest;
  explicit GeluArgument(T x) {
    constexpr Split<T> k(1.5957691216057308, -9.96930880911092e-17), c(0.044715, 0);
    const T linear = k.head * x;
    const T linear_rest = fma(k.head, x, -linear) + k.rest * x;
    const T square = x * x, square_rest = fma(x, x, -square);
    const T ratio = c.head * square;
    const T ratio_rest = fma(c.head, square, -ratio) + c.head * square_rest + c.rest * square;
    cubic = linear * ratio;
    cubic_rest = fma(linear, ratio, -cubic) + linear * ratio_rest + linear_rest * ratio;
    w = linear + cubic;
    const T carried = w - linear;
    w_rest = ((linear - (w - carried)) + (cubic - carried)) + (linear_rest + cubic_rest);
  }
};

template <std::floating_point T>
T gelu_tanh(T x) {
  const GeluArgument<T> a(bounded(x, T(30)));
  const TailExponential<T> tail(-abs(a.w));
  const T e = tail.value - tail.value * where(x < 0, -a.w_rest, a.w_rest);
  return where(x < 0, x * e, x) / (1 + e) * where(x < 0, tail.scale, T(1));
}

/// With e = exp(-|w|): e (1 + e + x w') / (1 + e)^2 for x < 0, else (1 + e (1 + x w')) / (1 + e)^2.
template <std::floating_point T>
T gelu_tanh_derivative(T x) {
  constexpr Split<T> zero(-0.7524614220710163, 3.4358218314355225e-17);
  constexpr std::array coefficients{
      0.4304000910248585,     0.38751844613578895,   -0.015782853521848023,  -0.11394448308095899,
      -0.016619328343052565,  0.019682309459833118,  0.005261059254921913,   -0.002422731845875097,
      -0.0009274420230205452, 0.0002639276405268104, 0.00012425227802639787, -3.495617169443609e-05,
      -1.595089687164511e-05, 5.918611710893999e-06, 2.433551634429955e-06,  -9.898647747433656e-07,
      -4.3102482988029016e-07};
  const T b = bounded(x, T(30));
  const GeluArgument<T> a(b);
  const TailExponential<T> tail(-abs(a.w));
  const T e = tail.value - tail.value * where(b < 0, -a.w_rest, a.w_rest);
  const T low = e * (((1 + a.w) + 2 * a.cubic) + (e + (a.w_rest + 2 * a.cubic_rest)));
  const T high = 1 + e * (1 + (a.w + 2 * a.cubic));
  const T slope = where(b < 0, low, high) / fma(e, 2 + e, T(1)) * where(b < 0, tail.scale, T(1));
  return where(abs(x - zero.head) < T(0.25), about_zero(x, zero, coefficients), slope);
}

// ------------------------------------------------------------------------------------------ celu

/// x / a and the error of its rounding (0 where that does not matter).
template <class T>
struct Quotient {
  T value, rest;
  Quotient(T x, T a) {
    value = x / a;
    rest = where(abs(value) < T(1000), fma(-value, a, x) / a, T(0));
  }
};

/// exp(x / a), with the rounding of x / a put right.
template <std::floating_point T>
T exp_quotient(T x, T a) {
  const Quotient<T> z(x, a);
  const T e = exp(z.value);
  return e + e * where(e < std::numeric_limits<T>::infinity(), z.rest, T(0));
}

/// a (exp(x / a) - 1), which is x where x / a is negligible.
template <std::floating_point T>
T scaled_expm1(T x, T a) {
  const Quotient<T> z(x, a);
  const T value = expm1(z.value);
  return where(abs(z.value) < std::numeric_limits<T>::epsilon() / 4, x,
               a * (value + z.rest * (value + 1)));
}

/// The derivative of scaled_expm1 by a: exp(z) - 1 - z exp(z) with z = x / a, and near 0 its series
/// -z^2 sum z^k / (k! (k + 2)).
template <std::floating_point T>
T scaled_expm1_by_scale(T x, T a) {
  const Quotient<T> z(x, a);
  const T b = minimum(maximum(z.value, T(-800)), T(709));
  T series = 0;
  for (int k = 20; k >= 0; --k) {
    T factorial = 1;
    for (int i = 2; i <= k; ++i) factorial *= static_cast<T>(i);
    series = series * b + 1 / (factorial * static_cast<T>(k + 2));
  }
  const T e = exp(b);
  return where(abs(b) < 1, -(b * b) * series, expm1(b) - b * e) - z.rest * e * b;
}

}  // namespace verigrad
