#include "runner/points.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/error.hpp"
#include "engine/functions.hpp"
#include "gradcheck/reference.hpp"
#include "runner/finite_value.hpp"

namespace verigrad::runner {
namespace {

using expressions::Document;
using expressions::Instance;
using expressions::Judgement;

constexpr std::int64_t most_draws = 1000;

std::vector<std::int64_t> draw_sizes(const Document& document, std::int64_t index,
                                     std::uint64_t seed) {
  std::vector<std::int64_t> sizes;
  Random random = Random::stream(seed, static_cast<std::uint64_t>(index), 0);
  for (const expressions::DimRange& dim : document.dims()) {
    const std::int64_t drawn = random.integer(dim.first, dim.last);
    sizes.push_back(index == 0 ? dim.first : index == 1 ? dim.last : drawn);
  }
  return sizes;
}

/// The entries of a leaf whose value is computed from earlier leaves.
template <class T>
std::vector<double> initial_entries(const Program& program, const Leaf& leaf, const Point& point) {
  const NoGrad values_only;
  const std::vector<Tensor<T>> leaves = leaf_tensors<T>(program, point, false);
  const Tensor<T> value = broadcast_to(
      run<T>(program, leaves, std::span<const ValueId>(&leaf.initial, 1))[0], leaf.shape);
  return std::vector<double>(value.entries().begin(), value.entries().end());
}

void fill_computed_leaf(const Program& program, std::size_t i, Point& point) {
  const Leaf& leaf = program.leaves()[i];
  point[i] = program.dtype == DType::f32 ? initial_entries<float>(program, leaf, point)
                                         : initial_entries<double>(program, leaf, point);
}

Point draw_point(const Program& program, std::uint64_t seed, std::int64_t index,
                 std::int64_t attempt, const SpecialPoint* special) {
  Point point;
  for (const Leaf& leaf : program.leaves())
    point.emplace_back(static_cast<std::size_t>(leaf.shape.numel()), 0.0);
  for (std::size_t i = 0; i < point.size(); ++i) {
    const Leaf& leaf = program.leaves()[i];
    if (leaf.initial != no_value) {
      fill_computed_leaf(program, i, point);
      continue;
    }
    Random random = Random::stream(seed, static_cast<std::uint64_t>(index),
                                   static_cast<std::uint64_t>(attempt) + 1, i);
    for (double& entry : point[i]) entry = round_to(program.dtype, leaf.domain.draw(random));
    if (special != nullptr && special->leaf == i) apply(*special, point[i], random);
  }
  return point;
}

/// The values that must be finite: whatever is differentiated.
std::vector<ValueId> function_roots(const Instance& instance) {
  std::vector<ValueId> roots;
  for (const Judgement& judgement : instance.judgements)
    if (judgement.output != no_value && judgement.kind != Judgement::Kind::expect &&
        judgement.kind != Judgement::Kind::expect_message)
      roots.push_back(judgement.output);
  // Points of expectations are drawn inside the function's domain, too; a given point stands.
  if (roots.empty() && !instance.single_point && instance.output != no_value)
    roots.push_back(instance.output);
  return roots;
}

/// Of a number that is not finite.
std::string_view name_of(double x) { return std::isnan(x) ? "nan" : x > 0 ? "inf" : "-inf"; }

/// Why a point does not count.
struct Rejection {
  std::string why{};
  std::vector<ValueId> not_finite{};  ///< outputs, if nothing else is wrong with the point
};

template <class T>
std::optional<Rejection> rejection(const Instance& instance, const Point& point) {
  const std::vector<ValueId> outputs = function_roots(instance);
  std::vector<ValueId> roots = outputs;
  roots.insert(roots.end(), instance.preconditions.begin(), instance.preconditions.end());
  if (roots.empty()) return std::nullopt;
  const NoGrad values_only;
  try {
    const std::vector<Tensor<T>> values =
        run<T>(instance.program, leaf_tensors<T>(instance.program, point, false), roots);
    Rejection found;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const auto entries = values[i].entries();
      const auto wrong = std::ranges::find_if(entries, [](T x) { return !std::isfinite(x); });
      if (wrong == entries.end()) continue;
      found.not_finite.push_back(outputs[i]);
      if (found.why.empty()) found.why = fmt::format("the function is {} there", name_of(*wrong));
    }
    for (std::size_t i = outputs.size(); i < roots.size(); ++i)
      if (std::ranges::find(values[i].entries(), T(0)) != values[i].entries().end())
        return Rejection{found.why.empty() ? "the precondition does not hold there" : found.why};
    if (found.why.empty()) return std::nullopt;
    return found;
  } catch (const Error& error) {
    return Rejection{error.what()};
  }
}

std::optional<Rejection> rejection_at(const Instance& instance, const Point& point) {
  return instance.program.dtype == DType::f32 ? rejection<float>(instance, point)
                                              : rejection<double>(instance, point);
}

/// Whether the values that are computed as not finite are so by rounding alone.
bool overflows(const Sample& sample, const std::vector<ValueId>& not_finite) {
  return !not_finite.empty() && std::ranges::all_of(not_finite, [&](ValueId output) {
    return has_finite_value(sample.instance.program, sample.point, output);
  });
}

}  // namespace

