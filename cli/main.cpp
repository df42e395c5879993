#include <fmt/format.h>

#include <algorithm>
#include <new>
#include <string>
#include <vector>

#include "cli/arguments.hpp"
#include "cli/color.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/environment.hpp"
#include "cli/usage.hpp"
#include "cli/values.hpp"

namespace verigrad::cli {
namespace {

struct Command {
  std::string_view name, arguments, summary;
  int (*run)(const Call& call);
};

constexpr Command commands[] = {
    {"check", "FILE|DIR…", "run every check, claim, expectation and test", run_check},
    {"eval", "FILE…", "print values, grad_fn and gradients as PyTorch does", run_eval},
    {"grad", "-e EXPR NAME=VALUE…", "differentiate one expression", run_grad},
    {"ops", "[NAME]", "the operations: formula, derivative, domain, kinks", run_ops},
    {"fuzz", "[FILE…]", "random functions against the laws of differentiation", run_fuzz},
    {"accuracy", "[FILE|DIR…]", "how many digits of every derivative are right", run_accuracy},
    {"report", "RUN.json", "a saved run in another format", run_report},
    {"compare", "OLD.json NEW.json", "what got better or worse between two saved runs",
     run_compare},
    {"explain", "CODE", "the long text of a diagnostic", run_explain},
    {"fmt", "[--check] FILE…", "rewrite files in the canonical layout", run_fmt},
};

std::string main_help() {
  std::string out =
      "gradcheck checks the derivatives that .grad files state or imply\n"
      "\nusage: gradcheck COMMAND [OPTION…] [ARGUMENT…]\n\ncommands:\n";
  std::vector<std::pair<std::string, std::string>> rows;
  for (const Command& command : commands)
    rows.emplace_back(fmt::format("{} {}", command.name, command.arguments), command.summary);
  out += two_columns(rows);
  out += "\noptions:\n";
  out += two_columns({{"--version", "name and version"}, {"-h, --help", "this text"}});
  out +=
      "\n'gradcheck COMMAND --help' tells more about a command.\n"
      "\nexit codes:\n"
      "  0    everything that was checked holds\n"
      "  1    a check, claim, expectation or test failed\n"
      "  2    the command line, a file or its text is wrong\n"
      "  3    internal error, or something could not be written\n"
      "  4    there was nothing to check\n"
      "  130  interrupted; what was finished is reported\n";
  return out;
}

const Command* find_command(std::string_view name) {
  const auto found = std::find_if(std::begin(commands), std::end(commands),
                                  [name](const Command& each) { return each.name == name; });
  return found == std::end(commands) ? nullptr : found;
}

bool looks_like_a_file(std::string_view name) {
  return name == "-" || name.ends_with(".grad") || name.ends_with(".fpcore") ||
         name.find('/') != std::string_view::npos;
}

[[noreturn]] void unknown_command(const std::string& name) {
  if (looks_like_a_file(name))
    throw UsageError(fmt::format("expected a command, found the file name {}", quote(name)),
                     "to check it: " + shell_line({"gradcheck", "check", name}));
  std::vector<std::string_view> names;
  for (const Command& command : commands) names.push_back(command.name);
  if (name.starts_with("-")) {
    names = {"--version", "--help"};
    const std::string near = suggestion(name, names);
    throw UsageError(fmt::format("unknown option {}", quote(name)),
                     near.empty() ? "a command's options stand behind its name" : near);
  }
  const std::string near = suggestion(name, names);
  throw UsageError(
      fmt::format("unknown command {}", quote(name)),
      near.empty() ? fmt::format("the commands are {}", fmt::join(names, ", ")) : near);
}

int run(const std::vector<std::string>& arguments, std::string_view program) {
  if (arguments.empty()) throw UsageError("no command given");
  const std::string& first = arguments.front();
  if (first == "--help" || first == "-h") throw HelpRequested{main_help()};
  if (first == "--version") {
    write_output("gradcheck " VERIGRAD_VERSION "\n");
    return 0;
  }
  const Command* command = find_command(first);
  if (command == nullptr) unknown_command(first);
  std::vector<std::string> line{std::string(program)};
  line.insert(line.end(), arguments.begin(), arguments.end());
  return command->run({.arguments = std::span(arguments).subspan(1),
                       .command_line = shell_line(line),
                       .version = VERIGRAD_VERSION});
}

void report(std::string_view message) {
  const reports::Style style = message_style(Color::automatic);
  write_message(fmt::format("{}: {}\n", style.paint(style.error, "error"), message));
}

int report_usage(const UsageError& error, const std::vector<std::string>& arguments) {
  report(error.message());
  if (!error.hint().empty()) write_message(fmt::format("  {}\n", error.hint()));
  const Command* command = arguments.empty() ? nullptr : find_command(arguments.front());
  write_message(
      fmt::format("  see 'gradcheck {}--help'\n", command ? std::string(command->name) + " " : ""));
  return 2;
}

// Exceptions -> exit codes.
int guarded_run(const std::vector<std::string>& arguments, std::string_view program) {
  try {
    try {
      return run(arguments, program);
    } catch (const HelpRequested& help) {
      write_output(help.text);
      return 0;
    }
  } catch (const UsageError& error) {
    return report_usage(error, arguments);
  } catch (const OutputError& error) {
    report(error.what());
  } catch (const std::bad_alloc&) {
    report("out of memory");
  } catch (const std::exception& error) {
    report(fmt::format("internal error: {}", error.what()));
    write_message("  this is a defect of gradcheck: please report it with the file and command\n");
  }
  return 3;
}

}  // namespace
}  // namespace verigrad::cli

int main(int argc, char** argv) {
  verigrad::cli::prepare_streams();
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  return verigrad::cli::guarded_run(arguments, argc > 0 ? argv[0] : "gradcheck");
}
