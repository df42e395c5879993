// A check: the engine's derivatives of one output by its inputs against the reference.
#include <cmath>
#include <numeric>

#include "gradcheck/composed.hpp"
#include "gradcheck/projected_check.hpp"
#include "runner/engine_rules.hpp"

namespace verigrad::runner {
namespace {

using expressions::Judgement;
using gradcheck::Candidate;
using gradcheck::EntryVerdict;
using gradcheck::ProvenClaim;
using gradcheck::Reference;
using gradcheck::Tolerance;
using gradcheck::Truth;
using gradcheck::Verdict;
using Numbers = std::vector<double>;

/// Dense, neither constant nor symmetric: what hides a transpose or a lost factor.
Numbers random_direction(std::size_t size, Random& random, DType dtype) {
  Numbers v(size);
  for (double& entry : v)
    entry = round_to(dtype, (random.uniform() < 0.5 ? -1 : 1) * random.uniform(0.5, 1.5));
  return v;
}

/// A product with the Jacobian: the vector, what the engine makes of it in double, and the truth.
struct Product {
  const Numbers& by;
  const Numbers& engine;
  const std::vector<Truth>& truth;
};

double dot(const Numbers& a, const Numbers& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

/// How far the engine's product is off in the direction w, where the truth is known.
double lost(const Product& product, const Numbers& w) {
  double sum = 0;
  for (std::size_t i = 0; i < w.size(); ++i) {
    const double error = std::abs(w[i] * (product.engine[i] - product.truth[i].estimate.value));
    if (std::isfinite(error)) sum += error;
  }
  return sum;
}

class Check {
 public:
  Check(JudgeContext& context, const Judgement& judgement)
      : context_(context),
        judgement_(judgement),
        y_(judgement.output),
        engine_(context.engines(judgement)),
        rules_(context, judgement),
        allowed_(context.tolerance(judgement)) {}

  Outcome run() {
    if (context_.options.fast && along_lines()) return std::move(outcome_);
    for (const std::size_t leaf : judgement_.wrt) check_leaf(leaf);
    return std::move(outcome_);
  }

 private:
  bool along_lines();
  void check_leaf(std::size_t leaf);
  void check_adjoint(std::size_t leaf, const Product& forward, const Product& backward,
                     const std::vector<Truth>& jacobian);
  void check_composed(std::size_t leaf, const Numbers& v, const std::vector<Truth>& pulled);
  Reference& reference() { return context_.references.of(judgement_); }

  JudgeContext& context_;
  const Judgement& judgement_;
  ValueId y_;
  Engines engine_;
  EngineRules rules_;
  Tolerance allowed_;
  Outcome outcome_;
};

/// Compares derivatives along random lines by all inputs at once, numerically; false where one
/// disagrees, so that the entries are looked at.
bool Check::along_lines() {
  constexpr int lines = 14;
  const std::uint64_t point = static_cast<std::uint64_t>(context_.sample.index);
  const std::vector<gradcheck::Projection> projections = gradcheck::projected_check(
      context_.program(), context_.sample.point, y_,
      {.projections = lines, .seed = context_.seed + point, .tolerance = allowed_});
  for (const gradcheck::Projection& line : projections) {
    if (line.verdict.verdict == Verdict::fail) {
      outcome_ = {};
      return false;
    }
    outcome_.add({.verdict = line.verdict,
                  .index = {},
                  .shape = {},
                  .analytic = line.candidate.value,
                  .truth = line.truth,
                  .engine = {},
                  .leaf = judgement_.wrt.front(),
                  .input = {},
                  .what = random_line});
  }
  outcome_.method = "finite-difference";
  return true;
}

void Check::check_leaf(std::size_t leaf) {
  const Shape& out = context_.program().shape(y_);
  const Shape& in = context_.program().leaves()[leaf].shape;
  const bool scalar = out.rank() == 0;
  const std::vector<Truth>& truth = reference().jacobian(y_, leaf);
  const std::size_t rows = static_cast<std::size_t>(out.numel());
  const std::size_t columns = static_cast<std::size_t>(in.numel());

  const Comparison all{
      scalar ? "gradient" : "Jacobian", scalar ? in : joined(out, in), true, scalar, {y_, leaf}};
  const Numbers tested = engine_.tested->jacobian(y_, leaf);
  context_.compare(
      all,
      {tested, engine_.in_double().jacobian(y_, leaf), truth,
       scalar ? rules_.gradient(leaf, truth) : std::vector<ProvenClaim>(),
       by_row(columns, [&](std::size_t row) { return rules_.jacobian_row(leaf, row, truth); })},
      allowed_, outcome_);
  if (outcome_.verdict == Verdict::fail && outcome_.worst->leaf == leaf &&
      !outcome_.worst->is_product())
    context_.note_wrong(all, tested, truth, outcome_);
  if (out.numel() == 0 || in.numel() == 0) return;

  Random random =
      Random::stream(context_.seed, static_cast<std::uint64_t>(context_.sample.index), 0x76, leaf);
  const Numbers v = random_direction(rows, random, context_.dtype);
  const Numbers u = random_direction(columns, random, context_.dtype);
  const Numbers backward = engine_.in_double().vjp(y_, leaf, v);
  const Numbers forward = engine_.in_double().jvp(y_, leaf, u);
  const std::vector<Truth> pulled = reference().vjp(y_, leaf, {v});
  context_.compare({"vector-Jacobian product", in, true, true, {y_, leaf, v}},
                   {engine_.tested->vjp(y_, leaf, v), backward, pulled,
                    scalar ? std::vector<ProvenClaim>() : rules_.vjp(leaf, v, pulled),
                    by_row(columns, [&](std::size_t) { return rules_.vjp(leaf, v, pulled); })},
                   allowed_, outcome_);
  const std::vector<Truth> pushed = reference().jvp(y_, leaf, {u});
  context_.compare({"Jacobian-vector product", out, true, false, {y_, leaf, {}, u}},
                   {engine_.tested->jvp(y_, leaf, u),
                    forward,
                    pushed,
                    {},
                    by_row(rows, [&](std::size_t) { return rules_.jvp(leaf, u, pushed); })},
                   allowed_, outcome_);
  check_adjoint(leaf, {u, forward, pushed}, {v, backward, pulled}, truth);
  check_composed(leaf, v, pulled);
}

/// vᵀJ of f(2 t) by t is twice that of f by x.
void Check::check_composed(std::size_t leaf, const Numbers& v, const std::vector<Truth>& pulled) {
  const auto composed =
      gradcheck::compose_with_doubling(context_.program(), context_.sample.point, y_, leaf);
  if (!composed) return;
  const auto by_t = [&](DType dtype) {
    const ValueId roots[] = {composed->output};
    return gradcheck::engine_derivatives(composed->program, composed->point, roots, dtype)
        ->vjp(composed->output, leaf, v);
  };
  const Numbers tested = by_t(context_.dtype);
  std::vector<Truth> twice;
  for (const Truth& truth : pulled) twice.push_back(gradcheck::doubled(truth));
  context_.compare(
      {composed_product, context_.program().leaves()[leaf].shape, true, true, {y_, leaf, v}},
      {tested,
       context_.dtype == DType::f32 ? by_t(DType::f64) : tested,
       twice,
       {},
       by_row(tested.size(),
              [&](std::size_t) { return rules_.composed_vjp(*composed, leaf, v, twice); })},
      allowed_, outcome_);
}

/// <Ju, v> and <u, Jᵀv> are one number; they may differ by the rounding of their terms, and by what
/// the products, each judged on its own, have lost.
void Check::check_adjoint(std::size_t leaf, const Product& forward, const Product& backward,
                          const std::vector<Truth>& jacobian) {
  const Numbers &u = forward.by, &v = backward.by;
  const double left = dot(forward.engine, v), right = dot(backward.engine, u);
  double terms = 0;
  for (std::size_t i = 0; i < v.size(); ++i)
    for (std::size_t j = 0; j < u.size(); ++j)
      terms += std::abs(v[i] * u[j] * jacobian[i * u.size() + j].estimate.value);
  if (!std::isfinite(left) || !std::isfinite(right) || !std::isfinite(terms)) return;
  Truth truth;
  truth.estimate = {.value = right,
                    .error_bar = 0x1p-26 * terms + lost(forward, v) + lost(backward, u),
                    .left = right,
                    .right = right,
                    .status = gradcheck::EstimateStatus::ok,
                    .reason = {}};
  truth.scale = terms;
  const Comparison asked{
      "adjoint identity <Ju, v> = <u, J'v>", Shape(), true, false, {y_, leaf, v, u}};
  const Candidate candidate{left, left, true};
  const EntryVerdict verdict =
      gradcheck::judge(candidate, context_.rounding.with_cancellation(asked.direction, truth, 0),
                       Tolerance::standard(DType::f64), DType::f64);
  ++outcome_.comparisons;
  if (verdict.verdict != Verdict::fail) return;
  outcome_.add({.verdict = verdict,
                .index = {},
                .shape = asked.shape,
                .analytic = left,
                .truth = truth,
                .engine = {},
                .leaf = leaf,
                .input = {},
                .what = asked.what});
}

}  // namespace

Outcome judge_check(JudgeContext& context, const Judgement& judgement) {
  return Check(context, judgement).run();
}

}  // namespace verigrad::runner
