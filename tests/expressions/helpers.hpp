// What the tests of the front end share.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "expressions/diagnostic.hpp"
#include "expressions/parser.hpp"
#include "expressions/syntax.hpp"

namespace verigrad::expressions {

/// A parsed text together with what was said about it.
struct Parsed {
  SyntaxTree tree;
  Diagnostics diagnostics;

  [[nodiscard]] std::vector<std::string> codes() const;
  [[nodiscard]] std::string report() const { return diagnostics.render_all(); }
  /// The n-th statement as a T; a test failure when it is something else.
  template <class T>
  [[nodiscard]] const T& get(std::size_t n = 0) const {
    return std::get<T>(tree.statements.at(n)->node);
  }
};

Parsed parse_text(const std::string& text, const std::string& path = "test.grad");

/// The expression with every grouping shown: `(+ a (* b c))`.
std::string grouping(const Expr* e);
/// Parses one expression and shows its grouping; the first diagnostic's message after an error.
std::string grouping_of(const std::string& text);

std::string read_bytes(const std::filesystem::path& path);
std::filesystem::path test_data(const std::string& name);
std::vector<std::filesystem::path> grad_files(const std::filesystem::path& folder);

}  // namespace verigrad::expressions
