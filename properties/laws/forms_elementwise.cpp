#include <cmath>
#include <numbers>

#include "properties/laws/forms.hpp"

namespace verigrad::properties {
namespace {

using P = Place;

Term none(P&) { return {}; }

Term elu(Term x, Term alpha, Term divisor) {
  const Term zero = x.place->number(0);
  const Term negative = where("gt", x, zero, zero, x);
  return where("gt", x, zero, x, alpha * call("expm1", negative / divisor));
}

Term polygamma(P& at) {
  const std::int64_t n = at.integer(0);
  const double factor = (n % 2 == 0 ? -1 : 1) * std::tgamma(static_cast<double>(n + 1));
  const Term power = call("pow", at[0], at.number(-static_cast<double>(n + 1)));
  return at.again({at[0] + at.number(1)}) + factor * power;
}

constexpr Form forms[] = {
    {"add", "x + y = x - (-y)", [](P& at) { return at[0] - (-at[1]); }},
    {"add", "x + x = 2 x", [](P& at) { return at.is_same(0, 1) ? 2 * at[0] : none(at); }},
    {"sub", "x - y = x + (-y)", [](P& at) { return at[0] + (-at[1]); }},
    {"sub", "x - y = -(y - x)", [](P& at) { return -(at[1] - at[0]); }},
    {"mul", "x * x = square(x)",
     [](P& at) { return at.is_same(0, 1) ? call("square", at[0]) : none(at); }},
    {"mul", "x y = ((x + y)^2 - (x - y)^2) / 4",
     [](P& at) { return (call("square", at[0] + at[1]) - call("square", at[0] - at[1])) / 4; }},
    {"div", "x / y = x * reciprocal(y)", [](P& at) { return at[0] * call("reciprocal", at[1]); }},
    {"div", "x / y = x * y ** -1", [](P& at) { return at[0] * call("pow", at[1], at.number(-1)); }},
    {"neg", "-x = 0 - x", [](P& at) { return 0 - at[0]; }},
    {"neg", "-x = -1 * x", [](P& at) { return -1 * at[0]; }},
    {"square", "square(x) = x * x", [](P& at) { return at[0] * at[0]; }},
    {"square", "square(x) = x ** 2", [](P& at) { return call("pow", at[0], at.number(2)); }},
    {"reciprocal", "reciprocal(x) = 1 / x", [](P& at) { return 1 / at[0]; }},
    {"pow", "x ** 2 = x * x", [](P& at) { return at.is(1, 2) ? at[0] * at[0] : none(at); }},
    {"pow", "x ** 3 = x * x * x",
     [](P& at) { return at.is(1, 3) ? at[0] * at[0] * at[0] : none(at); }},
    {"pow", "x ** y = exp(y log(x))",
     [](P& at) { return call("exp", at[1] * call("log", at[0])); }},
    {"exp", "exp(x) = exp(x / 2) * exp(x / 2)",
     [](P& at) { return call("exp", at[0] / 2) * call("exp", at[0] / 2); }},
    {"exp", "exp(x) = 1 / exp(-x)", [](P& at) { return 1 / call("exp", -at[0]); }},
    {"expm1", "expm1(x) = 2 exp(x / 2) sinh(x / 2)",
     [](P& at) { return 2 * call("exp", at[0] / 2) * call("sinh", at[0] / 2); }},
    {"exp2", "exp2(x) = exp(x log(2))",
     [](P& at) { return call("exp", at[0] * call("log", at.number(2))); }},
    {"log", "log(x) = 2 log(sqrt(x))", [](P& at) { return 2 * call("log", call("sqrt", at[0])); }},
    {"log", "log(x) = -log(1 / x)", [](P& at) { return -call("log", 1 / at[0]); }},
    {"log1p", "log1p(x) = log(1 + x)", [](P& at) { return call("log", 1 + at[0]); }},
    {"log2", "log2(x) = log(x) / log(2)",
     [](P& at) { return call("log", at[0]) / call("log", at.number(2)); }},
    {"log10", "log10(x) = log(x) / log(10)",
     [](P& at) { return call("log", at[0]) / call("log", at.number(10)); }},
    {"sqrt", "sqrt(x) = x ** 0.5", [](P& at) { return call("pow", at[0], at.number(0.5)); }},
    {"rsqrt", "rsqrt(x) = 1 / sqrt(x)", [](P& at) { return 1 / call("sqrt", at[0]); }},
    {"cbrt", "cbrt(x) = -cbrt(-x)", [](P& at) { return -call("cbrt", -at[0]); }},
    {"hypot", "hypot(x, y) = sqrt(x x + y y)",
     [](P& at) { return call("sqrt", at[0] * at[0] + at[1] * at[1]); }},
    {"logaddexp", "logaddexp(x, y) = x + softplus(y - x)",
     [](P& at) {
       return at[0] + at.call("softplus", {at[1] - at[0], at.number(1)});
     }},
    {"xlogy", "xlogy(x, y) = x log(y)", [](P& at) { return at[0] * call("log", at[1]); }},
    {"sin", "sin(x) = -sin(-x)", [](P& at) { return -call("sin", -at[0]); }},
    {"sin", "sin(x) = 2 sin(x / 2) cos(x / 2)",
     [](P& at) { return 2 * call("sin", at[0] / 2) * call("cos", at[0] / 2); }},
    {"cos", "cos(x) = 1 - 2 sin(x / 2)^2",
     [](P& at) { return 1 - 2 * call("square", call("sin", at[0] / 2)); }},
    {"tan", "tan(x) = sin(x) / cos(x)",
     [](P& at) { return call("sin", at[0]) / call("cos", at[0]); }},
    {"asin", "asin(x) = atan2(x, sqrt((1 - x) (1 + x)))",
     [](P& at) { return call("atan2", at[0], call("sqrt", (1 - at[0]) * (1 + at[0]))); }},
    {"acos", "acos(x) = 2 atan2(sqrt(1 - x), sqrt(1 + x))",
     [](P& at) { return 2 * call("atan2", call("sqrt", 1 - at[0]), call("sqrt", 1 + at[0])); }},
    {"atan", "atan(x) = atan2(x, 1)", [](P& at) { return call("atan2", at[0], at.number(1)); }},
    {"sinh", "sinh(x) = (exp(x) - exp(-x)) / 2",
     [](P& at) { return (call("exp", at[0]) - call("exp", -at[0])) / 2; }},
    {"cosh", "cosh(x) = (exp(x) + exp(-x)) / 2",
     [](P& at) { return (call("exp", at[0]) + call("exp", -at[0])) / 2; }},
    {"tanh", "tanh(x) = 2 sigmoid(2 x) - 1",
     [](P& at) { return 2 * call("sigmoid", 2 * at[0]) - 1; }},
    {"asinh", "asinh(x) = log(x + hypot(x, 1))",
     [](P& at) { return call("log", at[0] + call("hypot", at[0], at.number(1))); }},
    {"acosh", "acosh(x) = log(x + sqrt((x - 1) (x + 1)))",
     [](P& at) { return call("log", at[0] + call("sqrt", (at[0] - 1) * (1 + at[0]))); }},
    {"atanh", "atanh(x) = (log1p(x) - log1p(-x)) / 2",
     [](P& at) { return (call("log1p", at[0]) - call("log1p", -at[0])) / 2; }},
    {"atan2", "atan2(x, y) = -atan2(-x, y)", [](P& at) { return -call("atan2", -at[0], at[1]); }},
    {"sigmoid", "sigmoid(x) = 1 - sigmoid(-x)", [](P& at) { return 1 - call("sigmoid", -at[0]); }},
    {"sigmoid", "sigmoid(x) = 1 / (1 + exp(-x))",
     [](P& at) { return 1 / (1 + call("exp", -at[0])); }},
    {"logsigmoid", "logsigmoid(x) = log(sigmoid(x))",
     [](P& at) { return call("log", call("sigmoid", at[0])); }},
    {"softplus", "softplus(x, b) = -logsigmoid(-b x) / b",
     [](P& at) { return -call("logsigmoid", -(at[1] * at[0])) / at[1]; }},
    {"relu", "relu(x) = where(x > 0, x, 0)",
     [](P& at) { return where("gt", at[0], at.number(0), at[0], at.number(0)); }},
    {"leaky_relu", "leaky_relu(x, a) = where(x > 0, x, a x)",
     [](P& at) { return where("gt", at[0], at.number(0), at[0], at[1] * at[0]); }},
    {"elu", "elu(x, a) = where(x > 0, x, a expm1(x))",
     [](P& at) { return elu(at[0], at[1], at.number(1)); }},
    {"celu", "celu(x, a) = where(x > 0, x, a expm1(x / a))",
     [](P& at) { return elu(at[0], at[1], at[1]); }},
    {"erf", "erf(x) = 1 - erfc(x)", [](P& at) { return 1 - call("erfc", at[0]); }},
    {"erfc", "erfc(x) = 2 - erfc(-x)", [](P& at) { return 2 - call("erfc", -at[0]); }},
    {"gelu", "gelu(x) = x ndtr(x)",
     [](P& at) {
       const bool exact = std::get<std::string>(at.attributes()->values()[0]) == "none";
       return exact ? at[0] * call("ndtr", at[0]) : none(at);
     }},
    {"silu", "silu(x) = x sigmoid(x)", [](P& at) { return at[0] * call("sigmoid", at[0]); }},
    {"mish", "mish(x) = x tanh(softplus(x))",
     [](P& at) {
       return at[0] * call("tanh", at.call("softplus", {at[0], at.number(1)}));
     }},
    {"ndtr", "ndtr(x) = erfc(-x / sqrt(2)) / 2",
     [](P& at) { return call("erfc", -at[0] / call("sqrt", at.number(2))) / 2; }},
    {"hardswish", "hardswish(x) = x clamp(x + 3, 0, 6) / 6",
     [](P& at) {
       return at[0] * at.call("clamp", {3 + at[0], at.number(0), at.number(6)}) / 6;
     }},
    {"softsign", "softsign(x) = x / (1 + abs(x))",
     [](P& at) { return at[0] / (1 + call("abs", at[0])); }},
    {"threshold", "threshold(x, t, v) = where(x > t, x, v)",
     [](P& at) { return where("gt", at[0], at[1], at[0], at[2]); }},
    {"lgamma", "lgamma(x) = lgamma(x + 1) - log(x)",
     [](P& at) { return call("lgamma", 1 + at[0]) - call("log", at[0]); }},
    {"digamma", "digamma(x) = digamma(x + 1) - 1 / x",
     [](P& at) { return call("digamma", 1 + at[0]) - 1 / at[0]; }},
    {"polygamma", "polygamma(n, x) = polygamma(n, x + 1) - (-1)^n n! / x^(n + 1)", polygamma},
    {"sinc", "sinc(x) = sin(pi x) / (pi x)",
     [](P& at) {
       const Term angle = std::numbers::pi * at[0];
       return call("sin", angle) / angle;
     }},
    {"abs", "abs(x) = maximum(x, -x)", [](P& at) { return call("maximum", at[0], -at[0]); }},
    {"minimum", "minimum(x, y) = -maximum(-x, -y)",
     [](P& at) { return -call("maximum", -at[0], -at[1]); }},
    {"maximum", "maximum(x, y) = (x + y + abs(x - y)) / 2",
     [](P& at) { return (at[0] + at[1] + call("abs", at[0] - at[1])) / 2; }},
    {"where", "where(c, x, y) = c x + (1 - c) y",
     [](P& at) { return at[0] * at[1] + (1 - at[0]) * at[2]; }},
    {"fmod", "fmod(x, y) = x - y trunc(x / y)",
     [](P& at) { return at[0] - at[1] * call("trunc", at[0] / at[1]); }},
};

}  // namespace

std::span<const Form> elementwise_forms() { return forms; }

}  // namespace verigrad::properties
