#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>

#include "engine/error.hpp"
#include "gradcheck/numeric.hpp"
#include "gradcheck/reference.hpp"
#include "gradcheck/value_noise.hpp"

namespace verigrad::gradcheck {
namespace {

/// Over 20,000 random smooth composites one bar in 380 was up to 1.7 times too small; three times
/// the bar covered them all.
constexpr double safety = 3;

/// Few partials take fewer evaluations.
constexpr double evaluations_a_partial = 20;
/// Analysing one output's quotients takes about as long as this many entries.
constexpr double analysis_cost = 2e4;

/// The multiplications of a matrix product: entries of the result times the length of a row.
double products_of(const Program& program, const Value& value) {
  const Shape& rows = program.shape(value.operands[0]);
  const double length = rows.rank() == 0 ? 1 : static_cast<double>(rows[rows.rank() - 1]);
  return static_cast<double>(value.shape.numel()) * length;
}

/// The multiplications of a layer: entries of the result times the weights of one output.
double products_with_weight(const Program& program, const Value& value) {
  const Shape& weight = program.shape(value.operands[1]);
  const auto outputs =
      static_cast<double>(weight.rank() < 2 ? 1 : std::max<std::int64_t>(weight[0], 1));
  return static_cast<double>(value.shape.numel()) * static_cast<double>(weight.numel()) / outputs;
}

/// The steepest chord from x over distances of the size of x and of 1: what would be a large
/// derivative for this function here.
double chord_slope(const Path& path, double x, std::size_t output, std::size_t outputs) {
  std::vector<double> here(outputs), there(outputs);
  path(x, here);
  double slope = 0;
  for (double reach : {std::abs(x) / 2, std::abs(x), 0.5}) {
    for (double h : {-reach, reach}) {
      if (h == 0) continue;
      const PathPoint point = path(x + h, there);
      const double chord = std::abs((there[output] - here[output]) / h);
      if (point.defined && std::isfinite(chord)) slope = std::max(slope, chord);
    }
  }
  return slope;
}

/// Whether an operand can be multiplied by an entry of another, which may be 0.
bool has_factors(std::string_view operation) {
  for (const std::string_view name :
       {"mul", "matmul", "dot", "linear", "conv1d", "conv2d", "convolution_input",
        "convolution_weight", "layer_norm", "bce", "kl_div", "cross_entropy"})
    if (operation == name) return true;
  return false;
}

/// What an operation can do to a change of its operands.
struct Traits {
  bool compares = false;  ///< some operation forgets a NaN
  /// Some operation can be exactly constant (a kink's flat side, a factor 0) or refuses NaN.
  bool blocks = false;
};

Traits traits_of(const Program& program, ValueId output) {
  Traits traits;
  const std::vector<bool> reached = program.reachable(std::span<const ValueId>(&output, 1));
  for (std::size_t i = 0; i < reached.size(); ++i) {
    const Value& value = program.values()[i];
    if (!reached[i] || value.kind != Value::Kind::operation) continue;
    const Operation& operation = *value.operation;
    traits.compares = traits.compares || !operation.differentiable();
    traits.blocks = traits.blocks || !operation.info.kinks.empty() ||
                    has_factors(operation.name()) || operation.name() == "where";
  }
  return traits;
}

class FiniteDifferenceReference : public Reference {
 public:
  FiniteDifferenceReference(const Program& program, const Point& point,
                            const ReferenceOptions& options)
      : program_(program), point_(point), options_(options) {}

  std::string_view method() const override { return "finite-difference"; }

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

  std::vector<Truth> compute_jacobian(ValueId output, std::size_t leaf) {
    const auto rows = static_cast<std::size_t>(program_.shape(output).numel());
    const std::size_t columns = point_[leaf].size();
    std::vector<Truth> result(rows * columns);
    if (result.empty()) return result;
    begin_work(output);
    foresee(static_cast<double>(columns) * evaluations_a_partial);
    const Traits traits = traits_of(program_, output);
    const std::vector<double> noise = value_noise(program_, point_, output);
    for (std::size_t j = 0; j < columns; ++j) {
      const std::vector<Truth> column = jacobian_column(output, leaf, j, traits, noise);
      for (std::size_t i = 0; i < rows; ++i) result[i * columns + j] = column[i];
    }
    return result;
  }

  /// The derivatives of all outputs by one entry; only those that read the entry are analysed.
  std::vector<Truth> jacobian_column(ValueId output, std::size_t leaf, std::size_t entry,
                                     const Traits& traits, const std::vector<double>& noise) {
    const std::size_t rows = noise.size();
    const Path path = along(output, leaf, entry);
    const std::vector<bool> independent = independent_outputs(path, rows, traits);
    std::vector<std::size_t> dependent;
    NumericOptions known = limits(leaf, entry);
    for (std::size_t i = 0; i < rows; ++i) {
      if (independent[i]) continue;
      dependent.push_back(i);
      known.noise_floors.push_back(noise[i]);
    }
    std::vector<Truth> column(rows, exact_zero());
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
      column[dependent[k]] = truth_of(path, x, estimates[k], dependent[k], rows, traits);
    return column;
  }

