// FPCore 2.0 (fpbench.org) -> expressions of the language.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "expressions/source.hpp"
#include "expressions/syntax.hpp"

namespace verigrad::expressions {

/// An argument of a core, and the values that `:pre` leaves for it on its own.
struct FpcoreArgument {
  Name name;                       ///< as the language spells it; the span is the argument's
  std::string_view written;        ///< as the file spells it
  const Domain* domain = nullptr;  ///< an interval; null when `:pre` does not bound it
};

/// Another form of a core's body, of its `:alt`.
struct FpcoreAlternative {
  const Expr* body = nullptr;
  Span span;  ///< of the property's value
};

/// One `(FPCore symbol? (argument*) property* expr)`.
///
/// A core without `unsupported` has a body and can be used. The expressions hold no `let`: a bound
/// variable stands for its value, and the node of that value is shared by all its uses. They are
/// therefore graphs, and a walk that does not remember nodes can take exponential time.
///
/// `+ - * /`, comparisons in `if` and the functions that the language has mean themselves. Written
/// out are `fma(a, b, c)` as a * b + c and `fdim(a, b)` as maximum(a - b, 0), which agree in real
/// arithmetic. What the language cannot say (loops, tensors, other precisions, `tgamma`, C's
/// `round` and `remainder`, …) makes the core unsupported.
struct FpcoreCore {
  /// The symbol, else `:name`, else "core N" (counted from 1); where an earlier core has it,
  /// " (core N)" follows. Unique in the file.
  std::string name;
  std::string_view symbol;      ///< under which later cores call it; may be empty
  std::string_view identifier;  ///< name with `_` for other characters; unique in the file
  Span span;
  std::vector<FpcoreArgument> arguments;
  std::string_view dtype = "f64";  ///< "f32" for `:precision binary32`
  const Expr* body = nullptr;
  /// What `:pre` asks beyond the arguments' domains; each is a compare node and all must hold.
  std::vector<const Expr*> conditions;
  const Expr* spec = nullptr;                   ///< `:spec`; null when absent or not expressible
  std::vector<FpcoreAlternative> alternatives;  ///< every `:alt` that is expressible
  /// Why the core cannot be used, naming the construct ("'while' loops"), or nothing.
  std::optional<std::string> unsupported;
  Span unsupported_span;
};

/// A file of cores. Spans, those of the expressions' nodes included, refer to `source`.
struct FpcoreFile {
  SourcePtr source;
  std::vector<FpcoreCore> cores;

  /// The core with this name, symbol or identifier, in this order; null when there is none.
  [[nodiscard]] const FpcoreCore* find(std::string_view name) const;
};

/// A text that is not a sequence of cores. The message has no position; the span has.
class FpcoreError : public std::runtime_error {
 public:
  FpcoreError(const std::string& message, Span span) : std::runtime_error(message), span_(span) {}
  [[nodiscard]] Span span() const { return span_; }

 private:
  Span span_;
};

/// More tokens than this are refused.
inline constexpr std::size_t max_fpcore_tokens = std::size_t{1} << 20;

/// Reads every core of a file. Nodes and names live in `arena`; the text is not referred to.
///
/// Calls of earlier cores become calls of functions named by their identifiers. Numbers keep their
/// value: rationals become quotients, `(digits m e b)` becomes m * b ** e, constants become
/// expressions (`M_2_SQRTPI` is 2 / sqrt(pi)). Of `:pre`, comparisons of one argument with a
/// constant become its domain and the rest becomes conditions. Unknown properties are skipped.
///
/// Throws FpcoreError for brackets that do not match, a malformed core, a file without cores,
/// nesting deeper than max_nesting, and files beyond max_file_bytes or max_fpcore_tokens. Time and
/// memory are proportional to the text's length.
FpcoreFile read_fpcore(const SourcePtr& source, Arena& arena);

}  // namespace verigrad::expressions
