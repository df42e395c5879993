// Parts of other elementwise operations' derivatives.
#include <array>

#include "proof/elementary.hpp"
#include "proof/functions.hpp"

namespace verigrad::proof {
namespace {

/// The n-th derivative, n >= 0, of the function of one operand with this name: its Taylor series at
/// p[0], whose coefficients the function's own series has, in p - p[0].
Series derivative(std::string_view operation, const Attributes& attributes, slong n,
                  const Series& p) {
  if (!p.ok()) return p;
  const slong terms = p.is_constant() ? 2 : std::max<slong>(p.length(), 2);
  const std::array<Series, 1> germ{Series::variable(p.value(), 1, n + terms)};
  Series around = find_function(operation)(germ, attributes);
  for (slong k = 0; k < n && around.ok(); ++k) around = around.derivative();
  if (!around.ok()) return around;
  const Series distance = p - Series(p.value());
  Series result = around[terms - 1];
  for (slong k = terms - 1; k-- > 0;) result = Series(around[k]) + distance * result;
  return result.kinked_if(p.kinked());
}

Series derivative(std::string_view operation, const Series& p) {
  return derivative(operation, {}, 1, p);
}

Series gelu_derivative(const char* approximate, const Series& p) {
  return derivative("gelu", Attributes({std::string(approximate)}), 1, p);
}

/// What rounding leaves of x y is 0 where nothing is rounded.
Series residual(const Series& x, const Series& y) {
  const Series product = x * y;
  return product - product;
}

/// expm1(z) - z exp(z) with z = x / scale.
Series scaled_expm1_by_scale(const Series& x, const Series& scale) {
  const Series z = x / scale;
  return expm1(z) - z * exp(z);
}

}  // namespace

std::vector<Line> backward_functions() {
  return {
      VERIGRAD_LINE("overwrite", x[1]),
      VERIGRAD_LINE("mul_residual", residual(x[0], x[1])),
      VERIGRAD_LINE("exp_quotient", exp(x[0] / x[1])),
      VERIGRAD_LINE("scaled_expm1_by_scale", scaled_expm1_by_scale(x[0], x[1])),
      VERIGRAD_LINE("silu_derivative", derivative("silu", x[0])),
      VERIGRAD_LINE("mish_derivative", derivative("mish", x[0])),
      VERIGRAD_LINE("gelu_derivative", gelu_derivative("none", x[0])),
      VERIGRAD_LINE("gelu_tanh_derivative", gelu_derivative("tanh", x[0])),
      VERIGRAD_LINE("sinc_derivative", derivative("sinc", {}, attributes.integer(0), x[0])),
  };
}

}  // namespace verigrad::proof
