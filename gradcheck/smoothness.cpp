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
  Kind others = Kind::polynomial;  ///< of the other operands
};

constexpr Known known[] = {
    {"add", Kind::polynomial},
    {"sub", Kind::polynomial},
    {"neg", Kind::polynomial},
    {"mul", Kind::polynomial},
    {"square", Kind::polynomial},
    {"mse", Kind::polynomial},
    {"relu", Kind::polynomial},
    {"leaky_relu", Kind::polynomial},
    {"abs", Kind::polynomial},
    {"minimum", Kind::polynomial},
    {"maximum", Kind::polynomial},
    {"hardtanh", Kind::polynomial},
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
    {"div", Kind::polynomial, Kind::zero},
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
