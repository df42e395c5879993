#include "properties/laws/forms.hpp"

namespace verigrad::properties {
namespace {

using P = Place;

Term none(P&) { return {}; }

Integers sizes_of(const Shape& shape) { return {shape.begin(), shape.end()}; }
Term reshaped(Term x, const Shape& shape) {
  return x.place->call("reshape", {x}, {sizes_of(shape)});
}
Term transposed(Term x) {
  return x.place->call("transpose", {x}, {std::int64_t{0}, std::int64_t{1}});
}
Term inserted(Term x, std::int64_t dim) { return x.place->call("unsqueeze", {x}, {dim}); }
Term flipped(Term x, std::int64_t dim) { return x.place->call("flip", {x}, {Integers{dim}}); }
Term part(Term x, std::int64_t dim, std::int64_t start, std::int64_t stop) {
  return x.place->call("slice", {x}, {dim, start, stop, std::int64_t{1}});
}

/// A reduction with the place's dims; the flags for keepdim are the last of its attributes.
Term reduced(P& at, std::string_view operation, Term x, bool keepdim) {
  return at.call(operation, {x}, {at.attributes()->values()[0], keepdim});
}

bool are_matrices(P& at) { return at[0].rank() == 2 && at[1].rank() == 2; }
/// Whether a reduction is over all entries, or an operation's dim is one of its first operand.
bool over_all(P& at) { return at.attributes()->is_none(0); }
bool has_dims(P& at) { return at[0].rank() > 0 && at[0].shape().numel() > 0; }

/// A loss as the place reduces the terms.
Term loss(P& at, Term terms, std::size_t reduction) {
  const auto& word = std::get<std::string>(at.attributes()->values()[reduction]);
  if (word == "none") return terms;
  if (terms.shape().numel() == 0) return {};
  return at.call(word, {terms}, {std::monostate(), false});
}

Term variance(P& at) {
  if (at.count() == 0) return {};
  const double freedom = at.count() - (at.flag(1) ? 1 : 0);
  if (freedom <= 0) return {};
  const Term centred = at[0] - reduced(at, "mean", at[0], true);
  return reduced(at, "sum", call("square", centred), at.flag(2)) / freedom;
}

Term blocks(P& at) {
  const std::int64_t inner = are_matrices(at) ? at[0].shape()[1] : 0;
  if (inner < 2) return {};
  return call("matmul", part(at[0], 1, 0, 1), part(at[1], 0, 0, 1)) +
         call("matmul", part(at[0], 1, 1, inner), part(at[1], 0, 1, inner));
}

Term batch(P& at) {
  if (!are_matrices(at)) return {};
  const std::int64_t first = 0, second = 1;
  const Term left = at.call("stack", {at[1].place->term(at[0].id), -at[0]}, {first});
  const Term right = at.call("stack", {at[1], at[1]}, {first});
  return -at.call("select", {call("bmm", left, right)}, {first, second});
}

Term associated(P& at) {
  const Value* inner = are_matrices(at) ? at.made_by(0, "matmul") : nullptr;
  if (inner == nullptr) return {};
  const Term a = at.term(inner->operands[0]), b = at.term(inner->operands[1]);
  if (a.rank() != 2 || b.rank() != 2) return {};
  return call("matmul", a, call("matmul", b, at[1]));
}

Term distributed(P& at) {
  const Value* sum = are_matrices(at) ? at.made_by(1, "add") : nullptr;
  if (sum == nullptr) return {};
  const Term b = at.term(sum->operands[0]), c = at.term(sum->operands[1]);
  if (b.shape() != at[1].shape() || c.shape() != at[1].shape()) return {};
  return call("matmul", at[0], b) + call("matmul", at[0], c);
}

Term cumulated(P& at) {
  if (!has_dims(at)) return {};
  const std::int64_t dim = at.integer(0);
  const Term total = at.call("sum", {at[0]}, {Integers{dim}, true});
  return total - flipped(at.again({flipped(at[0], dim)}), dim) + at[0];
}

constexpr Form forms[] = {
    {"sum", "sum(x) = n mean(x)",
     [](P& at) {
       return at.count() > 0 ? at.count() * at.call("mean", {at[0]}, at.attributes()->values())
                             : none(at);
     }},
    {"mean", "mean(x) = sum(x) / n",
     [](P& at) {
       return at.count() > 0 ? at.call("sum", {at[0]}, at.attributes()->values()) / at.count()
                             : none(at);
     }},
    {"prod", "prod(x) = the last of cumprod(x)",
     [](P& at) {
       const std::int64_t n = at[0].shape().numel(), first = 0;
       if (!over_all(at) || at.flag(1) || n == 0) return none(at);
       return at.call("select", {at.call("cumprod", {reshaped(at[0], {n})}, {first})},
                      {first, n - 1});
     }},
    {"max", "max(x) = -min(-x)",
     [](P& at) { return -at.call("min", {-at[0]}, at.attributes()->values()); }},
    {"min", "min(x) = -max(-x)",
     [](P& at) { return -at.call("max", {-at[0]}, at.attributes()->values()); }},
    {"amax", "amax(x) = -amin(-x)",
     [](P& at) { return -at.call("amin", {-at[0]}, at.attributes()->values()); }},
    {"amin", "amin(x) = -amax(-x)",
     [](P& at) { return -at.call("amax", {-at[0]}, at.attributes()->values()); }},
    {"logsumexp", "logsumexp(x) = log(sum(exp(x)))",
     [](P& at) {
       return call("log", at.call("sum", {call("exp", at[0])}, at.attributes()->values()));
     }},
    {"softmax", "softmax(x) = exp(log_softmax(x))",
     [](P& at) { return call("exp", at.call("log_softmax", {at[0]}, {at.integer(0)})); }},
    {"log_softmax", "log_softmax(x) = x - logsumexp(x)",
     [](P& at) {
       if (!has_dims(at)) return none(at);
       return at[0] - at.call("logsumexp", {at[0]}, {Integers{at.integer(0)}, true});
     }},
    {"var", "var(x) = sum((x - mean(x))^2) / (n - c)", variance},
    {"std", "std(x) = sqrt(var(x))",
     [](P& at) { return call("sqrt", at.call("var", {at[0]}, at.attributes()->values())); }},
    {"norm", "norm(x) = sqrt(sum(x x))",
     [](P& at) {
       if (!at.is(1, 2)) return none(at);
       return call("sqrt", at.call("sum", {at[0] * at[0]}, at.attributes()->values()));
     }},
    {"cumsum", "cumsum(x) = sum(x) - flip(cumsum(flip(x))) + x", cumulated},
    {"matmul", "A B = (B^T A^T)^T",
     [](P& at) {
       if (!are_matrices(at)) return none(at);
       return transposed(call("matmul", transposed(at[1]), transposed(at[0])));
     }},
    {"matmul", "[A1 A2] [B1; B2] = A1 B1 + A2 B2", blocks},
    {"matmul", "A B = -(the second of bmm([A, -A], [B, B]))", batch},
    {"matmul", "(A B) C = A (B C)", associated},
    {"matmul", "A (B + C) = A B + A C", distributed},
    {"dot", "dot(x, y) = sum(x y)",
     [](P& at) {
       return at.call("sum", {at[0] * at[1]}, {std::monostate(), false});
     }},
    {"outer", "outer(x, y) = x[:, None] * y[None, :]",
     [](P& at) { return inserted(at[0], 1) * inserted(at[1], 0); }},
    {"bmm", "bmm(A, B) = A @ B", [](P& at) { return call("matmul", at[0], at[1]); }},
    {"trace", "trace(A) = sum(diag(A))",
     [](P& at) {
       return at.call("sum", {at.call("diag", {at[0]}, {std::int64_t{0}})},
                      {std::monostate(), false});
     }},
    {"tril", "tril(A, k) = A - triu(A, k + 1)",
     [](P& at) { return at[0] - at.call("triu", {at[0]}, {at.integer(0) + 1}); }},
    {"triu", "triu(A, k) = A - tril(A, k - 1)",
     [](P& at) { return at[0] - at.call("tril", {at[0]}, {at.integer(0) - 1}); }},
    {"det", "det(A) = det(A^T)",
     [](P& at) { return at[0].rank() == 2 ? call("det", transposed(at[0])) : none(at); }},
    {"inverse", "inverse(A) = inverse(A^T)^T",
     [](P& at) {
       return at[0].rank() == 2 ? transposed(call("inverse", transposed(at[0]))) : none(at);
     }},
    {"reshape", "reshape(x, s) = reshape(reshape(x, n), s)",
     [](P& at) { return reshaped(reshaped(at[0], {at[0].shape().numel()}), at.shape()); }},
    {"squeeze", "squeeze(x) = reshape(x, s)", [](P& at) { return reshaped(at[0], at.shape()); }},
    {"unsqueeze", "unsqueeze(x) = reshape(x, s)",
     [](P& at) { return reshaped(at[0], at.shape()); }},
    {"select", "x[i] = reshape(x[i:i+1], s)",
     [](P& at) {
       const std::int64_t i = at.integer(1);
       return reshaped(part(at[0], at.integer(0), i, i + 1), at.shape());
     }},
    {"transpose", "transpose(x) = permute(x)",
     [](P& at) {
       return at[0].rank() == 2 && at.integer(0) != at.integer(1)
                  ? at.call("permute", {at[0]}, {Integers{1, 0}})
                  : none(at);
     }},
    {"concat", "concat(x, y) = flip(concat(flip(y), flip(x)))",
     [](P& at) {
       const std::int64_t dim = at.integer(0);
       if (at.operand_count() != 2 || at[0].rank() != at[1].rank()) return none(at);
       return flipped(at.again({flipped(at[1], dim), flipped(at[0], dim)}), dim);
     }},
    {"stack", "stack(x, y) = concat(unsqueeze(x), unsqueeze(y))",
     [](P& at) {
       const std::int64_t dim = at.integer(0);
       if (at.operand_count() != 2) return none(at);
       return at.call("concat", {inserted(at[0], dim), inserted(at[1], dim)}, {dim});
     }},
    {"mse", "mse(x, t) = mean((x - t)^2)",
     [](P& at) { return loss(at, call("square", at[0] - at[1]), 0); }},
    {"bce", "bce(p, t) = bce(1 - p, 1 - t)",
     [](P& at) {
       return at.again({1 - at[0], 1 - at[1], at[2]});
     }},
    {"bce_with_logits", "bce_with_logits(z, t) = mean(w ((1 - t) softplus(z) + q t softplus(-z)))",
     [](P& at) {
       const Term one = at.number(1);
       const Term above = (1 - at[1]) * at.call("softplus", {at[0], one});
       const Term below = at[3] * at[1] * at.call("softplus", {-at[0], one});
       return loss(at, at[2] * (above + below), 0);
     }},
    {"huber", "huber(x, t) = huber(-x, -t)",
     [](P& at) {
       return at.again({-at[0], -at[1], at[2]});
     }},
    {"smooth_l1", "smooth_l1(x, t) = smooth_l1(-x, -t)",
     [](P& at) {
       return at.again({-at[0], -at[1], at[2]});
     }},
    {"linear", "linear(x, W, b) = x W^T + b",
     [](P& at) {
       if (!are_matrices(at)) return none(at);
       return call("matmul", at[0], transposed(at[1])) + at[2];
     }},
};

}  // namespace

std::span<const Form> array_forms() { return forms; }

}  // namespace verigrad::properties
