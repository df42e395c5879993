// Text -> syntax tree.
#pragma once

#include "expressions/diagnostic.hpp"
#include "expressions/source.hpp"
#include "expressions/syntax.hpp"

namespace verigrad::expressions {

/// Parses a whole file. Errors go to `diagnostics`; after one the parser goes on with the next
/// statement, until Diagnostics::max_errors are found. The tree holds the statements that were
/// understood. Never throws because of the text, takes time and memory proportional to its length,
/// and recurses at most max_nesting levels deep.
SyntaxTree parse(const SourcePtr& source, Diagnostics& diagnostics);

/// Parses a text that is one expression, such as the command line's `sin(x ** 2)`; null after an
/// error. The nodes live in `arena` and refer to the text of `source`.
const Expr* parse_expression(const SourcePtr& source, Arena& arena, Diagnostics& diagnostics);

/// True for names that cannot be assigned: pi, inf, nan, True, False, None, in, wrt, within.
bool is_reserved(std::string_view name);

/// True for words that begin a statement at top level or in a test block.
bool is_statement_word(std::string_view name);

}  // namespace verigrad::expressions
