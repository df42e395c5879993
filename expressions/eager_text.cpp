// Values as PyTorch and Python print them.
#include <fmt/format.h>

#include <cmath>
#include <unordered_set>

#include "engine/print.hpp"
#include "expressions/eager.hpp"
#include "expressions/print.hpp"

namespace verigrad::expressions {
namespace {

bool is_integer_text(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Whether Python would compute the number among its integers.
bool is_integer(const Constant& constant) {
  if (!(std::abs(constant.value) < 1e15) || std::trunc(constant.value) != constant.value)
    return false;
  std::unordered_set<const Constant*> seen;
  std::vector<const Constant*> waiting{&constant};
  while (!waiting.empty()) {
    const Constant* next = waiting.back();
    waiting.pop_back();
    if (!seen.insert(next).second) continue;
    if (next->operation == nullptr) {
      if (!is_integer_text(next->text)) return false;
      continue;
    }
    const std::string_view name = next->operation->name();
    if (name != "add" && name != "sub" && name != "mul" && name != "neg" && name != "pow")
      return false;
    for (const ConstantPtr& operand : next->operands) waiting.push_back(operand.get());
  }
  return true;
}

}  // namespace

std::string number_text(double value) {
  std::string text = std::isnan(value) ? "nan" : fmt::format("{}", value);
  if (text.find_first_not_of("-0123456789") == std::string::npos) text += ".0";
  return text;
}

std::string number_text(const Constant& constant) {
  if (is_integer(constant)) return fmt::format("{:.0f}", constant.value);
  return number_text(constant.value);
}

template <class T>
std::string Eager<T>::plain_text(const Item& item) const {
  const PrintOptions options{.default_dtype = dtype_name<T>()};
  if (const bool* flag = item.get<bool>()) return *flag ? "True" : "False";
  if (const std::string* string = item.get<std::string>()) return *string;
  if (const ConstantPtr* constant = item.get<ConstantPtr>()) return number_text(**constant);
  if (const auto* value = item.get<Item::Value>()) return to_string(tensor(value->handle), options);
  if (const auto* object = item.get<Item::Object>()) {
    if (const Integers64* whole = integers(item)) return to_string(*whole, options);
    return describe(*object);
  }
  return "None";
}

template <class T>
std::string Eager<T>::text(const Item& item) {
  const auto* elements = item.get<Item::List>();
  std::string all;
  if (elements == nullptr) {
    all = plain_text(item);
  } else {
    for (const Item& element : **elements) {
      if (!all.empty()) all += ", ";
      const auto* string = element.get<std::string>();
      all += string != nullptr ? string_to_literal(*string) : text(element);
    }
    all = "[" + all + "]";
  }
  charge(static_cast<std::int64_t>(all.size()));
  return all;
}

template <class T>
std::string Eager<T>::text(const Expr& expression, Lowering& lowering) {
  return text(settled(expression, lowering.lower(expression), lowering));
}

template std::string Eager<float>::plain_text(const Item&) const;
template std::string Eager<double>::plain_text(const Item&) const;
template std::string Eager<float>::text(const Item&);
template std::string Eager<double>::text(const Item&);
template std::string Eager<float>::text(const Expr&, Lowering&);
template std::string Eager<double>::text(const Expr&, Lowering&);

}  // namespace verigrad::expressions
