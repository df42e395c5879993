// gradcheck eval: values, grad_fn and gradients, as PyTorch prints them.
#include <fmt/format.h>

#include <algorithm>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/inputs.hpp"
#include "cli/shared_options.hpp"
#include "cli/usage.hpp"
#include "reports/findings.hpp"
#include "reports/json.hpp"

namespace verigrad::cli {
namespace {

// `name = tensor(…)`, with further lines below the first bracket.
std::string binding(const std::string& name, std::string_view text) {
  const std::string lead = name + " = ";
  std::string out = lead;
  for (const char c : text) {
    out += c;
    if (c == '\n') out.append(lead.size(), ' ');
  }
  return out + "\n";
}

std::string point_text(const reports::EvalPoint& point) {
  std::string out;
  for (const reports::NamedTensor& value : point.values) out += binding(value.name, value.printed);
  for (const reports::NamedTensor& gradient : point.gradients)
    out += binding(gradient.name + ".grad", gradient.printed);
  return out;
}

// Which file and point a block is about, where there are several.
std::string heading(const reports::EvalFile& file, std::size_t point, bool several_files,
                    bool several_points) {
  std::string out;
  if (several_files) out += file.path;
  if (several_points) out += fmt::format("{}point {}", out.empty() ? "" : ", ", point);
  return out.empty() ? "" : "# " + out + "\n";
}

struct Evaluated {
  reports::EvalFile file;
  bool several_points = false;
};

// The file at its first `wanted` points. One more is asked for, to know whether there are several.
Evaluated evaluated(const runner::Input& input, runner::Options options, std::int64_t wanted) {
  options.samples = std::max<std::int64_t>(wanted, 2);
  Evaluated result{runner::evaluate(input, options)};
  auto& points = result.file.points;
  result.several_points = points.size() > 1;
  if (points.size() > static_cast<std::size_t>(wanted))
    points.resize(static_cast<std::size_t>(wanted));
  return result;
}

std::string text_of(const std::vector<Evaluated>& files) {
  std::string out;
  for (const Evaluated& each : files)
    for (std::size_t k = 0; k < each.file.points.size(); ++k) {
      if (!out.empty()) out += "\n";
      out += heading(each.file, k, files.size() > 1, each.several_points);
      out += point_text(each.file.points[k]);
    }
  return out;
}

std::string json_of(const std::vector<Evaluated>& files) {
  reports::EvalResult result;
  for (const Evaluated& each : files) result.files.push_back(each.file);
  return to_json(result);
}

bool has_values(const Evaluated& evaluated) {
  const auto& points = evaluated.file.points;
  return std::any_of(points.begin(), points.end(), [](const reports::EvalPoint& point) {
    return !point.values.empty() || !point.gradients.empty();
  });
}

}  // namespace

int run_eval(const Call& call) {
  runner::Options options;
  std::string format = "text";
  Color color = Color::automatic;
  Option samples = samples_option(options);
  samples.help = "points to show (default 1)";
  const Syntax syntax{
      .command = "eval",
      .summary = "gradcheck eval prints every binding and, for a scalar output, every gradient",
      .positional = "FILE…",
      .about =
          "Of a file whose inputs are drawn, the first point is shown. '-' reads standard\n"
          "input.\n",
      .options = {samples, seed_option(options), set_option(options), dim_option(options),
                  dtype_option(options), max_entries_option(options), format_option(format),
                  color_option(color)},
      .examples = {"gradcheck eval a.grad --set x=3", "gradcheck eval a.grad --format json"},
  };
  const Inputs inputs = find_inputs(parse(syntax, call.arguments));
  report_empty_directories(inputs);

  std::vector<Evaluated> files;
  bool wrong = false;
  for (const runner::Input& input : inputs.files) {
    files.push_back(evaluated(input, options, options.samples.value_or(1)));
    const reports::EvalFile& file = files.back().file;
    wrong = wrong || !file.errors.empty();
    for (const reports::FileError& error : file.errors)
      write_message(
          render(reports::snippet_of({.path = file.path, .checks = {}, .errors = {}}, error),
                 message_style(color)) +
          "\n");
  }
  write_output(format == "json" ? json_of(files) : text_of(files));
  if (wrong) return 2;
  if (std::any_of(files.begin(), files.end(), has_values)) return 0;
  if (!files.empty()) write_message("note: there is neither an input nor a binding to print\n");
  return 4;
}

}  // namespace verigrad::cli
