#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "expressions/diagnostic.hpp"
#include "expressions/fpcore_impl.hpp"

namespace verigrad::expressions::fpcore {
namespace {

struct Function {
  std::string_view fpcore, ours;
  std::size_t arity;
};

constexpr Function functions[] = {
    {"fabs", "abs", 1},     {"exp", "exp", 1},         {"expm1", "expm1", 1},
    {"log", "log", 1},      {"log10", "log10", 1},     {"log2", "log2", 1},
    {"log1p", "log1p", 1},  {"sqrt", "sqrt", 1},       {"sin", "sin", 1},
    {"cos", "cos", 1},      {"tan", "tan", 1},         {"asin", "asin", 1},
    {"acos", "acos", 1},    {"atan", "atan", 1},       {"atan2", "atan2", 2},
    {"sinh", "sinh", 1},    {"cosh", "cosh", 1},       {"tanh", "tanh", 1},
    {"asinh", "asinh", 1},  {"acosh", "acosh", 1},     {"atanh", "atanh", 1},
    {"erf", "erf", 1},      {"erfc", "erfc", 1},       {"lgamma", "lgamma", 1},
    {"exp2", "exp2", 1},    {"cbrt", "cbrt", 1},       {"hypot", "hypot", 2},
    {"fmod", "fmod", 2},    {"ceil", "ceil", 1},       {"floor", "floor", 1},
    {"trunc", "trunc", 1},  {"nearbyint", "round", 1}, {"fmin", "minimum", 2},
    {"fmax", "maximum", 2},
};

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

constexpr std::array<std::string_view, 4> loops = {"while", "while*", "for", "for*"};
constexpr std::array<std::string_view, 6> tensors = {"tensor", "tensor*", "array",
                                                     "ref",    "dim",     "size"};
/// The language's `remainder` has the divisor's sign and its `round` sends halves to even; FPCore's
/// are C's.
constexpr std::array<std::string_view, 4> untranslatable = {"tgamma", "remainder", "copysign",
                                                            "round"};
constexpr std::array<std::string_view, 8> logical = {"and",   "or",    "not",      "isfinite",
                                                     "isinf", "isnan", "isnormal", "signbit"};

std::optional<BinaryOp> arithmetic(const Node& node) {
  const std::string_view head = node.head();
  if (head.size() != 1 || node.children.size() != 3) return std::nullopt;
  switch (head[0]) {
    case '+':
      return BinaryOp::add;
    case '-':
      return BinaryOp::sub;
    case '*':
      return BinaryOp::mul;
    case '/':
      return BinaryOp::div;
    default:
      return std::nullopt;
  }
}

bool is_sum(BinaryOp op) { return op == BinaryOp::add || op == BinaryOp::sub; }

bool is_bare_chain(const Expr& e, BinaryOp op) {
  return e.kind == ExprKind::binary && e.operators[0] != BinaryOp::pow &&
         is_sum(e.operators[0]) == is_sum(op);
}

}  // namespace

void wrong_count(const Node& node) {
  throw Unsupported{fmt::format("{} with {} argument{}", quoted(node.head()),
                                node.children.size() - 1, node.children.size() == 2 ? "" : "s"),
                    node.span};
}

void expect_count(const Node& node, std::size_t arity) {
  if (node.children.size() != arity + 1) wrong_count(node);
}

const Expr* Converter::find(std::string_view variable) const {
  const auto found = scope_.find(variable);
  return found == scope_.end() || found->second.empty() ? nullptr : found->second.back();
}

const Expr* Converter::checked(const Expr* expr, Span span) const {
  if (expr->depth > max_nesting)
    throw Unsupported{fmt::format("nesting deeper than {}", max_nesting), span};
  return expr;
}

const Expr* Converter::binary(BinaryOp op, const Expr* left, const Expr* right, Span span) {
  // a sign keeps the builder from copying the operands of a chain that others may share
  if (op != BinaryOp::pow && is_bare_chain(*left, op))
    left = checked(build_.unary(UnaryOp::plus, left, left->span), span);
  return checked(build_.binary(op, left, right, span), span);
}

const Expr* Converter::call(std::string_view name, std::vector<const Expr*> arguments, Span span) {
  return checked(build_.call({name, span}, arguments, {}, span), span);
}

const Expr* Converter::compare(CompareOp op, const Expr* left, const Expr* right, Span span) {
  return checked(build_.compare(op, left, right, span, span), span);
}

const Expr* Converter::infinity(bool negative) {
  const Expr* value = build_.name("inf");
  return negative ? build_.unary(UnaryOp::minus, value) : value;
}

const Expr* Converter::convert(const Node& node) {
  if (node.kind == Node::Kind::string) throw Unsupported{"a string as a value", node.span};
  return node.is_atom() ? atom(node) : list(node);
}

const Expr* Converter::atom(const Node& node) {
  if (const auto text = read_number(node.text)) return number(*text, node.span);
  if (const Expr* value = find(node.text)) return value;
  if (const Expr* value = constant_symbol(node.text, node.span)) return value;
  if (node.text == "TRUE" || node.text == "FALSE")
    throw Unsupported{"a truth value used as a number", node.span};
  const char* what = is_symbol(node.text) ? "unknown variable" : "malformed number or symbol";
  throw Unsupported{fmt::format("{} {}", what, quoted(node.text)), node.span};
}

const Expr* Converter::list(const Node& node) {
  const std::string_view head = node.head();
  if (head.empty()) throw Unsupported{"a list without an operator", node.span};
  if (arithmetic(node)) return chain(node);
  if (head == "-" && node.children.size() == 2)
    return checked(build_.unary(UnaryOp::minus, convert(node.children[1]), node.span), node.span);
  if (head == "digits") return digits(node);
  if (head == "if") {
    expect_count(node, 3);
    const Expr* yes = convert(node.children[2]);
    return select(node.children[1], yes, convert(node.children[3]));
  }
  if (head == "let" || head == "let*")
    return with_let(node, [this](const Node& body) { return convert(body); });
  if (head == "!") return convert(annotated(node));
  if (head == "cast") {
    expect_count(node, 1);
    return convert(node.children[1]);
  }
  for (const Function& f : functions)
    if (f.fpcore == head) {
      expect_count(node, f.arity);
      return function(node, f.ours);
    }
  return special(node);
}

const Expr* Converter::chain(const Node& node) {
  const bool sum = is_sum(*arithmetic(node));
  std::vector<const Node*> nodes;
  std::vector<BinaryOp> ops;
  std::vector<Span> steps;
  const Node* first = &node;
  for (auto op = arithmetic(*first); op && is_sum(*op) == sum; op = arithmetic(*first)) {
    nodes.push_back(&first->children[2]);
    ops.push_back(*op);
    if (first != &node) steps.push_back(first->span);
    first = &first->children[1];
  }
  nodes.push_back(first);
  std::reverse(nodes.begin(), nodes.end());
  std::reverse(ops.begin(), ops.end());
  std::reverse(steps.begin(), steps.end());
  std::vector<const Expr*> operands;
  for (const Node* operand : nodes) operands.push_back(convert(*operand));
  const bool literal = first->is_atom() && read_number(first->text);
  if (!literal && is_bare_chain(*operands[0], ops[0]))
    operands[0] = checked(build_.unary(UnaryOp::plus, operands[0], first->span), first->span);
  return checked(build_.chain(operands, ops, node.span, steps), node.span);
}

const Expr* Converter::function(const Node& node, std::string_view name) {
  std::vector<const Expr*> arguments;
  for (std::size_t i = 1; i < node.children.size(); ++i)
    arguments.push_back(convert(node.children[i]));
  return call(name, std::move(arguments), node.span);
}

/// Operators that become compositions, calls of cores, and everything that the language lacks.
const Expr* Converter::special(const Node& node) {
  const std::string_view head = node.head();
  const Span at = node.span;
  const auto argument = [&](std::size_t i) { return convert(node.children[i]); };
  if (head == "pow") {
    expect_count(node, 2);
    const Expr* base = argument(1);
    return binary(BinaryOp::pow, base, argument(2), at);
  }
  if (head == "fma") {
    expect_count(node, 3);
    const Expr* a = argument(1);
    const Expr* product = binary(BinaryOp::mul, a, argument(2), at);
    return binary(BinaryOp::add, product, argument(3), at);
  }
  if (head == "fdim") {
    expect_count(node, 2);
    const Expr* a = argument(1);
    return call("maximum", {binary(BinaryOp::sub, a, argument(2), at), number("0", at)}, at);
  }
  if (is_one_of(head, loops)) throw Unsupported{fmt::format("{} loops", quoted(head)), at};
  if (is_one_of(head, tensors)) throw Unsupported{fmt::format("tensors ({})", quoted(head)), at};
  if (is_one_of(head, untranslatable))
    throw Unsupported{fmt::format("the operator {}", quoted(head)), at};
  if (comparison(head) || is_one_of(head, logical))
    throw Unsupported{fmt::format("a truth value used as a number ({})", quoted(head)), at};
  if (head == "+" || head == "-" || head == "*" || head == "/") wrong_count(node);
  if (const auto core = callees_->find(head); core != callees_->end())
    return call_core(node, core->second);
  throw Unsupported{fmt::format("unknown operator {}", quoted(head)), at};
}

const Expr* Converter::call_core(const Node& node, const Callee& callee) {
  if (!callee.supported)
    throw Unsupported{fmt::format("a call of {}, which is unsupported", quoted(node.head())),
                      node.span};
  if (callee.dtype != dtype_)
    throw Unsupported{fmt::format("a call of {}, which has another precision", quoted(node.head())),
                      node.span};
  expect_count(node, callee.arity);
  return function(node, callee.identifier);
}

void Converter::check_context(const Node& property, const Node& value) const {
  const std::string_view shown = value.is_atom() ? value.text : std::string_view("(…)");
  if (property.text == ":precision") {
    const auto is_float = [&](std::string_view exponent, std::string_view bits) {
      return value.head() == "float" && value.children.size() == 3 &&
             value.children[1].is_atom(exponent) && value.children[2].is_atom(bits);
    };
    const bool same = dtype_ == "f32" ? value.is_atom("binary32") || is_float("8", "32")
                                      : value.is_atom("binary64") || is_float("11", "64");
    if (!same) throw Unsupported{fmt::format("the precision {}", quoted(shown)), value.span};
  } else if (property.text == ":round" && !value.is_atom("nearestEven")) {
    throw Unsupported{fmt::format("the rounding mode {}", quoted(shown)), value.span};
  }
}

/// The expression of `(! property* expr)`.
const Node& Converter::annotated(const Node& node) const {
  std::size_t i = 1;
  for (; i + 1 < node.children.size() && node.children[i].is_property(); i += 2)
    check_context(node.children[i], node.children[i + 1]);
  if (i + 1 != node.children.size())
    throw Unsupported{"'!' without exactly one expression", node.span};
  return node.children[i];
}

}  // namespace verigrad::expressions::fpcore
