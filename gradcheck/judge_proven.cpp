#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "gradcheck/judge.hpp"

namespace verigrad::gradcheck {
namespace {

using proof::Ball;
using proof::Enclosure;
using proof::Outcome;

constexpr double infinity = std::numeric_limits<double>::infinity();

EntryVerdict undecided(Finding finding, const std::string& reason) {
  return {Verdict::inconclusive, finding, 0, 0, reason};
}

Finding finding_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::edge:
      return Finding::edge;
    case Outcome::jump:
      return Finding::jump;
    case Outcome::outside:
      return Finding::undefined;
    default:
      return Finding::unresolved;
  }
}

/// A finite value beside the truth.
struct Distance {
  double error = 0;  ///< to the nearest number of the truth
  double size = 0;   ///< of that number
};

double size_of(const Ball& ball) { return std::abs(ball.midpoint()); }

Distance distance_of(double g, const Enclosure& truth) {
  const Ball value(g);
  if (!truth.kinked) return {size_of(value - truth.derivative), size_of(truth.derivative)};
  const double left = truth.left.midpoint(), right = truth.right.midpoint();
  if (g >= std::min(left, right) && g <= std::max(left, right)) return {0, std::abs(g)};
  const Ball& end = std::abs(g - left) < std::abs(g - right) ? truth.left : truth.right;
  return {size_of(value - end), size_of(end)};
}

bool passes(double g, const Distance& distance, const Truth& truth, const Tolerance& tolerance,
            DType dtype) {
  const double u = unit_roundoff(dtype), eta = smallest_positive(dtype);
  if (!std::isfinite(g)) return false;
  if (distance.error <= allowance(tolerance, distance.size, dtype) + 4 * eta) return true;
  if (!truth.paths) return false;
  const double paths = *truth.paths;
  // In double eta / 2 is 0, and so is what lies below.
  if (distance.size <= eta / 2) return paths == 0 ? g == 0 : distance.error <= 64 * u * paths;
  const bool by_default =
      !tolerance.relative && tolerance.max_ulps == Tolerance::standard(dtype).max_ulps;
  return dtype == DType::f32 && by_default && distance.error <= 16 * u * paths &&
         distance.error <= distance.size / 10;
}

/// Outside the truth at a kink: a convention when the operations' may put it there.
std::optional<EntryVerdict> convention(double g, const Enclosure& truth) {
  const std::string sides = fmt::format("the one-sided derivatives are {:.6g} and {:.6g}",
                                        truth.left.midpoint(), truth.right.midpoint());
  if (!std::isfinite(g) || (truth.conventions && !truth.conventions->overlaps(Ball(g))))
    return std::nullopt;
  return undecided(Finding::kink, "a convention at a kink: " + sides);
}

/// The digits of a truth that is 0, or too small for the precision, are those of its terms.
EntryVerdict passed(const Distance& distance, const Truth& truth, DType dtype) {
  const bool vanishes = distance.size < smallest_positive(dtype);
  const double size = vanishes ? truth.paths.value_or(1) : distance.size;
  return {Verdict::pass, Finding::agrees, digits_of(distance.error, size, dtype)};
}

EntryVerdict inaccurate(double g, const Distance& distance, DType dtype) {
  const double digits = std::isfinite(g) ? digits_of(distance.error, distance.size, dtype) : 0;
  return {Verdict::inaccurate, Finding::lost_digits, digits, 0,
          "rounding in the precision under test"};
}

EntryVerdict wrong(const Candidate& candidate, const Distance& distance, const Ball& claimed,
                   DType dtype) {
  const double relative = distance.size > 0 ? distance.error / distance.size : 1;
  const double exact = claimed.midpoint();
  // Of a slip in a late digit the exact value says most.
  const bool as_shown =
      std::abs(candidate.value - exact) <= 1e-9 * std::abs(exact) && relative > 1e-6;
  return {Verdict::fail, Finding::disagrees, digits_of(distance.error, distance.size, dtype),
          std::isfinite(candidate.value) ? relative : infinity,
          as_shown ? "" : fmt::format("in exact arithmetic it is {}", to_string(claimed, 20))};
}

EntryVerdict undefined(const Candidate& candidate, const Distance& distance, const Truth& truth,
                       bool within, DType dtype) {
  if (!std::isfinite(candidate.value))
    return {Verdict::fail, Finding::not_a_number, 0, infinity,
            "it is undefined here, where the derivative is finite"};
  if (within) return passed(distance, truth, dtype);
  return {Verdict::fail, Finding::disagrees, digits_of(distance.error, distance.size, dtype),
          distance.size > 0 ? distance.error / distance.size : 1, "it is undefined here"};
}

}  // namespace

EntryVerdict judge_proven(const Candidate& candidate, const Truth& truth, const ProvenClaim* claim,
                          const Tolerance& tolerance, DType dtype) {
  const Enclosure& proven = *truth.proven;
  const double g = candidate.value;
  if (proven.outcome != Outcome::enclosed)
    return undecided(finding_of(proven.outcome), truth.estimate.reason);
  const Distance distance = std::isfinite(g) ? distance_of(g, proven) : Distance{infinity};
  const bool within = passes(g, distance, truth, tolerance, dtype);
  if (candidate.is_engine && proven.kinked) {
    if (within) return passed(distance, truth, dtype);
    if (const auto verdict = convention(g, proven)) return *verdict;
  }
  const bool rule_known =
      claim && !(candidate.is_engine && claim->status == ProvenClaim::Status::undecided);
  if (!rule_known)
    return within ? passed(distance, truth, dtype) : judge(candidate, truth, tolerance, dtype);
  switch (claim->status) {
    case ProvenClaim::Status::wrong:
      if (tolerance.forgives && within) break;
      return wrong(candidate, distance, claim->value, dtype);
    case ProvenClaim::Status::undefined:
      return undefined(candidate, distance, truth, within, dtype);
    case ProvenClaim::Status::undecided:
      return undecided(Finding::unresolved, claim->reason);
    case ProvenClaim::Status::right:
      break;
  }
  return within ? passed(distance, truth, dtype) : inaccurate(g, distance, dtype);
}

}  // namespace verigrad::gradcheck
