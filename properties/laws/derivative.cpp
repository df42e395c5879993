// Derivatives against an independent reference.
#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/error.hpp"
#include "gradcheck/reference.hpp"
#include "properties/laws/law.hpp"
#include "properties/laws/line.hpp"
#include "properties/laws/numeric.hpp"
#include "properties/laws/vectors.hpp"

namespace verigrad::properties {
namespace {

/// The size of the sums of products along all paths that make <u, v^T J>, and of what cancels in
/// differences.
double slope_terms(Trial& trial, const PerLeaf& u) {
  const PerLeaf paths =
      gradcheck::path_magnitudes(trial.program(), trial.point(), trial.output(), trial.v());
  return dot(magnitudes(u), paths) + difference_terms(trial);
}

/// v f(x + t u) as a function of t.
Line line_of(Trial& trial, const PerLeaf& u) {
  return {trial, u, [&trial](const Point& point) {
            const auto values = trial.engine().evaluate(trial.program(), point, {{trial.output()}});
            return dot(values[0], trial.v());
          }};
}

LawResult directional(Trial& trial) {
  const PerLeaf u = trial.tangents(6);
  const auto rounding = [&] { return dot(magnitudes(u), trial.bound()); };
  return line_of(trial, u).judged(dot(u, trial.gradient()), slope_terms(trial, u), rounding,
                                  "<u, J^T v>");
}

/// What remains of phi(h) - phi(0) - h phi'(0) while h halves: the smallest four in a row that are
/// above the noise and on the point's side of all kinks.
struct Remainders {
  std::vector<double> above_noise{};
  double smallest_step = 0;
  double quotient = 0, quotient_before = 0;  ///< (phi(h) - phi(0)) / h at the last two of them

  /// Whether the quotients have come to a limit. Close to a pole no step is small enough for that.
  bool converged() const { return std::abs(quotient - quotient_before) <= std::abs(quotient) / 8; }
};

/// Nothing where a step leaves the domain of an operation.
std::optional<Remainders> remainders(const Line& line, double slope, double noise) try {
  Remainders result;
  const double here = line.value(0);
  const std::uint64_t branches = line.branches(0);
  for (double h = 0x1p-5; h >= 0x1p-24; h /= 2) {
    const double change = line.value(h) - here, remainder = std::abs(change - h * slope);
    if (!std::isfinite(remainder)) return std::nullopt;
    if (line.branches(h) != branches) {
      result = Remainders();
    } else if (remainder > noise) {
      result.above_noise.push_back(remainder);
      result.smallest_step = h;
      result.quotient_before = std::exchange(result.quotient, change / h);
    } else {
      break;
    }
  }
  if (result.above_noise.size() > 4)
    result.above_noise.erase(result.above_noise.begin(), result.above_noise.end() - 4);
  return result;
} catch (const Error&) {
  return std::nullopt;
}

/// A wrong slope leaves a remainder of first order, down to the smallest steps; a right one of
/// second order at least, until it drowns in noise.
LawResult taylor(Trial& trial) {
  const PerLeaf u = trial.tangents(6);
  const double slope = dot(u, trial.gradient());
  const double noise = 0x1p-46 * slope_terms(trial, u);
  const std::optional<Remainders> in_domain = remainders(line_of(trial, u), slope, noise);
  if (!in_domain || !std::isfinite(slope) || !std::isfinite(noise))
    return {Outcome::undecided, "outside of a domain, or not finite"};
  const Remainders& found = *in_domain;
  double least = INFINITY, most = 0;
  for (std::size_t i = 1; i < found.above_noise.size(); ++i) {
    const double order = std::log2(found.above_noise[i - 1] / found.above_noise[i]);
    least = std::min(least, order);
    most = std::max(most, order);
  }
  // Without four remainders above the noise there is nothing that could be of first order.
  if (found.above_noise.size() < 4 || least >= 1.9) return {};
  const bool first_order = least >= 0.9 && most <= 1.1 && found.smallest_step <= 0x1p-14 &&
                           found.converged() &&
                           !at_edge(trial.program(), trial.output(), trial.point());
  return {first_order ? Outcome::fails : Outcome::undecided,
          fmt::format("the remainder of the linear approximation is of order {:.2f} to {:.2f} at "
                      "steps from 2^{} on",
                      least, most, std::ilogb(found.smallest_step))};
}

constexpr Law laws_here[] = {
    {"directional", "A3", "<u, J^T v> = d/dt v f(x + t u), numerically", Cost::expensive,
     Where::regular_points, Ending::open, directional},
    {"Taylor remainder", "A5", "v f(x + h u) - v f(x) - h <u, J^T v> is of second order in h",
     Cost::expensive, Where::regular_points, Ending::open, taylor},
};

}  // namespace

std::span<const Law> derivative_laws() { return laws_here; }

}  // namespace verigrad::properties
