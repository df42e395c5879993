#pragma once

#include <concepts>
#include <initializer_list>
#include <span>
#include <string_view>

#include "engine/arithmetic.hpp"
#include "engine/attributes.hpp"
#include "engine/scalar.hpp"

namespace verigrad {

// The operations as C++ functions, under PyTorch's names. Each is recorded for reverse mode; its
// formula, domain, derivative and kinks stand in its definition in engine/ops/ and in `gradcheck
// ops`.

#define VERIGRAD_UNARY(function) \
  template <class T>             \
  Tensor<T> function(const Tensor<T>& input);
#define VERIGRAD_BINARY(function)                                             \
  template <class T>                                                          \
  Tensor<T> function(const Tensor<T>& input, const Tensor<T>& other);         \
  template <class T>                                                          \
  Tensor<T> function(const Tensor<T>& input, std::type_identity_t<T> other) { \
    return function(input, Tensor<T>(other));                                 \
  }                                                                           \
  template <class T>                                                          \
  Tensor<T> function(std::type_identity_t<T> input, const Tensor<T>& other) { \
    return function(Tensor<T>(input), other);                                 \
  }

// Exponentials, logarithms, powers.
VERIGRAD_UNARY(exp)
VERIGRAD_UNARY(expm1)
VERIGRAD_UNARY(log)
VERIGRAD_UNARY(log1p)
VERIGRAD_UNARY(log2)
VERIGRAD_UNARY(log10)
VERIGRAD_UNARY(sqrt)
VERIGRAD_UNARY(rsqrt)
VERIGRAD_UNARY(square)
VERIGRAD_UNARY(reciprocal)
VERIGRAD_BINARY(pow)

// Trigonometric and hyperbolic functions; angles in radians.
VERIGRAD_UNARY(sin)
VERIGRAD_UNARY(cos)
VERIGRAD_UNARY(tan)
VERIGRAD_UNARY(asin)
VERIGRAD_UNARY(acos)
VERIGRAD_UNARY(atan)
VERIGRAD_BINARY(atan2)
VERIGRAD_UNARY(sinh)
VERIGRAD_UNARY(cosh)
VERIGRAD_UNARY(tanh)
VERIGRAD_UNARY(asinh)
VERIGRAD_UNARY(acosh)
VERIGRAD_UNARY(atanh)

// Activations and special functions.
VERIGRAD_UNARY(sigmoid)
VERIGRAD_UNARY(logsigmoid)
VERIGRAD_UNARY(relu)
VERIGRAD_UNARY(erf)
/// log(1 + exp(beta x)) / beta.
template <class T>
Tensor<T> softplus(const Tensor<T>& input, const AsTensor<T>& beta = Tensor<T>(T(1)));
template <class T>
Tensor<T> leaky_relu(const Tensor<T>& input,
                     const AsTensor<T>& negative_slope = Tensor<T>(T(0.01)));
template <class T>
Tensor<T> elu(const Tensor<T>& input, const AsTensor<T>& alpha = Tensor<T>(T(1)));

// Piecewise operations.
VERIGRAD_UNARY(abs)
VERIGRAD_UNARY(sign)
VERIGRAD_UNARY(trunc)
VERIGRAD_UNARY(floor)
VERIGRAD_UNARY(ceil)
VERIGRAD_UNARY(round)
VERIGRAD_BINARY(minimum)
VERIGRAD_BINARY(maximum)
template <class T>
Tensor<T> clamp(const Tensor<T>& input, const AsTensor<T>& min, const AsTensor<T>& max);
/// input where condition is not 0, else other.
template <class T>
Tensor<T> where(const Tensor<T>& condition, const AsTensor<T>& input, const AsTensor<T>& other);
template <class T, class F>
Tensor<T> where_else(const Tensor<T>& condition, const Tensor<T>& input, F other) {
  return where(condition, input, AsTensor<T>(other()));
}

// Powers of two, cube roots, lengths, logarithms of sums; special functions.
VERIGRAD_UNARY(exp2)
VERIGRAD_UNARY(cbrt)
VERIGRAD_BINARY(hypot)
/// log(exp(input) + exp(other)).
VERIGRAD_BINARY(logaddexp)
/// input log(other), and 0 where input is 0.
VERIGRAD_BINARY(xlogy)
VERIGRAD_UNARY(erfc)
/// log |Gamma(input)| and its derivatives: digamma is the first, polygamma(n) the one after n more.
VERIGRAD_UNARY(lgamma)
VERIGRAD_UNARY(digamma)
template <class T>
Tensor<T> polygamma(std::int64_t n, const Tensor<T>& input);
/// sin(pi input) / (pi input).
VERIGRAD_UNARY(sinc)
/// The distribution function of the normal distribution (torch.special.ndtr).
VERIGRAD_UNARY(ndtr)

// Remainders: fmod has the sign of input, remainder that of other.
VERIGRAD_BINARY(fmod)
VERIGRAD_BINARY(remainder)

// More activations.
/// input ndtr(input); `approximate` is "none" or "tanh".
template <class T>
Tensor<T> gelu(const Tensor<T>& input, std::string_view approximate = "none");
VERIGRAD_UNARY(silu)
VERIGRAD_UNARY(mish)
VERIGRAD_UNARY(hardswish)
VERIGRAD_UNARY(softsign)
VERIGRAD_UNARY(selu)
template <class T>
Tensor<T> celu(const Tensor<T>& input, const AsTensor<T>& alpha = Tensor<T>(T(1)));
template <class T>
Tensor<T> hardtanh(const Tensor<T>& input, const AsTensor<T>& min_val = Tensor<T>(T(-1)),
                   const AsTensor<T>& max_val = Tensor<T>(T(1)));
/// input where it exceeds threshold, else value.
template <class T>
Tensor<T> threshold(const Tensor<T>& input, const AsTensor<T>& threshold, const AsTensor<T>& value);

// Reductions over all entries, or over `dims` (negative dims count from the end).
template <class T>
Tensor<T> sum(const Tensor<T>& input);
template <class T>
Tensor<T> sum(const Tensor<T>& input, const Integers& dims, bool keepdim = false);
template <class T>
Tensor<T> mean(const Tensor<T>& input);
template <class T>
Tensor<T> mean(const Tensor<T>& input, const Integers& dims, bool keepdim = false);
template <class T>
Tensor<T> prod(const Tensor<T>& input);
template <class T>
Tensor<T> prod(const Tensor<T>& input, const Integers& dims, bool keepdim = false);
template <class T>
Tensor<T> max(const Tensor<T>& input);
template <class T>
Tensor<T> max(const Tensor<T>& input, std::int64_t dim, bool keepdim = false);
template <class T>
Tensor<T> min(const Tensor<T>& input);
template <class T>
Tensor<T> min(const Tensor<T>& input, std::int64_t dim, bool keepdim = false);
template <class T>
Tensor<T> logsumexp(const Tensor<T>& input);
template <class T>
Tensor<T> logsumexp(const Tensor<T>& input, const Integers& dims, bool keepdim = false);
template <class T>
Tensor<T> softmax(const Tensor<T>& input, std::int64_t dim);
template <class T>
Tensor<T> log_softmax(const Tensor<T>& input, std::int64_t dim);
/// Sums the dims along which `input` would have been broadcast from `shape`: the transpose of
/// broadcast_to.
template <class T>
Tensor<T> sum_to(const Tensor<T>& input, const Shape& shape);

// Products of matrices, by PyTorch's rules for 1-D, 2-D and batched operands.
template <class T>
Tensor<T> matmul(const Tensor<T>& input, const Tensor<T>& other);
template <class T>
Tensor<T> dot(const Tensor<T>& input, const Tensor<T>& other);

// Statistics, norms and scans. `dims` {} means all of them.
template <class T>
Tensor<T> var(const Tensor<T>& input);
template <class T>
Tensor<T> var(const Tensor<T>& input, const Integers& dims, bool unbiased = true,
              bool keepdim = false);
template <class T>
Tensor<T> std(const Tensor<T>& input);
template <class T>
Tensor<T> std(const Tensor<T>& input, const Integers& dims, bool unbiased = true,
              bool keepdim = false);
/// The p-norm for p > 0, infinity included, of the entries as one vector or of those along `dims`.
template <class T>
Tensor<T> norm(const Tensor<T>& input, const AsTensor<T>& p = Tensor<T>(T(2)),
               const Integers& dims = {}, bool keepdim = false);
template <class T>
Tensor<T> amax(const Tensor<T>& input);
template <class T>
Tensor<T> amax(const Tensor<T>& input, const Integers& dims, bool keepdim = false);
template <class T>
Tensor<T> amin(const Tensor<T>& input);
template <class T>
Tensor<T> amin(const Tensor<T>& input, const Integers& dims, bool keepdim = false);
/// The index of the first greatest entry, as a number of type T; never differentiable.
template <class T>
Tensor<T> argmax(const Tensor<T>& input);
template <class T>
Tensor<T> argmax(const Tensor<T>& input, std::int64_t dim, bool keepdim = false);
/// The lower of the two middle entries.
template <class T>
Tensor<T> median(const Tensor<T>& input);
template <class T>
Tensor<T> median(const Tensor<T>& input, std::int64_t dim, bool keepdim = false);
template <class T>
Tensor<T> cumsum(const Tensor<T>& input, std::int64_t dim);
template <class T>
Tensor<T> cumprod(const Tensor<T>& input, std::int64_t dim);

// Linear algebra. Those of square matrices work on the last two dims of a stack.
VERIGRAD_BINARY(outer)
VERIGRAD_BINARY(bmm)
VERIGRAD_BINARY(kron)
/// Sums of products of one or more operands: `einsum<double>("ij,jk->ik", {a, b})`.
template <class T>
Tensor<T> einsum(std::string_view equation, std::span<const Tensor<T>> operands);
template <class T>
Tensor<T> einsum(std::string_view equation, std::initializer_list<Tensor<T>> operands) {
  return einsum(equation, std::span<const Tensor<T>>(operands.begin(), operands.size()));
}
template <class T>
Tensor<T> diag(const Tensor<T>& input, std::int64_t diagonal = 0);
VERIGRAD_UNARY(trace)
template <class T>
Tensor<T> tril(const Tensor<T>& input, std::int64_t diagonal = 0);
template <class T>
Tensor<T> triu(const Tensor<T>& input, std::int64_t diagonal = 0);
VERIGRAD_UNARY(det)
VERIGRAD_UNARY(logdet)
/// Throws Error for a singular matrix.
VERIGRAD_UNARY(inverse)
/// X with A X = B. Throws Error for a singular matrix.
template <class T>
Tensor<T> solve(const Tensor<T>& A, const Tensor<T>& B);
/// L with L Lᵀ = A, or Lᵀ. Throws Error when A is not positive-definite.
template <class T>
Tensor<T> cholesky(const Tensor<T>& A, bool upper = false);
/// X with A X = b for A's upper (else lower) triangle, or Aᵀ X = b.
template <class T>
Tensor<T> triangular_solve(const Tensor<T>& b, const Tensor<T>& A, bool upper = true,
                           bool transpose = false, bool unitriangular = false);

// Changes of shape and selection of entries; results are copies.
template <class T>
Tensor<T> transpose(const Tensor<T>& input, std::int64_t dim0, std::int64_t dim1);
/// The dims in the order given.
template <class T>
Tensor<T> permute(const Tensor<T>& input, const Integers& dims);
/// Entries in row-major order under another shape; one size may be -1.
template <class T>
Tensor<T> reshape(const Tensor<T>& input, const Integers& shape);
template <class T, std::same_as<Shape> S>
Tensor<T> reshape(const Tensor<T>& input, const S& shape) {
  return reshape(input, Integers(shape.begin(), shape.end()));
}
template <class T>
Tensor<T> select(const Tensor<T>& input, std::int64_t dim, std::int64_t index);
/// Entries start, start + step, … below stop along `dim`; step >= 1; bounds as in Python.
template <class T>
Tensor<T> slice(const Tensor<T>& input, std::int64_t dim, std::int64_t start, std::int64_t stop,
                std::int64_t step = 1);
template <class T>
Tensor<T> concat(std::span<const Tensor<T>> tensors, std::int64_t dim = 0);
template <class T>
Tensor<T> stack(std::span<const Tensor<T>> tensors, std::int64_t dim = 0);

// Losses; `reduction` is "mean", "sum" or "none".
/// -weight (t log p + (1 - t) log(1 - p)) with p in [0, 1]; the logs are clamped at -100.
template <class T>
Tensor<T> bce(const Tensor<T>& input, const AsTensor<T>& target,
              std::string_view reduction = "mean");
/// bce(sigmoid(input), target), computed without leaving the logits.
template <class T>
Tensor<T> bce_with_logits(const Tensor<T>& input, const AsTensor<T>& target,
                          std::string_view reduction = "mean");
template <class T>
Tensor<T> mse(const Tensor<T>& input, const AsTensor<T>& target,
              std::string_view reduction = "mean");

// Selection by an index tensor, whose entries must be integers in range; rearrangement; padding.
/// input[index[i, j, …], j, …] for dim 0, and so on; the result has the index's shape.
template <class T>
Tensor<T> gather(const Tensor<T>& input, std::int64_t dim, const AsTensor<T>& index);
template <class T>
Tensor<T> index_select(const Tensor<T>& input, std::int64_t dim, const AsTensor<T>& index);
template <class T>
Tensor<T> flip(const Tensor<T>& input, const Integers& dims);
/// Entries moved by `shifts` along `dims` and around the ends; in row-major order without dims.
template <class T>
Tensor<T> roll(const Tensor<T>& input, const Integers& shifts, const Integers& dims = {});
/// Copies side by side, repeats[d] along dim d; as many new leading dims as repeats has more.
template <class T>
Tensor<T> repeat(const Tensor<T>& input, const Integers& repeats);
template <class T>
Tensor<T> squeeze(const Tensor<T>& input);
template <class T>
Tensor<T> squeeze(const Tensor<T>& input, std::int64_t dim);
template <class T>
Tensor<T> unsqueeze(const Tensor<T>& input, std::int64_t dim);
/// broadcast_to, where a size of -1 keeps the input's.
template <class T>
Tensor<T> expand(const Tensor<T>& input, const Integers& sizes);
/// `pad` is [before last dim, after last dim, before the dim before it, …]; negative numbers crop.
/// `mode` is "constant", "reflect", "replicate" or "circular".
template <class T>
Tensor<T> pad(const Tensor<T>& input, const Integers& pad, std::string_view mode = "constant",
              const AsTensor<T>& value = Tensor<T>(T(0)));

// More losses. For nll_loss and cross_entropy the input is [C] or [N, C, …] with C classes, the
// target [] or [N, …] with a class each; for cross_entropy it may also have the input's shape and
// hold probabilities. A weight is a number or one for each class.
template <class T>
Tensor<T> nll_loss(const Tensor<T>& input, const AsTensor<T>& target,
                   const AsTensor<T>& weight = Tensor<T>(T(1)), std::int64_t ignore_index = -100,
                   std::string_view reduction = "mean");
template <class T>
Tensor<T> cross_entropy(const Tensor<T>& input, const AsTensor<T>& target,
                        const AsTensor<T>& weight = Tensor<T>(T(1)),
                        std::int64_t ignore_index = -100, std::string_view reduction = "mean",
                        const AsTensor<T>& label_smoothing = Tensor<T>(T(0)));
template <class T>
Tensor<T> huber(const Tensor<T>& input, const AsTensor<T>& target,
                std::string_view reduction = "mean", const AsTensor<T>& delta = Tensor<T>(T(1)));
template <class T>
Tensor<T> smooth_l1(const Tensor<T>& input, const AsTensor<T>& target,
                    std::string_view reduction = "mean", const AsTensor<T>& beta = Tensor<T>(T(1)));
/// `reduction` may also be "batchmean": the sum divided by the first size.
template <class T>
Tensor<T> kl_div(const Tensor<T>& input, const AsTensor<T>& target,
                 std::string_view reduction = "mean", bool log_target = false);
template <class T>
Tensor<T> cosine_similarity(const Tensor<T>& x1, const AsTensor<T>& x2, std::int64_t dim = 1,
                            const AsTensor<T>& eps = Tensor<T>(T(1e-8)));

// Layers. The default weight and bias of layer_norm, and the default bias of the others, are the
// numbers 1 and 0.
template <class T>
Tensor<T> layer_norm(const Tensor<T>& input, const Integers& normalized_shape,
                     const AsTensor<T>& weight = Tensor<T>(T(1)),
                     const AsTensor<T>& bias = Tensor<T>(T(0)),
                     const AsTensor<T>& eps = Tensor<T>(T(1e-5)));
/// input @ weight.T + bias, with a weight of shape [out, in].
template <class T>
Tensor<T> linear(const Tensor<T>& input, const AsTensor<T>& weight,
                 const AsTensor<T>& bias = Tensor<T>(T(0)));
/// The padding of a convolution: one number for every dim, one for each, or a word: "valid" is
/// none, "same" so much that the result has the input's sizes, an odd number with the greater part
/// behind.
struct Padding {
  Padding(std::initializer_list<std::int64_t> sizes) : value(Integers(sizes)) {}
  Padding(Integers sizes) : value(std::move(sizes)) {}
  template <std::convertible_to<std::string_view> Word>
  Padding(const Word& word) : value(std::string(std::string_view(word))) {}

  AttributeValue value;
};
/// Input [N, C, L] or [C, L], weight [out, C / groups, k].
template <class T>
Tensor<T> conv1d(const Tensor<T>& input, const AsTensor<T>& weight,
                 const AsTensor<T>& bias = Tensor<T>(T(0)), const Integers& stride = {1},
                 const Padding& padding = {0}, const Integers& dilation = {1},
                 std::int64_t groups = 1);
/// Input [N, C, H, W] or [C, H, W], weight [out, C / groups, kh, kw].
template <class T>
Tensor<T> conv2d(const Tensor<T>& input, const AsTensor<T>& weight,
                 const AsTensor<T>& bias = Tensor<T>(T(0)), const Integers& stride = {1},
                 const Padding& padding = {0}, const Integers& dilation = {1},
                 std::int64_t groups = 1);

#undef VERIGRAD_UNARY
#undef VERIGRAD_BINARY

/// What rounding took from input * other: exact, and a constant, never differentiated.
template <class T>
Tensor<T> mul_residual(const Tensor<T>& input, const Tensor<T>& other);

/// A constant of zeros of the input's shape.
template <class T>
Tensor<T> zeros_like(const Tensor<T>& input);

}  // namespace verigrad
