#include "runner/fpcore_input.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "expressions/fpcore.hpp"
#include "expressions/print.hpp"
#include "runner/codes.hpp"

namespace verigrad::runner {
namespace {

Input input_of(const Input& file, const expressions::SourcePtr& source,
               const expressions::FpcoreCore& core) {
  const expressions::Location where = expressions::locate(source, core.span);
  const std::string name = std::filesystem::path(file.path).filename().string();
  const auto quoted = [](const std::string& text) { return expressions::string_to_literal(text); };
  Input input{
      file.path, fmt::format("use fpcore {} name {}\n", quoted(name), quoted(core.name)), {}};
  input.core = CoreOrigin{.name = core.name,
                          .line = where.line,
                          .column = where.column,
                          .length = where.length,
                          .line_text = where.line_text,
                          .unsupported = core.unsupported.value_or("")};
  for (const expressions::FpcoreAlternative& each : core.alternatives)
    input.core->alternatives.emplace_back(source->text(each.span));
  return input;
}

}  // namespace

bool is_fpcore(const std::string& path) {
  return std::filesystem::path(path).extension() == ".fpcore";
}

std::vector<Input> inputs_of_fpcore(const Input& file) {
  const expressions::SourcePtr source =
      file.text ? expressions::SourceFile::from_text(file.path, *file.text)
                : expressions::SourceFile::read(file.path, file.path);
  expressions::Arena arena;
  std::vector<Input> inputs;
  try {
    for (const expressions::FpcoreCore& core : expressions::read_fpcore(source, arena).cores)
      inputs.push_back(input_of(file, source, core));
  } catch (const expressions::FpcoreError&) {
    const std::string name = std::filesystem::path(file.path).filename().string();
    inputs.push_back(
        {file.path, fmt::format("use fpcore {}\n", expressions::string_to_literal(name)), {}});
  }
  return inputs;
}

std::vector<Input> with_cores(std::span<const Input> inputs) {
  std::vector<Input> all;
  for (const Input& input : inputs) {
    if (!is_fpcore(input.path)) {
      all.push_back(input);
      continue;
    }
    try {
      for (Input& core : inputs_of_fpcore(input)) all.push_back(std::move(core));
    } catch (const expressions::SourceError&) {
      all.push_back(input);  // loading it again reports the error
    }
  }
  return all;
}

reports::CheckResult unsupported_core(const Input& input) {
  const CoreOrigin& core = *input.core;
  reports::CheckResult result;
  result.id = fmt::format("{}:{}", input.path, core.line);
  result.line = static_cast<std::int64_t>(core.line);
  result.column = static_cast<std::int64_t>(core.column);
  result.name = core.name;
  result.verdict = gradcheck::Verdict::inconclusive;
  reports::Explanation& shown = result.explanation;
  shown.code = code::unsupported_core;
  shown.message = fmt::format("core '{}' cannot be checked", core.name);
  shown.line_text = core.line_text;
  shown.column = core.column;
  shown.length = core.length;
  shown.label = core.unsupported;
  result.diagnosis.push_back({shown.code, core.unsupported});
  return result;
}

void relocate(reports::FileResult& result, const Input& input) {
  if (!input.core) return;
  const CoreOrigin& core = *input.core;
  for (reports::CheckResult& check : result.checks) {
    check.id = fmt::format("{}:{}", input.path, core.line);
    check.line = static_cast<std::int64_t>(core.line);
    check.column = static_cast<std::int64_t>(core.column);
    check.name = core.name;
    check.explanation.line_text = core.line_text;
    check.explanation.column = core.column;
    check.explanation.length = core.length;
  }
}

}  // namespace verigrad::runner