  static Truth exact_zero() {
    Truth truth;
    truth.estimate.status = EstimateStatus::ok;
    truth.flat = true;
    return truth;
  }

  /// Which outputs stay numbers when the coordinate is NaN: they do not read it at all.
  static std::vector<bool> independent_outputs(const Path& path, std::size_t rows,
                                               const Traits& traits) {
    std::vector<bool> independent(rows, false);
    if (traits.compares) return independent;
    std::vector<double> values(rows);
    if (!path(std::numeric_limits<double>::quiet_NaN(), values).defined) return independent;
    for (std::size_t i = 0; i < rows; ++i) independent[i] = !std::isnan(values[i]);
    return independent;
  }

  static Truth truth_of(const Path& path, double x, const Estimate& estimate, std::size_t output,
                        std::size_t rows, const Traits& traits) {
    Truth truth{estimate, std::abs(estimate.value)};
    truth.estimate.error_bar *= safety;
    const bool near_zero = !(estimate.error_bar <= 1e-6 * std::abs(estimate.value));
    if (!near_zero || estimate.status != EstimateStatus::ok) return truth;
    truth.scale = std::max(truth.scale, chord_slope(path, x, output, rows));
    if (traits.blocks && estimate.value == 0) {
      truth.flat = true;
      std::vector<double> here(rows);
      path(x, here);
      truth.scale = std::max(truth.scale, std::abs(here[output]) / std::max(std::abs(x), 1.0));
    }
    return truth;
  }

  std::vector<Truth> compute_hessian(ValueId output, std::size_t leaf) {
    const std::size_t n = point_[leaf].size();
    std::vector<Truth> result(n * n);
    begin_work(output);
    foresee(static_cast<double>(n * (n + 1) / 2) * evaluations_a_partial * evaluations_a_partial);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j <= i; ++j) {
        const Estimate estimate = second_partial(output, leaf, i, j);
        Truth truth{estimate, std::abs(estimate.value)};
        truth.estimate.error_bar *= safety;
        truth.flat = std::abs(estimate.value) <= truth.estimate.error_bar;
        result[i * n + j] = result[j * n + i] = truth;
      }
    set_scales(result);
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

  /// A Hessian entry that vanishes is measured against the largest entry that does not.
  static void set_scales(std::vector<Truth>& hessian) {
    double largest = 0;
    for (const Truth& truth : hessian)
      if (truth.estimate.status == EstimateStatus::ok)
        largest = std::max(largest, std::abs(truth.estimate.value));
    for (Truth& truth : hessian) truth.scale = std::max(truth.scale, largest);
  }

  Path along(ValueId output, std::size_t leaf, std::size_t entry) {
    return [this, output, leaf, entry, moved = point_](double t, std::span<double> values) mutable {
      moved[leaf][entry] = t;
      return evaluate(output, moved, values);
    };
  }

  PathPoint evaluate(ValueId output, const Point& at, std::span<double> values) {
    spend(cost_);
    if (options_.seconds && Clock::now() > deadline_)
      throw WorkExhausted(
          fmt::format("the limit of {} s for one derivative is reached", *options_.seconds));
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
    NumericOptions options;
    const Leaf& declared = program_.leaves()[leaf];
    const double x = point_[leaf][entry];
    if (declared.initial == no_value && declared.domain.kind == Domain::Kind::interval &&
        declared.domain.a < declared.domain.b && declared.domain.contains(x)) {
      options.lower = declared.domain.a;
      options.upper = declared.domain.b;
    }
    return options;
  }

  void spend(double work) {
    work_ += work;
    if (work_ > options_.work_limit) exhausted();
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
  double work_ = 0, cost_ = 0;
  Clock::time_point deadline_;
  std::map<std::pair<ValueId, std::size_t>, std::vector<Truth>> jacobians_, hessians_;
};

}  // namespace

double evaluation_cost(const Program& program, ValueId output) {
  constexpr double per_value = 50;
  const std::vector<bool> reached = program.reachable(std::span<const ValueId>(&output, 1));
  double cost = 0;
  for (std::size_t i = 0; i < reached.size(); ++i) {
    if (!reached[i]) continue;
    const Value& value = program.values()[i];
    cost += per_value + static_cast<double>(value.shape.numel());
    for (ValueId operand : value.operands)
      cost += static_cast<double>(program.shape(operand).numel());
    if (value.operation == nullptr) continue;
    const std::string_view name = value.operation->name();
    if (name == "matmul") cost += products_of(program, value);
    if (name == "linear" || name == "conv1d" || name == "conv2d")
      cost += products_with_weight(program, value);
  }
  return cost;
}

std::unique_ptr<Reference> finite_difference_reference(const Program& program, const Point& point,
                                                       const ReferenceOptions& options) {
  return std::make_unique<FiniteDifferenceReference>(program, point, options);
}

}  // namespace verigrad::gradcheck
