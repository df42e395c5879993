#include "runner/condition.hpp"

#include <cmath>

#include "engine/error.hpp"
#include "gradcheck/recorded_gradient.hpp"
#include "gradcheck/reference.hpp"

namespace verigrad::runner {
namespace {

constexpr std::int64_t most_entries = 64;

std::int64_t entry_count(const Program& program) {
  std::int64_t count = 0;
  for (const Leaf& leaf : program.leaves()) count += leaf.shape.numel();
  return count;
}

/// Adds |x_j dg_i/dx_j| for one input.
void add_terms(const std::vector<gradcheck::Truth>& slopes, const std::vector<double>& x,
               std::vector<std::optional<double>>& sums) {
  for (std::size_t i = 0; i < sums.size(); ++i)
    for (std::size_t j = 0; j < x.size() && sums[i]; ++j) {
      const auto& proven = slopes[i * x.size() + j].proven;
      if (proven == nullptr || proven->outcome != proof::Outcome::enclosed || proven->kinked)
        sums[i].reset();
      else
        *sums[i] += std::abs((proven->derivative * proof::Ball(x[j])).midpoint());
    }
}

}  // namespace

std::vector<std::optional<double>> gradient_sensitivities(const Program& program,
                                                          const Point& point, ValueId output,
                                                          std::size_t leaf,
                                                          const proof::Limits& limits) {
  if (program.shape(output).rank() != 0 || entry_count(program) > most_entries) return {};
  try {
    const auto recorded = gradcheck::record_gradient<double>(program, point, output, leaf, {1});
    const auto reference = gradcheck::enclosure_reference(recorded.program, point, limits);
    std::vector<std::optional<double>> sums(
        static_cast<std::size_t>(program.leaves()[leaf].shape.numel()), 0.0);
    for (std::size_t other = 0; other < point.size(); ++other)
      if (program.leaves()[other].differentiable)
        add_terms(reference->jacobian(recorded.root, other), point[other], sums);
    return sums;
  } catch (const gradcheck::WorkExhausted&) {
    return {};
  } catch (const Error&) {
    return {};
  }
}

}  // namespace verigrad::runner
