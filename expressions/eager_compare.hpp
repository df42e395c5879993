// What `expect A == B` states of two values of a test block.
#pragma once

#include <optional>
#include <string>

#include "expressions/eager.hpp"

namespace verigrad::expressions {

/// How a comparison turned out; `reason` says in one line what differs first.
struct Comparison {
  bool holds = true;
  std::string reason{};
  /// The entry at fault of tensors: "[1]: 2.5 and 3".
  std::optional<std::string> difference{};
};

/// Compares by the rules of engine/compare.hpp, once numbers are rounded to T.
///
/// Numbers, tensors and lists of these are compared entry by entry; two lists element by element
/// (`==`, `!=`, `~=`); integer tensors exactly. Strings, None, True and False are equal to their
/// like only. Throws DiagnosticError at `span` where the operator has no meaning for the operands.
template <class T>
Comparison compare(CompareOp op, const Item& left, const Item& right, double tolerance,
                   Eager<T>& eager, Lowering& lowering, Span span);

/// `expect A`: True, a number other than 0, or a tensor without an entry 0.
template <class T>
Comparison truth(const Item& item, Eager<T>& eager, Lowering& lowering, Span span);

}  // namespace verigrad::expressions
