// The arguments of a call, bound to the parameters of an operation.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/attributes.hpp"
#include "expressions/lowering.hpp"

namespace verigrad::expressions {

/// Operands and attributes in the order of the signature, defaults filled in.
struct BoundArguments {
  std::vector<Item> operands;
  std::vector<AttributeValue> attributes;
};

/// A lowered argument `name=value`.
struct KeywordItem {
  Name name;
  Item value;
};

/// Binds positional and keyword arguments as Python does. None for an operand means its default; a
/// parameter that is a list of dims or sizes takes one number, a list, or (when it is the last
/// positional one) the remaining numbers: `reshape(x, 2, 3)`. Fails at `at`, or at the argument
/// that does not fit.
BoundArguments bind_arguments(const Signature& signature, std::vector<Item> positional,
                              const std::vector<KeywordItem>& keywords, Name function, Span at,
                              Lowering& lowering);

/// `sum(input, dim=None, keepdim=False)`: the signature as a reader of the language expects it.
std::string call_form(const Signature& signature);

}  // namespace verigrad::expressions
