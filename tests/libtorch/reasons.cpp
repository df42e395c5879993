#include "tests/libtorch/reasons.hpp"

#include <utility>

namespace verigrad::libtorch {
namespace {

constexpr std::string_view trigamma =
    "The derivative of digamma, polygamma(1, x), has nine digits, of which the program loses some.";

/// The first of these operations that a program has decides.
constexpr std::pair<std::string_view, std::string_view> reasons[] = {
    {"trace",
     "The rule writes the cotangent to every (columns + 1)-th entry in row-major order, which goes "
     "on below the diagonal when there are at least two rows more than columns."},
    {"kron",
     "The product of the operands has the strides of the transposed one and is then viewed under "
     "the result's shape; the value alone throws, too."},
    {"det",
     "Where the matrix is singular the gradient comes out as 0; it is the transposed adjugate."},
    {"polygamma", trigamma},
    {"digamma", trigamma},
    {"tanh", "The rule is 1 - t ** 2 by the rounded t, which is 1 for large arguments."},
    {"sigmoid", "The rule is s (1 - s) by the rounded s, which is 1 for large arguments."},
    {"expm1", "The rule is the value plus 1, and the value has rounded to -1."},
    {"gelu",
     "Of the form with tanh, 1 + tanh(u) and 1 - tanh(u) ** 2 cancel for large negative "
     "arguments."},
    {"sinc",
     "Near 0 the rule subtracts sin(pi x) from pi x cos(pi x), which agree in more than half of "
     "their digits."},
    {"softmax",
     "The rule is y (v - sum(v y)) by the rounded y: beside a y that is 1 the sum is v."},
    {"cross_entropy",
     "The derivative by a target is -log_softmax, whose value has rounded to 0 where the "
     "probability is close to 1."},
    {"logsumexp",
     "The rule is exp(x - y), and y has lost to rounding what log(n) adds to a large entry."},
    {"cosine_similarity",
     "The value divides by eps where a norm is smaller, and the rule differentiates the norm all "
     "the same: it is off by the factor 1 - (norm / eps) ** 2."},
    {"var", "The mean of two neighbouring numbers rounds to one of them."},
};

}  // namespace

std::string_view reason(const std::set<std::string>& operations) {
  for (const auto& [operation, why] : reasons)
    if (operations.contains(std::string(operation))) return why;
  return {};
}

}  // namespace verigrad::libtorch
