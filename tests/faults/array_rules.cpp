// Mistakes in the rules of reductions, matrices, layout, normalisation and losses.
#include "tests/faults/rules.hpp"

namespace verigrad::faults {
namespace {

double count(const Shape& shape) { return static_cast<double>(shape.numel()); }

bool square_matrices(const Entries& saved) {
  return one_shape(saved) && saved.shape().rank() == 2 && saved.shape()[0] == saved.shape()[1];
}

/// The whole operand's count for that of a lane.
Cotangent wrong_count(const Entries& saved, const Cotangent& v, std::size_t i) {
  return right<"mean">(saved, v, i) / count(saved.shape());
}

Cotangent cotangent_first(const Entries& saved, const Cotangent& v, std::size_t i) {
  return i == 1 && square_matrices(saved) ? matmul(v, transpose(saved.operand(0), 0, 1))
                                          : right<"matmul">(saved, v, i);
}

Cotangent factor_not_transposed(const Entries& saved, const Cotangent& v, std::size_t i) {
  return i == 0 && square_matrices(saved) ? matmul(v, saved.operand(1))
                                          : right<"matmul">(saved, v, i);
}

/// For a matrix times a vector: v x^T with a transpose that does nothing.
Cotangent vector_not_transposed(const Entries& saved, const Cotangent& v, std::size_t i) {
  const Shape &left = saved.operand_shape(0), &by = saved.operand_shape(1);
  const bool wrong = i == 0 && left.rank() == 2 && by.rank() == 1 && left[0] == left[1];
  return wrong ? broadcast_to(v * saved.operand(1), left) : right<"matmul">(saved, v, i);
}

/// y / x for the product of the others.
Cotangent quotient_of_product(const Entries& saved, const Cotangent& v, std::size_t i) {
  const Cotangent x = saved.operand(0);
  return right<"prod">(saved, v, i) * (x / x);
}

}  // namespace

std::vector<Fault> array_faults() {
  using V = const Cotangent&;
  using S = const Entries&;
  using I = std::size_t;
  return {
      {.where = "mean",
       .name = "1 / n is missing",
       .vjp =
           [](S saved, V v, I i) {
             return right<"mean">(saved, v, i) *
                    (count(saved.operand_shape(0)) / count(saved.shape()));
           },
       .common = true},
      {"mean", "over some dims, 1 / n of all entries", wrong_count},
      {"sum", "the cotangent is averaged",
       [](S saved, V v, I i) {
         return right<"sum">(saved, v, i) * (count(saved.shape()) / count(saved.operand_shape(0)));
       }},
      {"var", "the factor 2 is missing", times<"var", 1, 2>},
      {"prod", "y / x: NaN at 0", quotient_of_product},
      {"cumprod", "y / x: NaN at 0",
       [](S saved, V v, I i) {
         const Cotangent x = saved.operand(0);
         return right<"cumprod">(saved, v, i) * (x / x);
       }},
      {"std", "the divisor is n",
       [](S saved, V v, I i) {
         const double n = count(saved.operand_shape(0)) / count(saved.shape());
         return right<"std">(saved, v, i) * ((n - 1) / n);
       }},
      {"amax", "equal entries all take the whole gradient",
       [](S saved, V v, I i) {
         const Cotangent share = right<"amax">(saved, v, i);
         return v.numel() == 1 ? where(share == 0.0, share, reshape(v, Integers())) : share;
       }},
      {"repeat", "one copy's gradient, not the copies' sum",
       [](S saved, V v, I i) {
         const Cotangent share = right<"repeat">(saved, v, i);
         return v.numel() == 0 ? share
                               : share * (count(saved.operand_shape(0)) / count(saved.shape()));
       }},
      {"norm", "the cotangent is not divided by the norm",
       [](S saved, V v, I i) { return right<"norm">(saved, v * saved.result(), i); }},
      {"softmax", "the sum over the lane is forgotten",
       [](S saved, V v, I) { return v * saved.result(); }},
      {"log_softmax", "the sum over the lane is forgotten", handed_on},
      {"layer_norm", "the weight gets the gradient of the bias",
       [](S saved, V v, I i) {
         return right<"layer_norm">(
             saved, v, i == 1 && saved.operand_shape(1) == saved.operand_shape(2) ? 2 : i);
       }},
      {.where = "matmul",
       .name = "the right factor is not transposed, when square",
       .vjp = factor_not_transposed,
       .common = true},
      {"matmul", "by other, the cotangent stands in front", cotangent_first},
      {"matmul", "a vector's transpose does nothing", vector_not_transposed},
      {"outer", "the operands' shares are swapped",
       [](S saved, V v, I i) {
         return right<"outer">(saved, saved.shape()[0] == saved.shape()[1] ? transpose(v, 0, 1) : v,
                               i);
       }},
      {"transpose", "not transposed back, when square",
       [](S saved, V v, I i) {
         return saved.operand_shape(0) == saved.shape() ? v : right<"transpose">(saved, v, i);
       }},
      {.where = "broadcast_to",
       .name = "one row's gradient, not the rows' sum",
       .vjp =
           [](S saved, V v, I i) {
             const double rows = count(saved.shape()) / count(saved.operand_shape(0));
             return v.numel() == 0 ? right<"broadcast_to">(saved, v, i)
                                   : right<"broadcast_to">(saved, v, i) / rows;
           },
       .common = true},
      {"flip", "not flipped back", handed_on},
      {"roll", "rolled once more, not back",
       [](S saved, V v, I i) {
         const Cotangent share = right<"roll">(saved, v, i);
         return right<"roll">(saved, right<"roll">(saved, share, i), i);
       }},
      {"cumsum", "summed from the front, not from the end",
       [](S saved, V v, I) { return cumsum(v, saved.attributes().integer(0)); }},
      {"concat", "every operand gets the first one's share",
       [](S saved, V v, I i) {
         return right<"concat">(saved, v, saved.operand_shape(i) == saved.operand_shape(0) ? 0 : i);
       }},
      {"mse", "the factor 2 is missing", times<"mse", 1, 2>},
      {"bce_with_logits", "the sign is lost", times<"bce_with_logits", -1, 1, 0>},
      {"det", "the cotangent is not multiplied",
       [](S saved, V v, I i) { return right<"det">(saved, v * 0.0 + 1.0, i); }},
  };
}

}  // namespace verigrad::faults
