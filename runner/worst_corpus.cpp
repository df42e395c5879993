#include "runner/worst_corpus.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <filesystem>
#include <optional>

#include "engine/error.hpp"
#include "gradcheck/reference.hpp"
#include "reports/display.hpp"
#include "runner/for_each_index.hpp"

namespace verigrad::runner {
namespace {

using reports::WorstInput;

std::string file_name(const Input& input) {
  namespace fs = std::filesystem;
  std::error_code error;
  std::string name = fs::proximate(fs::path(input.path).lexically_normal(), error).string();
  if (error) name = input.path;
  if (input.core)
    name += "." + (input.core->name.empty() ? fmt::format("line {}", input.core->line)
                                            : input.core->name);
  std::ranges::replace_if(
      name,
      [](char c) {
        return !std::isalnum(static_cast<unsigned char>(c)) && c != '.' && c != '-' && c != '_';
      },
      '_');
  return name + ".txt";
}

/// "loss/w"
std::string name_of(const expressions::Instance& instance, const MeasuredDerivative& derivative) {
  std::string name = instance.judgements[derivative.judgement].output_name + "/" +
                     instance.program.leaves()[derivative.leaf].name;
  std::erase_if(name, [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; });
  return name;
}

/// "loss/w[n=3,m=4]", with the sizes that are drawn.
std::string target_of(const Sample& sample, const MeasuredDerivative& derivative) {
  std::string target = name_of(sample.instance, derivative);
  std::vector<std::string> sizes;
  for (const auto& [name, size] : sample.instance.dims)
    sizes.push_back(fmt::format("{}={}", name, size));
  return sizes.empty() ? target : fmt::format("{}[{}]", target, fmt::join(sizes, ","));
}

/// Whether a target is that name, with or without sizes. The name itself ends in an input's.
bool is_of(const std::string& target, const std::string& name) {
  return target == name || (target.ends_with(']') && target.substr(0, target.rfind('[')) == name);
}

/// The sizes in "loss/w[n=3,m=4]" behind the name "loss/w"; nothing where they are not of these
/// dims.
std::optional<std::vector<std::int64_t>> sizes_in(std::string_view target, std::string_view name,
                                                  std::span<const expressions::DimRange> dims) {
  if (!target.starts_with(name)) return std::nullopt;
  target.remove_prefix(name.size());
  std::vector<std::int64_t> sizes;
  for (const expressions::DimRange& dim : dims) {
    const std::string begin = fmt::format("{}{}=", sizes.empty() ? '[' : ',', dim.name);
    if (!target.starts_with(begin)) return std::nullopt;
    target.remove_prefix(begin.size());
    std::int64_t size = 0;
    const auto [end, error] = std::from_chars(target.data(), target.data() + target.size(), size);
    if (error != std::errc() || size < dim.first || size > dim.last) return std::nullopt;
    target.remove_prefix(static_cast<std::size_t>(end - target.data()));
    sizes.push_back(size);
  }
  const bool whole = sizes.empty() ? target.empty() : target == "]";
  return whole ? std::optional(sizes) : std::nullopt;
}

/// The point whose drawn entries these are; nothing where they are too many or few, or one lies
/// outside of its domain.
std::optional<Point> point_of(const Program& program, const std::vector<double>& drawn) {
  Point point;
  auto next = drawn.begin();
  for (const Leaf& leaf : program.leaves()) {
    std::vector<double>& entries = point.emplace_back(static_cast<std::size_t>(leaf.shape.numel()));
    if (leaf.initial != no_value) continue;
    for (double& entry : entries) {
      if (next == drawn.end() || !leaf.domain.contains(*next)) return std::nullopt;
      entry = *next++;
    }
  }
  return next == drawn.end() ? std::optional(std::move(point)) : std::nullopt;
}

std::vector<double> drawn_entries(const Sample& sample) {
  std::vector<double> drawn;
  for (std::size_t i = 0; i < sample.point.size(); ++i)
    if (sample.instance.program.leaves()[i].initial == no_value)
      drawn.insert(drawn.end(), sample.point[i].begin(), sample.point[i].end());
  return drawn;
}

/// A stored line as a sample of the file, if it is one.
std::optional<Sample> sample_of(const expressions::Document& document, const WorstInput& line,
                                const std::vector<std::int64_t>& sizes) {
  expressions::Diagnostics diagnostics(document.source());
  std::optional<expressions::Instance> instance = document.instantiate(sizes, diagnostics);
  if (!instance || (instance->program.dtype == DType::f32) != line.single) return std::nullopt;
  std::optional<Point> point = point_of(instance->program, line.operands);
  if (!point) return std::nullopt;
  Sample sample{.index = -1,
                .instance = std::move(*instance),
                .point = std::move(*point),
                .rejected = 0,
                .no_point = {},
                .overflowed = {}};
  try {
    fill_computed_leaves(sample.instance.program, sample.point);
    if (rejection_of(sample, true)) return std::nullopt;
  } catch (const Error&) {
    return std::nullopt;
  }
  return sample;
}

/// How a stored line may be asked for.
struct Task {
  std::size_t derivative;
  const WorstInput& line;
  Sample sample;
  std::vector<EntryAccuracy> entries{};
};

/// Nothing where the line is of no such derivative.
std::optional<Task> task_of(const WorstInput& line, const DrawnFile& drawn,
                            const std::vector<MeasuredDerivative>& derivatives) {
  for (std::size_t d = 0; d < derivatives.size(); ++d) {
    const std::string name = name_of(drawn.samples.front().instance, derivatives[d]);
    const auto sizes = sizes_in(line.target, name, drawn.document->dims());
    if (!sizes) continue;
    if (auto sample = sample_of(*drawn.document, line, *sizes))
      return Task{d, line, std::move(*sample)};
  }
  return std::nullopt;
}

/// Whether the worst of all are zeros that cancelling terms explain: largest_error() does not know
/// them, and their ulps would hide every other error.
bool is_cancelled_zero(const reports::AccuracyRow& row) {
  using enum reports::AccuracyVerdict;
  return row.worst->truth == 0 && row.worst->ulps > row.ulps.max && row.verdict != unstable &&
         row.verdict != wrong;
}

void measure_task(Task& task, const MeasuredDerivative& derivative, std::uint64_t seed,
                  const Options& options) {
  try {
    task.entries = PointAccuracy(task.sample, seed, options).entries(derivative);
  } catch (const gradcheck::WorkExhausted&) {
  } catch (const Error&) {
  }
}

std::string worsening(double ulps, const Task& task) {
  if (!reports::is_worse_than_stored(ulps, task.line.ulps)) return {};
  return fmt::format("{:.3g} ulp at the point in line {} of the corpus, which had {:.3g}", ulps,
                     task.line.line, task.line.ulps);
}

}  // namespace

WorstCorpus::WorstCorpus(const Input& input, const Options& options) : input_(input.path) {
  if (options.corpus.empty() || options.repro || !options.overrides.set.empty() ||
      input.path == "-")
    return;
  path_ = (std::filesystem::path(options.corpus) / file_name(input)).string();
  lines_ = reports::read_worst_inputs(path_);
}

std::vector<StoredPoint> WorstCorpus::measure(const DrawnFile& drawn,
                                              const std::vector<MeasuredDerivative>& all,
                                              const std::vector<MeasuredDerivative>& asked,
                                              const Options& options) {
  std::vector<Task> tasks;
  std::vector<std::size_t> passed_over;
  for (const WorstInput& line : lines_) {
    if (line.single != (drawn.dtype == DType::f32)) continue;
    if (auto task = task_of(line, drawn, asked))
      tasks.push_back(std::move(*task));
    else if (!task_of(line, drawn, all))
      passed_over.push_back(line.line);
  }
  if (!passed_over.empty() && options.overrides.dim.empty())
    notes_.push_back(fmt::format("{}: no points of the derivatives of {} in line{} {}", path_,
                                 input_, passed_over.size() == 1 ? "" : "s",
                                 fmt::join(passed_over, ", ")));
  for_each_index(tasks.size(), options.jobs, [&](std::size_t i) {
    measure_task(tasks[i], asked[tasks[i].derivative], drawn.seed, options);
  });
  std::vector<StoredPoint> points;
  for (Task& task : tasks)
    points.push_back({task.derivative,
                      {std::move(task.sample), task.entries},
                      worsening(largest_error(task.entries), task)});
  return points;
}

void WorstCorpus::offer(const reports::AccuracyRow& row, const MeasuredDerivative& derivative,
                        const Sample& sample) {
  if (path_.empty() || row.worst->origin == reports::PointOrigin::corpus) return;
  if (is_cancelled_zero(row)) return;
  const bool single = sample.instance.program.dtype == DType::f32;
  const std::string name = name_of(sample.instance, derivative);
  double stored = 0;
  for (const WorstInput& line : lines_)
    if (line.single == single && is_of(line.target, name)) stored = std::max(stored, line.ulps);
  if (reports::is_worth_storing(row.worst->ulps, stored))
    additions_.push_back(
        {single, target_of(sample, derivative), row.worst->ulps, drawn_entries(sample), 0});
}

std::size_t WorstCorpus::save() const {
  if (additions_.empty()) return 0;
  reports::extend_worst_inputs(path_, input_, additions_);
  return additions_.size();
}

}  // namespace verigrad::runner
