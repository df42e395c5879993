// Expressions -> operations, over values that an Emitter supplies: the elaborator emits into a
// Program, the interpreter of test blocks computes at once.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "engine/domain.hpp"
#include "engine/operation_table.hpp"
#include "engine/shape.hpp"
#include "expressions/diagnostic.hpp"
#include "expressions/source.hpp"
#include "expressions/syntax.hpp"

namespace verigrad::expressions {

/// A tensor (or, in Object, something else) that an Emitter owns: its own numbering, such as the
/// ValueId of a Program or an index into a table of tensors.
using Handle = std::int32_t;

/// A number that is known while lowering: a literal, a dim, `pi`, or arithmetic on such. It is
/// emitted as operations on literals only where a tensor is needed (so that `dim=0` and `[2 * d]`
/// leave no trace, and a proof still reads `0.1 + 0.2` exactly).
struct Constant {
  double value = 0;
  std::string text{};                    ///< of a literal
  const Operation* operation = nullptr;  ///< null for a literal
  std::vector<std::shared_ptr<const Constant>> operands{};
  int depth = 1;
};
using ConstantPtr = std::shared_ptr<const Constant>;

/// The literal with the fewest digits that give `value` back.
ConstantPtr make_constant(double value);
ConstantPtr make_constant(std::string text, double value);

/// What an expression stands for.
struct Item {
  struct None {};
  /// A tensor; `constant` is its value when that is known (a binding `k = 3`).
  struct Value {
    Handle handle;
    std::optional<double> constant{};
  };
  /// Something that only the emitter understands (an optimiser); never an operand.
  struct Object {
    Handle handle;
  };
  /// A list as written, not yet a tensor; shared, so that copies cost nothing.
  using List = std::shared_ptr<const std::vector<Item>>;

  std::variant<None, bool, std::string, ConstantPtr, Value, Object, List> is = None{};
  Span span{};                         ///< where it was written, for messages
  const SourceFile* source = nullptr;  ///< the file that span refers to, when it is known

  template <class T>
  const T* get() const {
    return std::get_if<T>(&is);
  }
  /// The number, when this is one that is known.
  [[nodiscard]] std::optional<double> known() const;
};

/// A `def` with the file that it stands in.
struct Function {
  std::string name;
  std::vector<std::string_view> parameters;
  const Expr* body = nullptr;
  SourcePtr source;
  Span name_span;
  /// The functions that its body may call; null stands for those of the caller's file.
  const std::unordered_map<std::string_view, Function>* scope = nullptr;
  /// True when free names of the body mean values of the file under test.
  bool sees_values = true;
};
using Functions = std::unordered_map<std::string_view, Function>;

class Lowering;

/// Where lowered operations go. Member functions may throw verigrad::Error, which Lowering turns
/// into a diagnostic at the operator or call, or exceptions of their own, which it lets pass.
class Emitter {
 public:
  virtual ~Emitter() = default;

  /// A number written as `text`; a recorded name (`grad_fn`) treats it as Python's numbers.
  virtual Handle number(const std::string& text, double value) = 0;
  /// Constant entries in row-major order, not yet rounded to the precision under test.
  virtual Handle entries(const Shape& shape, std::vector<double> entries) = 0;
  /// Entries drawn from a domain once (`rand`, `randn`).
  virtual Handle random(const Shape& shape, const verigrad::Domain& domain) = 0;
  virtual Handle apply(const Operation& operation, std::span<const Handle> operands,
                       const AttributesRef& attributes) = 0;
  [[nodiscard]] virtual Shape shape(Handle value) const = 0;
  /// What is emitted from now on was written there.
  virtual void written_at(const SourcePtr&, Span) {}

  /// A value by name: a leaf, a binding, a dim. `at` is where the name is used.
  virtual std::optional<Item> lookup(std::string_view name, Span at) = 0;
  /// All names that lookup knows, for suggestions.
  [[nodiscard]] virtual std::vector<std::string_view> names() const = 0;

