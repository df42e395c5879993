#include "cli/shared_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "cli/usage.hpp"
#include "cli/values.hpp"

namespace verigrad::cli {
namespace {

constexpr std::int64_t most_samples = 1'000'000;
constexpr std::int64_t largest_size = std::int64_t{1} << 40;

template <class Value>
void add_once(std::string_view option, std::vector<std::pair<std::string, Value>>& to,
              std::string name, Value value) {
  const bool present =
      std::any_of(to.begin(), to.end(), [&](const auto& each) { return each.first == name; });
  if (present) throw UsageError(fmt::format("{} gives {} twice", option, quote(name)));
  to.emplace_back(std::move(name), std::move(value));
}

runner::ReproToken repro_from(const std::string& text) {
  const auto token = runner::parse_repro(text);
  if (!token)
    throw UsageError(fmt::format("--repro expects LINE:kPOINT:SEED, not {}", quote(text)),
                     "failures print theirs, such as 5:k3:42");
  return *token;
}

}  // namespace

Option samples_option(runner::Options& options) {
  return {"--samples", "N",
          fmt::format("points to draw for a file (default {})", runner::default_samples),
          [&options](const std::string& text) {
            options.samples = whole_number("--samples", text, 1, most_samples);
          }};
}

Option seed_option(runner::Options& options) {
  return {"--seed", "S",
          fmt::format("what all random draws follow from (default {})", runner::default_seed),
          [&options](const std::string& text) { options.seed = seed_number("--seed", text); }};
}

Option set_option(runner::Options& options) {
  const auto accept = [&options](const std::string& text) {
    auto [name, value] = assignment("--set", text, "NAME=VALUE");
    add_once("--set", options.overrides.set, name, value);
  };
  return {"--set", "NAME=VALUE", "value of an input or constant, such as 'x=[1, 2]'", accept, true};
}

Option dim_option(runner::Options& options) {
  const auto accept = [&options](const std::string& text) {
    const auto [name, value] = assignment("--dim", text, "NAME=N");
    add_once("--dim", options.overrides.dim, name,
             whole_number("--dim " + name, value, 0, largest_size));
  };
  return {"--dim", "NAME=N", "size of a dim", accept, true};
}

Option dtype_option(runner::Options& options) {
  return {"--dtype", "f32|f64", "precision under test", [&options](const std::string& text) {
            const bool single = one_of("--dtype", text, {"f32", "f64"}) == "f32";
            options.overrides.dtype = single ? DType::f32 : DType::f64;
          }};
}

Option max_entries_option(runner::Options& options) {
  return {"--max-entries", "N",
          fmt::format("most entries of one tensor (default {})", expressions::Limits{}.max_entries),
          [&options](const std::string& text) {
            options.overrides.limits.max_entries =
                whole_number("--max-entries", text, 1, largest_size);
          }};
}

Option jobs_option(int& jobs) {
  const unsigned processors = std::thread::hardware_concurrency();
  jobs = processors == 0 ? 1 : static_cast<int>(std::min(processors, 64U));
  return {"-j", "N", "threads (default: one a processor); results do not depend on it",
          [&jobs](const std::string& text) {
            jobs = static_cast<int>(whole_number("-j", text, 1, 1024));
          }};
}

Option filter_option(runner::Options& options) {
  return {"--filter", "FILE:LINE|NAME", "only what stands on a line, or is called so",
          [&options](const std::string& text) {
            if (text.empty())
              throw UsageError("--filter expects a line or a name, not an empty text",
                               "without --filter everything is taken");
            options.filter = text;
          }};
}

Option repro_option(runner::Options& options) {
  return {"--repro", "TOKEN", "one point of one check again, as a failure names it",
          [&options](const std::string& text) { options.repro = repro_from(text); }};
}

Option color_option(Color& color) {
  return {"--color", "WHEN", "auto, always or never (default auto: on a terminal)",
          [&color](const std::string& text) { color = color_from(text); }};
}

Option format_option(std::string& format) {
  return {"--format", "FORMAT", "text or json (default text)", [&format](const std::string& text) {
            format = one_of("--format", text, {"text", "json"});
          }};
}

Option flag(std::string name, std::string help, bool& value) {
  return {std::move(name), "", std::move(help), [&value](const std::string&) { value = true; }};
}

}  // namespace verigrad::cli
