// cosine_similarity.
#include <fmt/format.h>

#include "engine/elementwise.hpp"
#include "engine/error.hpp"
#include "engine/ops/families.hpp"
#include "engine/ops/lanes.hpp"

namespace verigrad {
namespace {

/// The power of two below the greatest magnitude of a lane, 1 for a lane of zeros: entries divided
/// by it have squares that neither overflow nor vanish.
template <class T>
double scale_of(const T* x, std::int64_t n, std::int64_t step) {
  double greatest = 0;
  for (std::int64_t k = 0; k < n; ++k)
    greatest = std::max(greatest, std::abs(static_cast<double>(x[k * step])));
  if (greatest == 0 || !std::isfinite(greatest)) return 1;
  return std::ldexp(1.0, std::max(std::ilogb(greatest), -1022));
}

/// The Euclidean norm of a lane.
template <class T>
double norm_of(const T* x, std::int64_t n, std::int64_t step) {
  const double scale = scale_of(x, n, step);
  CompensatedSum squares;
  for (std::int64_t k = 0; k < n; ++k) {
    const double z = static_cast<double>(x[k * step]) / scale;
    squares.add(z * z);
  }
  return scale * std::sqrt(squares.value());
}

/// A tensor's directions along a dim, x / max(|x|, eps), as tensors recorded when grad mode is on.
template <class T>
struct Direction {
  Direction(const Tensor<T>& x, const Tensor<T>& eps, const DimSet& dims) {
    Integers along;
    for (std::size_t d = 0; d < x.shape().rank(); ++d)
      if (dims[d]) along.push_back(static_cast<std::int64_t>(d));
    const Tensor<T> length = verigrad::norm(x, T(2), along, true);
    free = length >= eps;
    norm = where(free, length, eps);
    unit = x / norm;
  }

  Tensor<T> free;  ///< 1 where the norm is at least eps and depends on x, else 0
  Tensor<T> norm, unit;
};

/// As in PyTorch 1.13 each norm is clamped by itself. Where it is, it does not depend on its
/// operand, whose derivative is then x2 / (eps |x2|); PyTorch's differentiates the norm there.
struct CosineSimilarity {
  static constexpr OperationInfo info{
      .signature = "cosine_similarity(x1, x2, dim: int = 1, eps = 1e-8)",
      .grad_fn = "SumBackward1",
      .value = "sum(x1 / maximum(norm(x1), eps) * x2 / maximum(norm(x2), eps), dim)",
      .derivative = {"(u2 - (u1 . u2) u1) / norm(x1) with u = x / norm(x); u2 / eps where norm(x1) "
                     "< eps",
                     "(u1 - (u1 . u2) u2) / norm(x2) with u = x / norm(x); u1 / eps where norm(x2) "
                     "< eps",
                     ""},
      .latex = R"(\frac{x_1 \cdot x_2}{\lVert x_1 \rVert \lVert x_2 \rVert})",
      .domain = {reals, reals, Interval{.lower = 0}},
      .typical = {Interval{-3, 3}, Interval{-3, 3}, Interval{1e-8, 1e-6}},
      .kinks = "norm(x1) = eps and norm(x2) = eps",
      .special = {0, 1, -1},
      .needs = {first | second | third, first | second | third},
  };
  static Shape common(std::span<const Shape> operands) {
    return broadcast(operands[0], operands[1], "cosine_similarity");
  }
  static DimSet dims(const Attributes& attributes, const Shape& shape) {
    const std::size_t d = checked_dim("cosine_similarity", attributes.integer(0), shape);
    return shape.rank() == 0 ? DimSet() : DimSet().set(d);
  }
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    if (operands[2].rank() != 0)
      throw ShapeError(
          fmt::format("cosine_similarity: eps must be a number, but it has shape {}; the operands "
                      "have shapes {} and {}",
                      to_string(operands[2]), to_string(operands[0]), to_string(operands[1])));
    const Shape full = common(operands);
    return reduced(full, dims(attributes, full), false);
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    Tensor<T> out = Tensor<T>::uninitialised(shape);
    T* y = out.mutable_data();
    each_pair<T>(operands, attributes,
                 [&](std::int64_t lane, const Pair<T>& pair, double left, double right) {
                   CompensatedSum sum;
                   for (std::int64_t k = 0; k < pair.size; ++k)
                     sum.add(static_cast<double>(pair.x1[k * pair.step]) / left *
                             (static_cast<double>(pair.x2[k * pair.step]) / right));
                   y[lane] = static_cast<T>(sum.value());
                 });
    return out;
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t operand) {
    const Shape full = common(std::array{saved.operand_shape(0), saved.operand_shape(1)});
    const DimSet set = dims(saved.attributes(), full);
    const Shape kept = reduced(full, set, true);
    const Tensor<T> eps = saved.operand(2);
    const Direction<T> mine(expanded(saved.operand(operand), full), eps, set);
    const Direction<T> other(expanded(saved.operand(1 - operand), full), eps, set);
    const Tensor<T> cosine = sum_to(mine.unit * other.unit, kept);
    const Tensor<T> along = where(mine.free, cosine * mine.unit, Tensor<T>(T(0)));
    return sum_to(reshaped(g, kept) * ((other.unit - along) / mine.norm),
                  saved.operand_shape(operand));
  }
  template <class T>
  static void branch(Operands<T> operands, const Attributes& attributes, Branches& branches) {
    const auto eps = static_cast<double>(operands[2].item());
    each_pair<T>(operands, attributes, [&](std::int64_t, const Pair<T>& pair, double, double) {
      for (const T* x : {pair.x1, pair.x2}) {
        const double norm = norm_of(x, pair.size, pair.step);
        branches.add(norm > eps ? 1 : norm < eps ? -1 : 0);
      }
    });
  }

 private:
  template <class T>
  struct Pair {
    const T *x1, *x2;
    std::int64_t size, step;
  };

  /// Calls f(lane, both lanes, their norms clamped).
  template <class T, class F>
  static void each_pair(Operands<T> operands, const Attributes& attributes, F&& f) {
    const NoGrad raw;
    const Shape full = common(std::array{operands[0].shape(), operands[1].shape()});
    const DimSet set = dims(attributes, full);
    const Lanes<T> left(expanded(operands[0], full), set), right(expanded(operands[1], full), set);
    const auto eps = static_cast<double>(operands[2].item());
    left.each([&](std::int64_t lane, std::int64_t start) {
      const Pair<T> pair{left.data + start, right.data + start, left.size, left.inner};
      f(lane, pair, std::max(norm_of(pair.x1, pair.size, pair.step), eps),
        std::max(norm_of(pair.x2, pair.size, pair.step), eps));
    });
  }
};

}  // namespace

template <class T>
Tensor<T> cosine_similarity(const Tensor<T>& x1, const AsTensor<T>& x2, std::int64_t dim,
                            const AsTensor<T>& eps) {
  return apply<T>(operation<CosineSimilarity>(), {x1, x2, eps}, make_attributes({dim}));
}

template Tensor<float> cosine_similarity(const Tensor<float>&, const Tensor<float>&, std::int64_t,
                                         const Tensor<float>&);
template Tensor<double> cosine_similarity(const Tensor<double>&, const Tensor<double>&,
                                          std::int64_t, const Tensor<double>&);

std::vector<const Operation*> similarity_operations() { return {VERIGRAD_ROW(CosineSimilarity)}; }

}  // namespace verigrad
