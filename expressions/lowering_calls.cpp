// Calls, methods, attributes, and the expansion of defs.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "expressions/bind_arguments.hpp"
#include "expressions/codes.hpp"
#include "expressions/constants.hpp"
#include "expressions/lowering.hpp"
#include "expressions/suggest.hpp"

namespace verigrad::expressions {
namespace {

constexpr std::string_view constructors[] = {"zeros",      "ones",      "eye",       "full",
                                             "arange",     "linspace",  "rand",      "randn",
                                             "zeros_like", "ones_like", "rand_like", "randn_like"};

/// The operation that the language offers under this name, or null.
const Operation* offered_by(const OperationTable& operations, std::string_view name) {
  const Operation* operation = operations.find(name);
  return operation != nullptr && !operation->info.internal ? operation : nullptr;
}

}  // namespace

const Operation* Lowering::offered(std::string_view name) const {
  return offered_by(*operations_, name);
}

const Functions& Lowering::visible_functions() const {
  const bool own = frame_ != nullptr && frame_->function->scope != nullptr;
  return own ? *frame_->function->scope : *functions_;
}

Item Lowering::lower_call(const Expr& e) {
  const Functions& functions = visible_functions();
  if (const auto found = functions.find(e.text); found != functions.end())
    return expand(found->second, e);
  if (std::optional<Item> item = emitter_->call(e, *this)) return *item;
  if (std::optional<Item> item = constructor(e)) return *item;
  if (const Operation* operation = offered(e.text)) return call_operation(*operation, e);
  unknown_function(e, "function");
}

std::vector<Item> Lowering::arguments(const Expr& call) {
  std::vector<Item> items;
  for (const Expr* argument : call.arguments()) items.push_back(lower(*argument));
  return items;
}

Item Lowering::call_operation(const Operation& operation, const Expr& call, const Item* self) {
  std::vector<Item> positional;
  if (self != nullptr) positional.push_back(*self);
  for (Item& item : arguments(call)) positional.push_back(std::move(item));
  std::vector<KeywordItem> keywords;
  for (const Keyword& keyword : call.keywords())
    keywords.push_back({keyword.name, lower(*keyword.value)});
  BoundArguments bound = bind_arguments(operation.signature, std::move(positional), keywords,
                                        {call.text, call.name_span}, call.span, *this);
  AttributesRef attributes;
  if (!bound.attributes.empty()) attributes = make_attributes(std::move(bound.attributes));
  return apply(operation, bound.operands, attributes, call.span);
}

std::vector<std::string_view> builtin_functions(const OperationTable& operations) {
  std::vector<std::string_view> names;
  for (const Operation* operation : operations.operations())
    if (!operation->info.internal) names.push_back(operation->name());
  for (const auto& [alias, name] : operation_aliases()) names.push_back(alias);
  names.insert(names.end(), std::begin(constructors), std::end(constructors));
  return names;
}

bool is_builtin_function(std::string_view name, const OperationTable& operations) {
  return offered_by(operations, name) != nullptr ||
         std::find(std::begin(constructors), std::end(constructors), name) !=
             std::end(constructors);
}

void Lowering::unknown_function(const Expr& call, std::string_view what) const {
  const bool in_test = emitter_->in_test();
  if (const auto misplaced = misplaced_function(call, in_test))
    fail(code::unknown_function, call.name_span, misplaced->first, misplaced->second);
  const bool is_method = call.kind == ExprKind::method;
  std::vector<std::string_view> names = builtin_functions(*operations_);
  const auto also = [&](const std::vector<std::string_view>& more) {
    names.insert(names.end(), more.begin(), more.end());
  };
  if (is_method && in_test) also(test_names().methods);
  if (!is_method) {
    for (const auto& [name, function] : visible_functions()) names.push_back(name);
    also(in_test ? test_names().functions : emitter_->extra_functions());
  }
  const std::string near = did_you_mean(call.text, names);
  std::string help = "'gradcheck ops' lists the operations";
  if (is_method)
    help = in_test ? fmt::format("methods are the operations ('gradcheck ops' lists them) and {}",
                                 fmt::join(test_names().methods, ", "))
                   : "methods are the operations: x.sum() is sum(x); 'gradcheck ops' lists them";
  fail(code::unknown_function, call.name_span,
       fmt::format("unknown {} {}", what, quoted(call.text)),
       near.empty() ? "" : fmt::format("did you mean '{}'?", near),
       near.empty() ? std::move(help) : "");
}

// ------------------------------------------------------------------------------------------- defs

void Lowering::bind_parameters(const Function& function, const Expr& call, Frame& frame) {
  const auto& parameters = function.parameters;
  const auto form = [&] {
    return fmt::format("expected {}({})", function.name, fmt::join(parameters, ", "));
  };
  std::vector<Item> items = arguments(call);
  if (items.size() > parameters.size())
    fail(code::call, items[parameters.size()].span,
         fmt::format("{} takes {} argument{}, found {}", quoted(std::string_view(function.name)),
                     parameters.size(), parameters.size() == 1 ? "" : "s", items.size()),
         form());
  for (std::size_t i = 0; i < items.size(); ++i)
    frame.arguments.emplace(parameters[i], std::move(items[i]));
  for (const Keyword& keyword : call.keywords()) {
    const std::string_view name = keyword.name.text;
    if (std::find(parameters.begin(), parameters.end(), name) == parameters.end())
      fail(code::call, keyword.name.span,
           fmt::format("{} has no argument {}", quoted(std::string_view(function.name)),
                       quoted(name)),
           form());
    if (!frame.arguments.emplace(name, lower(*keyword.value)).second)
      fail(code::call, keyword.name.span,
           fmt::format("{} gets {} twice", quoted(std::string_view(function.name)), quoted(name)),
           "it stands among the positional arguments already");
  }
  for (const std::string_view parameter : parameters)
    if (!frame.arguments.contains(parameter))
      fail(code::call, call.span,
           fmt::format("{} needs the argument {}", quoted(std::string_view(function.name)),
                       quoted(parameter)),
           form());
}

/// Fails when the function is being expanded already, and shows the chain of calls.
void Lowering::refuse_recursion(const Function& function, const Expr& call) const {
  const Frame* first = frame_;
  while (first != nullptr && first->function->body != function.body) first = first->caller;
  if (first == nullptr) return;
  std::string chain = function.name;
  for (const Frame* frame = frame_; frame != first->caller; frame = frame->caller)
    chain = frame->function->name + " -> " + chain;
  fail(code::recursion, call.name_span, "a def cannot call itself",
       fmt::format("this calls {}", chain));
}

Item Lowering::expand(const Function& function, const Expr& call) {
  refuse_recursion(function, call);
  if (++expansions_ > limits_.max_expansions)
    fail(code::too_much_work, call.span,
         fmt::format("defs are expanded more than the limit of {} times", limits_.max_expansions),
         "", "a chain of defs that each call the former twice doubles at every step");
  Frame frame{&function, frame_, call.span, source_};
  bind_parameters(function, call, frame);

  struct Restore {
    Lowering& lowering;
    Frame* frame;
    SourcePtr source;
    ~Restore() {
      lowering.frame_ = frame;
      lowering.source_ = std::move(source);
    }
  } restore{*this, frame_, source_};
  frame_ = &frame;
  source_ = function.source;
  return lower(*function.body);
}

// ------------------------------------------------------------------------- methods and attributes

Item Lowering::lower_method(const Expr& e) {
  const Item object = lower(e.child(0));
  if (std::optional<Item> item = emitter_->method(e, object, *this)) return *item;
  if (const Operation* operation = offered(e.text)) return call_operation(*operation, e, &object);
  unknown_function(e, "method");
}

void Lowering::unknown_attribute(const Expr& e) const {
  const TestNames& tests = test_names();
  const auto contains = [&](const std::vector<std::string_view>& names) {
    return std::find(names.begin(), names.end(), e.text) != names.end();
  };
  if (contains(tests.attributes))
    fail(code::unknown_name, e.name_span,
         fmt::format("the attribute {} stands only in test blocks", quoted(e.text)));
  if (offered(e.text) != nullptr || contains(tests.methods))
    fail(code::unknown_name, e.name_span, fmt::format("{} is a method", quoted(e.text)),
         fmt::format("call it: {}()", e.text));
  std::vector<std::string_view> names = {"T", "shape"};
  if (emitter_->in_test())
    for (const std::string_view name : tests.attributes)
      if (name != "shape") names.push_back(name);
  const std::string near = did_you_mean(e.text, names);
  fail(code::unknown_name, e.name_span, fmt::format("unknown attribute {}", quoted(e.text)),
       near.empty() ? "" : fmt::format("did you mean '{}'?", near),
       near.empty() ? fmt::format("the attributes are {}", fmt::join(names, ", ")) : "");
}

Item Lowering::lower_attribute(const Expr& e) {
  const Item object = lower(e.child(0));
  if (std::optional<Item> item = emitter_->attribute(e, object, *this)) return *item;
  const bool shape_wanted = e.text == "shape";
  if (e.text != "T" && !shape_wanted) {
    unknown_attribute(e);
  }
  const Handle handle = tensor(object);
  const Shape shape = emitter_->shape(handle);
  if (shape_wanted) {
    auto sizes = std::make_shared<std::vector<Item>>();
    for (const std::int64_t size : shape)
      sizes->push_back({make_constant(static_cast<double>(size)), e.span});
    return {Item::List(std::move(sizes))};
  }
  const Item operand{Item::Value{handle}, object.span};
  if (shape.rank() < 2) return operand;
  Integers reversed;
  for (std::size_t d = shape.rank(); d-- > 0;) reversed.push_back(static_cast<std::int64_t>(d));
  return apply(operation("permute"), std::span<const Item>(&operand, 1),
               make_attributes({std::move(reversed)}), e.span);
}

}  // namespace verigrad::expressions
