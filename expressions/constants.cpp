#include "expressions/constants.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cmath>
#include <limits>

#include "expressions/lexer.hpp"
#include "expressions/print.hpp"

namespace verigrad::expressions {
namespace {

bool is_decimal(const Constant& constant) {
  return constant.operation == nullptr && constant.text != "pi" && constant.text != "nan";
}

ConstantPtr negated_literal(const Constant& literal) {
  const bool negative = literal.text.starts_with('-');
  return make_constant(negative ? literal.text.substr(1) : "-" + literal.text, -literal.value);
}

}  // namespace

std::optional<double> Item::known() const {
  if (const auto* constant = get<ConstantPtr>()) return (*constant)->value;
  if (const auto* value = get<Value>()) return value->constant;
  return std::nullopt;
}

ConstantPtr make_constant(double value) {
  if (std::signbit(value) && !std::isnan(value))
    return make_constant("-" + number_to_text(-value), value);
  return make_constant(number_to_text(value), value);
}

ConstantPtr make_constant(std::string text, double value) {
  auto constant = std::make_shared<Constant>();
  constant->value = value;
  constant->text = std::move(text);
  return constant;
}

ConstantPtr fold(const Operation& operation, std::span<const ConstantPtr> operands) {
  if (operation.name() == "neg" && is_decimal(*operands[0])) return negated_literal(*operands[0]);
  auto constant = std::make_shared<Constant>();
  std::vector<double> values;
  for (const ConstantPtr& operand : operands) {
    values.push_back(operand->value);
    constant->depth = std::max(constant->depth, operand->depth + 1);
  }
  constant->value = evaluate(operation, values);
  constant->operation = &operation;
  constant->operands.assign(operands.begin(), operands.end());
  return constant;
}

double evaluate(const Operation& operation, std::span<const double> operands) {
  const NoGrad untracked;
  std::vector<Tensor<double>> tensors;
  for (double operand : operands) tensors.emplace_back(operand);
  return apply<double>(operation, tensors).item();
}

ConstantPtr constant_from_text(std::string_view text) {
  const bool negative = text.starts_with('-');
  const std::string_view digits = negative ? text.substr(1) : text;
  const double magnitude =
      digits == "inf" ? std::numeric_limits<double>::infinity() : literal_value(digits);
  return make_constant(std::string(text), negative ? -magnitude : magnitude);
}

bool is_whole(double value) { return std::abs(value) <= 0x1p53 && std::trunc(value) == value; }

std::string_view name_of(BinaryOp op) {
  switch (op) {
    case BinaryOp::add:
      return "add";
    case BinaryOp::sub:
      return "sub";
    case BinaryOp::mul:
      return "mul";
    case BinaryOp::div:
      return "div";
    case BinaryOp::matmul:
      return "matmul";
    case BinaryOp::pow:
      break;
  }
  return "pow";
}

std::string_view name_of(CompareOp op) {
  switch (op) {
    case CompareOp::lt:
      return "lt";
    case CompareOp::le:
      return "le";
    case CompareOp::gt:
      return "gt";
    case CompareOp::ge:
      return "ge";
    case CompareOp::ne:
      return "ne";
    case CompareOp::eq:
    case CompareOp::approx:
      break;
  }
  return "eq";
}

}  // namespace verigrad::expressions
