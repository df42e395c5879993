#include "runner/rewrites.hpp"

#include <cmath>
#include <limits>

#include "engine/error.hpp"
#include "gradcheck/engine_derivatives.hpp"
#include "gradcheck/position.hpp"
#include "gradcheck/tolerance.hpp"

namespace verigrad::runner {
namespace {

/// The entry of the derivative as the engine computes it for the k-th alternative, at the sample's
/// point; nothing where the alternative's Program cannot be made or run.
std::optional<double> computed(const Input& input, const Options& options, std::size_t k,
                               const Sample& sample, const MeasuredDerivative& derivative,
                               std::size_t entry) {
  const auto source = expressions::SourceFile::from_text(input.path, *input.text);
  expressions::Diagnostics diagnostics(source);
  expressions::Overrides overrides = options.overrides;
  overrides.alternative = k;
  const auto document = expressions::Document::load(source, diagnostics, overrides);
  if (diagnostics.has_errors()) return std::nullopt;
  const auto instance = document.instantiate({}, diagnostics);
  if (!instance) return std::nullopt;
  const ValueId output = instance->judgements[derivative.judgement].output;
  try {
    const auto derivatives = gradcheck::engine_derivatives(
        instance->program, sample.point, std::span(&output, 1), instance->program.dtype);
    return derivatives->jacobian(output, derivative.leaf)[entry];
  } catch (const Error&) {
    return std::nullopt;
  }
}

double ulps_between(double value, double truth, DType dtype) {
  if (!std::isfinite(value)) return value == truth ? 0 : std::numeric_limits<double>::infinity();
  return std::abs(value - truth) / gradcheck::ulp(dtype, truth);
}

}  // namespace

std::vector<reports::Rewrite> rewrites(const Input& input, const Options& options,
                                       const Sample& sample, const MeasuredDerivative& derivative,
                                       const reports::WorstPoint& worst) {
  std::vector<reports::Rewrite> result;
  if (!input.core) return result;
  const Program& program = sample.instance.program;
  const std::size_t entry =
      gradcheck::ravelled(worst.index, program.leaves()[derivative.leaf].shape);
  for (std::size_t k = 0; k < input.core->alternatives.size(); ++k) {
    reports::Rewrite& each = result.emplace_back(
        reports::Rewrite{expressions::on_one_line(input.core->alternatives[k]), std::nullopt});
    if (const auto value = computed(input, options, k, sample, derivative, entry))
      each.ulps = ulps_between(*value, worst.truth, program.dtype);
  }
  return result;
}

}  // namespace verigrad::runner
