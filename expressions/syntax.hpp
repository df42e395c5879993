// The syntax tree of a `.grad` file: what was written, not yet what it means.
//
// All nodes live in one arena that the tree owns and are trivially destructible, so that a tree of
// any size dies without recursion. Names are views into the file's text, which the tree keeps
// alive.
#pragma once

#include <cstdint>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "expressions/source.hpp"

namespace verigrad::expressions {

/// Brackets, operands and blocks may nest this deep.
inline constexpr int max_nesting = 256;

/// A name where it was written.
struct Name {
  std::string_view text;
  Span span;
};

enum class ExprKind : std::uint8_t {
  number,     ///< text: as written; number: the nearest double
  string,     ///< text: the characters meant (escapes resolved)
  boolean,    ///< flag
  none,       ///<
  name,       ///< text; also pi, inf, nan, which the elaborator resolves
  list,       ///< children: the elements
  unary,      ///< unary_op; children: {operand}
  binary,     ///< operators, children: one more than operators, applied from the left
  compare,    ///< compare_op; children: {left, right}
  call,       ///< text: the function; children: positional arguments; keywords
  method,     ///< text: the method; children: {object, positional arguments…}; keywords
  attribute,  ///< text: the attribute (`T`, `grad`, …); children: {object}
  index,      ///< children: {object, items…}; an item is any expression or a slice
  slice,      ///< children: {start, stop, step}, each may be null; only as an item of index
  range,      ///< children: {first, last}; `a..b` of `dim` and `for`, both ends included
};

enum class UnaryOp : std::uint8_t { minus, plus };
enum class BinaryOp : std::uint8_t { add, sub, mul, div, matmul, pow };
/// `approx` is the `~=` of expect.
enum class CompareOp : std::uint8_t { lt, le, gt, ge, eq, ne, approx };

struct Expr;

/// `name=value` among the arguments of a call.
struct Keyword {
  Name name;
  const Expr* value;
};

/// One expression.
///
/// A binary node holds a whole chain of one level of precedence: `a + b - c` has children {a, b, c}
/// and operators {add, sub}, and means (a + b) - c; so a sum of a million terms is not deep. add
/// and sub are one level, mul, div and matmul another; pow always has two children. The first child
/// of a chain is never a chain of the same level: `(a + b) + c` is the same tree as `a + b + c`.
struct Expr {
  ExprKind kind = ExprKind::none;
  union {
    UnaryOp unary_op;
    CompareOp compare_op;
    bool flag = false;
  };
  /// Levels of nodes below this one and itself, at most max_nesting (brackets without a node not
  /// counted).
  std::uint16_t depth = 1;
  Span span;
  union {
    /// Where the name of a call, method or attribute stands; of a unary or comparison, its
    /// operator.
    Span name_span = {};
    const Span* steps;  ///< binary: see step(); null for the places between the operands
  };
  std::string_view text;
  std::span<const Expr* const> children;
  union {
    double number = 0;
    const BinaryOp* operators;              ///< binary: children.size() - 1 of them
    const std::span<const Keyword>* named;  ///< call, method: null when there are none
  };

