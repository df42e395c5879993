#include "tests/detection/cores.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <set>

#include "engine/error.hpp"
#include "engine/functions.hpp"
#include "expressions/document.hpp"
#include "gradcheck/reference.hpp"
#include "runner/fpcore_input.hpp"

namespace verigrad::detection {
namespace {

constexpr int most_draws = 100;

/// What the function's values are computed from; equal texts are equal bodies.
std::string body_of(const expressions::Instance& instance) {
  const Program& program = instance.program;
  const std::vector<bool> reached = program.reachable(std::span(&instance.output, 1));
  std::string text;
  for (std::size_t i = 0; i < reached.size(); ++i) {
    if (!reached[i]) continue;
    const Value& value = program.values()[i];
    text += value.operation ? std::string(value.operation->name()) : value.text + "#";
    for (const ValueId operand : value.operands) text += " " + std::to_string(operand);
    text += "\n";
  }
  return text;
}

bool is_smooth(const expressions::Instance& instance) {
  const Program& program = instance.program;
  const std::vector<bool> reached = program.reachable(std::span(&instance.output, 1));
  for (std::size_t i = 0; i < reached.size(); ++i) {
    const Operation* operation = program.values()[i].operation;
    if (reached[i] && operation && !operation->info.kinks.empty()) return false;
  }
  return true;
}

bool has_exact_numbers(const expressions::Instance& instance) {
  const Program& program = instance.program;
  const std::vector<bool> reached = program.reachable(std::span(&instance.output, 1));
  for (std::size_t i = 0; i < reached.size(); ++i) {
    const Value& value = program.values()[i];
    if (reached[i] && value.kind == Value::Kind::number &&
        !proof::Ball::literal(value.text).is(round_to(program.dtype, value.number)))
      return false;
  }
  return true;
}

bool is_bounded(const Leaf& leaf) {
  return leaf.domain.kind == Domain::Kind::interval && std::isfinite(leaf.domain.a) &&
         std::isfinite(leaf.domain.b);
}

double log_uniform(const Domain& box, Random& random) {
  constexpr double smallest_share = 0x1p-30;
  const auto between = [&](double a, double b) {
    return random.log_uniform(a > 0 ? a : smallest_share * b, b);
  };
  const bool above = box.b > 0, below = box.a < 0;
  if (above && (!below || random.uniform() < 0.5)) return between(box.a, box.b);
  return below ? -between(-box.b, -box.a) : box.b;
}

template <class T>
bool is_admitted(const runner::Sample& sample) {
  const expressions::Instance& instance = sample.instance;
  std::vector<ValueId> roots{instance.output};
  roots.insert(roots.end(), instance.preconditions.begin(), instance.preconditions.end());
  const NoGrad values_only;
  try {
    const std::vector<Tensor<T>> values =
        run<T>(instance.program, leaf_tensors<T>(instance.program, sample.point, false), roots);
    return std::isfinite(values[0].entries()[0]) &&
           std::all_of(values.begin() + 1, values.end(),
                       [](const Tensor<T>& holds) { return holds.entries()[0] != 0; });
  } catch (const Error&) {
    return false;
  }
}

bool draw_admitted(runner::Sample& sample, Sampling sampling, Random& random) {
  const Program& program = sample.instance.program;
  for (int attempt = 0; attempt < most_draws; ++attempt) {
    sample.point.clear();
    bool inside = true;
    for (const Leaf& leaf : program.leaves()) {
      const double x = sampling == Sampling::uniform ? leaf.domain.draw(random)
                                                     : log_uniform(leaf.domain, random);
      sample.point.push_back({round_to(program.dtype, x)});
      inside = inside && leaf.domain.contains(sample.point.back()[0]);
    }
    if (inside &&
        (program.dtype == DType::f32 ? is_admitted<float>(sample) : is_admitted<double>(sample)))
      return true;
  }
  return false;
}

bool is_zero_or_normal(const proof::Ball& partial, DType dtype) {
  const double size = std::abs(rounded(partial, dtype));
  const double least = dtype == DType::f32 ? static_cast<double>(std::numeric_limits<float>::min())
                                           : std::numeric_limits<double>::min();
  return partial.is(0) || (std::isfinite(size) && size >= least);
}

}  // namespace

std::vector<Core> bounded_smooth_cores(DType dtype) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(VERIGRAD_SOURCE_DIR "/tests/detection/data"))
    if (runner::is_fpcore(entry.path().string())) files.push_back(entry.path());
  std::ranges::sort(files);
  std::vector<Core> cores;
  std::set<std::string> bodies;
  for (const std::filesystem::path& file : files)
    for (const runner::Input& input : runner::inputs_of_fpcore({file.string(), {}})) {
      if (!input.core->unsupported.empty()) continue;
      expressions::Diagnostics errors;
      expressions::Overrides overrides;
      overrides.dtype = dtype;
      const auto document = expressions::Document::load(
          expressions::SourceFile::from_text(input.path, *input.text), errors, overrides);
      auto instance = errors.has_errors() ? std::nullopt : document.instantiate({}, errors);
      if (!instance || !is_smooth(*instance)) continue;
      if (!std::ranges::all_of(instance->program.leaves(), is_bounded)) continue;
      if (instance->inputs.empty() || !bodies.insert(body_of(*instance)).second) continue;
      const bool exact = has_exact_numbers(*instance);
      cores.push_back({file.filename().string(), input.core->name, std::move(*instance), exact});
    }
  return cores;
}

runner::Sample sample_of(const Core& core) {
  return {.index = 0, .instance = core.instance, .point = {}, .rejected = 0, .no_point = {}};
}

Subject subject_of(const runner::Sample& sample) {
  return {sample, sample.instance.output, sample.instance.inputs};
}

CorePoint draw_point(runner::Sample& sample, Sampling sampling, Random& random) {
  CorePoint point;
  if (!draw_admitted(sample, sampling, random)) return point;
  const auto proofs = gradcheck::enclosure_reference(sample.instance.program, sample.point);
  for (const std::size_t leaf : sample.instance.inputs) {
    const proof::Enclosure& partial = *proofs->jacobian(sample.instance.output, leaf)[0].proven;
    if (partial.outcome != proof::Outcome::enclosed || partial.kinked) return {Drawn::not_proven};
    if (!is_zero_or_normal(partial.derivative, sample.instance.program.dtype))
      return {Drawn::not_normal};
    point.gradient.push_back(partial.derivative);
  }
  point.drawn = Drawn::taken;
  return point;
}

double rounded(const proof::Ball& ball, DType dtype) {
  if (dtype == DType::f64) return ball.midpoint();
  arf_t nearest;
  arf_init(nearest);
  arf_set_round(nearest, arb_midref(ball.get()), 24, ARF_RND_NEAR);
  const double result = round_to(DType::f32, arf_get_d(nearest, ARF_RND_NEAR));
  arf_clear(nearest);
  return result;
}

}  // namespace verigrad::detection
