#include "gradcheck/smoothness.hpp"

#include <algorithm>
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

}  // namespace

std::optional<Smoothness> smoothness(const Operation& operation, std::size_t operand) {
  const auto* const found = std::find_if(std::begin(known), std::end(known), [&](const Known& one) {
    return one.operation == operation.name();
  });
  if (found == std::end(known)) return std::nullopt;
  return Smoothness{operand == 0 ? found->first : found->others, operation.info.domain[operand]};
}

}  // namespace verigrad::gradcheck::detail
