// gradcheck ops: what every operation says about itself.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/json_text.hpp"
#include "cli/ops_info.hpp"
#include "cli/shared_options.hpp"
#include "cli/usage.hpp"
#include "cli/values.hpp"
#include "reports/display.hpp"

namespace verigrad::cli {
namespace {

using Row = std::array<std::string, 5>;

constexpr std::size_t widest_column = 44;

// At most `widest_column` columns; what is left out stands in `gradcheck ops NAME`.
std::string cut(std::string_view text) {
  if (text.size() <= widest_column) return std::string(text);
  return std::string(text.substr(0, widest_column - 1)) + "…";
}

std::string table(const reports::Style& style) {
  std::vector<Row> rows{{"name", "formula", "grad_fn", "domain", "kinks"}};
  for (const Operation* operation : offered_operations()) {
    const OperationTexts texts = texts_of(*operation);
    rows.push_back({std::string(texts.name), cut(texts.formula), cut(texts.grad_fn),
                    cut(texts.domain), cut(texts.kinks)});
  }
  std::array<std::size_t, 5> widths{};
  for (const Row& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], reports::display_width(row[i]));
  std::string out;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i)
      line += reports::padded(row[i], widths[i]) + (i + 1 < row.size() ? "  " : "");
    line.erase(line.find_last_not_of(' ') + 1);
    out += (&row == &rows.front() ? style.paint(style.strong, line) : line) + "\n";
  }
  return out + "\n'gradcheck ops NAME' tells all about one of them.\n";
}

std::string or_none(std::string_view text, std::string_view none) {
  return std::string(text.empty() ? none : text);
}

std::string details(const Operation& operation, const reports::Style& style) {
  const OperationTexts texts = texts_of(operation);
  std::vector<std::pair<std::string, std::string>> rows;
  rows.emplace_back("formula", texts.formula);
  for (const auto& [operand, derivative] : texts.derivatives)
    rows.emplace_back(fmt::format("d/d {}", operand),
                      or_none(derivative, "none: takes no gradient"));
  rows.emplace_back("domain", or_none(texts.domain, "all reals"));
  rows.emplace_back("kinks", or_none(texts.kinks, "none"));
  rows.emplace_back("grad_fn", or_none(texts.grad_fn, "none"));
  if (!texts.latex.empty()) rows.emplace_back("latex", texts.latex);
  std::vector<std::string> special;
  for (const double value : texts.special) special.push_back(reports::number(value));
  if (!special.empty())
    rows.emplace_back("special points", fmt::format("{}", fmt::join(special, ", ")));
  if (!texts.aliases.empty())
    rows.emplace_back("also called", fmt::format("{}", fmt::join(texts.aliases, ", ")));
  return style.paint(style.strong, texts.signature) + "\n\n" + two_columns(rows);
}

std::string json_or_null(std::string_view text) {
  return text.empty() ? "null" : json_string(text);
}

std::string json(const Operation& operation) {
  const OperationTexts texts = texts_of(operation);
  std::vector<std::pair<std::string, std::string>> derivatives;
  for (const auto& [operand, derivative] : texts.derivatives)
    derivatives.emplace_back(operand, json_or_null(derivative));
  std::vector<std::string> special, aliases;
  for (const double value : texts.special) special.push_back(json_number(value));
  for (const std::string_view alias : texts.aliases) aliases.push_back(json_string(alias));
  return json_object({{"name", json_string(texts.name)},
                      {"signature", json_string(texts.signature)},
                      {"formula", json_string(texts.formula)},
                      {"derivative", json_object(derivatives)},
                      {"domain", json_or_null(texts.domain)},
                      {"kinks", json_or_null(texts.kinks)},
                      {"grad_fn", json_or_null(texts.grad_fn)},
                      {"latex", json_or_null(texts.latex)},
                      {"special", json_line(special)},
                      {"aliases", json_line(aliases)}});
}

const Operation* find(const std::string& name) {
  const Operation* found = find_operation(name);
  if (found != nullptr && !found->info.internal) return found;
  std::vector<std::string_view> names;
  for (const Operation* operation : offered_operations()) names.push_back(operation->name());
  for (const auto& [alias, meant] : operation_aliases()) names.push_back(alias);
  const std::string near = suggestion(name, names);
  throw UsageError(fmt::format("no operation is called {}", quote(name)),
                   near.empty() ? "'gradcheck ops' lists all operations" : near);
}

}  // namespace

int run_ops(const Call& call) {
  std::string format = "text";
  Color color = Color::automatic;
  const Syntax syntax{
      .command = "ops",
      .summary = "gradcheck ops lists the operations of the language",
      .positional = "[NAME…]",
      .about = "With names, all about these.\n",
      .options = {format_option(format), color_option(color)},
      .examples = {"gradcheck ops", "gradcheck ops softplus"},
  };
  std::vector<const Operation*> chosen;
  for (const std::string& name : parse(syntax, call.arguments)) chosen.push_back(find(name));
  const bool all = chosen.empty();
  if (all) chosen = offered_operations();

  std::string out;
  if (format == "json") {
    std::vector<std::string> objects;
    for (const Operation* operation : chosen) objects.push_back(json(*operation));
    out = json_object({{"operations", json_list(objects)}}) + "\n";
  } else if (all) {
    out = table(output_style(color));
  } else {
    for (const Operation* operation : chosen)
      out += (out.empty() ? "" : "\n") + details(*operation, output_style(color));
  }
  write_output(out);
  return 0;
}

}  // namespace verigrad::cli
