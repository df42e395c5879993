// Conditions, which become nested where(), and let.
#include <fmt/format.h>

#include <utility>

#include "expressions/diagnostic.hpp"
#include "expressions/fpcore_impl.hpp"

namespace verigrad::expressions::fpcore {
namespace {

/// `a != b != …` is a comparison of every pair; more operands than this are refused.
constexpr std::size_t max_distinct = 32;

}  // namespace

std::optional<CompareOp> comparison(std::string_view op) {
  if (op == "<") return CompareOp::lt;
  if (op == "<=") return CompareOp::le;
  if (op == ">") return CompareOp::gt;
  if (op == ">=") return CompareOp::ge;
  if (op == "==") return CompareOp::eq;
  if (op == "!=") return CompareOp::ne;
  return std::nullopt;
}

const Expr* Converter::with_let(const Node& node,
                                const std::function<const Expr*(const Node&)>& body) {
  expect_count(node, 2);
  const bool sequential = node.head() == "let*";
  std::vector<std::pair<std::string_view, const Expr*>> bound;
  for (const Node& binding : node.children[1].children) {
    const bool good = binding.is_list() && binding.children.size() == 2 &&
                      binding.children[0].is_atom() && is_symbol(binding.children[0].text);
    if (!good) throw Unsupported{"a binding that is not '[symbol expr]'", binding.span};
    bound.emplace_back(binding.children[0].text, convert(binding.children[1]));
    if (sequential) bind(bound.back().first, bound.back().second);
  }
  if (!node.children[1].is_list())
    throw Unsupported{fmt::format("{} without a list of bindings", quoted(node.head())), node.span};
  if (!sequential)
    for (const auto& [name, value] : bound) bind(name, value);
  const Expr* result = body(node.children[2]);
  for (const auto& [name, value] : bound) unbind(name);
  return result;
}

const Expr* Converter::select(const Node& condition, const Expr* yes, const Expr* no) {
  const std::string_view head = condition.head();
  const std::vector<Node>& parts = condition.children;
  if (condition.is_atom("TRUE")) return yes;
  if (condition.is_atom("FALSE")) return no;
  if (const auto op = comparison(head)) return select_compare(condition, *op, yes, no);
  if (head == "and" || head == "or") {
    const Expr* result = head == "and" ? yes : no;
    for (std::size_t i = parts.size(); i-- > 1;)
      result = head == "and" ? select(parts[i], result, no) : select(parts[i], yes, result);
    return result;
  }
  if (head == "not") {
    expect_count(condition, 1);
    return select(parts[1], no, yes);
  }
  if (head == "if") {
    expect_count(condition, 3);
    const Expr* then = select(parts[2], yes, no);
    return select(parts[1], then, select(parts[3], yes, no));
  }
  if (head == "let" || head == "let*")
    return with_let(condition, [&](const Node& body) { return select(body, yes, no); });
  if (head == "!") return select(annotated(condition), yes, no);
  throw Unsupported{condition.is_atom() || head.empty()
                        ? std::string("a condition that is not a comparison")
                        : fmt::format("{} as a condition", quoted(head)),
                    condition.span};
}

const Expr* Converter::select_compare(const Node& node, CompareOp op, const Expr* yes,
                                      const Expr* no) {
  std::vector<const Expr*> operands;
  for (std::size_t i = 1; i < node.children.size(); ++i)
    operands.push_back(convert(node.children[i]));
  if (operands.empty()) wrong_count(node);
  if (op == CompareOp::ne && operands.size() > max_distinct) wrong_count(node);
  const Expr* result = yes;
  const auto also = [&](std::size_t i, std::size_t j) {
    const Expr* holds = compare(op, operands[i], operands[j], node.span);
    result = call("where", {holds, result, no}, node.span);
  };
  for (std::size_t i = operands.size(); i-- > 0;) {
    // the other comparisons are transitive: neighbours imply every pair
    const std::size_t end = op == CompareOp::ne ? operands.size() : i + 2;
    for (std::size_t j = i + 1; j < end && j < operands.size(); ++j) also(i, j);
  }
  return result;
}

const Expr* Converter::condition(const Node& node) {
  const auto op = comparison(node.head());
  if (op && node.children.size() == 3) {
    const Expr* left = convert(node.children[1]);
    return compare(*op, left, convert(node.children[2]), node.span);
  }
  const Expr* one = number("1", node.span);
  const Expr* zero = number("0", node.span);
  return compare(CompareOp::gt, select(node, one, zero), zero, node.span);
}

}  // namespace verigrad::expressions::fpcore
