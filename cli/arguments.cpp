#include "cli/arguments.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <list>

#include "cli/usage.hpp"
#include "cli/values.hpp"
#include "reports/display.hpp"

namespace verigrad::cli {
namespace {

const Option* find(const Syntax& syntax, std::string_view name) {
  for (const Option& option : syntax.options)
    if (option.name == name) return &option;
  return nullptr;
}

// The arguments that may be options: those before `--`.
std::span<const std::string> before_mark(std::span<const std::string> arguments) {
  const auto mark = std::find(arguments.begin(), arguments.end(), "--");
  return arguments.first(static_cast<std::size_t>(mark - arguments.begin()));
}

// CLI11 would read `--quiet=no` as a truth value, and `--filter= FILE` as `--filter FILE`.
void check_equals_signs(const Syntax& syntax, std::span<const std::string> arguments) {
  for (const std::string& argument : before_mark(arguments)) {
    const std::size_t equals = argument.find('=');
    if (argument.rfind("--", 0) != 0 || equals == std::string::npos) continue;
    const Option* option = find(syntax, argument.substr(0, equals));
    if (option == nullptr) continue;
    if (option->value.empty()) throw UsageError(option->name + " takes no value");
    if (equals + 1 == argument.size())
      throw UsageError(fmt::format("{} expects {} behind the '='", option->name, option->value));
  }
}

[[noreturn]] void unknown_option(const Syntax& syntax, const std::string& argument) {
  const std::string name = argument.substr(0, argument.find('='));
  std::vector<std::string_view> names{"--help"};
  for (const Option& option : syntax.options) names.emplace_back(option.name);
  throw UsageError(fmt::format("unknown option {}", quote(name)), suggestion(name, names));
}

// What CLI11 did not know as an option: arguments proper, the mark `--`, and unknown options.
std::vector<std::string> positionals(const Syntax& syntax, const std::vector<std::string>& rest) {
  std::vector<std::string> result;
  bool marked = false;
  for (const std::string& argument : rest) {
    if (!marked && argument == "--") {
      marked = true;
    } else if (!marked && argument.size() > 1 && argument.front() == '-') {
      unknown_option(syntax, argument);
    } else {
      result.push_back(argument);
    }
  }
  if (syntax.positional.empty() && !result.empty())
    throw UsageError(fmt::format("unexpected argument {}", quote(result.front())));
  return result;
}

[[noreturn]] void lacks_value(const Syntax& syntax, std::span<const std::string> arguments) {
  if (!arguments.empty())
    if (const Option* option = find(syntax, arguments.back()))
      throw UsageError(
          fmt::format("{} expects a value: {} {}", option->name, option->name, option->value));
  throw UsageError("the options cannot be understood");
}

std::string option_column(const Option& option) {
  return option.value.empty() ? option.name : option.name + " " + option.value;
}

}  // namespace

std::vector<std::string> parse(const Syntax& syntax, std::span<const std::string> arguments) {
  check_equals_signs(syntax, arguments);
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  bool help = false;
  app.add_flag("-h,--help", help);
  std::list<std::vector<std::string>> values;
  std::list<bool> flags;
  for (const Option& option : syntax.options)
    if (option.value.empty())
      app.add_flag(option.name, flags.emplace_back(false))
          ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    else
      app.add_option(option.name, values.emplace_back())->allow_extra_args(false);
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError&) {
    lacks_value(syntax, arguments);
  }
  if (help) throw HelpRequested{help_text(syntax)};

  std::vector<std::string> result = positionals(syntax, app.remaining());
  auto value = values.begin();
  auto flag = flags.begin();
  for (const Option& option : syntax.options) {
    if (option.value.empty()) {
      if (*flag++) option.accept("");
      continue;
    }
    const std::vector<std::string>& given = *value++;
    const std::size_t first = option.repeatable || given.empty() ? 0 : given.size() - 1;
    for (std::size_t i = first; i < given.size(); ++i) option.accept(given[i]);
  }
  return result;
}

std::string two_columns(const std::vector<std::pair<std::string, std::string>>& rows) {
  constexpr std::size_t widest = 24;
  std::size_t width = 0;
  for (const auto& [left, right] : rows)
    if (const std::size_t columns = reports::display_width(left); columns <= widest)
      width = std::max(width, columns);
  std::string out;
  for (const auto& [left, right] : rows)
    out += reports::display_width(left) <= widest
               ? fmt::format("  {}  {}\n", reports::padded(left, width), right)
               : fmt::format("  {}\n  {:{}}  {}\n", left, "", width, right);
  return out;
}

std::string help_text(const Syntax& syntax) {
  std::string out =
      fmt::format("{}\n\nusage: gradcheck {} [OPTION…]{}{}\n", syntax.summary, syntax.command,
                  syntax.positional.empty() ? "" : " ", syntax.positional);
  if (!syntax.about.empty()) out += "\n" + syntax.about;
  std::vector<std::pair<std::string, std::string>> rows;
  for (const Option& option : syntax.options) rows.emplace_back(option_column(option), option.help);
  rows.emplace_back("-h, --help", "this text");
  out += "\noptions:\n" + two_columns(rows);
  if (!syntax.examples.empty()) out += "\nexamples:\n";
  for (const std::string& example : syntax.examples) out += "  " + example + "\n";
  return out;
}

}  // namespace verigrad::cli
