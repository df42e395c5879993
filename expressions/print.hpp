// Expression trees -> text.
#pragma once

#include <string>
#include <string_view>

#include "expressions/syntax.hpp"

namespace verigrad::expressions {

/// The expression in canonical layout with as few brackets as its meaning allows: parsing the text
/// gives the same tree again (see same()). A number is printed as it was written, or, if its node
/// has no text, with the fewest digits that give the same double; its value must then be finite and
/// not negative.
std::string to_text(const Expr* expression);

/// A double as a literal of the language: the fewest digits that give it back, `inf`, `-inf` or
/// `nan`.
std::string number_to_text(double value);

/// The text as a string literal with its quotes and escapes. Line ends become `\n`.
std::string string_to_literal(std::string_view text);

/// `+`, `**`, … and `<`, `~=`, …
std::string_view spelling(BinaryOp op);
std::string_view spelling(CompareOp op);

}  // namespace verigrad::expressions
