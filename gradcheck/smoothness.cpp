#include "gradcheck/smoothness.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string_view>

namespace verigrad::gradcheck::detail {
namespace {

using Kind = Smoothness::Kind;

struct Known {
  std::string_view operation;
  Kind first;
  Kind others = Kind::linear;  ///< of the other operands
};

constexpr Known known[] = {
    {"add", Kind::linear},
    {"sub", Kind::linear},
    {"neg", Kind::linear},
    {"mul", Kind::linear},
    {"square", Kind::quadratic},
    {"mse", Kind::quadratic, Kind::quadratic},
    {"relu", Kind::linear},
    {"leaky_relu", Kind::linear},
    {"abs", Kind::linear},
    {"minimum", Kind::linear},
    {"maximum", Kind::linear},
    {"exp", Kind::unit},
    {"expm1", Kind::unit},
    {"exp2", Kind::unit},
    {"sin", Kind::unit},
    {"cos", Kind::unit},
    {"sinh", Kind::unit},
    {"cosh", Kind::unit},
    {"tanh", Kind::unit},
    {"atan", Kind::unit},
    {"asinh", Kind::unit},
    {"erf", Kind::unit},
    {"erfc", Kind::unit},
    {"sigmoid", Kind::unit},
    {"logsigmoid", Kind::unit},
    {"silu", Kind::unit},
    {"mish", Kind::unit},
    {"gelu", Kind::unit},
    {"elu", Kind::unit},
    {"selu", Kind::unit},
    {"bce_with_logits", Kind::unit},
    {"bce", Kind::domain},
    {"log", Kind::domain},
    {"log1p", Kind::domain},
    {"log2", Kind::domain},
    {"log10", Kind::domain},
    {"sqrt", Kind::domain},
    {"rsqrt", Kind::domain},
    {"asin", Kind::domain},
    {"acos", Kind::domain},
    {"acosh", Kind::domain},
    {"atanh", Kind::domain},
    {"reciprocal", Kind::zero},
    {"div", Kind::linear, Kind::zero},
};

/// x ** 2 is a polynomial, softplus bends on the scale 1 / beta: by numbers that are written out.
std::optional<Kind> kind_with_number(const Program& program, const Value& value) {
  const std::string_view name = value.operation->name();
  if (name != "pow" && name != "softplus") return std::nullopt;
  const Value& parameter = program[value.operands[1]];
  const bool written = parameter.kind == Value::Kind::number;
  if (name == "pow") return written && parameter.number == 2 ? Kind::quadratic : Kind::zero;
  if (written && std::abs(parameter.number) <= 1) return Kind::unit;
  return std::nullopt;
}

}  // namespace

std::optional<Smoothness> smoothness(const Program& program, const Value& value,
                                     std::size_t operand) {
  const Operation& operation = *value.operation;
  const Interval& domain = operation.info.domain[operand];
  if (operand == 0)
    if (const auto kind = kind_with_number(program, value)) return Smoothness{*kind, domain};
  const auto* const found = std::find_if(std::begin(known), std::end(known), [&](const Known& one) {
    return one.operation == operation.name();
  });
  if (found == std::end(known)) return std::nullopt;
  return Smoothness{operand == 0 ? found->first : found->others, domain};
}

}  // namespace verigrad::gradcheck::detail
