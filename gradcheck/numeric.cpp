#include "gradcheck/numeric.hpp"

#include <cmath>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "gradcheck/numeric_ladder.hpp"
#include "gradcheck/numeric_output.hpp"

namespace verigrad::gradcheck {
namespace {

constexpr int ladder_length = 11;

/// Steps relative to |x| and, where |x| is small, absolute ones above them. Not where the domain
/// spans scales: the function may have a pole or a branch point at 0, and a stencil that reaches
/// far beyond x does not see how steep it is at x.
void first_ladder(detail::Ladder& ladder) {
  const double scale = std::fabs(ladder.x());
  const double relative = detail::widest_step * scale;
  double h = detail::widest_step;
  const double ratio =
      ladder.options().float_coordinates ? std::sqrt(detail::ladder_ratio) : detail::ladder_ratio;
  if (scale == 0 || !ladder.options().spans_scales())
    for (int k = 0; k < ladder_length && h > 2 * relative; ++k, h /= ratio) ladder.add(h);
  h = relative;
  for (int k = 0; k < ladder_length && h >= ladder.smallest_step(); ++k, h /= ratio) ladder.add(h);
}

}  // namespace

std::vector<Estimate> differentiate(const Path& path, double x, std::size_t outputs,
                                    const NumericOptions& options) {
  if (!std::isfinite(x)) throw std::invalid_argument("differentiate: x is not finite");
  if (outputs == 0) throw std::invalid_argument("differentiate: no outputs");
  detail::Ladder ladder(path, x, outputs, options);
  std::vector<Estimate> estimates(outputs);
  std::vector<detail::Output> states;
  for (std::size_t i = 0; i < outputs; ++i) states.emplace_back(ladder, i);
  if (ladder.base().defined) first_ladder(ladder);
  std::vector<std::size_t> open(outputs);
  std::iota(open.begin(), open.end(), std::size_t{0});
  while (!open.empty()) {
    std::vector<double> wanted;
    bool outside = false;
    std::vector<std::size_t> unsettled;
    for (const std::size_t i : open) {
      detail::Analysis analysis = states[i].analyse();
      estimates[i] = std::move(analysis.estimate);
      if (!analysis.settled) unsettled.push_back(i);
      outside = outside || analysis.wants_outside;
      wanted.insert(wanted.end(), analysis.wanted.begin(), analysis.wanted.end());
    }
    for (const double h : wanted) ladder.add(h);
    if (outside) ladder.add_outside();
    open = std::move(unsettled);
  }
  for (Estimate& estimate : estimates) estimate.evaluations = ladder.evaluations();
  return estimates;
}

}  // namespace verigrad::gradcheck
