// Vector norms.
#include <fmt/format.h>

#include <limits>

#include "engine/elementwise.hpp"
#include "engine/error.hpp"
#include "engine/ops/families.hpp"
#include "engine/ops/lanes.hpp"
#include "engine/ops/reduction.hpp"
#include "engine/ops/selection_mask.hpp"
#include "engine/recording.hpp"

namespace verigrad {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// The greatest magnitude; NaN if there is one.
template <class T>
double greatest_magnitude(const T* x, std::int64_t n, std::int64_t step) {
  double greatest = 0;
  for (std::int64_t k = 0; k < n; ++k)
    greatest = maximum(greatest, std::abs(static_cast<double>(x[k * step])));
  return greatest;
}

/// (sum |x|^p)^(1/p) of entries relative to the greatest magnitude, so that no power overflows, nor
/// underflows unless it cannot matter. The divisor of p = 2 is a power of two, which costs no
/// rounding.
template <class T>
double norm_of(const T* x, std::int64_t n, std::int64_t step, double p,
               std::vector<double>& terms) {
  const double greatest = greatest_magnitude(x, n, step);
  if (p == infinity || greatest == 0 || !std::isfinite(greatest)) return greatest;
  const double scale = p == 1   ? 1
                       : p == 2 ? std::ldexp(1.0, std::clamp(std::ilogb(greatest), -1021, 1022))
                                : greatest;
  for (std::int64_t k = 0; k < n; ++k) {
    const double entry = std::abs(static_cast<double>(x[k * step])) / scale;
    terms[static_cast<std::size_t>(k)] = p == 1 ? entry : p == 2 ? entry * entry : pow(entry, p);
  }
  const double sum = pairwise_sum(terms.data(), n);
  return scale * (p == 1 ? sum : p == 2 ? std::sqrt(sum) : pow(sum, 1 / p));
}

/// The p-norm of the entries over `dim`, or of all of them as one vector, for p > 0. Where the
/// derivative does not exist it is taken as 0 (all entries 0; with p <= 1 any entry 0), and ties of
/// p = inf share it evenly, as in PyTorch. No square is formed in it, so that it neither overflows
/// nor underflows where the norm does not. p is not differentiated.
struct Norm : detail::Reduction<Norm> {
  static constexpr const char* name = "norm";
  static constexpr OperationInfo info{
      .signature = "norm(input, p = 2, dim: dims = None, keepdim: flag = False)",
      .grad_fn = "LinalgVectorNormBackward0",
      .value = "sum(abs(input) ** p) ** (1 / p) over dim, or over all entries",
      .derivative = {"sign(input) (abs(input) / y) ** (p - 1); 0 at y = 0"},
      .latex = R"(\left(\sum_i |x_i|^p\right)^{1/p})",
      .domain = {reals, positive},
      .typical = {Interval{-3, 3}, Interval{1.5, 3.5}},
      .kinks = "where all entries are 0; for p <= 1 where one is; for p = inf at ties",
      .special = {0, 1, 2},
      .needs = {first | second | result},
  };
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    if (operands[1].numel() != 1)
      throw ShapeError(
          fmt::format("norm: p must be a number, but has shape {}; the input has "
                      "shape {}",
                      to_string(operands[1]), to_string(operands[0])));
    return Reduction::shape(operands, attributes);
  }

  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    const double p = order(operands[1]);
    const Lanes<T> lanes(operands[0], dims(attributes, operands[0].shape()));
    if (p == infinity && lanes.size == 0 && shape.numel() > 0)
      throw Error(fmt::format(
          "norm: cannot compute the infinity norm of no entries, because the operation does not "
          "have an identity; the input has shape {}",
          to_string(operands[0].shape())));
    Tensor<T> out = Tensor<T>::uninitialised(shape);
    T* y = out.mutable_data();
    std::vector<double> terms(static_cast<std::size_t>(lanes.size));
    lanes.each([&](std::int64_t lane, std::int64_t start) {
      y[lane] = static_cast<T>(norm_of(lanes.data + start, lanes.size, lanes.inner, p, terms));
    });
    return out;
  }

  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& given, std::size_t) {
    const Tensor<T> x = saved.operand(0), p = saved.operand(1).detach(), zero(T(0)), one(T(1));
    const DimSet set = dims(saved.attributes(), x.shape());
    const Shape kept = reduced(x.shape(), set, true);
    const Tensor<T> g = reshaped(given, kept), y = reshaped(saved.result(), kept);
    const auto manhattan = [&] { return sign(x) * g; };
    const auto greatest = [&] {
      const Tensor<T> tied = detail::selection_mask(abs(x), "max", set, true);
      return where(tied, sign(x) * (g / sum_to(tied, kept)), zero);
    };
    const Tensor<T> divisor = where(y == zero, one, y);
    const auto euclidean = [&] { return (x / divisor) * g; };
    const auto general = [&] {
      const Tensor<T> at_zero = x == zero;
      const Tensor<T> ratio = where(at_zero, one, abs(x) / divisor);
      return where(at_zero, zero, sign(x) * pow(ratio, p - one) * g);
    };
    if (recording<T>() != nullptr && !recording<T>()->may_read(p)) {
      const Tensor<T> two(T(2)), endless(static_cast<T>(infinity));
      const Tensor<T> other = where(p == two, euclidean(), general());
      return where(p == one, manhattan(), where(p == endless, greatest(), other));
    }
    const double chosen = order(p);
    return chosen == 1          ? manhattan()
           : chosen == infinity ? greatest()
           : chosen == 2        ? euclidean()
                                : general();
  }

  template <class T>
  static void branch(Operands<T> operands, const Attributes& attributes, Branches& branches) {
    const double p = order(operands[1]);
    const Lanes<T> lanes(operands[0], dims(attributes, operands[0].shape()));
    lanes.each([&](std::int64_t, std::int64_t start) {
      const T* x = lanes.data + start;
      const double greatest = greatest_magnitude(x, lanes.size, lanes.inner);
      branches.add(greatest > 0 ? 1 : 0);
      for (std::int64_t k = 0; k < lanes.size; ++k) {
        const auto entry = static_cast<double>(x[k * lanes.inner]);
        if (p <= 1 || (p == infinity && std::abs(entry) == greatest))
          branches.add(3 * k + (entry > 0 ? 2 : entry < 0 ? 1 : 0));
      }
    });
  }

 private:
  template <class T>
  static double order(const Tensor<T>& p) {
    const auto value = static_cast<double>(p.item());
    if (!(value > 0)) throw Error(fmt::format("norm: p must be greater than 0, got {}", value));
    return value;
  }
};

}  // namespace

template <class T>
Tensor<T> norm(const Tensor<T>& input, const AsTensor<T>& p, const Integers& dims, bool keepdim) {
  AttributeValue over = std::monostate();
  if (!dims.empty()) over = dims;
  return apply<T>(operation<Norm>(), {input, p}, make_attributes({std::move(over), keepdim}));
}
template Tensor<float> norm(const Tensor<float>&, const Tensor<float>&, const Integers&, bool);
template Tensor<double> norm(const Tensor<double>&, const Tensor<double>&, const Integers&, bool);

std::vector<const Operation*> norm_operations() { return {VERIGRAD_ROW(Norm)}; }

}  // namespace verigrad
