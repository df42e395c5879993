// gradcheck fmt: the canonical layout.
#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <system_error>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/inputs.hpp"
#include "cli/shared_options.hpp"
#include "cli/values.hpp"
#include "expressions/format.hpp"
#include "reports/display.hpp"
#include "reports/file.hpp"

namespace verigrad::cli {
namespace {

/// Counts what an exit code depends on.
struct Outcome {
  bool changed = false, wrong = false, unwritten = false;

  int exit_code(bool check) const { return unwritten ? 3 : wrong ? 2 : check && changed ? 1 : 0; }
};

class Formatter {
 public:
  Formatter(bool check, Color color) : check_(check), color_(color) {}

  void format(const runner::Input& input) {
    if (input.path.ends_with(".fpcore")) {
      outcome_.wrong = true;
      return report(
          fmt::format("only .grad files have a canonical layout, not {}", quote(input.path)));
    }
    try {
      const auto source = input.text ? expressions::SourceFile::from_text(input.path, *input.text)
                                     : expressions::SourceFile::read(input.path);
      expressions::Diagnostics diagnostics(source);
      const auto text = expressions::format(source, diagnostics);
      if (diagnostics.has_errors() || !text) {
        outcome_.wrong = true;
        write_message(diagnostics.render_all(diagnostic_styles(color_)) + "\n");
      } else {
        finish(input, *text, differs(input, *source, *text));
      }
    } catch (const expressions::SourceError& error) {
      outcome_.wrong = true;
      report(error.what());
    } catch (const std::system_error& error) {
      outcome_.unwritten = true;
      report(error.what());
    }
  }

  const Outcome& outcome() const { return outcome_; }

 private:
  void finish(const runner::Input& input, const std::string& text, bool changed) {
    outcome_.changed = outcome_.changed || changed;
    if (input.text && !check_) return write_output(text);
    if (!changed) return;
    if (!check_) reports::write_file_atomically(input.path, text);
    write_output(reports::printable(input.path) + "\n");
  }

  // The source has lost a byte order mark, if there was one.
  static bool differs(const runner::Input& input, const expressions::SourceFile& source,
                      const std::string& text) {
    if (source.text() != text) return true;
    if (input.text) return input.text->size() != text.size();
    std::error_code error;
    const auto size = std::filesystem::file_size(input.path, error);
    return !error && size != text.size();
  }

  void report(std::string_view message) const {
    const reports::Style style = message_style(color_);
    write_message(
        fmt::format("{}: {}\n", style.paint(style.error, "error"), reports::printable(message)));
  }

  bool check_;
  Color color_;
  Outcome outcome_;
};

}  // namespace

int run_fmt(const Call& call) {
  bool check = false;
  Color color = Color::automatic;
  const Syntax syntax{
      .command = "fmt",
      .summary = "gradcheck fmt rewrites .grad files in the canonical layout",
      .positional = "FILE|DIR…",
      .about =
          "Prints the names of the files that changed. A directory means the .grad files\n"
          "directly in it; '-' formats standard input to standard output. A file with errors\n"
          "is left as it is.\n",
      .options = {flag("--check", "only say which files would change; exit 1 if any", check),
                  color_option(color)},
      .examples = {"gradcheck fmt a.grad", "gradcheck fmt --check examples"},
  };
  const Inputs inputs = find_inputs(parse(syntax, call.arguments), {".grad"});
  Formatter formatter(check, color);
  report_empty_directories(inputs, ".grad");
  for (const runner::Input& input : inputs.files) formatter.format(input);
  return inputs.files.empty() ? 4 : formatter.outcome().exit_code(check);
}

}  // namespace verigrad::cli
