#include "expressions/print.hpp"

#include <fmt/format.h>

#include <cmath>

namespace verigrad::expressions {
namespace {

/// How tightly an expression holds together; an operand that holds less than its place asks for
/// needs brackets.
enum Strength { comparison = 1, sum, product, prefix, power, postfix };

Strength strength(const Expr& e) {
  switch (e.kind) {
    case ExprKind::range:
    case ExprKind::compare:
      return comparison;
    case ExprKind::unary:
      return prefix;
    case ExprKind::binary:
      break;
    default:
      return postfix;
  }
  if (e.operators[0] == BinaryOp::pow) return power;
  const bool is_sum = e.operators[0] == BinaryOp::add || e.operators[0] == BinaryOp::sub;
  return is_sum ? sum : product;
}

class Printer {
 public:
  void print(const Expr& e);
  std::string take() { return std::move(out_); }

 private:
  void operand(const Expr& e, Strength at_least) {
    const bool brackets = strength(e) < at_least;
    if (brackets) out_ += '(';
    print(e);
    if (brackets) out_ += ')';
  }
  void object(const Expr& e) {
    // A dot after a number would belong to the number.
    if (e.kind != ExprKind::number) return operand(e, postfix);
    out_ += '(';
    print(e);
    out_ += ')';
  }
  void binary(const Expr& e);
  void list(std::span<const Expr* const> elements, char open, char close);
  void arguments(const Expr& e);
  void index(const Expr& e);
  void slice(const Expr& e);

  std::string out_;
};

void Printer::binary(const Expr& e) {
  const Strength own = strength(e);
  if (own == power) {
    operand(e.child(0), postfix);
    out_ += " ** ";
    return operand(e.child(1), prefix);
  }
  const auto tighter = static_cast<Strength>(own + 1);
  operand(e.child(0), tighter);
  for (std::size_t i = 0; i < e.ops().size(); ++i) {
    fmt::format_to(std::back_inserter(out_), " {} ", spelling(e.ops()[i]));
    operand(e.child(i + 1), tighter);
  }
}

void Printer::list(std::span<const Expr* const> elements, char open, char close) {
  out_ += open;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (i > 0) out_ += ", ";
    print(*elements[i]);
  }
  out_ += close;
}

void Printer::arguments(const Expr& e) {
  out_ += e.text;
  list(e.arguments(), '(', ')');
  if (e.keywords().empty()) return;
  out_.pop_back();
  bool first = e.arguments().empty();
  for (const Keyword& keyword : e.keywords()) {
    if (!first) out_ += ", ";
    first = false;
    out_ += keyword.name.text;
    out_ += '=';
    print(*keyword.value);
  }
  out_ += ')';
}

void Printer::index(const Expr& e) {
  object(e.child(0));
  list(e.arguments(), '[', ']');
}

void Printer::slice(const Expr& e) {
  if (e.children[0]) print(e.child(0));
  out_ += ':';
  if (e.children[1]) print(e.child(1));
  if (!e.children[2]) return;
  out_ += ':';
  print(e.child(2));
}

void Printer::print(const Expr& e) {
  switch (e.kind) {
    case ExprKind::number:
      out_ += e.text.empty() ? number_to_text(e.number) : std::string(e.text);
      break;
    case ExprKind::string:
      out_ += string_to_literal(e.text);
      break;
    case ExprKind::boolean:
      out_ += e.flag ? "True" : "False";
      break;
    case ExprKind::none:
      out_ += "None";
      break;
    case ExprKind::name:
      out_ += e.text;
      break;
    case ExprKind::list:
      list(e.children, '[', ']');
      break;
    case ExprKind::unary:
      out_ += e.unary_op == UnaryOp::minus ? '-' : '+';
      operand(e.child(0), prefix);
      break;
    case ExprKind::binary:
      binary(e);
      break;
    case ExprKind::compare:
      operand(e.child(0), sum);
      fmt::format_to(std::back_inserter(out_), " {} ", spelling(e.compare_op));
      operand(e.child(1), sum);
      break;
    case ExprKind::call:
      arguments(e);
      break;
    case ExprKind::method:
      object(e.child(0));
      out_ += '.';
      arguments(e);
      break;
    case ExprKind::attribute:
      object(e.child(0));
      out_ += '.';
      out_ += e.text;
      break;
    case ExprKind::index:
      index(e);
      break;
    case ExprKind::slice:
      slice(e);
      break;
    case ExprKind::range:
      operand(e.child(0), sum);
      out_ += out_.ends_with('.') ? " .." : "..";
      operand(e.child(1), sum);
      break;
  }
}

}  // namespace

std::string to_text(const Expr* expression) {
  Printer printer;
  printer.print(*expression);
  return printer.take();
}

std::string number_to_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  return fmt::format("{}", value);
}

std::string string_to_literal(std::string_view text) {
  std::string literal = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') literal += '\\';
    if (c == '\n')
      literal += "\\n";
    else
      literal += c;
  }
  return literal + '"';
}

std::string_view spelling(BinaryOp op) {
  switch (op) {
    case BinaryOp::add:
      return "+";
    case BinaryOp::sub:
      return "-";
    case BinaryOp::mul:
      return "*";
    case BinaryOp::div:
      return "/";
    case BinaryOp::matmul:
      return "@";
    case BinaryOp::pow:
      break;
  }
  return "**";
}

std::string_view spelling(CompareOp op) {
  switch (op) {
    case CompareOp::lt:
      return "<";
    case CompareOp::le:
      return "<=";
    case CompareOp::gt:
      return ">";
    case CompareOp::ge:
      return ">=";
    case CompareOp::eq:
      return "==";
    case CompareOp::ne:
      return "!=";
    case CompareOp::approx:
      break;
  }
  return "~=";
}

}  // namespace verigrad::expressions
