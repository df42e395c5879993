#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

#include "engine/error.hpp"
#include "gradcheck/difference_truth.hpp"
#include "gradcheck/early_look.hpp"
#include "gradcheck/numeric.hpp"
#include "gradcheck/reference.hpp"
#include "gradcheck/stated_domain.hpp"

namespace verigrad::gradcheck {
namespace {

/// Few partials take fewer evaluations.
constexpr double evaluations_a_partial = 20;
/// Analysing one output's quotients takes about as long as this many entries.
constexpr double analysis_cost = 2e4;

class FiniteDifferenceReference : public Reference {
 public:
  FiniteDifferenceReference(const Program& program, const Point& point,
                            const ReferenceOptions& options)
      : program_(program),
        point_(point),
        options_(options),
        motions_(options.motions ? options.motions : motions_of(program)) {}

  std::string_view method() const override { return "finite-difference"; }
  std::int64_t evaluations() const override { return evaluations_; }

  const std::vector<Truth>& jacobian(ValueId output, std::size_t leaf) override {
    auto [known, fresh] = jacobians_.try_emplace({output, leaf});
    if (fresh) {
      try {
        known->second = compute_jacobian(output, leaf);
      } catch (...) {
        jacobians_.erase(known);
        throw;
      }
    }
    return known->second;
  }

  const std::vector<Truth>& hessian(ValueId output, std::size_t leaf) override {
    auto [known, fresh] = hessians_.try_emplace({output, leaf});
    if (fresh) {
      try {
        known->second = compute_hessian(output, leaf);
      } catch (...) {
        hessians_.erase(known);
        throw;
      }
    }
    return known->second;
  }

 private:
  using Clock = std::chrono::steady_clock;

  /// What is known of an output at the point.
  struct Known {
    std::optional<detail::BaseValues> base;  ///< where all values on the way are finite
    detail::Traits traits;
    std::vector<double> noise;
  };

  Known& known(ValueId output) {
    auto [place, fresh] = known_.try_emplace(output);
    if (!fresh) return place->second;
    place->second.traits = detail::traits_of(program_, output);
    auto& [base, traits, noise] = place->second;
    try {
      ++evaluations_;
      base.emplace(program_, motions_->schedule(output), point_);
      noise = base->noise();
      if (!base->finite()) base.reset();
    } catch (const Error&) {  // the point itself is outside of an operation's domain
      noise.assign(static_cast<std::size_t>(program_.shape(output).numel()), 0.0);
    }
    return place->second;
  }

  std::vector<Truth> compute_jacobian(ValueId output, std::size_t leaf) {
    const auto rows = static_cast<std::size_t>(program_.shape(output).numel());
    const std::size_t columns = point_[leaf].size();
    std::vector<Truth> result(rows * columns);
    if (result.empty()) return result;
    Known& at_point = known(output);
    const detail::Motion& motion = motions_->of_entry(output, leaf);
    if (!motion.reaches_output()) return std::vector<Truth>(rows * columns, detail::exact_zero());
    begin_work(output);
    std::optional<detail::Perturbation> perturbation;
    if (at_point.base) {
      perturbation.emplace(motion, *at_point.base);
      cost_ = motion.cost;
    }
    foresee(static_cast<double>(columns) * evaluations_a_partial);
    for (std::size_t j = 0; j < columns; ++j) {
      if (perturbation && settle_early(*perturbation, motion, at_point, leaf, j, result)) continue;
      const Path path =
          perturbation ? along(*perturbation, output, leaf, j) : along(output, leaf, j);
      const std::vector<Truth> column =
          jacobian_column(path, leaf, j, at_point.traits, at_point.noise);
      for (std::size_t i = 0; i < rows; ++i) result[i * columns + j] = column[i];
    }
    return result;
  }

  /// The position of an entry in its leaf.
  using Index = std::array<std::int64_t, Shape::max_rank>;
  std::span<const std::int64_t> index_of(std::size_t leaf, std::size_t entry, Index& index) const {
    const Shape& shape = program_.leaves()[leaf].shape;
    auto rest = static_cast<std::int64_t>(entry);
    for (std::size_t d = shape.rank(); d-- > 0; rest /= shape[d]) index[d] = rest % shape[d];
    return {index.data(), shape.rank()};
  }

  bool settle_early(detail::Perturbation& perturbation, const detail::Motion& motion,
                    const Known& at_point, std::size_t leaf, std::size_t entry,
                    std::vector<Truth>& jacobian) {
    if (!detail::allows_early_look(motion)) return false;
    const std::size_t columns = point_[leaf].size();
    for (std::size_t i = entry; i < jacobian.size(); i += columns)
      jacobian[i] = detail::exact_zero();
    Index index;
    detail::EarlyLook look(perturbation, at_point.noise, options_);
    const bool settled = look.settle(index_of(leaf, entry, index), point_[leaf][entry],
                                     limits(leaf, entry), jacobian.data() + entry, columns);
    spend_evaluations(look.evaluations());
    return settled;
  }

