// A check: the engine's derivatives of one output by its inputs against the reference.
#include <algorithm>
#include <cmath>

#include "engine/recording.hpp"
#include "gradcheck/composed.hpp"
#include "gradcheck/projected_check.hpp"
#include "gradcheck/recorded_gradient.hpp"
#include "runner/judge_context.hpp"

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

class Check {
 public:
  Check(JudgeContext& context, const Judgement& judgement)
      : context_(context),
        judgement_(judgement),
        y_(judgement.output),
        engine_(context.engines(judgement)),
        allowed_(context.tolerance(judgement)) {}

  Outcome run() {
    if (context_.options.fast && along_lines()) return std::move(outcome_);
    for (const std::size_t leaf : judgement_.wrt) check_leaf(leaf);
    return std::move(outcome_);
  }

 private:
  bool along_lines();
  void check_leaf(std::size_t leaf);
  void check_adjoint(std::size_t leaf, const Numbers& u, const Numbers& v, const Numbers& forward,
                     const Numbers& backward, const std::vector<Truth>& jacobian);
  void check_composed(std::size_t leaf, const Numbers& v, const std::vector<Truth>& pulled,
                      const std::vector<ProvenClaim>& claims);
  std::vector<ProvenClaim> proven_rule(std::size_t leaf, const Numbers& v,
                                       const std::vector<Truth>& truth, bool scalar);
  Reference& reference() { return context_.references.of(judgement_); }

  JudgeContext& context_;
  const Judgement& judgement_;
  ValueId y_;
  Engines engine_;
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

/// Where every entry of a rule is right, so are its products; nothing is known of them otherwise.
std::vector<ProvenClaim> products_of(const std::vector<ProvenClaim>& rule, std::size_t count) {
  const bool right = !rule.empty() && std::ranges::all_of(rule, [](const ProvenClaim& claim) {
    return claim.status == ProvenClaim::Status::right;
  });
  return std::vector<ProvenClaim>(right ? count : 0, {.status = ProvenClaim::Status::right});
}

void Check::check_leaf(std::size_t leaf) {
  const Shape& out = context_.program().shape(y_);
  const Shape& in = context_.program().leaves()[leaf].shape;
  const bool scalar = out.rank() == 0;
  const auto rows = static_cast<std::size_t>(out.numel());
  const auto columns = static_cast<std::size_t>(in.numel());
  if (rows * columns == 0) return;
  const std::vector<Truth>& truth = reference().jacobian(y_, leaf);
  Random random =
      Random::stream(context_.seed, static_cast<std::uint64_t>(context_.sample.index), 0x76, leaf);
  const Numbers v = random_direction(rows, random, context_.dtype);
  const Numbers u = random_direction(columns, random, context_.dtype);
  const std::vector<Truth> pulled = reference().vjp(y_, leaf, {v});
  const std::vector<ProvenClaim> rule =
      scalar ? proven_rule(leaf, {1}, truth, true) : proven_rule(leaf, v, pulled, false);

  context_.compare(
      {scalar ? "gradient" : "Jacobian", scalar ? in : joined(out, in), true, scalar, {y_, leaf}},
      {engine_.tested->jacobian(y_, leaf), engine_.in_double().jacobian(y_, leaf), truth,
       scalar ? rule : products_of(rule, rows * columns)},
      allowed_, outcome_);
  const Numbers backward = engine_.in_double().vjp(y_, leaf, v);
  const Numbers forward = engine_.in_double().jvp(y_, leaf, u);
  context_.compare({"vector-Jacobian product", in, true, true, {y_, leaf, v}},
                   {engine_.tested->vjp(y_, leaf, v), backward, pulled,
                    scalar ? products_of(rule, columns) : rule},
                   allowed_, outcome_);
  context_.compare({"Jacobian-vector product", out, true, false, {y_, leaf, {}, u}},
                   {engine_.tested->jvp(y_, leaf, u), forward, reference().jvp(y_, leaf, {u}),
                    products_of(rule, rows)},
                   allowed_, outcome_);
  check_adjoint(leaf, u, v, forward, backward, truth);
  check_composed(leaf, v, pulled, products_of(rule, columns));
}

/// vᵀJ of f(2 t) by t is twice that of f by x.
void Check::check_composed(std::size_t leaf, const Numbers& v, const std::vector<Truth>& pulled,
                           const std::vector<ProvenClaim>& claims) {
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
      {tested, context_.dtype == DType::f32 ? by_t(DType::f64) : tested, twice, claims}, allowed_,
      outcome_);
}

/// The engine's backward pass for vᵀJ, recorded as a Program and evaluated in balls like a claim.
std::vector<ProvenClaim> Check::proven_rule(std::size_t leaf, const Numbers& v,
                                            const std::vector<Truth>& truth, bool scalar) {
  if (!gradcheck::all_proven(truth)) return {};
  const Program& program = context_.program();
  const Point& point = context_.sample.point;
  try {
    const gradcheck::RecordedGradient recorded =
        context_.dtype == DType::f32
            ? gradcheck::record_gradient<float>(program, point, y_, leaf, v)
            : gradcheck::record_gradient<double>(program, point, y_, leaf, v);
    const auto widened = [&] {
      Reference& wide = context_.references.widened();
      return scalar ? wide.jacobian(y_, leaf) : wide.vjp(y_, leaf, {v});
    };
    return gradcheck::prove_claim({recorded.program, point, recorded.root, true}, truth, widened,
                                  context_.references.limits(judgement_));
  } catch (const NotRecordable&) {
    return {};
  }
}

/// <Ju, v> and <u, Jᵀv> are one number; they may differ by the rounding of their terms.
void Check::check_adjoint(std::size_t leaf, const Numbers& u, const Numbers& v,
                          const Numbers& forward, const Numbers& backward,
                          const std::vector<Truth>& jacobian) {
  double left = 0, right = 0, terms = 0;
  for (std::size_t i = 0; i < v.size(); ++i) left += forward[i] * v[i];
  for (std::size_t j = 0; j < u.size(); ++j) right += u[j] * backward[j];
  for (std::size_t i = 0; i < v.size(); ++i)
    for (std::size_t j = 0; j < u.size(); ++j)
      terms += std::abs(v[i] * u[j] * jacobian[i * u.size() + j].estimate.value);
  if (!std::isfinite(left) || !std::isfinite(right) || !std::isfinite(terms)) return;
  Truth truth;
  truth.estimate = {.value = right,
                    .error_bar = 0x1p-26 * terms,
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
