#include "properties/laws/line.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/error.hpp"
#include "gradcheck/judge.hpp"
#include "gradcheck/numeric.hpp"
#include "properties/laws/vectors.hpp"

namespace verigrad::properties {
namespace {

/// Bars of `differentiate` are those of one path among many; a law must never be wrong.
constexpr double reserve = 16;

}  // namespace

std::uint64_t branches_at(const Program& program, ValueId output, const Point& point) {
  const NoGrad values_only;
  Branches branches;
  run<double>(program, leaf_tensors<double>(program, point, false), {{output}}, &branches);
  return branches.hash();
}

bool at_edge(const Program& program, ValueId output, const Point& point) {
  PerLeaf direction(point.size());
  for (std::size_t leaf = 0; leaf < point.size(); ++leaf)
    if (const Leaf& each = program.leaves()[leaf]; each.differentiable)
      direction[leaf] = dense(each.shape.numel(), 3 + static_cast<int>(leaf));
  const std::uint64_t here = branches_at(program, output, point);
  for (const double step : {0x1p-30, -0x1p-30}) try {
      const Point near = displaced(point, step, direction);
      const auto values = verigrad_engine().evaluate(program, near, {{output}});
      if (!all_finite(values[0]) || branches_at(program, output, near) != here) return true;
    } catch (const Error&) {
      return true;
    }
  return false;
}

double Line::value(double t) const { return f_(displaced(trial_.point(), t, u_)); }

std::uint64_t Line::branches(double t) const {
  return branches_at(trial_.program(), trial_.output(), displaced(trial_.point(), t, u_));
}

LawResult Line::judged(double slope, double terms, const std::function<double()>& rounding,
                       std::string_view what) const {
  const auto path = [&](double t, std::span<double> values) -> gradcheck::PathPoint {
    try {
      values[0] = value(t);
      return {true, branches(t)};
    } catch (const Error&) {  // outside of an operation's domain
      return {false, 0};
    }
  };
  // Rounding of x + t u moves the arguments by an ulp or two.
  const double noise = 8 * unit_roundoff(DType::f64) * terms;
  gradcheck::Truth truth{.estimate = gradcheck::differentiate(
                             path, 0, 1, {.lower = -0.5, .upper = 0.5, .noise_floor = noise})[0],
                         .scale = terms};
  truth.estimate.error_bar *= reserve;
  const double error = std::abs(slope - truth.estimate.value), bar = truth.estimate.error_bar;
  if (is_within(error, bar) && is_within(bar, 0x1p-26 * terms)) return {};
  const gradcheck::EntryVerdict entry = gradcheck::judge(
      {slope, slope, true}, truth, gradcheck::Tolerance::standard(DType::f64), DType::f64);
  if (entry.verdict == gradcheck::Verdict::pass) return {};
  const bool decided = entry.verdict != gradcheck::Verdict::inconclusive &&
                       !(error <= bar + rounding()) &&
                       !at_edge(trial_.program(), trial_.output(), trial_.point());
  return {decided ? Outcome::fails : Outcome::undecided,
          fmt::format("{} is {:.17g}, numerically {:.17g} ± {:.2g}{}{}", what, slope,
                      truth.estimate.value, bar, entry.reason.empty() ? "" : ": ", entry.reason)};
}

}  // namespace verigrad::properties
