#include "expressions/eager_compare.hpp"

#include <fmt/format.h>

#include "engine/compare.hpp"
#include "expressions/print.hpp"
#include "expressions/relation.hpp"

namespace verigrad::expressions {
namespace {

bool is_numeric(const Item& item) {
  return item.get<ConstantPtr>() || item.get<Item::Value>() || item.get<Item::List>();
}

template <class Any>
Comparison compare_tensors(CompareOp op, const Tensor<Any>& left, const Tensor<Any>& right,
                           double tolerance) {
  const Relation relation = relation_of(op);
  if (!comparable(relation, left.shape(), right.shape()))
    return {false, fmt::format("the shapes differ: {} and {}", to_string(left.shape()),
                               to_string(right.shape()))};
  const auto at = first_violation(relation, left, right, tolerance);
  if (!at) return {};
  if (op == CompareOp::ne) return {false, "both sides are equal"};
  const Shape shape = broadcast(left.shape(), right.shape(), "expect");
  const std::string index = index_text(*at, shape);
  Comparison failed{false, index.empty() ? "" : fmt::format("not at entry {}", index)};
  failed.difference = difference_text(left, right, *at);
  return failed;
}

template <class T>
Tensor<double> widened(const Tensor<T>& tensor) {
  std::vector<double> entries(tensor.entries().begin(), tensor.entries().end());
  return Tensor<double>(tensor.shape(), entries);
}

/// A side of a comparison with an integer tensor.
template <class T>
Tensor<double> exact_side(const Item& item, Eager<T>& eager, Lowering& lowering) {
  if (const Tensor<std::int64_t>* whole = eager.integers(item)) {
    std::vector<double> entries;
    for (std::int64_t entry : whole->entries()) entries.push_back(static_cast<double>(entry));
    return Tensor<double>(whole->shape(), entries);
  }
  if (const auto* number = item.get<ConstantPtr>()) return Tensor<double>((*number)->value);
  return widened(eager.tensor(lowering.tensor(item)));
}

/// `==` of two values that are neither numbers nor tensors.
bool same_plain(const Item& left, const Item& right) {
  if (left.is.index() != right.is.index()) return false;
  if (const auto* flag = left.get<bool>()) return *flag == *right.get<bool>();
  if (const auto* text = left.get<std::string>()) return *text == *right.get<std::string>();
  if (const auto* object = left.get<Item::Object>())
    return object->handle == right.get<Item::Object>()->handle;
  return true;
}

template <class T>
Comparison compare_lists(CompareOp op, const Item& left, const Item& right, double tolerance,
                         Eager<T>& eager, Lowering& lowering, Span span) {
  const auto& a = **left.get<Item::List>();
  const auto& b = **right.get<Item::List>();
  Comparison same{a.size() == b.size()};
  if (!same.holds)
    same.reason = fmt::format("the lists have {} and {} elements", a.size(), b.size());
  const CompareOp each = op == CompareOp::ne ? CompareOp::eq : op;
  for (std::size_t i = 0; same.holds && i < a.size(); ++i) {
    same = compare(each, a[i], b[i], tolerance, eager, lowering, span);
    if (!same.holds)
      same.reason = fmt::format("element {}{}{}", i, same.reason.empty() ? "" : ": ", same.reason);
  }
  if (op != CompareOp::ne) return same;
  return same.holds ? Comparison{false, "both sides are equal"} : Comparison{};
}

}  // namespace

template <class T>
Comparison compare(CompareOp op, const Item& left, const Item& right, double tolerance,
                   Eager<T>& eager, Lowering& lowering, Span span) {
  const bool ordering = op != CompareOp::eq && op != CompareOp::ne && op != CompareOp::approx;
  if (left.get<Item::List>() && right.get<Item::List>() && !ordering)
    return compare_lists(op, left, right, tolerance, eager, lowering, span);
  const bool whole = eager.integers(left) || eager.integers(right);
  const bool left_numeric = is_numeric(left) || eager.integers(left);
  const bool right_numeric = is_numeric(right) || eager.integers(right);
  if (left_numeric && right_numeric) {
    if (whole)
      return compare_tensors(op, exact_side(left, eager, lowering),
                             exact_side(right, eager, lowering), tolerance);
    const Tensor<T> a = eager.tensor(lowering.tensor(left));
    const Tensor<T> b = eager.tensor(lowering.tensor(right));
    return compare_tensors(op, a, b, tolerance);
  }
  if (op != CompareOp::eq && op != CompareOp::ne)
    lowering.fail(code::wrong_kind, span,
                  fmt::format("'{}' compares numbers and tensors, not {} with {}", spelling(op),
                              lowering.describe(left), lowering.describe(right)));
  if (same_plain(left, right) == (op == CompareOp::eq)) return {};
  return {false, op == CompareOp::ne ? "both sides are equal" : ""};
}

template <class T>
Comparison truth(const Item& item, Eager<T>& eager, Lowering& lowering, Span span) {
  if (const bool* flag = item.get<bool>()) return {*flag};
  if (item.get<Item::None>()) return {false, "this is None"};
  if (!is_numeric(item) && !eager.integers(item))
    lowering.fail(
        code::wrong_kind, span,
        fmt::format("expect needs a comparison, True or False, not {}", lowering.describe(item)));
  const Tensor<double> mask = exact_side(item, eager, lowering);
  for (std::int64_t i = 0; i < mask.numel(); ++i) {
    if (mask[i] != 0) continue;
    const std::string index = index_text(i, mask.shape());
    return {false, index.empty() ? "this is 0" : fmt::format("entry {} is 0", index)};
  }
  return {};
}

#define VERIGRAD_INSTANTIATE(T)                                                                  \
  template Comparison compare(CompareOp, const Item&, const Item&, double, Eager<T>&, Lowering&, \
                              Span);                                                             \
  template Comparison truth(const Item&, Eager<T>&, Lowering&, Span);
VERIGRAD_INSTANTIATE(float)
VERIGRAD_INSTANTIATE(double)

}  // namespace verigrad::expressions
