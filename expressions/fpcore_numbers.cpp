// Numbers and named constants.
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <numbers>

#include "expressions/diagnostic.hpp"
#include "expressions/fpcore_impl.hpp"
#include "expressions/lexer.hpp"

namespace verigrad::expressions::fpcore {

const Expr* Converter::number(std::string_view literal, Span span) {
  const double value = literal_value(literal);
  if (std::isinf(value))
    throw Unsupported{fmt::format("the number {}, too large for a double", quoted(literal)), span};
  return build_.number(arena_->copy(literal), value, span);
}

const Expr* Converter::number(const NumberText& text, Span span) {
  const Expr* value = number(text.magnitude, span);
  if (text.negative) value = build_.unary(UnaryOp::minus, value, span, span);
  if (text.denominator.empty()) return value;
  return build_.binary(BinaryOp::div, value, number(text.denominator, span), span);
}

const Expr* Converter::constant_symbol(std::string_view name, Span span) {
  const auto of = [&](std::string_view function, std::string_view x) {
    return call(function, {number(x, span)}, span);
  };
  const auto over = [&](std::string_view n, const Expr* x) {
    return binary(BinaryOp::div, number(n, span), x, span);
  };
  const Expr* pi = build_.name("pi", span);
  if (name == "PI") return pi;
  if (name == "E") return of("exp", "1");
  if (name == "LN2") return of("log", "2");
  if (name == "LN10") return of("log", "10");
  if (name == "LOG2E") return over("1", of("log", "2"));
  if (name == "LOG10E") return over("1", of("log", "10"));
  if (name == "PI_2") return binary(BinaryOp::div, pi, number("2", span), span);
  if (name == "PI_4") return binary(BinaryOp::div, pi, number("4", span), span);
  if (name == "M_1_PI") return over("1", pi);
  if (name == "M_2_PI") return over("2", pi);
  if (name == "M_2_SQRTPI") return over("2", call("sqrt", {pi}, span));
  if (name == "SQRT2") return of("sqrt", "2");
  if (name == "SQRT1_2") return of("sqrt", "0.5");
  if (name == "INFINITY" || name == "HUGE_VAL") return build_.name("inf", span);
  if (name == "NAN") return build_.name("nan", span);
  return nullptr;
}

/// `(digits m e b)` is m * b ** e; a power of two or ten becomes one literal.
const Expr* Converter::digits(const Node& node) {
  expect_count(node, 3);
  std::array<long long, 2> values{};
  for (std::size_t i = 0; i < 3; ++i) {
    const Node& part = node.children[i + 1];
    const auto text = part.is_atom() ? read_number(part.text) : std::nullopt;
    const bool whole = text && text->denominator.empty() &&
                       text->magnitude.find_first_not_of("0123456789") == std::string_view::npos;
    if (!whole) throw Unsupported{"'digits' with a part that is not a whole number", part.span};
    if (i == 0) continue;
    std::string_view shown = part.text;
    if (shown.starts_with('+')) shown.remove_prefix(1);
    const auto parsed = std::from_chars(shown.data(), shown.data() + shown.size(), values[i - 1]);
    if (parsed.ec != std::errc() || std::abs(values[i - 1]) > 1'000'000)
      throw Unsupported{"'digits' with a huge exponent or base", part.span};
  }
  const auto [exponent, base] = values;
  if (base < 2) throw Unsupported{"'digits' with a base below 2", node.span};
  const NumberText m = *read_number(node.children[1].text);
  if (base == 10) {
    const std::string literal = fmt::format("{}e{}", m.magnitude, exponent);
    return number(NumberText{m.negative, arena_->copy(literal), {}}, node.span);
  }
  const Expr* power = binary(
      BinaryOp::pow, number(fmt::format("{}", base), node.span),
      number(NumberText{exponent < 0, arena_->copy(fmt::format("{}", std::abs(exponent))), {}},
             node.span),
      node.span);
  return binary(BinaryOp::mul, number(m, node.span), power, node.span);
}

std::optional<double> Converter::constant(const Node& node) const {
  using std::numbers::pi;
  if (node.is_atom()) {
    if (const auto text = read_number(node.text)) {
      double value = literal_value(text->magnitude);
      if (!text->denominator.empty()) value /= literal_value(text->denominator);
      return text->negative ? -value : value;
    }
    static const std::unordered_map<std::string_view, double> constants = {
        {"PI", pi},
        {"PI_2", pi / 2},
        {"PI_4", pi / 4},
        {"M_1_PI", 1 / pi},
        {"M_2_PI", 2 / pi},
        {"M_2_SQRTPI", 2 / std::sqrt(pi)},
        {"E", std::exp(1)},
        {"LN2", std::log(2)},
        {"LN10", std::log(10)},
        {"INFINITY", HUGE_VAL},
        {"HUGE_VAL", HUGE_VAL},
        {"LOG2E", 1 / std::log(2)},
        {"LOG10E", 1 / std::log(10)},
        {"SQRT2", std::sqrt(2)},
        {"SQRT1_2", std::sqrt(0.5)}};
    const auto found = constants.find(node.text);
    if (find(node.text) || found == constants.end()) return std::nullopt;
    return found->second;
  }
  const std::string_view head = node.head();
  if (node.children.size() < 2 || node.children.size() > 3 || head.empty()) return std::nullopt;
  const auto a = constant(node.children[1]);
  if (!a) return std::nullopt;
  if (node.children.size() == 2) {
    if (head == "-") return -*a;
    if (head == "sqrt") return std::sqrt(*a);
    if (head == "exp") return std::exp(*a);
    if (head == "log") return std::log(*a);
    return std::nullopt;
  }
  const auto b = constant(node.children[2]);
  if (!b) return std::nullopt;
  if (head == "+") return *a + *b;
  if (head == "-") return *a - *b;
  if (head == "*") return *a * *b;
  if (head == "/") return *a / *b;
  if (head == "pow") return std::pow(*a, *b);
  return std::nullopt;
}

}  // namespace verigrad::expressions::fpcore
