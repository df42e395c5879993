#include "runner/draw.hpp"

#include "runner/codes.hpp"
#include "runner/describe.hpp"
#include "runner/selection.hpp"

namespace verigrad::runner {
namespace {

using expressions::Instance;

void draw(const expressions::Document& document, const Options& options, std::int64_t samples,
          Overflows overflows, expressions::Diagnostics& diagnostics, DrawnFile& file) {
  std::vector<std::int64_t> smallest;
  for (const expressions::DimRange& dim : document.dims()) smallest.push_back(dim.first);
  const std::optional<Instance> first = document.instantiate(smallest, diagnostics);
  if (!first) return;
  file.dtype = document.dtype();
  const std::uint64_t seed = file.seed =
      options.repro ? options.repro->seed
                    : options.seed.value_or(document.settings().seed.value_or(default_seed));
  // A token numbers the points as `check` does.
  PointPlan plan = plan_points(
      *first, options.repro ? planned_samples(*first, options) : options.samples.value_or(samples),
      options);
  if (const auto error = no_such_point(options, plan)) {
    file.errors.push_back(*error);
    return;
  }
  plan.keeps_overflows = overflows == Overflows::kept;
  const std::int64_t begin = options.repro ? options.repro->point : 0;
  const std::int64_t end = options.repro ? begin + 1 : plan.random;
  for (std::int64_t k = begin; k < end && !diagnostics.has_errors(); ++k)
    if (auto sample = draw_sample(document, plan, k, seed, diagnostics))
      file.samples.push_back(std::move(*sample));
}

}  // namespace

DrawnFile draw_file(const Input& input, const Options& options, std::int64_t samples,
                    Overflows overflows) {
  DrawnFile file;
  expressions::Diagnostics diagnostics;
  try {
    const expressions::SourcePtr source =
        input.text ? expressions::SourceFile::from_text(input.path, *input.text)
                   : expressions::SourceFile::read(input.path, input.path);
    diagnostics = expressions::Diagnostics(source);
    file.document = expressions::Document::load(source, diagnostics, options.overrides);
    if (!diagnostics.has_errors())
      draw(*file.document, options, samples, overflows, diagnostics, file);
  } catch (const expressions::SourceError& error) {
    file.errors.push_back(
        {.code = expressions::code::use_file, .message = error.what(), .help = {}});
  }
  for (const expressions::Diagnostic& diagnostic : diagnostics.all())
    if (diagnostic.severity == expressions::Severity::error)
      file.errors.push_back(file_error(diagnostic, input.path));
  return file;
}

}  // namespace verigrad::runner
