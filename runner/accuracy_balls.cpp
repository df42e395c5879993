#include "runner/accuracy_balls.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "gradcheck/position.hpp"
#include "gradcheck/tolerance.hpp"
#include "proof/enclose.hpp"
#include "proof/evaluate.hpp"

namespace verigrad::runner {
namespace {

std::vector<slong> precisions(std::int64_t most_bits) {
  std::vector<slong> bits{24, 32, 53, 64, 96, 128};
  while (bits.back() < most_bits) bits.push_back(2 * bits.back());
  return bits;
}

/// At exactly this precision, however wide the enclosure is.
proof::Limits at_precision(slong bits) {
  return {
      .first_bits = bits, .last_bits = bits, .relative_bits = std::numeric_limits<slong>::min()};
}

}  // namespace

std::vector<reports::BallRadius> ball_radii(const Sample& sample,
                                            const MeasuredDerivative& derivative,
                                            const reports::WorstPoint& worst,
                                            std::int64_t most_bits) {
  const Program& program = sample.instance.program;
  const ValueId y = sample.instance.judgements[derivative.judgement].output;
  if (worst.truth == 0 || !std::isfinite(worst.truth) || proof::first_uncovered(program, y))
    return {};
  const Shape& out = program.shape(y);
  const Shape& in = program.leaves()[derivative.leaf].shape;
  const std::size_t place =
      gradcheck::ravelled(worst.index, out.rank() == 0 ? in : joined(out, in));
  const auto columns = static_cast<std::size_t>(in.numel());
  const proof::Input input{.leaf = derivative.leaf,
                           .entry = static_cast<std::int64_t>(place % columns)};
  const double ulp = gradcheck::ulp(program.dtype, worst.truth);
  std::vector<reports::BallRadius> radii;
  for (const slong bits : precisions(most_bits)) {
    const proof::Enclosure enclosure =
        proof::derivatives(program, sample.point, y, input, at_precision(bits))[place / columns];
    const bool known = enclosure.outcome == proof::Outcome::enclosed;
    radii.push_back({bits, known ? enclosure.derivative.radius() / ulp
                                 : std::numeric_limits<double>::infinity()});
  }
  return radii;
}

std::optional<double> radius_in(DType dtype, const std::vector<reports::BallRadius>& radii) {
  const std::int64_t bits = dtype == DType::f32 ? 24 : 53;
  const auto found = std::ranges::find(radii, bits, &reports::BallRadius::bits);
  return found == radii.end() ? std::nullopt : std::optional(found->ulps);
}

}  // namespace verigrad::runner