  /// What only test blocks know; each returns nothing when the name means nothing to it, and is
  /// asked before the operations of the language are. A call's arguments are lowered by the callee,
  /// with Lowering::lower.
  virtual std::optional<Item> call(const Expr& call, Lowering& lowering);
  virtual std::optional<Item> method(const Expr& call, const Item& object, Lowering& lowering);
  virtual std::optional<Item> attribute(const Expr& attribute, const Item& object,
                                        Lowering& lowering);
  /// Names of further functions that call() knows, for suggestions.
  [[nodiscard]] virtual std::vector<std::string_view> extra_functions() const { return {}; }
  /// True when this computes a test block, where test_names() are known.
  [[nodiscard]] virtual bool in_test() const { return false; }
  /// What an Object is, for messages: "an optimiser".
  [[nodiscard]] virtual std::string describe(const Item::Object& object) const;
  /// Why an Object is no operand, as a message; empty when nothing particular is to be said.
  [[nodiscard]] virtual std::string no_operand(const Item::Object&) const { return ""; }
};

/// Bounds of the work that one text may cause.
struct Limits {
  std::int64_t max_entries = std::int64_t{1} << 24;   ///< of one tensor (--max-entries)
  std::size_t max_values = std::size_t{1} << 20;      ///< of one Program
  std::size_t max_steps = std::size_t{1} << 24;       ///< expressions lowered
  std::size_t max_expansions = std::size_t{1} << 16;  ///< calls of defs
};

/// Lowers expressions. Every error is thrown as DiagnosticError with its place (and whatever the
/// Emitter throws itself passes through).
///
/// A `def` is expanded where it is called, with its parameters as its scope; inside one expansion
/// the same Expr node is lowered once (FPCore's `let` shares nodes).
class Lowering {
 public:
  /// The table must outlive this, and its rows what is made by this.
  Lowering(Emitter& emitter, const Functions& functions, SourcePtr source, Limits limits = {},
           const OperationTable& operations = operation_table());

  /// Any value: a tensor, a number, a string, a list, None, …
  Item lower(const Expr& expression);
  /// A tensor; a list of equal-shaped entries is stacked along a new dim 0.
  Handle tensor(const Expr& expression) { return tensor(lower(expression)); }
  /// The Item as a tensor; throws when it is a string, None, …
  Handle tensor(const Item& item);

  /// A constant expression. `what` names it in messages: "a domain's bound". NaN is refused.
  double constant(const Expr& expression, std::string_view what);
  /// A constant whole number.
  std::int64_t whole(const Expr& expression, std::string_view what);
  std::int64_t whole(const Item& item, std::string_view what) const;
  /// A shape from the sizes in a declaration, checked against the limit on entries.
  Shape shape(std::span<const Expr* const> sizes, Span span);
  Shape shape(const Integers& sizes, Span span) const;
  /// Throws, with the limit's name, when a tensor of this shape has too many entries.
  void check_entries(const Shape& shape, Span span) const;

  /// Applies an operation to lowered operands, errors reported at `span`; `attributes` in the order
  /// of the signature. Numbers that are all known stay known.
  Item apply(const Operation& operation, std::span<const Item> operands,
             const AttributesRef& attributes, Span span);
  /// Calls an operation with arguments bound by its signature; `self` stands before the positional
  /// ones (a method call `x.sum(dim=0)`).
  Item call_operation(const Operation& operation, const Expr& call, const Item* self = nullptr);
  /// The positional arguments of a call or method, `self` not included, lowered in their order.
  std::vector<Item> arguments(const Expr& call);