  [[nodiscard]] const Expr& child(std::size_t i) const { return *children[i]; }
  /// The keyword arguments of a call or method, empty for every other kind.
  [[nodiscard]] std::span<const Keyword> keywords() const {
    const bool has = (kind == ExprKind::call || kind == ExprKind::method) && named != nullptr;
    return has ? *named : std::span<const Keyword>{};
  }
  /// The operators of a binary node, empty for every other kind.
  [[nodiscard]] std::span<const BinaryOp> ops() const {
    if (kind != ExprKind::binary) return {};
    return {operators, children.size() - 1};
  }
  /// Where a binary node's first i + 1 operators with their operands stand.
  [[nodiscard]] Span step(std::size_t i) const {
    if (i + 2 == children.size()) return span;
    return steps != nullptr ? steps[i] : join(children[0]->span, children[i + 1]->span);
  }
  /// The positional arguments of a call or method, the items of an index.
  [[nodiscard]] std::span<const Expr* const> arguments() const {
    return kind == ExprKind::call ? children : children.subspan(1);
  }
};

// ---------------------------------------------------------------------------------------- domains

enum class DomainKind : std::uint8_t { interval, finite_set, normal, logrange, signed_logrange };

/// What follows `in`: an interval {lo, hi} with open or closed ends, a set {a, b, …},
/// `normal(mean, sd)`, `logrange(lo, hi)` or `signed_logrange(lo, hi)`.
struct Domain {
  DomainKind kind = DomainKind::interval;
  bool open_low = false;
  bool open_high = false;
  Span span;
  std::span<const Expr* const> values;
};

// ------------------------------------------------------------------------------------- statements

struct Statement;

/// `dtype f32`
struct DtypeStatement {
  Name dtype;  ///< "f32" or "f64"
};

/// One `n = 4` or `n in 1..8` (then value is a range).
struct DimEntry {
  Name name;
  const Expr* value;
};

/// `dim n = 4, m in 0..3`
struct DimStatement {
  std::span<const DimEntry> entries;
};

/// `input NAME [: SHAPE] [in DOMAIN] [= EXPR]`, likewise `const`.
struct LeafStatement {
  bool is_input = true;
  bool has_shape = false;  ///< `: []`, a scalar, has a shape without entries
  Name name;
  std::span<const Expr* const> shape;
  Span shape_span;
  const Domain* domain = nullptr;
  const Expr* value = nullptr;
};

/// `def f(a, b) = EXPR`
struct DefStatement {
  Name name;
  std::span<const Name> parameters;
  const Expr* body;
};

/// `NAME = EXPR`, at top level and in test blocks.
struct BindingStatement {
  Name name;
  const Expr* value;
};

/// `output NAME`
struct OutputStatement {
  Name name;
};

/// `check [Y] [wrt A, B]`
struct CheckStatement {
  const Expr* output = nullptr;  ///< null: the file's output
  std::span<const Name> wrt;     ///< empty: every input
};

enum class ClaimKind : std::uint8_t { grad, jacobian, hessian, vjp, jvp, hvp };

/// `grad X = EXPR`, `grad(Y, X) = EXPR`, … `vjp(Y, X, V) = EXPR`, with `within TOL`.
struct ClaimStatement {
  ClaimKind kind = ClaimKind::grad;
  Span kind_span;
  const Expr* output = nullptr;  ///< Y; null in `grad X = …`: the file's output
  Name wrt;                      ///< X
  const Expr* vector = nullptr;  ///< V of vjp, U of jvp and hvp
  const Expr* claimed = nullptr;
  const Expr* tolerance = nullptr;  ///< after `within`
};

/// `expect A`, `expect A == B`, `expect A ~= B within TOL`
struct ExpectStatement {
  const Expr* left = nullptr;
  std::optional<CompareOp> op;  ///< none: all entries of left must be true (then left may itself be
                                ///< a compare node in brackets)
  const Expr* right = nullptr;
  const Expr* tolerance = nullptr;
};

/// `expect error "TEXT": STATEMENT`, `expect warning "TEXT": STATEMENT`
struct ExpectMessageStatement {
  bool is_error = true;
  std::string_view text;
  Span text_span;
  const Statement* statement = nullptr;
};

enum class ExpectedVerdict : std::uint8_t { pass, inaccurate, fail, inconclusive };

/// `expect fail: CLAIM`: the statement is a ClaimStatement or a CheckStatement.
struct ExpectVerdictStatement {
  ExpectedVerdict verdict = ExpectedVerdict::fail;
  Span verdict_span;
  const Statement* statement = nullptr;
};

/// One `key = value` of `set`; the value is a bare word (`finite-difference`) or a number, as
/// written.
struct Setting {
  Name key;
  Name value;
  bool is_number = false;
  double number = 0;
};

/// `set samples = 50, method = enclosure`
struct SetStatement {
  std::span<const Setting> settings;
};

/// `use "lib.grad"`, `use fpcore "FILE" [name "NAME"]`
struct UseStatement {
  bool is_fpcore = false;
  bool has_name = false;
  std::string_view file;
  Span file_span;
  std::string_view name;
  Span name_span;
};

/// `test "NAME":` with its block
struct TestStatement {
  std::string_view name;
  Span name_span;
  std::span<const Statement* const> body;
};

/// A call for its effect; in test blocks, and after `expect error "…":`.
struct ExpressionStatement {
  const Expr* expression = nullptr;
};

/// `print EXPR` (test blocks)
struct PrintStatement {
  const Expr* expression = nullptr;
};

/// `with no_grad():` (test blocks)
struct NoGradStatement {
  std::span<const Statement* const> body;
};

/// `for i in a..b:` (test blocks)
struct ForStatement {
  Name variable;
  const Expr* range = nullptr;  ///< of kind range
  std::span<const Statement* const> body;
};

/// One statement; span runs from its first word to its last character (of a block: of its first
/// line).
struct Statement {
  Span span;
  std::variant<BindingStatement, DtypeStatement, DimStatement, LeafStatement, DefStatement,
               OutputStatement, CheckStatement, ClaimStatement, ExpectStatement,
               ExpectMessageStatement, ExpectVerdictStatement, SetStatement, UseStatement,
               TestStatement, ExpressionStatement, PrintStatement, NoGradStatement, ForStatement>
      node;
};

static_assert(std::is_trivially_destructible_v<Expr>);
static_assert(std::is_trivially_destructible_v<Statement>);

// ------------------------------------------------------------------------------------------- tree

/// Owns nodes. Nothing made here is freed before the arena is.
class Arena {
 public:
  Arena() : memory_(std::make_unique<std::pmr::monotonic_buffer_resource>(std::size_t{1024})) {}

