#include "expressions/lowering.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "engine/error.hpp"
#include "expressions/codes.hpp"
#include "expressions/constants.hpp"
#include "expressions/suggest.hpp"

namespace verigrad::expressions {
namespace {

/// Expressions nest at most this deep while defs are expanded.
constexpr int max_depth = 1000;

ConstantPtr named_constant(std::string_view name) {
  if (name == "pi") return make_constant("pi", std::numbers::pi);
  if (name == "inf") return make_constant("inf", std::numeric_limits<double>::infinity());
  if (name == "nan") return make_constant("nan", std::numeric_limits<double>::quiet_NaN());
  return nullptr;
}

}  // namespace

std::optional<Item> Emitter::call(const Expr&, Lowering&) { return std::nullopt; }
std::optional<Item> Emitter::method(const Expr&, const Item&, Lowering&) { return std::nullopt; }
std::optional<Item> Emitter::attribute(const Expr&, const Item&, Lowering&) { return std::nullopt; }
std::string Emitter::describe(const Item::Object&) const { return "an object"; }

/// Counts a level of nesting while it lives.
class Lowering::Depth {
 public:
  Depth(Lowering& lowering, Span at) : lowering_(lowering) {
    if (++lowering_.depth_ > max_depth) {
      --lowering_.depth_;
      lowering_.fail(code::too_much_work, at,
                     fmt::format("expressions nest deeper than the limit of {} levels once the "
                                 "defs are expanded",
                                 max_depth));
    }
  }
  ~Depth() { --lowering_.depth_; }
  Depth(const Depth&) = delete;
  Depth& operator=(const Depth&) = delete;

