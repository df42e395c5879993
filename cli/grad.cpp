// gradcheck grad: one expression from the command line.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/grad_source.hpp"
#include "cli/grad_text.hpp"
#include "cli/shared_options.hpp"
#include "cli/usage.hpp"
#include "cli/values.hpp"
#include "runner/run.hpp"

namespace verigrad::cli {
namespace {

Variables variables_from(const std::vector<std::string>& arguments) {
  if (arguments.empty())
    throw UsageError("no variable to differentiate with respect to",
                     "give it a value, such as x=2");
  Variables variables;
  for (const std::string& argument : arguments) {
    auto variable = assignment("grad", argument, "variables as NAME=VALUE");
    for (const auto& [name, value] : variables)
      if (name == variable.first) throw UsageError(fmt::format("{} is given twice", quote(name)));
    variables.push_back(std::move(variable));
  }
  return variables;
}

void require_scalar(const GradSource& source, const reports::EvalPoint& point) {
  for (const reports::NamedTensor& each : point.values)
    if (each.name == source.output() && each.value.data.size() != 1)
      throw UsageError(
          fmt::format("the expression has shape [{}], and only a scalar has a gradient",
                      fmt::join(each.value.shape, ", ")),
          fmt::format("such as sum({})", source.expression()));
}

// Shows the errors of a text; true when there are any.
bool show_errors(const GradSource& source, const std::vector<reports::FileError>& errors,
                 Color color) {
  for (const reports::FileError& error : errors) write_message(source.render(error, color));
  return !errors.empty();
}

}  // namespace

int run_grad(const Call& call) {
  std::optional<std::string> expression;
  runner::Options options;
  std::string format = "text";
  Color color = Color::automatic;
  const Syntax syntax{
      .command = "grad",
      .summary = "gradcheck grad differentiates one expression and verifies the result",
      .positional = "NAME=VALUE…",
      .about = "Values are constant expressions, such as 2, [1, 2] or pi / 4.\n",
      .options = {{"-e", "EXPR", "the expression",
                   [&expression](const std::string& text) { expression = text; }},
                  dtype_option(options),
                  max_entries_option(options),
                  flag("--strict", "exit 1 for an inconclusive result too", options.strict),
                  format_option(format),
                  color_option(color)},
      .examples = {"gradcheck grad -e 'sin(x**2)' x=2",
                   "gradcheck grad -e 'a @ b' a=[1,2] b=[3,4]"},
  };
  const std::vector<std::string> arguments = parse(syntax, call.arguments);
  if (!expression) throw UsageError("no expression given", "such as -e 'sin(x**2)' x=2");
  const GradSource source(*expression, variables_from(arguments));
  if (!source.is_well_formed(color)) return 2;

  const runner::Input input{"-e", source.text()};
  const reports::EvalFile values = runner::evaluate(input, options);
  if (show_errors(source, values.errors, color)) return 2;
  const reports::EvalPoint& point = values.points.at(0);
  require_scalar(source, point);
  const reports::Run run = runner::check(std::span(&input, 1), options);
  const reports::FileResult& checks = run.files.at(0);
  if (show_errors(source, checks.errors, color)) return 2;

  const GradResult result{source, point, checks, options.strict};
  write_output(format == "json" ? grad_json(result) : grad_text(result, output_style(color)));
  return run.exit_code;
}

}  // namespace verigrad::cli
