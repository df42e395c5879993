// An evaluator of scalar expressions for tests: what an imported core's body means in doubles.
#pragma once

#include <cmath>
#include <map>
#include <stdexcept>
#include <string>
#include <unordered_map>

#include "expressions/fpcore.hpp"

namespace verigrad::expressions::testing {

using Variables = std::map<std::string, double, std::less<>>;

/// Remembers nodes, because an imported body is a graph.
class Evaluator {
 public:
  explicit Evaluator(Variables variables, const FpcoreFile* file = nullptr)
      : variables_(std::move(variables)), file_(file) {}

  double operator()(const Expr* e) {
    const auto known = values_.find(e);
    if (known != values_.end()) return known->second;
    const double value = compute(*e);
    values_.emplace(e, value);
    return value;
  }

 private:
  double compute(const Expr& e) {
    switch (e.kind) {
      case ExprKind::number:
        return e.number;
      case ExprKind::name:
        if (e.text == "pi") return M_PI;
        if (e.text == "inf") return HUGE_VAL;
        if (e.text == "nan") return NAN;
        return variables_.find(e.text)->second;
      case ExprKind::unary:
        return e.unary_op == UnaryOp::minus ? -(*this)(e.children[0]) : (*this)(e.children[0]);
      case ExprKind::binary:
        return chain(e);
      case ExprKind::compare:
        return compare(e);
      case ExprKind::call:
        return call(e);
      default:
        throw std::logic_error("an imported expression has no such node");
    }
  }

  double chain(const Expr& e) {
    double value = (*this)(e.children[0]);
    for (std::size_t i = 0; i < e.ops().size(); ++i) {
      const double right = (*this)(e.children[i + 1]);
      switch (e.ops()[i]) {
        case BinaryOp::add:
          value += right;
          break;
        case BinaryOp::sub:
          value -= right;
          break;
        case BinaryOp::mul:
          value *= right;
          break;
        case BinaryOp::div:
          value /= right;
          break;
        default:
          value = std::pow(value, right);
      }
    }
    return value;
  }

  double compare(const Expr& e) {
    const double a = (*this)(e.children[0]), b = (*this)(e.children[1]);
    switch (e.compare_op) {
      case CompareOp::lt:
        return a < b;
      case CompareOp::le:
        return a <= b;
      case CompareOp::gt:
        return a > b;
      case CompareOp::ge:
        return a >= b;
      case CompareOp::eq:
        return a == b;
      default:
        return a != b;
    }
  }

  double call(const Expr& e) {
    static const std::map<std::string_view, double (*)(double)> unary = {
        {"abs", std::fabs},       {"exp", std::exp},     {"expm1", std::expm1},
        {"log", std::log},        {"log10", std::log10}, {"log2", std::log2},
        {"log1p", std::log1p},    {"sqrt", std::sqrt},   {"sin", std::sin},
        {"cos", std::cos},        {"tan", std::tan},     {"asin", std::asin},
        {"acos", std::acos},      {"atan", std::atan},   {"sinh", std::sinh},
        {"cosh", std::cosh},      {"tanh", std::tanh},   {"asinh", std::asinh},
        {"acosh", std::acosh},    {"atanh", std::atanh}, {"erf", std::erf},
        {"ceil", std::ceil},      {"floor", std::floor}, {"trunc", std::trunc},
        {"round", std::nearbyint}};
    if (const auto f = unary.find(e.text); f != unary.end())
      return f->second((*this)(e.children[0]));
    if (e.text == "where")
      return (*this)(e.children[0]) != 0 ? (*this)(e.children[1]) : (*this)(e.children[2]);
    if (e.text == "atan2") return std::atan2((*this)(e.children[0]), (*this)(e.children[1]));
    if (e.text == "minimum") return std::fmin((*this)(e.children[0]), (*this)(e.children[1]));
    if (e.text == "maximum") return std::fmax((*this)(e.children[0]), (*this)(e.children[1]));
    const FpcoreCore* core = file_ ? file_->find(e.text) : nullptr;
    if (!core || !core->body) throw std::logic_error("unknown function " + std::string(e.text));
    Variables inner;
    for (std::size_t i = 0; i < e.children.size(); ++i)
      inner.emplace(core->arguments[i].name.text, (*this)(e.children[i]));
    return Evaluator(std::move(inner), file_)(core->body);
  }

  Variables variables_;
  const FpcoreFile* file_;
  std::unordered_map<const Expr*, double> values_;
};

}  // namespace verigrad::expressions::testing