 private:
  Lowering& lowering_;
};

Lowering::Lowering(Emitter& emitter, const Functions& functions, SourcePtr source, Limits limits,
                   const OperationTable& operations)
    : emitter_(&emitter),
      functions_(&functions),
      operations_(&operations),
      source_(std::move(source)),
      limits_(limits) {}

void Lowering::fail(const char* code, Span span, std::string message, std::string label,
                    std::string help, std::vector<std::string> notes) const {
  constexpr int most_calls = 4;
  int calls = 0;
  for (const Frame* frame = frame_; frame != nullptr && calls < most_calls; frame = frame->caller)
    notes.push_back(fmt::format("{} of {} was called at {}", ++calls == 1 ? "this body" : "that",
                                quoted(std::string_view(frame->function->name)),
                                frame->caller_source->where(frame->call_span)));
  throw DiagnosticError({code, Severity::error, std::move(message), span, std::move(label),
                         std::move(notes), std::move(help), source_});
}

void Lowering::count_steps(std::size_t steps, Span span) {
  steps_ += steps;
  if (steps_ > limits_.max_steps)
    fail(code::too_much_work, span,
         fmt::format("the file expands to more than the limit of {} expressions",
                     limits_.max_steps));
}

Item Lowering::lower(const Expr& e) {
  count_steps(1, e.span);
  const Depth depth(*this, e.span);
  at_ = e.span;
  const bool shared = frame_ != nullptr && !e.children.empty();
  if (shared) {
    if (const auto known = frame_->memo.find(&e); known != frame_->memo.end()) return known->second;
  }
  Item item = lower_node(e);
  item.span = e.span;
  item.source = source_.get();
  if (shared) frame_->memo.emplace(&e, item);
  return item;
}

Item Lowering::lower_node(const Expr& e) {
  switch (e.kind) {
    case ExprKind::number:
      return {make_constant(std::string(e.text), e.number)};
    case ExprKind::string:
      return {std::string(e.text)};
    case ExprKind::boolean:
      return {e.flag};
    case ExprKind::none:
      return {};
    case ExprKind::name:
      return lower_name(e);
    case ExprKind::list:
      return lower_list(e);
    case ExprKind::unary:
      return lower_unary(e);
    case ExprKind::binary:
      return lower_chain(e);
    case ExprKind::compare:
      return lower_compare(e);
    case ExprKind::call:
      return lower_call(e);
    case ExprKind::method:
      return lower_method(e);
    case ExprKind::attribute:
      return lower_attribute(e);
    case ExprKind::index:
      return lower_index(e);
    case ExprKind::slice:
    case ExprKind::range:
      break;
  }
  fail(code::range, e.span, "a range may not stand here");
}

// ------------------------------------------------------------------------------------------ names

Item Lowering::lower_name(const Expr& e) {
  if (ConstantPtr constant = named_constant(e.text)) return {std::move(constant)};
  if (frame_ != nullptr) {
    if (const auto found = frame_->arguments.find(e.text); found != frame_->arguments.end())
      return found->second;
    if (!frame_->function->sees_values) unknown_name(e);
  }
  if (std::optional<Item> item = emitter_->lookup(e.text, e.span)) return *item;
  unknown_name(e);
}

void Lowering::unknown_name(const Expr& e) const {
  const bool is_function =
      visible_functions().contains(e.text) || operations_->find(e.text) != nullptr;
  if (is_function)
    fail(code::unknown_name, e.span, fmt::format("{} is a function, not a value", quoted(e.text)),
         fmt::format("call it: {}(…)", e.text));
  std::vector<std::string_view> names;
  if (frame_ != nullptr)
    for (const std::string_view parameter : frame_->function->parameters)
      names.push_back(parameter);
  if (frame_ == nullptr || frame_->function->sees_values)
    for (const std::string_view name : emitter_->names()) names.push_back(name);
  const std::string near = did_you_mean(e.text, names);
  fail(code::unknown_name, e.span, fmt::format("unknown name {}", quoted(e.text)),
       near.empty() ? "it has no value up to here" : fmt::format("did you mean '{}'?", near));
}

// -------------------------------------------------------------------------------------- operators

Item Lowering::lower_unary(const Expr& e) {
  const Item operand = lower(e.child(0));
  if (e.unary_op == UnaryOp::minus)
    return apply(operation("neg"), std::span<const Item>(&operand, 1), nullptr, e.span);
  if (operand.known()) return operand;
  return {Item::Value{tensor(operand)}};
}

Item Lowering::lower_chain(const Expr& e) {
  Item left = lower(e.child(0));
  for (std::size_t i = 0; i < e.ops().size(); ++i) {
    const Span span = e.step(i);
    left = binary(operation(name_of(e.ops()[i])), std::move(left), lower(e.child(i + 1)), span);
    left.span = span;
  }
  return left;
}

Item Lowering::binary(const Operation& operation, Item left, Item right, Span span) {
  const Item operands[] = {std::move(left), std::move(right)};
  return apply(operation, operands, nullptr, span);
}

Item Lowering::lower_compare(const Expr& e) {
  if (e.compare_op == CompareOp::approx)
    fail(code::comparison, e.name_span, "'~=' stands only in expect A ~= B");
  Item left = lower(e.child(0));
  return binary(operation(name_of(e.compare_op)), std::move(left), lower(e.child(1)), e.span);
}

// ------------------------------------------------------------------------------------- operations

Item Lowering::apply(const Operation& operation, std::span<const Item> operands,
                     const AttributesRef& attributes, Span span) {
  const bool foldable = operation.elementwise && operation.signature.attribute_count() == 0;
  std::vector<ConstantPtr> constants;
  std::vector<double> values;
  for (const Item& operand : operands) {
    const auto* constant = foldable ? operand.get<ConstantPtr>() : nullptr;
    if (constant != nullptr && (*constant)->depth < max_constant_depth)
      constants.push_back(*constant);
    if (const std::optional<double> value = operand.known()) values.push_back(*value);
  }
  if (foldable && constants.size() == operands.size()) return {fold(operation, constants), span};

  at_ = span;
  std::vector<Handle> handles;
  std::vector<Shape> shapes;
  for (const Item& operand : operands) {
    handles.push_back(tensor(operand));
    shapes.push_back(emitter_->shape(handles.back()));
  }
  static const Attributes none;
  try {
    check_entries(operation.shape(shapes, attributes ? *attributes : none), span);
    emitter_->written_at(source_, span);
    Item::Value value{emitter_->apply(operation, handles, attributes)};
    if (foldable && values.size() == operands.size()) value.constant = evaluate(operation, values);
    return {value, span};
  } catch (const ShapeError& error) {
    engine_error(code::shape_mismatch, error.what(), operands, span);
  } catch (const IndexError& error) {
    engine_error(code::out_of_range, error.what(), operands, span);
  } catch (const Error& error) {
    engine_error(code::refused, error.what(), operands, span);
  }
}

void Lowering::engine_error(const char* code, const std::string& text,
                            std::span<const Item> operands, Span span) const {
  std::vector<std::string> notes;
  constexpr std::size_t most_notes = 4;
  for (const Item& operand : operands) {
    if (operand.span.size() == 0 || notes.size() >= most_notes) continue;
    const std::string_view written = source_->text(operand.span);
    std::string note =
        fmt::format("{} is {}", quoted(written.substr(0, written.find('\n'))), describe(operand));
    if (std::find(notes.begin(), notes.end(), note) == notes.end())
      notes.push_back(std::move(note));
  }
  fail(code, span, text, "", "", std::move(notes));
}

/// What no text holds, such as a parameter's default, and elements of a list in another file stand
/// where they are used.
void Lowering::mark(const Item& item) {
  const bool is_here = item.span.size() > 0 && item.source == source_.get();
  emitter_->written_at(source_, is_here ? item.span : at_);
}

Handle Lowering::emit(const Constant& constant) {
  if (constant.operation == nullptr) return emitter_->number(constant.text, constant.value);
  std::vector<Handle> operands;
  for (const ConstantPtr& operand : constant.operands) operands.push_back(emit(*operand));
  return emitter_->apply(*constant.operation, operands, nullptr);
}

Handle Lowering::tensor(const Item& item) {
  if (const auto* value = item.get<Item::Value>()) return value->handle;
  if (const auto* constant = item.get<ConstantPtr>()) {
    mark(item);
    return emit(**constant);
  }
  if (item.get<Item::List>() != nullptr) return stack(item);
  if (const auto* object = item.get<Item::Object>())
    if (std::string why = emitter_->no_operand(*object); !why.empty())
      fail(code::wrong_kind, item.span, std::move(why));
  fail(code::wrong_kind, item.span,
       fmt::format("{} where a number or tensor is needed", describe(item)));
}

std::string Lowering::describe(const Item& item) const {
  if (const auto* value = item.get<Item::Value>()) {
    const Shape shape = emitter_->shape(value->handle);
    if (shape.rank() == 0) return "a scalar";
    return fmt::format("a tensor of shape {}", to_string(shape));
  }
  if (item.get<ConstantPtr>() != nullptr) return "a number";
  if (item.get<Item::List>() != nullptr) return "a list";
  if (item.get<std::string>() != nullptr) return "a string";
  if (const auto* flag = item.get<bool>()) return *flag ? "True" : "False";
  if (const auto* object = item.get<Item::Object>()) return emitter_->describe(*object);
  return "None";
}

// -------------------------------------------------------------------------------------- constants

double Lowering::constant(const Expr& expression, std::string_view what) {
  const Item item = lower(expression);
  const std::optional<double> value = item.known();
  if (!value)
    fail(code::not_constant, expression.span, fmt::format("{} must be a constant", what),
         fmt::format("this is {}", describe(item)));
  if (std::isnan(*value)) fail(code::nan_data, expression.span, fmt::format("{} is NaN", what));
  return *value;
}

std::int64_t Lowering::whole(const Expr& expression, std::string_view what) {
  return whole(lower(expression), what);
}

std::int64_t Lowering::whole(const Item& item, std::string_view what) const {
  const std::optional<double> value = item.known();
  if (!value)
    fail(code::not_constant, item.span, fmt::format("{} must be a constant whole number", what),
         fmt::format("this is {}", describe(item)));
  if (!is_whole(*value))
    fail(code::not_constant, item.span, fmt::format("{} must be a whole number", what),
         fmt::format("this is {}", *value));
  return static_cast<std::int64_t>(*value);
}

Shape Lowering::shape(std::span<const Expr* const> sizes, Span span) {
  Integers all;
  for (const Expr* size : sizes) all.push_back(whole(*size, "a size"));
  return shape(all, span);
}

Shape Lowering::shape(const Integers& sizes, Span span) const {
  for (const std::int64_t size : sizes)
    if (size < 0)
      fail(code::size, span, fmt::format("a size cannot be negative: {}", size),
           fmt::format("this shape is [{}]", fmt::join(sizes, ", ")));
  if (sizes.size() > Shape::max_rank)
    fail(code::size, span,
         fmt::format("a tensor has at most {} dims, not {}", Shape::max_rank, sizes.size()));
  try {
    const Shape result{std::span<const std::int64_t>(sizes)};
    check_entries(result, span);
    return result;
  } catch (const ShapeError& error) {
    fail(code::too_many_entries, span, error.what(), "",
         fmt::format("the limit is {} (--max-entries)", limits_.max_entries));
  }
}

void Lowering::check_entries(const Shape& shape, Span span) const {
  if (shape.numel() <= limits_.max_entries) return;
  fail(code::too_many_entries, span,
       fmt::format("a tensor of shape {} has {} entries, more than the limit of {}",
                   to_string(shape), shape.numel(), limits_.max_entries),
       "", "--max-entries N raises the limit");
}

}  // namespace verigrad::expressions
