#pragma once

#include "proof/series.hpp"

// The elementary functions of germs. Each is outside the domain where the real function is not
// defined, an edge where its one-sided derivative or limit is infinite, and kinked where the point
// lies at the end of its domain or where its sides differ.
namespace verigrad::proof {

Series exp(const Series& p);
Series expm1(const Series& p);
Series log(const Series& p);
Series log1p(const Series& p);
Series sqrt(const Series& p);
/// The real cube root, odd.
Series cbrt(const Series& p);
Series square(const Series& p);
/// base ** exponent. For a constant integer exponent a polynomial or its reciprocal, so that
/// x ** 0 is 1 also at 0; otherwise base >= 0, and 0 ** b is 0 for b > 0.
Series pow(const Series& base, const Series& exponent);

Series sin(const Series& p);
Series cos(const Series& p);
Series tan(const Series& p);
Series asin(const Series& p);
Series acos(const Series& p);
Series atan(const Series& p);
/// The angle of (x, y) in (-π, π]; outside the domain at (0, 0).
Series atan2(const Series& y, const Series& x);
Series sinh(const Series& p);
Series cosh(const Series& p);
Series tanh(const Series& p);
Series asinh(const Series& p);
Series acosh(const Series& p);
Series atanh(const Series& p);
/// sin(πp) / (πp), and 1 at 0.
Series sinc(const Series& p);

/// 1 / (1 + exp(-p)).
Series sigmoid(const Series& p);
/// log(1 + exp(p)).
Series softplus(const Series& p);
Series erf(const Series& p);
Series erfc(const Series& p);
/// log |Γ(p)|; outside the domain at its poles 0, -1, -2, …, where a germ is an edge.
Series lgamma(const Series& p);
/// The n-th derivative of lgamma's derivative, n >= 0.
Series polygamma(slong n, const Series& p);

Series abs(const Series& p);
/// The greatest integer that is not greater; a constant along a germ.
Series floor(const Series& p);
/// The least integer that is not less.
Series ceil(const Series& p);
/// The next integer towards 0.
Series trunc(const Series& p);
/// The nearest integer; of two, the even one.
Series round(const Series& p);
Series maximum(const Series& a, const Series& b);
Series minimum(const Series& a, const Series& b);

/// Ok when p is positive at the point; an edge when only the germ is, else outside the domain.
Status positive(const Series& p);

}  // namespace verigrad::proof