void fill_computed_leaves(const Program& program, Point& point) {
  for (std::size_t i = 0; i < point.size(); ++i)
    if (program.leaves()[i].initial != no_value) fill_computed_leaf(program, i, point);
}

std::optional<std::string> rejection_of(Sample& sample, bool keeps_overflows) {
  sample.overflowed.clear();
  std::optional<Rejection> rejected = rejection_at(sample.instance, sample.point);
  if (!rejected) return std::nullopt;
  if (!keeps_overflows || !overflows(sample, rejected->not_finite)) return std::move(rejected->why);
  sample.overflowed = std::move(rejected->not_finite);
  return std::nullopt;
}

std::int64_t planned_samples(const Instance& instance, const Options& options) {
  if (options.samples) return *options.samples;
  std::int64_t samples = default_samples;
  for (const Judgement& judgement : instance.judgements)
    samples = std::max(samples, judgement.settings.samples.value_or(default_samples));
  return samples;
}

PointPlan plan_points(const Instance& instance, std::int64_t samples, const Options& options) {
  if (instance.single_point) return {};
  const Difficulty hard = difficulty(instance, options);
  return {samples, static_cast<std::int64_t>(special_points(instance, hard).size()), hard};
}

std::optional<Sample> draw_sample(const Document& document, const PointPlan& plan,
                                  std::int64_t index, std::uint64_t seed,
                                  expressions::Diagnostics& diagnostics) {
  std::optional<Instance> instance =
      document.instantiate(draw_sizes(document, index, seed), diagnostics);
  if (!instance) return std::nullopt;
  std::optional<SpecialPoint> special;
  if (index >= plan.random) {
    const std::vector<SpecialPoint> all = special_points(*instance, plan.difficulty);
    const auto chosen = static_cast<std::size_t>(index - plan.random);
    if (chosen < all.size()) special = all[chosen];
  }
  Sample sample{.index = index,
                .instance = std::move(*instance),
                .point = {},
                .rejected = 0,
                .no_point = {},
                .overflowed = {}};
  const bool once = sample.instance.single_point || special.has_value();
  std::string why;
  for (ValueId root : function_roots(sample.instance)) {
    const double work = gradcheck::evaluation_cost(sample.instance.program, root);
    const double limit = gradcheck::ReferenceOptions().work_limit;
    if (work <= limit) continue;
    sample.no_point = fmt::format(
        "one evaluation computes {:.1e} entries, more than the limit of {:.0e}", work, limit);
    return sample;
  }
  for (std::int64_t attempt = 0; attempt < (once ? 1 : most_draws); ++attempt) {
    try {
      sample.point =
          draw_point(sample.instance.program, seed, index, attempt, special ? &*special : nullptr);
      std::optional<std::string> rejected = rejection_of(sample, plan.keeps_overflows);
      if (!rejected) return sample;
      why = std::move(*rejected);
    } catch (const Error& error) {
      why = error.what();
    }
    ++sample.rejected;
  }
  sample.no_point = fmt::format(
      "{}: {}",
      once ? "the point lies outside the function's domain"
           : fmt::format("{} draws in a row lie outside the function's domain", most_draws),
      why);
  return sample;
}

std::vector<NamedNumber> scalars_of(const Sample& sample) {
  std::vector<NamedNumber> scalars;
  for (const auto& [name, size] : sample.instance.dims)
    scalars.push_back({name, static_cast<double>(size)});
  for (std::size_t i = 0; i < sample.point.size(); ++i) {
    const Leaf& leaf = sample.instance.program.leaves()[i];
    if (leaf.shape.rank() == 0 && !expressions::is_anonymous(leaf))
      scalars.push_back({leaf.name, sample.point[i].front()});
  }
  return scalars;
}

}  // namespace verigrad::runner
