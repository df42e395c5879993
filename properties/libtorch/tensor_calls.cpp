// Reductions, statistics, layout, indexing and linear algebra.
#include <algorithm>
#include <numeric>

#include "properties/libtorch/calls.hpp"

namespace verigrad::properties {
namespace {

Integers all_dims(const at::Tensor& x) {
  Integers dims(static_cast<std::size_t>(x.dim()));
  std::iota(dims.begin(), dims.end(), 0);
  return dims;
}

/// dim = None means all dims.
Integers dims_of(const Arguments& x, std::size_t attribute) {
  return x.is_none(attribute) ? all_dims(x[0]) : x.integers(attribute).vec();
}

/// The only one of its dims.
std::int64_t dim_of(const Arguments& x) { return x.integers(0)[0]; }

/// The result over all entries, whose dims of size 1 stay with keepdim.
at::Tensor whole(const Arguments& x, const at::Tensor& result) {
  return x.flag(1) ? result.reshape(Integers(static_cast<std::size_t>(x[0].dim()), 1)) : result;
}

at::Tensor sum(const Arguments& x) {
  return x.is_none(0) && !x.flag(1) ? at::sum(x[0]) : at::sum(x[0], dims_of(x, 0), x.flag(1));
}
at::Tensor mean(const Arguments& x) {
  return x.is_none(0) && !x.flag(1) ? at::mean(x[0]) : at::mean(x[0], dims_of(x, 0), x.flag(1));
}
at::Tensor prod(const Arguments& x) {
  if (x.is_none(0)) return whole(x, at::prod(x[0]));
  return at::prod(x[0], dim_of(x), x.flag(1));
}
at::Tensor max(const Arguments& x) {
  if (x.is_none(0)) return whole(x, at::max(x[0]));
  return std::get<0>(at::max(x[0], dim_of(x), x.flag(1)));
}
at::Tensor min(const Arguments& x) {
  if (x.is_none(0)) return whole(x, at::min(x[0]));
  return std::get<0>(at::min(x[0], dim_of(x), x.flag(1)));
}
at::Tensor median(const Arguments& x) {
  if (x.is_none(0)) return whole(x, at::median(x[0]));
  return std::get<0>(at::median(x[0], dim_of(x), x.flag(1)));
}
at::Tensor amax(const Arguments& x) { return at::amax(x[0], dims_of(x, 0), x.flag(1)); }
at::Tensor amin(const Arguments& x) { return at::amin(x[0], dims_of(x, 0), x.flag(1)); }
at::Tensor logsumexp(const Arguments& x) { return at::logsumexp(x[0], dims_of(x, 0), x.flag(1)); }
at::Tensor var(const Arguments& x) { return at::var(x[0], dims_of(x, 0), x.flag(1), x.flag(2)); }
at::Tensor std(const Arguments& x) { return at::std(x[0], dims_of(x, 0), x.flag(1), x.flag(2)); }
at::Tensor norm(const Arguments& x) {
  return at::linalg_vector_norm(x[0], x.number(1), dims_of(x, 0), x.flag(1));
}
at::Tensor softmax(const Arguments& x) { return at::softmax(x[0], x.integer(0)); }
at::Tensor log_softmax(const Arguments& x) { return at::log_softmax(x[0], x.integer(0)); }
at::Tensor cumsum(const Arguments& x) { return at::cumsum(x[0], x.integer(0)); }
at::Tensor cumprod(const Arguments& x) { return at::cumprod(x[0], x.integer(0)); }

bool one_dim(std::span<const Shape>, const Attributes& attributes) {
  return attributes.is_none(0) || attributes.integers(0).size() == 1;
}

at::Tensor transpose(const Arguments& x) { return at::transpose(x[0], x.integer(0), x.integer(1)); }
at::Tensor permute(const Arguments& x) { return at::permute(x[0], x.integers(0)); }
at::Tensor reshape(const Arguments& x) { return at::reshape(x[0], x.integers(0)); }
at::Tensor expand(const Arguments& x) { return x[0].expand(x.integers(0)); }
at::Tensor flip(const Arguments& x) { return at::flip(x[0], dims_of(x, 0)); }
at::Tensor roll(const Arguments& x) {
  return at::roll(x[0], x.integers(0), x.is_none(1) ? at::IntArrayRef() : x.integers(1));
}
at::Tensor repeat(const Arguments& x) { return x[0].repeat(x.integers(0)); }
at::Tensor squeeze(const Arguments& x) {
  return x.is_none(0) ? at::squeeze(x[0]) : at::squeeze(x[0], dim_of(x));
}
at::Tensor unsqueeze(const Arguments& x) { return at::unsqueeze(x[0], x.integer(0)); }
at::Tensor pad(const Arguments& x) {
  if (x.word(1) != "constant") return at::pad(x[0], x.integers(0), x.word(1));
  return at::pad(x[0], x.integers(0), x.word(1), x.number(1));
}
/// Other modes pad the last of three dims, of which none is empty.
bool pads(std::span<const Shape> operands, const Attributes& attributes) {
  return attributes.word(1) == "constant" ||
         (attributes.integers(0).size() == 2 && operands[0].rank() == 3 && operands[0].numel() > 0);
}
at::TensorList list(const Arguments& x) { return {x.operands().data(), x.operands().size()}; }
at::Tensor concat(const Arguments& x) { return at::cat(list(x), x.integer(0)); }
at::Tensor stack(const Arguments& x) { return at::stack(list(x), x.integer(0)); }
at::Tensor select(const Arguments& x) { return at::select(x[0], x.integer(0), x.integer(1)); }
at::Tensor slice(const Arguments& x) {
  return at::slice(x[0], x.integer(0), x.integer(1), x.integer(2), x.integer(3));
}

at::Tensor einsum(const Arguments& x) { return at::einsum(x.word(0), list(x)); }
at::Tensor diag(const Arguments& x) { return at::diag(x[0], x.integer(0)); }
/// A diagonal beside the matrix is an error.
bool has_diagonal(std::span<const Shape> operands, const Attributes& attributes) {
  const Shape& shape = operands[0];
  const std::int64_t diagonal = attributes.integer(0);
  return shape.rank() == 1 || (-shape[0] <= diagonal && diagonal <= shape[1]);
}
at::Tensor tril(const Arguments& x) { return at::tril(x[0], x.integer(0)); }
at::Tensor triu(const Arguments& x) { return at::triu(x[0], x.integer(0)); }
at::Tensor solve(const Arguments& x) { return at::linalg_solve(x[0], x[1]); }
at::Tensor triangular_solve(const Arguments& x) {
  return std::get<0>(at::triangular_solve(x[0], x[1], x.flag(0), x.flag(1), x.flag(2)));
}

constexpr Call calls[] = {
    {"sum", sum},
    {"mean", mean},
    {"prod", prod, nothing, one_dim},
    {"max", max, nothing, one_dim},
    {"min", min, nothing, one_dim},
    {"median", median, nothing, one_dim},
    {"amax", amax},
    {"amin", amin},
    {"logsumexp", logsumexp},
    {"softmax", softmax},
    {"log_softmax", log_softmax},
    {"var", var},
    {"std", std},
    {"norm", norm, second},
    {"cumsum", cumsum},
    {"cumprod", cumprod},
    {"transpose", transpose},
    {"permute", permute},
    {"reshape", reshape},
    {"broadcast_to", expand},
    {"flip", flip},
    {"roll", roll},
    {"repeat", repeat},
    {"squeeze", squeeze, nothing, one_dim},
    {"unsqueeze", unsqueeze},
    {"pad", pad, second, pads},
    {"concat", concat},
    {"stack", stack},
    {"select", select},
    {"slice", slice},
    {"matmul", binary<at::matmul>},
    {"dot", binary<at::dot>},
    {"outer", binary<at::outer>},
    {"bmm", binary<at::bmm>},
    {"kron", binary<at::kron>},
    {"einsum", einsum},
    {"diag", diag, nothing, has_diagonal},
    {"trace", unary<at::trace>},
    {"tril", tril},
    {"triu", triu},
    {"det", unary<at::det>},
    {"logdet", unary<at::logdet>},
    {"inverse", unary<at::inverse>},
    {"solve", solve},
    {"triangular_solve", triangular_solve},
};

}  // namespace

std::span<const Call> tensor_calls() { return calls; }

}  // namespace verigrad::properties
