#include "gradcheck/projected_check.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "engine/error.hpp"
#include "engine/random.hpp"
#include "gradcheck/early_estimate.hpp"
#include "gradcheck/engine_derivatives.hpp"
#include "gradcheck/perturbation.hpp"
#include "gradcheck/stated_domain.hpp"
#include "gradcheck/sums.hpp"

namespace verigrad::gradcheck {
namespace {

using detail::EarlyEstimate, detail::EarlySteps;

/// ±1 for each entry.
void draw_signs(Random& random, std::span<double> signs) {
  for (std::size_t i = 0; i < signs.size(); i += 64) {
    const std::uint64_t bits = random.next();
    for (std::size_t k = i; k < std::min(i + 64, signs.size()); ++k)
      signs[k] = static_cast<double>((bits >> (k - i)) & 1) * 2 - 1;
  }
}

/// One line through the point.
class Line {
 public:
  Line(const Program& program, const Point& point, detail::BaseValues& base,
       const detail::Motion& motion, const ProjectionOptions& options)
      : program_(program),
        point_(point),
        base_(base),
        motion_(motion),
        options_(options),
        perturbation_(motion, base) {}

  Projection check(ValueId output, Random& random);

 private:
  /// Engines' gradients by the leaves that move, one after the other.
  std::vector<double> gradient_in(DType dtype, ValueId output) const;
  void draw(Random& random);
  void take_limits(std::size_t leaf, std::span<const double> signs);
  double value(std::size_t lane) const;
  bool settle(Truth& truth);
  bool settle_at(double step, Truth& truth);
  void analyse(Truth& truth);
  PathPoint evaluate_whole(double t, std::span<double> values) const;

