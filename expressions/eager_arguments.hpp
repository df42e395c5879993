// The arguments of the functions and methods that only test blocks know.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "expressions/lowering.hpp"

namespace verigrad::expressions {

/// A parameter of such a function.
struct EagerParameter {
  std::string_view name;
  bool required = true;
};

/// A call's arguments, lowered from left to right and put to the callee's parameters as Python
/// does.
class Arguments {
 public:
  /// Throws a DiagnosticError for an argument too many, one that is missing or given twice, and an
  /// unknown keyword.
  Arguments(const Expr& call, std::initializer_list<EagerParameter> parameters, Lowering& lowering);

  [[nodiscard]] const Expr& call() const { return *call_; }
  [[nodiscard]] std::string_view name() const { return call_->text; }
  [[nodiscard]] std::string_view parameter(std::size_t n) const { return parameters_[n].name; }
  /// The argument of the n-th parameter; None when it was left out.
  [[nodiscard]] const Item& operator[](std::size_t n) const { return items_[n]; }
  /// Its expression, null when it was left out.
  [[nodiscard]] const Expr* expression(std::size_t n) const { return expressions_[n]; }
  [[nodiscard]] bool given(std::size_t n) const { return expressions_[n] != nullptr; }
  /// True or False; `fallback` when it was left out or is None.
  [[nodiscard]] bool flag(std::size_t n, bool fallback, const Lowering& lowering) const;

 private:
  void put(std::size_t n, const Expr& argument, Lowering& lowering);

  const Expr* call_;
  std::vector<EagerParameter> parameters_;
  std::vector<const Expr*> expressions_;
  std::vector<Item> items_;
};

/// Throws: no such method or attribute of something that has only the known ones.
[[noreturn]] void unknown_member(const Expr& e, const std::string& owner,
                                 const std::vector<std::string_view>& known,
                                 const Lowering& lowering);

}  // namespace verigrad::expressions
