#include "cli/grad_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "cli/json_text.hpp"
#include "reports/display.hpp"
#include "reports/findings.hpp"

namespace verigrad::cli {
namespace {

// Entries in nested lists, each with all of its digits.
std::string nested(const reports::TensorValue& value, std::size_t dim, std::size_t& next) {
  if (dim == value.shape.size()) return reports::number(value.data.at(next++));
  std::string out = "[";
  for (std::int64_t i = 0; i < value.shape[dim]; ++i)
    out += (i == 0 ? "" : ", ") + nested(value, dim + 1, next);
  return out + "]";
}

std::string nested(const reports::TensorValue& value) {
  std::size_t next = 0;
  return nested(value, 0, next);
}

const reports::NamedTensor& named(const std::vector<reports::NamedTensor>& tensors,
                                  std::string_view name) {
  const auto found = std::find_if(tensors.begin(), tensors.end(),
                                  [name](const auto& each) { return each.name == name; });
  if (found == tensors.end()) throw std::logic_error(fmt::format("no value of {}", name));
  return *found;
}

std::optional<double> digits_of(const reports::CheckResult& check) {
  return check.worst ? check.worst->digits : std::nullopt;
}

// "12.3 digits verified (finite-difference)", or the verdict that is not pass.
std::string outcome(const reports::CheckResult& check, const reports::Style& style) {
  const std::string method = check.method ? fmt::format(" ({})", *check.method) : "";
  if (check.verdict == reports::Verdict::pass) {
    const auto digits = digits_of(check);
    const std::string text =
        digits ? fmt::format("{:.1f} digits verified", *digits) : std::string("verified");
    return style.paint(style.good, text) + method;
  }
  const bool fail = check.verdict == reports::Verdict::fail;
  return style.paint(fail ? style.error : style.warning,
                     std::string(gradcheck::to_string(check.verdict))) +
         method;
}

// The check's block; its line is one that nobody wrote.
std::string block(const GradResult& result, const reports::CheckResult& check,
                  const reports::Style& style) {
  reports::Snippet snippet = reports::snippet_of(result.checks, check, result.strict);
  snippet.path.clear();
  snippet.line = 0;
  snippet.line_text.reset();
  std::erase_if(snippet.facts, [](const reports::Fact& fact) { return fact.label == "again"; });
  return "\n" + reports::render(snippet, style);
}

}  // namespace

std::string grad_text(const GradResult& result, const reports::Style& style) {
  struct Row {
    std::string label, value, outcome;
  };
  std::vector<Row> rows{
      {"value", nested(named(result.point.values, result.source.output()).value), ""}};
  std::size_t i = 0;
  for (const auto& [name, text] : result.source.variables())
    rows.push_back({"d/d" + name, nested(named(result.point.gradients, name).value),
                    outcome(result.checks.checks.at(i++), style)});
  std::size_t label_width = 0, value_width = 0;
  for (const Row& row : rows) {
    label_width = std::max(label_width, row.label.size());
    if (row.value.size() <= 60) value_width = std::max(value_width, row.value.size());
  }
  std::string out;
  for (const Row& row : rows) {
    out += fmt::format("{:{}}  {:{}}  {}", row.label, label_width, row.value, value_width,
                       row.outcome);
    out.erase(out.find_last_not_of(' ') + 1);
    out += "\n";
  }
  for (const reports::CheckResult& check : result.checks.checks)
    if (check.verdict != reports::Verdict::pass) out += block(result, check, style);
  return out;
}

std::string grad_json(const GradResult& result) {
  std::vector<std::pair<std::string, std::string>> gradients;
  std::size_t i = 0;
  for (const auto& [name, text] : result.source.variables()) {
    const reports::TensorValue& value = named(result.point.gradients, name).value;
    const reports::CheckResult& check = result.checks.checks.at(i++);
    const auto digits = digits_of(check);
    std::vector<std::string> shape, data;
    for (const std::int64_t size : value.shape) shape.push_back(fmt::to_string(size));
    for (const double entry : value.data) data.push_back(json_number(entry));
    gradients.emplace_back(
        name, json_object({{"shape", json_line(shape)},
                           {"data", json_line(data)},
                           {"verdict", json_string(gradcheck::to_string(check.verdict))},
                           {"digits", digits ? json_number(*digits) : "null"},
                           {"method", check.method ? json_string(*check.method) : "null"}}));
  }
  const reports::TensorValue& value = named(result.point.values, result.source.output()).value;
  return json_object({{"expression", json_string(result.source.expression())},
                      {"value", json_number(value.data.at(0))},
                      {"gradients", json_object(gradients)}}) +
         "\n";
}

}  // namespace verigrad::cli
