// A file at fixed sizes of its dims: one Program, and what must be true of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/program.hpp"
#include "expressions/source.hpp"
#include "expressions/syntax.hpp"

namespace verigrad::expressions {

/// A place in a file, with what a report shows of it. The implicit check of a file without checks
/// has line 0 and no source text.
struct Location {
  std::size_t line = 0;    ///< from 1
  std::size_t column = 0;  ///< from 1, in code points
  std::size_t length = 0;  ///< of the span's part on that line, in code points
  std::string line_text{};
  SourcePtr source{};
  Span span{};
};

Location locate(const SourcePtr& source, Span span);

/// An expression's text on one line: blanks and line ends are single spaces, and what follows `#`
/// or
/// `;`, which begin the comments of the language and of FPCore, is left out.
std::string on_one_line(std::string_view text);

/// Where a value was written, within a `def` if it was written there; of a core of FPCore, in its
/// file.
struct Place {
  SourcePtr source{};
  Span span{};
};

/// What `set` statements say, up to some statement.
struct Settings {
  std::optional<std::int64_t> samples{};
  std::optional<std::uint64_t> seed{};
  std::optional<double> rtol{};
  std::optional<double> max_ulps{};
  std::optional<std::string> method{};  ///< "auto", "enclosure" or "finite-difference"
  std::optional<std::int64_t> bits{};
  bool operator==(const Settings&) const = default;
};

/// One check, claim or expectation of a file.
struct Judgement {
  enum class Kind { check, grad, jacobian, hessian, vjp, jvp, hvp, expect, expect_message };

  Kind kind = Kind::check;
  /// Of the claimed or expected expression; of a check, its statement.
  Location where{};
  /// Its line; for `expect fail: CLAIM` the line of the whole statement. 0: the implicit check.
  std::size_t line = 0;
  Settings settings{};
  /// `expect fail: …`: the verdict that the claim or check must come back with.
  std::optional<ExpectedVerdict> expected{};

  // check and claims
  std::string output_name{};  ///< of a binding, else the source text of Y
  ValueId output = no_value;
  std::vector<std::size_t> wrt{};  ///< indices of leaves; of a claim exactly one
  ValueId vector = no_value;       ///< V of vjp (shape of Y), U of jvp and hvp (shape of X)
  /// The claimed value; broadcast to its shape already: X for grad, vjp, hvp; Y for jvp; Y then X
  /// for jacobian; X then X for hessian.
  ValueId claimed = no_value;
  std::string claim_text{};           ///< the claimed expression as written
  std::optional<double> tolerance{};  ///< after `within`

  // expect
  std::optional<CompareOp> op{};  ///< none: every entry of left must be other than 0
  ValueId left = no_value;
  ValueId right = no_value;

  // expect error "TEXT": STATEMENT, expect warning "TEXT": STATEMENT
  bool is_error = true;
  std::string text{};  ///< what the message must contain
  /// The message with which the statement failed already when its shapes were checked.
  std::optional<std::string> message{};
  /// Otherwise the values to compute, which may fail or warn.
  std::vector<ValueId> roots{};
};

/// A name of the file and its value.
struct NamedValue {
  std::string name;
  ValueId value;
};

/// A file at fixed sizes.
struct Instance {
  Program program{};
  /// Where each of the Program's values was written: an operation with its operands, a number, the
  /// name of a leaf. Arithmetic on numbers alone, such as 0.1 + 0.2, has one place; a number that
  /// is a `def`'s argument stands where its parameter is used.
  std::vector<Place> places{};
  /// The function's output, no_value when the file has none (only expects of constants, tests).
  ValueId output = no_value;
  std::string output_name{};
  std::vector<std::size_t> inputs{};  ///< leaves declared by `input`, in order
  std::vector<Judgement> judgements{};
  /// Masks that must be nonzero at a point, else it is drawn again (`:pre` of FPCore).
  std::vector<ValueId> preconditions{};
  /// Bindings in their order (not the leaves).
  std::vector<NamedValue> bindings{};
  /// Dims in their order, with the sizes of this instance.
  std::vector<std::pair<std::string, std::int64_t>> dims{};
  /// Every leaf has a value and no dim is drawn: there is exactly one point.
  bool single_point = false;
};

/// `rand(…)` and `randn(…)` are leaves of the Program that take no gradient and have a name that no
/// declaration can have; they are drawn once a point like every other constant.
bool is_anonymous(const Leaf& leaf);

}  // namespace verigrad::expressions
