#include "runner/set_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "engine/error.hpp"
#include "engine/functions.hpp"
#include "engine/shape.hpp"
#include "expressions/document.hpp"
#include "reports/display.hpp"
#include "runner/fpcore_input.hpp"
#include "runner/selection.hpp"

namespace verigrad::runner {
namespace {

/// The file at its smallest sizes, unless it has errors.
std::optional<expressions::Instance> instance_of(const Input& input, const Options& options) {
  try {
    const expressions::SourcePtr source =
        input.text ? expressions::SourceFile::from_text(input.path, *input.text)
                   : expressions::SourceFile::read(input.path, input.path);
    expressions::Diagnostics diagnostics(source);
    const auto document = expressions::Document::load(source, diagnostics, options.overrides);
    if (diagnostics.has_errors()) return std::nullopt;
    std::vector<std::int64_t> smallest;
    for (const expressions::DimRange& dim : document.dims()) smallest.push_back(dim.first);
    return document.instantiate(smallest, diagnostics);
  } catch (const expressions::SourceError&) {
    return std::nullopt;
  }
}

/// A constant's entries as doubles: a domain's bounds are doubles in every precision.
std::vector<double> entries_of(const Program& program, ValueId constant) {
  Point zeros;
  for (const Leaf& leaf : program.leaves())
    zeros.emplace_back(static_cast<std::size_t>(leaf.shape.numel()), 0.0);
  const NoGrad values_only;
  const Tensor<double> value =
      verigrad::run<double>(program, leaf_tensors<double>(program, zeros, false),
                            std::span<const ValueId>(&constant, 1))[0];
  return {value.entries().begin(), value.entries().end()};
}

std::optional<std::string> complaint(const Program& program, const Leaf& leaf) {
  const std::vector<double> entries = entries_of(program, leaf.initial);
  const auto outside =
      std::ranges::find_if(entries, [&](double x) { return !leaf.domain.contains(x); });
  if (outside == entries.end()) return std::nullopt;
  return fmt::format("{}{} = {} lies outside of its domain {}", leaf.name,
                     index_text(outside - entries.begin(), leaf.shape), reports::number(*outside),
                     leaf.domain.to_string());
}

void append_complaints(const Input& input, const Options& options,
                       std::vector<std::string>& notes) {
  const std::optional<expressions::Instance> instance = instance_of(input, options);
  if (!instance) return;
  const std::string line = input.core ? fmt::format(":{}", input.core->line) : "";
  for (const Leaf& leaf : instance->program.leaves()) {
    const auto is_set = [&](const auto& given) { return given.first == leaf.name; };
    if (std::ranges::none_of(options.overrides.set, is_set)) continue;
    try {
      if (const auto found = complaint(instance->program, leaf))
        notes.push_back(fmt::format("{}{}: {}", input.path, line, *found));
    } catch (const Error&) {  // the run itself reports it
    }
  }
}

}  // namespace

std::vector<std::string> values_outside_of_domains(std::span<const Input> inputs,
                                                   const Options& options) {
  std::vector<std::string> notes;
  if (options.overrides.set.empty()) return notes;
  for (const Input& input : with_cores(inputs))
    if (!input.core || (input.core->unsupported.empty() && !is_for_another_core(options, input)))
      append_complaints(input, options, notes);
  return notes;
}

}  // namespace verigrad::runner