  template <class T>
  T* make(const T& value) {
    static_assert(std::is_trivially_destructible_v<T>);
    return new (memory_->allocate(sizeof(T), alignof(T))) T(value);
  }

  /// A copy of the elements that lives as long as the arena.
  template <class T>
  std::span<const T> copy(std::span<const T> values) {
    static_assert(std::is_trivially_destructible_v<T>);
    if (values.empty()) return {};
    T* to = static_cast<T*>(memory_->allocate(values.size() * sizeof(T), alignof(T)));
    std::uninitialized_copy(values.begin(), values.end(), to);
    return {to, values.size()};
  }
  template <class T>
  std::span<const T> copy(const std::vector<T>& values) {
    return copy(std::span<const T>(values));
  }
  std::string_view copy(std::string_view text) {
    const auto kept = copy(std::span<const char>(text.data(), text.size()));
    return {kept.data(), kept.size()};
  }

 private:
  std::unique_ptr<std::pmr::monotonic_buffer_resource> memory_;
};

/// Makes expression nodes that keep the invariants of Expr; for the parser and for whoever prints a
/// Program.
class ExprBuilder {
 public:
  /// Texts and names are referred to, not copied: give them to Arena::copy when they would not live
  /// as long.
  explicit ExprBuilder(Arena& arena) : arena_(&arena) {}

  const Expr* number(std::string_view text, double value, Span span = {});
  const Expr* string(std::string_view text, Span span = {});
  const Expr* boolean(bool value, Span span = {});
  const Expr* none(Span span = {});
  const Expr* name(std::string_view text, Span span = {});
  const Expr* list(std::span<const Expr* const> elements, Span span = {});
  const Expr* unary(UnaryOp op, const Expr* operand, Span span = {}, Span op_span = {});
  /// Extends `left` by one operand when it is a chain of the same level, else makes a chain of two.
  const Expr* binary(BinaryOp op, const Expr* left, const Expr* right, Span span = {});
  /// The chain operands[0] ops[0] operands[1] …, all operators of one level. `steps` says of every
  /// operator but the last where what it ends stands, in a text that is not written operand by
  /// operand; else it is empty.
  const Expr* chain(std::span<const Expr* const> operands, std::span<const BinaryOp> ops,
                    Span span = {}, std::span<const Span> steps = {});
  const Expr* compare(CompareOp op, const Expr* left, const Expr* right, Span span = {},
                      Span op_span = {});
  const Expr* call(Name function, std::span<const Expr* const> positional,
                   std::span<const Keyword> keywords = {}, Span span = {});
  const Expr* method(const Expr* object, Name method, std::span<const Expr* const> positional,
                     std::span<const Keyword> keywords = {}, Span span = {});
  const Expr* attribute(const Expr* object, Name attribute, Span span = {});
  const Expr* index(const Expr* object, std::span<const Expr* const> items, Span span = {});
  const Expr* slice(const Expr* start, const Expr* stop, const Expr* step, Span span = {});
  const Expr* range(const Expr* first, const Expr* last, Span span = {});

 private:
  Arena* arena_;
};

/// A parsed file: the statements in their order.
struct SyntaxTree {
  SourcePtr source;
  Arena arena;
  std::vector<const Statement*> statements;
};

/// True when both are built alike: spans do not count, numbers are compared as doubles, not as
/// written.
bool same(const Expr* a, const Expr* b);
bool same(const Statement& a, const Statement& b);
bool same(const SyntaxTree& a, const SyntaxTree& b);

}  // namespace verigrad::expressions
