#include "tests/expressions/helpers.hpp"

#include <algorithm>

#include "expressions/print.hpp"

namespace verigrad::expressions {

std::vector<std::string> Parsed::codes() const {
  std::vector<std::string> found;
  for (const Diagnostic& d : diagnostics.all()) found.push_back(d.code);
  return found;
}

Parsed parse_text(const std::string& text, const std::string& path) {
  Parsed parsed;
  parsed.tree = parse(SourceFile::from_text(path, text), parsed.diagnostics);
  return parsed;
}

namespace {

std::string joined(const std::string& head, std::span<const Expr* const> parts) {
  std::string out = "(" + head;
  for (const Expr* part : parts) out += " " + (part ? grouping(part) : std::string("_"));
  return out + ")";
}

}  // namespace

std::string grouping(const Expr* e) {
  switch (e->kind) {
    case ExprKind::number:
    case ExprKind::name:
      return std::string(e->text);
    case ExprKind::string:
      return string_to_literal(e->text);
    case ExprKind::boolean:
      return e->flag ? "True" : "False";
    case ExprKind::none:
      return "None";
    case ExprKind::list:
      return joined("list", e->children);
    case ExprKind::unary:
      return joined(e->unary_op == UnaryOp::minus ? "-" : "+", e->children);
    case ExprKind::compare:
      return joined(std::string(spelling(e->compare_op)), e->children);
    case ExprKind::attribute:
      return joined("." + std::string(e->text), e->children);
    case ExprKind::index:
      return joined("index", e->children);
    case ExprKind::slice:
      return joined("slice", e->children);
    case ExprKind::range:
      return joined("..", e->children);
    case ExprKind::binary: {
      std::string out = grouping(e->children[0]);
      for (std::size_t i = 0; i < e->ops().size(); ++i)
        out = "(" + std::string(spelling(e->ops()[i])) + " " + out + " " +
              grouping(e->children[i + 1]) + ")";
      return out;
    }
    case ExprKind::call:
    case ExprKind::method: {
      std::string out = joined(
          (e->kind == ExprKind::method ? "call ." : "call ") + std::string(e->text), e->children);
      for (const Keyword& k : e->keywords()) {
        out.pop_back();
        out += " " + std::string(k.name.text) + "=" + grouping(k.value) + ")";
      }
      return out;
    }
  }
  return "?";
}

std::string grouping_of(const std::string& text) {
  Arena arena;
  Diagnostics diagnostics;
  const auto source = SourceFile::from_text("expression", text);
  const Expr* e = parse_expression(source, arena, diagnostics);
  return e ? grouping(e) : diagnostics.all().at(0).code + ": " + diagnostics.all().at(0).message;
}

std::string read_bytes(const std::filesystem::path& path) {
  return std::string(SourceFile::read(path)->text());
}

std::filesystem::path test_data(const std::string& name) {
  return std::filesystem::path(VERIGRAD_SOURCE_DIR) / "tests" / name;
}

std::vector<std::filesystem::path> grad_files(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".grad") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace verigrad::expressions
