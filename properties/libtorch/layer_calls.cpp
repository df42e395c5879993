// Losses and layers.
#include <variant>
#include <vector>

#include "properties/libtorch/calls.hpp"

namespace verigrad::properties {
namespace {

/// A weight or bias that is spread over these sizes; none where the operand is its default.
c10::optional<at::Tensor> spread(const Arguments& x, std::size_t operand, double fallback,
                                 at::IntArrayRef sizes) {
  if (x.is_number(operand, fallback)) return c10::nullopt;
  return x[operand].expand(sizes);
}

bool has_entries(std::span<const Shape> operands, const Attributes&) {
  return operands[0].numel() > 0 && operands[1].numel() > 0;
}
bool same_shapes(std::span<const Shape> operands, const Attributes&) {
  return operands[0] == operands[1];
}

/// The target holds probabilities; without classes the mean is 0 / 0.
bool has_probabilities(std::span<const Shape> operands, const Attributes& attributes) {
  return same_shapes(operands, attributes) && has_entries(operands, attributes);
}

at::Tensor bce(const Arguments& x) {
  return at::binary_cross_entropy(x[0], x[1], spread(x, 2, 1, x[0].sizes()), x.reduction(0));
}
at::Tensor bce_with_logits(const Arguments& x) {
  return at::binary_cross_entropy_with_logits(x[0], x[1], spread(x, 2, 1, x[0].sizes()),
                                              spread(x, 3, 1, x[0].sizes()), x.reduction(0));
}
/// Input and target as torch.nn.functional brings them to one shape.
std::vector<at::Tensor> broadcast(const Arguments& x) {
  return at::broadcast_tensors({x[0], x[1]});
}

at::Tensor mse(const Arguments& x) {
  const auto both = broadcast(x);
  return at::mse_loss(both[0], both[1], x.reduction(0));
}
at::Tensor huber(const Arguments& x) {
  const auto both = broadcast(x);
  return at::huber_loss(both[0], both[1], x.reduction(0), x.number(2));
}
at::Tensor smooth_l1(const Arguments& x) {
  const auto both = broadcast(x);
  return at::smooth_l1_loss(both[0], both[1], x.reduction(0), x.number(2));
}
at::Tensor kl_div(const Arguments& x) { return at::kl_div(x[0], x[1], x.reduction(0), x.flag(1)); }
at::Tensor cross_entropy(const Arguments& x) {
  const std::int64_t classes = x[0].size(x[0].dim() == 1 ? 0 : 1);
  return at::cross_entropy_loss(x[0], x[1], spread(x, 2, 1, {classes}), x.reduction(1),
                                x.integer(0), x.number(3));
}
at::Tensor cosine_similarity(const Arguments& x) {
  return at::cosine_similarity(x[0], x[1], x.integer(0), x.number(2));
}

at::Tensor linear(const Arguments& x) {
  if (x.is_number(2, 0)) return at::linear(x[0], x[1]);
  if (x[2].dim() == 1) return at::linear(x[0], x[1], x[2]);
  return at::linear(x[0], x[1]) + x[2];
}
at::Tensor layer_norm(const Arguments& x) {
  const at::IntArrayRef sizes = x.integers(0);
  return at::layer_norm(x[0], sizes, spread(x, 1, 1, sizes), spread(x, 2, 0, sizes), x.number(3));
}

/// The words of padding are their own overload.
template <class Convolution>
at::Tensor convolution(const Arguments& x, Convolution apply) {
  const c10::optional<at::Tensor> bias = spread(x, 2, 0, {x[1].size(0)});
  if (std::holds_alternative<std::string>(x.attributes().values()[1]))
    return apply(x[0], x[1], bias, x.integers(0), x.word(1), x.integers(2), x.integer(3));
  return apply(x[0], x[1], bias, x.integers(0), x.integers(1), x.integers(2), x.integer(3));
}
at::Tensor conv1d(const Arguments& x) {
  return convolution(x, [](const auto&... each) { return at::conv1d(each...); });
}
at::Tensor conv2d(const Arguments& x) {
  return convolution(x, [](const auto&... each) { return at::conv2d(each...); });
}

constexpr Call calls[] = {
    {"bce", bce, third, same_shapes},
    {"bce_with_logits", bce_with_logits, third | fourth, same_shapes},
    {"mse", mse},
    {"huber", huber, third},
    {"smooth_l1", smooth_l1, third},
    {"kl_div", kl_div},
    {"cross_entropy", cross_entropy, third | fourth, has_probabilities},
    {"cosine_similarity", cosine_similarity, third},
    {"linear", linear},
    {"layer_norm", layer_norm, fourth},
    {"conv1d", conv1d, nothing, has_entries},
    {"conv2d", conv2d, nothing, has_entries},
};

}  // namespace

std::span<const Call> layer_calls() { return calls; }

}  // namespace verigrad::properties