  const Program& program_;
  const Point& point_;
  detail::BaseValues& base_;
  const detail::Motion& motion_;
  const ProjectionOptions& options_;
  detail::Perturbation perturbation_;
  PoolVector<double> weights_, signs_;
  NumericOptions domain_;
  double value_here_ = 0, noise_ = 0;
  bool rounding_known_ = false;
};

void Line::draw(Random& random) {
  weights_.assign(static_cast<std::size_t>(base_.tensor(motion_.values.back().id).numel()), 1.0);
  if (weights_.size() > 1) draw_signs(random, weights_);
  std::size_t count = 0;
  for (const std::size_t leaf : motion_.leaves) count += point_[leaf].size();
  signs_.resize(count);
  draw_signs(random, signs_);
  std::span<const double> rest = signs_;
  for (const std::size_t leaf : motion_.leaves) {
    const std::span<const double> own = rest.first(point_[leaf].size());
    perturbation_.set_direction(leaf, own);
    take_limits(leaf, own);
    rest = rest.subspan(own.size());
  }
}

/// How far the line may be followed without leaving a stated domain.
void Line::take_limits(std::size_t leaf, std::span<const double> signs) {
  if (!detail::states_interval(program_.leaves()[leaf])) return;
  for (std::size_t i = 0; i < signs.size(); ++i) {
    const double x = point_[leaf][i];
    const NumericOptions own = detail::stated_domain(program_.leaves()[leaf], x);
    const double down = own.lower - x, up = own.upper - x;
    domain_.lower = std::max(domain_.lower, signs[i] > 0 ? down : -up);
    domain_.upper = std::min(domain_.upper, signs[i] > 0 ? up : -down);
  }
}

/// w . output in a lane.
double Line::value(std::size_t lane) const {
  double sum = 0;
  for (std::size_t i = 0; i < perturbation_.outputs(); ++i)
    sum += weights_[perturbation_.place(i)] * perturbation_.value(lane, i);
  return sum;
}

std::vector<double> Line::gradient_in(DType dtype, ValueId output) const {
  const auto engine = engine_derivatives(program_, point_, {&output, 1}, dtype);
  const std::vector<std::vector<double>> found =
      engine->vjp_by_leaves(output, {weights_.begin(), weights_.end()});
  std::vector<double> gradient;
  for (const std::size_t leaf : motion_.leaves)
    gradient.insert(gradient.end(), found[leaf].begin(), found[leaf].end());
  return gradient;
}

Projection Line::check(ValueId output, Random& random) {
  draw(random);
  const detail::BaseValues::Sweep sweep = base_.sweep(weights_, motion_.leaves);
  Projection result;
  double terms = 0, rounding = 0;
  std::size_t i = 0;
  for (std::size_t k = 0; k < motion_.leaves.size(); ++k) {
    const std::vector<double>& x = point_[motion_.leaves[k]];
    const std::span<const double> g = sweep.gradients[k].entries();
    const double* const signs = signs_.data() + i;
    result.candidate.in_double +=
        detail::sum_of(x.size(), [&](auto load) { return load(g.data()) * load(signs); });
    terms += detail::sum_of(x.size(), [&](auto load) { return abs(load(g.data())); });
    rounding +=
        detail::sum_of(x.size(), [&](auto load) { return abs(load(g.data()) * load(x.data())); });
    i += x.size();
  }
  result.candidate.is_engine = true;
  result.candidate.value = result.candidate.in_double;
  if (program_.dtype == DType::f32) {
    const std::vector<double> narrow = gradient_in(DType::f32, output);
    result.candidate.value = std::inner_product(narrow.begin(), narrow.end(), signs_.begin(), 0.0);
  }
  const std::span<const double> here = base_.tensor(output).entries();
  double magnitude = 0;
  for (std::size_t e = 0; e < here.size(); ++e) {
    value_here_ += weights_[e] * here[e];
    magnitude += std::abs(here[e]);
  }
  noise_ = detail::early_noise(sweep.rounding + unit_roundoff(DType::f64) * rounding, magnitude);
  rounding_known_ = sweep.rounding > 0;
  if (!settle(result.truth)) analyse(result.truth);
  result.truth.paths = terms;
  const Tolerance tolerance = options_.tolerance.value_or(Tolerance::standard(program_.dtype));
  result.verdict = judge(result.candidate, result.truth, tolerance, program_.dtype);
  return result;
}

/// Along a line through n entries, operands move about sqrt(n) times as far as by one entry, and
/// the derivative is so many times as large; the step lies between.
bool Line::settle(Truth& truth) {
  if (!motion_.understood || !base_.finite() || !rounding_known_) return false;
  constexpr int looks = 3;
  double step =
      detail::early_step(motion_) / 2 / std::sqrt(std::sqrt(static_cast<double>(signs_.size())));
  step = std::min({step, -domain_.lower / 2, domain_.upper / 2});
  for (int look = 0; look < looks && step > 0; ++look) {
    if (settle_at(step, truth)) return true;
    const double reach = perturbation_.reach();
    step *= reach > detail::early_reach && std::isfinite(reach) ? detail::early_reach / (2 * reach)
                                                                : 1.0 / 4;
  }
  return false;
}

bool Line::settle_at(double step, Truth& truth) {
  const EarlySteps steps(0, step);
  perturbation_.evaluate({}, steps.steps);
  if (!(perturbation_.reach() <= detail::early_reach)) return false;
  std::array<double, EarlySteps::lanes> values;
  for (std::size_t lane = 0; lane < values.size(); ++lane) {
    if (!perturbation_.defined(lane) || perturbation_.branch(lane) != 0) return false;
    values[lane] = value(lane);
  }
  const EarlyEstimate found(values, value_here_, steps.h, perturbation_.reach() / 2, noise_);
  return found.settle(options_.enough, options_.enough_in_noise, truth);
}

/// By the engine from the start: sums at the point that are not finite cannot be continued.
PathPoint Line::evaluate_whole(double t, std::span<double> values) const {
  const NoGrad values_only;
  Point moved = point_;
  const double* sign = signs_.data();
  for (const std::size_t leaf : motion_.leaves)
    for (double& x : moved[leaf]) x += t * *sign++;
  const ValueId output = motion_.values.back().id;
  Branches branches;
  try {
    const Tensor<double> result = run<double>(
        program_, leaf_tensors<double>(program_, moved, false), {&output, 1}, &branches)[0];
    values[0] = std::inner_product(weights_.begin(), weights_.end(), result.entries().begin(), 0.0);
    return {true, branches.hash()};
  } catch (const Error&) {  // outside of an operation's domain
    return {false, 0};
  }
}

/// By all means of adaptive differences.
void Line::analyse(Truth& truth) {
  const Path path = [this](double t, std::span<double> values) {
    if (!base_.finite()) return evaluate_whole(t, values);
    perturbation_.evaluate({}, {&t, 1});
    values[0] = value(0);
    return PathPoint{perturbation_.defined(0), perturbation_.branch(0)};
  };
  if (std::isfinite(noise_)) domain_.noise_floor = noise_;
  truth.estimate = differentiate(path, 0, 1, domain_)[0];
  truth.estimate.error_bar *= 3;  // as every bar of a finite_difference_reference
  truth.scale = std::abs(truth.estimate.value);
}

}  // namespace

std::vector<Projection> projected_check(const Program& program, const Point& point, ValueId output,
                                        const ProjectionOptions& options) {
  const auto motions = options.motions ? options.motions : motions_of(program);
  const detail::Motion& motion = motions->of_line(output);
  std::vector<Projection> projections;
  if (!motion.reaches_output()) return projections;
  detail::BaseValues base(program, motions->schedule(output), point);
  Random random = Random::stream(options.seed);
  for (int k = 0; k < options.projections; ++k)
    projections.push_back(Line(program, point, base, motion, options).check(output, random));
  return projections;
}

}  // namespace verigrad::gradcheck
