// Losses: a rule for each entry, and the mean, the sum or neither.
#include "proof/elementary.hpp"
#include "proof/structure.hpp"

namespace verigrad::proof {
namespace {

/// `rule` of the operands' entries, broadcast to the first operand's shape, and reduced as
/// `reduction` says.
template <class F>
Field loss(std::span<const Field> x, const std::string& reduction, const Shape& shape, F rule) {
  const Shape& full = x[0].shape;
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
  if (reduction == "batchmean") total = total / Series(full[0]);
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

}  // namespace

#define VERIGRAD_LOSS(name, rule) \
  VERIGRAD_STRUCTURE(name, return loss(x, attributes.word(0), shape, rule);)

std::vector<StructureLine> losses() {
  return {
      VERIGRAD_LOSS("bce", bce),
      VERIGRAD_LOSS("bce_with_logits", bce_with_logits),
      VERIGRAD_LOSS("mse", [](std::span<const Series> s) { return square(s[0] - s[1]); }),
  };
}

#undef VERIGRAD_LOSS

}  // namespace verigrad::proof