  /// The derivatives of all outputs by one entry; only those that read the entry are analysed.
  std::vector<Truth> jacobian_column(const Path& path, std::size_t leaf, std::size_t entry,
                                     const detail::Traits& traits,
                                     const std::vector<double>& noise) {
    const std::size_t rows = noise.size();
    const std::vector<bool> independent = detail::independent_outputs(path, rows, traits);
    std::vector<std::size_t> dependent;
    NumericOptions known = limits(leaf, entry);
    for (std::size_t i = 0; i < rows; ++i) {
      if (independent[i]) continue;
      dependent.push_back(i);
      known.noise_floors.push_back(noise[i]);
    }
    std::vector<Truth> column(rows, detail::exact_zero());
    if (dependent.empty()) return column;
    spend(analysis_cost * static_cast<double>(dependent.size()));
    const Path chosen = [&, all = std::vector<double>(rows)](double t,
                                                             std::span<double> values) mutable {
      const PathPoint point = path(t, all);
      for (std::size_t k = 0; k < dependent.size(); ++k) values[k] = all[dependent[k]];
      return point;
    };
    const double x = point_[leaf][entry];
    const std::vector<Estimate> estimates = differentiate(chosen, x, dependent.size(), known);
    for (std::size_t k = 0; k < dependent.size(); ++k)
      column[dependent[k]] = detail::truth_of(path, x, estimates[k], dependent[k], rows, traits);
    return column;
  }

  std::vector<Truth> compute_hessian(ValueId output, std::size_t leaf) {
    const std::size_t n = point_[leaf].size();
    std::vector<Truth> result(n * n);
    begin_work(output);
    foresee(static_cast<double>(n * (n + 1) / 2) * evaluations_a_partial * evaluations_a_partial);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j <= i; ++j) {
        const Estimate estimate = second_partial(output, leaf, i, j);
        result[i * n + j] = result[j * n + i] = detail::second_truth(estimate);
      }
    detail::set_scales(result);
    return result;
  }

  Estimate second_partial(ValueId output, std::size_t leaf, std::size_t i, std::size_t j) {
    if (i == j)
      return differentiate_twice(along(output, leaf, i), point_[leaf][i], 1, limits(leaf, i))[0];
    const Surface surface = [this, output, leaf, i, j](double s, double t,
                                                       std::span<double> values) {
      Point moved = point_;
      moved[leaf][i] = s;
      moved[leaf][j] = t;
      return evaluate(output, moved, values);
    };
    return differentiate_mixed(surface, point_[leaf][i], point_[leaf][j], 1, limits(leaf, i),
                               limits(leaf, j))[0];
  }

  Path along(ValueId output, std::size_t leaf, std::size_t entry) {
    return [this, output, leaf, entry, moved = point_](double t, std::span<double> values) mutable {
      moved[leaf][entry] = t;
      return evaluate(output, moved, values);
    };
  }

  /// The same by what moves alone.
  Path along(detail::Perturbation& perturbation, ValueId output, std::size_t leaf,
             std::size_t entry) {
    const std::span<const double> here = known(output).base->tensor(output).entries();
    return [this, &perturbation, here, leaf, entry](double t, std::span<double> values) {
      spend_evaluations(1);
      Index index;
      const double step = t - point_[leaf][entry];
      perturbation.evaluate(index_of(leaf, entry, index), {&step, 1});
      std::copy(here.begin(), here.end(), values.begin());
      for (std::size_t i = 0; i < perturbation.outputs(); ++i)
        values[perturbation.place(i)] = perturbation.value(0, i);
      return PathPoint{perturbation.defined(0), perturbation.branch(0)};
    };
  }

  PathPoint evaluate(ValueId output, const Point& at, std::span<double> values) {
    spend_evaluations(1);
    const NoGrad values_only;
    Branches branches;
    try {
      const std::vector<Tensor<double>> leaves = leaf_tensors<double>(program_, at, false);
      const Tensor<double> result =
          run<double>(program_, leaves, std::span<const ValueId>(&output, 1), &branches)[0];
      std::copy(result.entries().begin(), result.entries().end(), values.begin());
      return {true, branches.hash()};
    } catch (const Error&) {  // an operation refuses these operands: outside its domain
      return {false, 0};
    }
  }

  NumericOptions limits(std::size_t leaf, std::size_t entry) const {
    return detail::stated_domain(program_.leaves()[leaf], point_[leaf][entry]);
  }

  void spend(double work) {
    work_ += work;
    if (work_ > options_.work_limit) exhausted();
  }

  void spend_evaluations(int count) {
    evaluations_ += count;
    spend(count * cost_);
    if (options_.seconds && Clock::now() > deadline_)
      throw WorkExhausted(
          fmt::format("the limit of {} s for one derivative is reached", *options_.seconds));
  }

  /// Refuses at once what would surely exceed the limit of work.
  void foresee(double evaluations) const {
    if (evaluations * cost_ > options_.work_limit) exhausted();
  }

  [[noreturn]] void exhausted() const {
    throw WorkExhausted(fmt::format(
        "the limit of {:.0e} computed entries for one derivative is reached", options_.work_limit));
  }

  void begin_work(ValueId output) {
    if (options_.seconds)
      deadline_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                     std::chrono::duration<double>(*options_.seconds));
    work_ = 0;
    cost_ = evaluation_cost(program_, output);
  }

  const Program& program_;
  Point point_;
  ReferenceOptions options_;
  std::shared_ptr<detail::Motions> motions_;
  double work_ = 0, cost_ = 0;
  std::int64_t evaluations_ = 0;
  Clock::time_point deadline_;
  std::map<ValueId, Known> known_;
  std::map<std::pair<ValueId, std::size_t>, std::vector<Truth>> jacobians_, hessians_;
};

}  // namespace

std::unique_ptr<Reference> finite_difference_reference(const Program& program, const Point& point,
                                                       const ReferenceOptions& options) {
  return std::make_unique<FiniteDifferenceReference>(program, point, options);
}

}  // namespace verigrad::gradcheck
