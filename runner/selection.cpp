#include "runner/selection.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "expressions/codes.hpp"
#include "reports/display.hpp"

namespace verigrad::runner {
namespace {

/// Whether `NAME:LINE` means this file: its path however it is spelt, or its bare name.
bool names_file(const std::string& name, const std::string& path) {
  const std::filesystem::path asked = std::filesystem::path(name).lexically_normal();
  const std::filesystem::path given = std::filesystem::path(path).lexically_normal();
  return asked == given || asked == given.filename();
}

std::string place_of(const CoreOrigin& core) {
  return fmt::format("{}:{}", core.line, core.column);
}

bool is_number(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
}

/// The options that a replay of a point needs again, each with a space before it.
std::string options_text(const Options& options, std::optional<std::int64_t> usual_samples) {
  std::string text;
  const auto add = [&](const char* option, const std::string& value) {
    text += fmt::format(" --{} {}", option, reports::shell_word(value));
  };
  if (options.samples && options.samples != usual_samples)
    add("samples", fmt::to_string(*options.samples));
  if (options.method) add("method", *options.method);
  if (options.fast) text += " --fast";
  if (options.bits) add("bits", fmt::to_string(*options.bits));
  if (options.rtol) add("rtol", reports::number(*options.rtol));
  if (options.max_ulps) add("max-ulps", reports::number(*options.max_ulps));
  const expressions::Overrides& given = options.overrides;
  if (given.dtype) add("dtype", *given.dtype == DType::f32 ? "f32" : "f64");
  for (const auto& [name, value] : given.set) add("set", name + "=" + value);
  for (const auto& [name, size] : given.dim) add("dim", fmt::format("{}={}", name, size));
  if (given.limits.max_entries != expressions::Limits{}.max_entries)
    add("max-entries", fmt::to_string(given.limits.max_entries));
  return text;
}

std::string core_filter(const Input& input) {
  return input.core ? " --filter " + place_of(*input.core) : "";
}

/// `[0x1p+0,0x1p+1]`
std::string list_of(const std::vector<double>& entries) {
  std::vector<std::string> numbers;
  for (const double x : entries) numbers.push_back(reports::hexadecimal(x));
  return fmt::format("[{}]", fmt::join(numbers, ","));
}

/// A point by its sizes and entries, where options can say them.
std::optional<std::string> point_text(const Sample& sample) {
  constexpr std::size_t most_entries = 64;
  std::string text;
  std::size_t entries = 0;
  for (const auto& [name, size] : sample.instance.dims)
    text += fmt::format(" --dim {}={}", name, size);
  for (std::size_t i = 0; i < sample.point.size(); ++i) {
    const Leaf& leaf = sample.instance.program.leaves()[i];
    if (leaf.initial != no_value) continue;
    entries += sample.point[i].size();
    if (expressions::is_anonymous(leaf) || leaf.shape.rank() > 1 || entries > most_entries)
      return std::nullopt;
    const std::string value = leaf.shape.rank() == 0 ? reports::hexadecimal(sample.point[i][0])
                                                     : list_of(sample.point[i]);
    text += " --set " + reports::shell_word(leaf.name + "=" + value);
  }
  return text;
}

}  // namespace

bool is_wanted(const Options& options, const Input& input, std::size_t line,
               std::span<const std::string> names) {
  if (options.repro && options.repro->line != line) return false;
  const std::string& filter = options.filter;
  if (filter.empty() || std::ranges::find(names, filter) != names.end()) return true;
  if (input.core && (filter == input.core->name || filter == place_of(*input.core))) return true;
  const std::string number = fmt::to_string(input.core ? input.core->line : line);
  if (filter == number) return true;
  const std::size_t colon = filter.rfind(':');
  return colon != std::string::npos && filter.substr(colon + 1) == number &&
         names_file(filter.substr(0, colon), input.path);
}

bool is_for_another_core(const Options& options, const Input& input) {
  const std::size_t colon = options.filter.find(':');
  return input.core && colon != std::string::npos &&
         is_number(std::string_view(options.filter).substr(0, colon)) &&
         is_number(std::string_view(options.filter).substr(colon + 1)) &&
         options.filter != place_of(*input.core);
}

std::string replay_arguments(const Options& options, const Input& input, const ReproToken& token,
                             std::optional<std::int64_t> usual_samples) {
  return fmt::format("{} --repro {}{}", core_filter(input), to_string(token),
                     options_text(options, usual_samples));
}

std::string point_arguments(const Options& options, const Input& input, const Sample& sample,
                            std::optional<std::int64_t> usual_samples) {
  const std::optional<std::string> point = point_text(sample);
  const std::string seed = options.seed ? fmt::format(" --seed {}", *options.seed) : "";
  return core_filter(input) + options_text(options, usual_samples) +
         point.value_or(seed + " --corpus " + reports::shell_word(options.corpus));
}

std::optional<reports::FileError> no_such_point(const Options& options, const PointPlan& plan) {
  if (!options.repro || options.repro->point < plan.total()) return std::nullopt;
  reports::FileError error;
  error.code = expressions::code::override_;
  error.message =
      plan.total() == 1
          ? fmt::format("--repro names the point k{}, but there is k0 alone", options.repro->point)
          : fmt::format("--repro names the point k{}, but the last one is k{}",
                        options.repro->point, plan.total() - 1);
  error.help = "give the options of the run that printed the token, such as its --samples";
  return error;
}

}  // namespace verigrad::runner