  /// The operation of that name, which the table must have.
  [[nodiscard]] const Operation& operation(std::string_view name) const {
    return *operations_->find(name);
  }
  Emitter& emitter() { return *emitter_; }
  [[nodiscard]] const Limits& limits() const { return limits_; }
  /// The file that spans refer to at the moment: inside a `def`, the file that it stands in.
  [[nodiscard]] const SourcePtr& source() const { return source_; }
  [[nodiscard]] std::string_view text(Span span) const { return source_->text(span); }
  /// Where lowering stands, for an Emitter that has to refuse.
  [[nodiscard]] Span at() const { return at_; }
  /// What the item is, for messages: "a string", "a tensor of shape [2, 3]".
  [[nodiscard]] std::string describe(const Item& item) const;
  /// Throws a DiagnosticError at the span, with notes on the calls that are being expanded.
  [[noreturn]] void fail(const char* code, Span span, std::string message, std::string label = "",
                         std::string help = "", std::vector<std::string> notes = {}) const;

 private:
  struct Frame;
  class Depth;

  // lowering.cpp
  Item lower_node(const Expr& e);
  Item lower_name(const Expr& e);
  Item lower_unary(const Expr& e);
  Item lower_chain(const Expr& e);
  Item lower_compare(const Expr& e);
  Item binary(const Operation& operation, Item left, Item right, Span span);
  void mark(const Item& item);
  Handle emit(const Constant& constant);
  [[noreturn]] void unknown_name(const Expr& e) const;
  [[noreturn]] void engine_error(const char* code, const std::string& text,
                                 std::span<const Item> operands, Span span) const;
  void count_steps(std::size_t steps, Span span);

  // lowering_lists.cpp
  Item lower_list(const Expr& e);
  Handle stack(const Item& list);
  void list_sizes(const Item& item, Integers& sizes) const;
  bool list_entries(const Item& item, std::span<const std::int64_t> sizes,
                    std::vector<double>& entries) const;
  std::optional<Item> literal_list(const Expr& e);

  // lowering_calls.cpp
  Item lower_call(const Expr& e);
  Item lower_method(const Expr& e);
  Item lower_attribute(const Expr& e);
  Item expand(const Function& function, const Expr& call);
  void refuse_recursion(const Function& function, const Expr& call) const;
  void bind_parameters(const Function& function, const Expr& call, Frame& frame);
  [[nodiscard]] const Operation* offered(std::string_view name) const;
  [[nodiscard]] const Functions& visible_functions() const;
  [[noreturn]] void unknown_function(const Expr& call, std::string_view what) const;
  [[noreturn]] void unknown_attribute(const Expr& e) const;

  // lowering_index.cpp
  void refuse_new_dims(const Expr& index) const;
  Item lower_index(const Expr& e);
  Item list_index(const Item& object, const Expr& e);
  Item slice(const Item& object, std::size_t dim, const Expr& range, Span span);

  // constructors.cpp
  std::optional<Item> constructor(const Expr& call);

  Emitter* emitter_;
  const Functions* functions_;
  const OperationTable* operations_;
  SourcePtr source_;
  Limits limits_;
  std::size_t steps_ = 0;
  std::size_t expansions_ = 0;
  int depth_ = 0;
  Span at_{};
  Frame* frame_ = nullptr;
};

/// One expansion of a `def`.
struct Lowering::Frame {
  const Function* function;
  const Frame* caller;
  Span call_span;
  SourcePtr caller_source;
  std::unordered_map<std::string_view, Item> arguments{};
  std::unordered_map<const Expr*, Item> memo{};
};

/// An element of a list; one that was written in another file than the list (the argument of a
/// `def`) takes the list's place in messages.
Item element(const Item& list, std::size_t index);

/// What only test blocks know.
struct TestNames {
  std::vector<std::string_view> functions, methods, attributes;
};
const TestNames& test_names();

/// The message and the label for a call of an unknown function that is known otherwise: as a
/// method, or in test blocks; nothing when it is not.
std::optional<std::pair<std::string, std::string>> misplaced_function(const Expr& call,
                                                                      bool in_test);

/// The functions that the language itself has: operations, their aliases, constructors.
std::vector<std::string_view> builtin_functions(const OperationTable& operations);
bool is_builtin_function(std::string_view name, const OperationTable& operations);

}  // namespace verigrad::expressions
