// Losses: a rule for each entry, and the mean, the sum or neither.
#include "proof/elementary.hpp"
#include "proof/structure.hpp"

namespace verigrad::proof {
namespace {

/// `rule` of the operands' entries, broadcast to one shape, and reduced as `reduction` says;
/// "batchmean" divides by the first operand's first size.
template <class F>
Field loss(std::span<const Field> x, const std::string& reduction, const Shape& shape, F rule) {
  Shape full = x[0].shape;
  for (const Field& operand : x) full = common_shape(full, operand.shape);
  const Field each = filled(full, [&](const Index& index) {
    std::vector<Series> entry;
    for (const Field& operand : x)
      entry.push_back(at(operand, broadcast_position(index, operand.shape, full)));
    return rule(std::span<const Series>(entry));
  });
  if (reduction == "none") return each;
  Series total = 0;
  for (const Series& entry : each.entries) total = total + entry;
  if (reduction == "mean") total = total / Series(full.numel());
  if (reduction == "batchmean" && x[0].shape.rank() > 0) total = total / Series(x[0].shape[0]);
  return {shape, {total}};
}

/// t log(p), and 0 for a constant t = 0, whatever p is.
Series weighted_log(const Series& t, const Series& p) {
  return t.is_number(0) && p.ok() ? t : t * log(p);
}

/// Without the clamp of the logarithms at -100, which is a convention of implementations: where the
/// target is not met at 0 or 1, the loss is infinite.
Series bce(std::span<const Series> x) {
  const Series &p = x[0], &t = x[1], &w = x[2];
  return -(w * (weighted_log(t, p) + weighted_log(1 - t, 1 - p)));
}

Series bce_with_logits(std::span<const Series> x) {
  const Series &z = x[0], &t = x[1], &w = x[2], &c = x[3];
  return w * ((1 - t) * softplus(z) + c * t * softplus(-z));
}

/// Quadratic within `delta` of the target, beyond it linear with the slope that is reached there.
Series huber(std::span<const Series> x) {
  const Series &delta = x[2], distance = abs(x[0] - x[1]);
  const Sign beyond = compare(distance, delta);
  const Status status = std::max(positive(delta), beyond.status);
  if (status != Status::ok) return Series(status);
  const Series half(Ball(0.5));
  return (beyond.sign < 0 ? half * square(distance) : delta * (distance - half * delta))
      .kinked_if(beyond.kinked);
}

Series kl_div(std::span<const Series> x) {
  const Series &input = x[0], &target = x[1];
  return target.is_number(0) ? target : target * (log(target) - input);
}

Series kl_div_of_log(std::span<const Series> x) { return exp(x[1]) * (x[1] - x[0]); }

}  // namespace

#define VERIGRAD_LOSS(name, rule) \
  VERIGRAD_STRUCTURE(name, return loss(x, attributes.word(0), shape, rule);)

std::vector<StructureLine> losses() {
  return {
      VERIGRAD_LOSS("bce", bce),
      VERIGRAD_LOSS("bce_with_logits", bce_with_logits),
      VERIGRAD_LOSS("huber", huber),
      VERIGRAD_LOSS("smooth_l1",
                    [](std::span<const Series> s) {
                      return s[2].is_number(0) ? abs(s[0] - s[1]) : huber(s) / s[2];
                    }),
      VERIGRAD_LOSS("kl_div", attributes.flag(1) ? kl_div_of_log : kl_div),
      VERIGRAD_LOSS("mse", [](std::span<const Series> s) { return square(s[0] - s[1]); }),
  };
}

#undef VERIGRAD_LOSS

}  // namespace verigrad::proof
