// Operations on one entry at a time.
#include "properties/libtorch/calls.hpp"

namespace verigrad::properties {
namespace {

at::Tensor as_entries(const at::Tensor& condition) { return condition.to(at::kDouble); }

template <at::Tensor (*f)(const at::Tensor&, const at::Tensor&)>
at::Tensor comparison(const Arguments& x) {
  return as_entries(f(x[0], x[1]));
}

/// What Python's `**` calls: an exponent that is a number is a Scalar.
at::Tensor power(const Arguments& x) {
  return x.is_number(1) ? at::pow(x[0], x.number(1)) : at::pow(x[0], x[1]);
}

/// at::clamp does not broadcast its input to tensors of bounds.
at::Tensor clamped(const Arguments& x) {
  if (x.is_number(1) && x.is_number(2)) return at::clamp(x[0], x.number(1), x.number(2));
  const std::vector<at::Tensor> full = at::broadcast_tensors({x[0], x[1], x[2]});
  return at::clamp(full[0], full[1], full[2]);
}

/// torch.nn.functional.softsign.
at::Tensor softsign(const Arguments& x) { return x[0] / (at::abs(x[0]) + 1); }

at::Tensor softplus(const Arguments& x) { return at::softplus(x[0], x.number(1)); }
at::Tensor leaky_relu(const Arguments& x) { return at::leaky_relu(x[0], x.number(1)); }
at::Tensor elu(const Arguments& x) { return at::elu(x[0], x.number(1)); }
at::Tensor celu(const Arguments& x) { return at::celu(x[0], x.number(1)); }
at::Tensor hardtanh(const Arguments& x) { return at::hardtanh(x[0], x.number(1), x.number(2)); }
at::Tensor threshold(const Arguments& x) { return at::threshold(x[0], x.number(1), x.number(2)); }
at::Tensor gelu(const Arguments& x) { return at::gelu(x[0], x.word(0)); }
at::Tensor polygamma(const Arguments& x) { return at::polygamma(x.integer(0), x[0]); }
at::Tensor where(const Arguments& x) { return at::where(x[0] != 0, x[1], x[2]); }
at::Tensor add(const Arguments& x) { return at::add(x[0], x[1]); }
at::Tensor sub(const Arguments& x) { return at::sub(x[0], x[1]); }

constexpr Call calls[] = {
    {"add", add},
    {"sub", sub},
    {"mul", binary<at::mul>},
    {"div", binary<at::div>},
    {"neg", unary<at::neg>},
    {"lt", comparison<at::lt>},
    {"le", comparison<at::le>},
    {"gt", comparison<at::gt>},
    {"ge", comparison<at::ge>},
    {"eq", comparison<at::eq>},
    {"ne", comparison<at::ne>},
    {"exp", unary<at::exp>},
    {"expm1", unary<at::expm1>},
    {"log", unary<at::log>},
    {"log1p", unary<at::log1p>},
    {"log2", unary<at::log2>},
    {"log10", unary<at::log10>},
    {"sqrt", unary<at::sqrt>},
    {"rsqrt", unary<at::rsqrt>},
    {"square", unary<at::square>},
    {"reciprocal", unary<at::reciprocal>},
    {"pow", power},
    {"exp2", unary<at::exp2>},
    {"hypot", binary<at::hypot>},
    {"logaddexp", binary<at::logaddexp>},
    {"xlogy", binary<at::xlogy>},
    {"sin", unary<at::sin>},
    {"cos", unary<at::cos>},
    {"tan", unary<at::tan>},
    {"asin", unary<at::asin>},
    {"acos", unary<at::acos>},
    {"atan", unary<at::atan>},
    {"sinh", unary<at::sinh>},
    {"cosh", unary<at::cosh>},
    {"tanh", unary<at::tanh>},
    {"asinh", unary<at::asinh>},
    {"acosh", unary<at::acosh>},
    {"atanh", unary<at::atanh>},
    {"atan2", binary<at::atan2>},
    {"sigmoid", unary<at::sigmoid>},
    {"logsigmoid", unary<at::log_sigmoid>},
    {"softplus", softplus, second},
    {"relu", unary<at::relu>},
    {"leaky_relu", leaky_relu, second},
    {"elu", elu, second},
    {"celu", celu, second},
    {"selu", unary<at::selu>},
    {"gelu", gelu},
    {"silu", unary<at::silu>},
    {"mish", unary<at::mish>},
    {"ndtr", unary<at::special_ndtr>},
    {"hardswish", unary<at::hardswish>},
    {"hardtanh", hardtanh, second | third},
    {"softsign", softsign},
    {"threshold", threshold, second | third},
    {"erf", unary<at::erf>},
    {"erfc", unary<at::erfc>},
    {"lgamma", unary<at::lgamma>},
    {"digamma", unary<at::digamma>},
    {"polygamma", polygamma},
    {"sinc", unary<at::sinc>},
    {"abs", unary<at::abs>},
    {"sign", unary<at::sign>},
    {"trunc", unary<at::trunc>},
    {"floor", unary<at::floor>},
    {"ceil", unary<at::ceil>},
    {"round", unary<at::round>},
    {"minimum", binary<at::minimum>},
    {"maximum", binary<at::maximum>},
    {"clamp", clamped},
    {"where", where},
    {"fmod", binary<at::fmod>},
    {"remainder", binary<at::remainder>},
};

}  // namespace

std::span<const Call> elementwise_calls() { return calls; }

}  // namespace verigrad::properties
