// What only test blocks know, and what is said where it stands elsewhere.
#include <fmt/format.h>

#include <algorithm>

#include "expressions/lowering.hpp"

namespace verigrad::expressions {

const TestNames& test_names() {
  static const TestNames names{
      {"grad", "jacobian", "hessian", "vjp", "jvp", "hvp", "int", "str", "SGD", "Adam", "StepLR"},
      {"backward", "requires_grad_", "zero_grad", "retain_grad", "detach", "item", "add_", "sub_",
       "mul_", "copy_", "fill_", "zero_"},
      {"grad", "requires_grad", "is_leaf", "shape", "dtype", "grad_fn"}};
  return names;
}

std::optional<std::pair<std::string, std::string>> misplaced_function(const Expr& call,
                                                                      bool in_test) {
  const auto contains = [&](const std::vector<std::string_view>& names) {
    return std::find(names.begin(), names.end(), call.text) != names.end();
  };
  if (call.kind == ExprKind::call && contains(test_names().methods)) {
    const auto arguments = call.arguments();
    const bool named = !arguments.empty() && arguments[0]->kind == ExprKind::name;
    return std::pair(fmt::format("{} is a method, not a function", quoted(call.text)),
                     in_test ? fmt::format("write {}.{}({})", named ? arguments[0]->text : "x",
                                           call.text, arguments.size() > 1 ? "…" : "")
                             : std::string("it stands only in test blocks"));
  }
  const bool only_in_tests =
      contains(call.kind == ExprKind::call ? test_names().functions : test_names().methods);
  if (in_test || !only_in_tests) return std::nullopt;
  return std::pair(fmt::format("{} stands only in test blocks", quoted(call.text)), std::string());
}

}  // namespace verigrad::expressions
