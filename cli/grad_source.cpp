#include "cli/grad_source.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/console.hpp"
#include "expressions/parser.hpp"
#include "reports/findings.hpp"

namespace verigrad::cli {
namespace {

std::string trimmed(const std::string& text) {
  constexpr const char* space = " \t\r\n";
  const std::size_t first = text.find_first_not_of(space);
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(space) - first + 1);
}

}  // namespace

GradSource::GradSource(std::string expression, Variables variables)
    : expression_(trimmed(expression)), variables_(std::move(variables)) {
  const auto taken = [this] {
    return expression_.find(output_) != std::string::npos ||
           std::any_of(variables_.begin(), variables_.end(),
                       [this](const auto& each) { return each.first == output_; });
  };
  while (taken()) output_ += '_';
  for (const auto& [name, value] : variables_)
    add(name, fmt::format("input {} = ", name), trimmed(value));
  add("-e", output_ + " = ", expression_);
  for (const auto& [name, value] : variables_)
    text_ += fmt::format("check {} wrt {}\n", output_, name);
}

void GradSource::add(std::string shown, const std::string& prefix, const std::string& part) {
  const auto ends = static_cast<std::size_t>(std::count(part.begin(), part.end(), '\n'));
  parts_.push_back({std::move(shown), part, next_line_, prefix.size(), ends + 1});
  next_line_ += ends + 1;
  text_ += prefix + part + "\n";
}

bool GradSource::is_well_formed(Color color) const {
  bool good = true;
  for (const Part& part : parts_) {
    const auto source = expressions::SourceFile::from_text(part.shown, part.text);
    expressions::Diagnostics diagnostics(source);
    expressions::Arena arena;
    const bool parsed = expressions::parse_expression(source, arena, diagnostics) != nullptr;
    if (parsed && !diagnostics.has_errors()) continue;
    good = false;
    write_message(diagnostics.render_all(diagnostic_styles(color)));
  }
  return good;
}

std::string GradSource::render(const reports::FileError& error, Color color) const {
  reports::FileResult file{.path = "-e", .checks = {}, .errors = {}};
  reports::FileError shown = error;
  const auto line = static_cast<std::size_t>(std::max<std::int64_t>(error.line, 0));
  for (const Part& part : parts_) {
    if (line < part.first_line || line >= part.first_line + part.lines) continue;
    file.path = part.shown;
    shown.line = static_cast<std::int64_t>(line - part.first_line + 1);
    if (line > part.first_line) break;
    const auto prefix = static_cast<std::int64_t>(part.prefix);
    shown.column = std::max<std::int64_t>(error.column - prefix, 1);
    if (shown.line_text && shown.line_text->size() >= part.prefix)
      shown.line_text->erase(0, part.prefix);
    break;
  }
  return reports::render(reports::snippet_of(file, shown), message_style(color));
}

}  // namespace verigrad::cli
