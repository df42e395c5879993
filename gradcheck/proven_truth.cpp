#include "gradcheck/proven_truth.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace verigrad::gradcheck {
namespace {

using proof::Enclosure;
using proof::Outcome;

constexpr double infinity = std::numeric_limits<double>::infinity();

/// An upper bound of the distance between a ball's farthest number and the double x.
double distance_bound(const proof::Ball& ball, double x) {
  return (ball - proof::Ball(x)).magnitude();
}

EstimateStatus status_of(const Enclosure& proven) {
  switch (proven.outcome) {
    case Outcome::enclosed:
      return proven.kinked && !proven.left.overlaps(proven.right) ? EstimateStatus::kink
                                                                  : EstimateStatus::ok;
    case Outcome::edge:
      return EstimateStatus::edge;
    case Outcome::jump:
      return EstimateStatus::jump;
    case Outcome::outside:
      return EstimateStatus::undefined;
    default:
      return EstimateStatus::noise;
  }
}

std::string reason_of(const Enclosure& proven, const proof::Limits& limits) {
  switch (proven.outcome) {
    case Outcome::enclosed:
      return {};
    case Outcome::edge:
      return "a one-sided derivative, or a factor on its way, is infinite here";
    case Outcome::jump:
      return "the function is not continuous here";
    case Outcome::outside:
      return "the function is not defined here";
    case Outcome::flat:
      return fmt::format("a kink is met by a term that is 0 to order {}", limits.length);
    case Outcome::undecided:
      return fmt::format("undecided at {} bits", limits.last_bits);
    case Outcome::exhausted:
      return fmt::format("the proof takes more than {:.0e} operations", limits.work);
    case Outcome::uncovered:
      return fmt::format("the operation {} has no proof", proven.uncovered->name());
  }
  return {};
}

Truth truth_of(const Enclosure& proven, const proof::Limits& limits) {
  Truth truth;
  truth.proven = std::make_shared<const Enclosure>(proven);
  Estimate& estimate = truth.estimate;
  estimate.status = status_of(proven);
  estimate.reason = reason_of(proven, limits);
  estimate.on_kink = proven.kinked;
  if (proven.outcome != Outcome::enclosed) {
    estimate.value = std::numeric_limits<double>::quiet_NaN();
    estimate.error_bar = infinity;
    return truth;
  }
  estimate.value = proven.derivative.midpoint();
  estimate.left = proven.left.midpoint();
  estimate.right = proven.right.midpoint();
  estimate.error_bar = estimate.status == EstimateStatus::kink
                           ? std::max(distance_bound(proven.left, estimate.left),
                                      distance_bound(proven.right, estimate.right))
                           : distance_bound(proven.derivative, estimate.value);
  truth.scale = std::abs(estimate.value);
  truth.paths = proven.paths;
  truth.flat = proven.paths == 0;
  return truth;
}

}  // namespace

std::vector<Truth> truths_of(const std::vector<Enclosure>& proven, const proof::Limits& limits) {
  std::vector<Truth> result;
  result.reserve(proven.size());
  for (const Enclosure& entry : proven) result.push_back(truth_of(entry, limits));
  return result;
}

}  // namespace verigrad::gradcheck
