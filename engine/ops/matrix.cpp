// Products of matrices and vectors.
#include <fmt/format.h>

#include "engine/elementwise.hpp"
#include "engine/error.hpp"
#include "engine/ops/families.hpp"
#include "engine/ops/gemm.hpp"
#include "engine/ops/lanes.hpp"

namespace verigrad {
namespace {

/// The inner product, its terms summed pairwise; that of floats is computed in double.
template <class T>
double inner_product(const T* a, const T* b, std::int64_t n) {
  constexpr std::int64_t block = 512;
  if (n > block) {
    const std::int64_t half = n / 2;
    return inner_product(a, b, half) + inner_product(a + half, b + half, n - half);
  }
  double product[block];
  for (std::int64_t i = 0; i < n; ++i)
    product[i] = static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return pairwise_sum(product, n);
}

template <class T>
Tensor<T> inner_product_of(const Tensor<T>& a, const Tensor<T>& b) {
  Tensor<T> out = Tensor<T>::uninitialised(Shape());
  *out.mutable_data() = static_cast<T>(inner_product(a.data(), b.data(), a.numel()));
  return out;
}

Shape leading(const Shape& shape) {
  return shape.removed(shape.rank() - 1).removed(shape.rank() - 2);
}

/// matmul's operands as stacks of matrices: a 1-D operand is a row on the left, a column on the
/// right.
struct Layout {
  Layout(const Shape& left, const Shape& right)
      : a(left.rank() == 1 ? left.inserted(0, 1) : left),
        b(right.rank() == 1 ? right.inserted(1, 1) : right),
        rows(a[a.rank() - 2]),
        inner(a[a.rank() - 1]),
        columns(b[b.rank() - 1]) {}

  Shape a, b;
  std::int64_t rows, inner, columns;
};

[[noreturn]] void refuse_inner_sizes(const Shape& left, const Shape& right, const Layout& layout) {
  if (left.rank() == 1 && right.rank() == 1)
    throw ShapeError(
        fmt::format("matmul: inconsistent tensor size, expected tensor {} and src {} to have the "
                    "same number of "
                    "elements, but got {} and {} elements respectively",
                    to_string(left), to_string(right), left[0], right[0]));
  if (left.rank() == 2 && right.rank() == 1)
    throw ShapeError(fmt::format("matmul: size mismatch, got input ({}), mat ({}), vec ({})",
                                 left[0], times_string(left), right[0]));
  if (right.rank() > 2) {
    const Shape expected = right.with(right.rank() - 2, layout.inner);
    throw ShapeError(
        fmt::format("matmul: Expected size for first two dimensions of batch2 tensor to be: {} but "
                    "got: {}; the "
                    "operands have shapes {} and {}",
                    to_string(expected.removed(right.rank() - 1)),
                    to_string(right.removed(right.rank() - 1)), to_string(left), to_string(right)));
  }
  const std::int64_t folded = leading(layout.a).numel() * layout.rows;
  throw ShapeError(
      fmt::format("matmul: mat1 and mat2 shapes cannot be multiplied ({}x{} and {}); the operands "
                  "have shapes {} "
                  "and {}",
                  folded, layout.inner, times_string(layout.b), to_string(left), to_string(right)));
}

/// The row-major place, among matrices stacked as `own`, of number `index` of those stacked as
/// `all`.
std::int64_t place(std::int64_t index, const Shape& all, const Shape& own) {
  const auto steps = strides(own, true);
  std::int64_t at = 0;
  for (std::size_t d = all.rank(); d-- > 0; index /= all[d]) {
    const std::size_t offset = all.rank() - own.rank();
    if (d >= offset) at += index % all[d] * steps[d - offset];
  }
  return at;
}

/// a of shape [rows, inner] times b of shape [inner, columns], either of them given transposed.
template <class T>
Tensor<T> product(const Tensor<T>& a, bool transpose_a, const Tensor<T>& b, bool transpose_b) {
  const std::int64_t rows = a.shape()[transpose_a ? 1 : 0], inner = a.shape()[transpose_a ? 0 : 1];
  const std::int64_t columns = b.shape()[transpose_b ? 0 : 1];
  Tensor<T> out = Tensor<T>::uninitialised(Shape{rows, columns});
  detail::multiply<T>({a.data(), transpose_a}, {b.data(), transpose_b}, rows, inner, columns,
                      out.mutable_data());
  return out;
}

struct MatMul {
  static constexpr OperationInfo info{
      .signature = "matmul(input, other)",
      .grad_fn = "MmBackward0",
      .value = "input @ other",
      .derivative = {"g @ other.T", "input.T @ g"},
      .latex = "X Y",
      .special = {0, 1, -1},
      .needs = {second, first},
  };
  static std::string_view grad_fn(const Call& call) {
    const std::size_t left = call.shapes[0].rank(), right = call.shapes[1].rank();
    if (left > 2 || right > 2) return "UnsafeViewBackward0";
    if (left == 2) return right == 2 ? "MmBackward0" : "MvBackward0";
    return right == 2 ? "SqueezeBackward3" : "DotBackward0";
  }

  static Shape shape(std::span<const Shape> operands, const Attributes&) {
    const Shape &left = operands[0], &right = operands[1];
    if (left.rank() == 0 || right.rank() == 0)
      throw ShapeError(fmt::format(
          "matmul: both arguments to matmul need to be at least 1D, but they are {}D and {}D with "
          "shapes {} and {}",
          left.rank(), right.rank(), to_string(left), to_string(right)));
    if (are_matrices(left, right) && left[1] == right[0]) return Shape{left[0], right[1]};
    const Layout layout(left, right);
    if (layout.inner != layout.b[layout.b.rank() - 2]) refuse_inner_sizes(left, right, layout);
    Shape result = batch(layout, left, right);
    if (left.rank() > 1) result = result.inserted(result.rank(), layout.rows);
    if (right.rank() > 1) result = result.inserted(result.rank(), layout.columns);
    return result;
  }

  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes&, const Shape& shape) {
    const Tensor<T>&a = operands[0], &b = operands[1];
    if (shape.rank() == 0) return inner_product_of(a, b);
    if (are_matrices(a.shape(), b.shape())) return product(a, false, b, false);
    const Layout layout(a.shape(), b.shape());
    Tensor<T> out = Tensor<T>::uninitialised(shape);
    const Shape left = leading(layout.a), right = leading(layout.b);
    const bool fold = layout.b.rank() == 2;
    const Shape all = fold ? Shape() : broadcast(left, right, "matmul");
    const std::int64_t rows = fold ? left.numel() * layout.rows : layout.rows;
    for (std::int64_t i = 0; i < all.numel(); ++i) {
      const std::int64_t at = fold ? 0 : place(i, all, left) * rows * layout.inner;
      const T* w = b.data() + place(i, all, right) * layout.inner * layout.columns;
      detail::multiply<T>({a.data() + at}, {w}, rows, layout.inner, layout.columns,
                          out.mutable_data() + i * rows * layout.columns);
    }
    return out;
  }

  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t operand) {
    const Shape &left = saved.operand_shape(0), &right = saved.operand_shape(1);
    const Tensor<T> other = saved.operand(1 - operand);
    if (left.rank() == 1 && right.rank() == 1) return g * other;
    if (are_matrices(left, right))
      return operand == 0 ? times_transposed(g, other) : transposed_times(other, g);
    const Layout layout(left, right);
    const bool fold = layout.b.rank() == 2;
    const std::int64_t rows = fold ? leading(layout.a).numel() * layout.rows : layout.rows;
    if (fold) {
      const Tensor<T> v = reshaped(g, Shape{rows, layout.columns});
      const Tensor<T> by = reshaped(other, operand == 0 ? layout.b : Shape{rows, layout.inner});
      return reshaped(operand == 0 ? times_transposed(v, by) : transposed_times(by, v),
                      operand == 0 ? left : right);
    }
    const Shape stacked = broadcast(leading(layout.a), leading(layout.b), "matmul");
    const Shape whole = stacked.inserted(stacked.rank(), layout.rows);
    const Tensor<T> v = reshaped(g, whole.inserted(whole.rank(), layout.columns));
    const Tensor<T> by = transpose(reshaped(other, operand == 0 ? layout.b : layout.a), -2, -1);
    const Tensor<T> share = operand == 0 ? matmul(v, by) : matmul(by, v);
    return reshaped(sum_to(share, operand == 0 ? layout.a : layout.b), operand == 0 ? left : right);
  }

 private:
  /// The common case, which needs no layout.
  static bool are_matrices(const Shape& left, const Shape& right) {
    return left.rank() == 2 && right.rank() == 2;
  }
  static Shape batch(const Layout& layout, const Shape& left, const Shape& right) {
    try {
      return broadcast(leading(layout.a), leading(layout.b), "matmul");
    } catch (const ShapeError& error) {
      throw ShapeError(fmt::format("{}; these are the batch dims of shapes {} and {}", error.what(),
                                   to_string(left), to_string(right)));
    }
  }
  template <class T>
  static Tensor<T> times_transposed(const Tensor<T>& a, const Tensor<T>& b) {
    return grad_enabled() ? matmul(a, transpose(b, 0, 1)) : product(a, false, b, true);
  }
  template <class T>
  static Tensor<T> transposed_times(const Tensor<T>& a, const Tensor<T>& b) {
    return grad_enabled() ? matmul(transpose(a, 0, 1), b) : product(a, true, b, false);
  }
};

struct Dot {
  static constexpr OperationInfo info{
      .signature = "dot(input, other)",
      .grad_fn = "DotBackward0",
      .value = "sum(input * other), both 1-D",
      .derivative = {"other", "input"},
      .latex = "x \\cdot y",
      .special = {0, 1, -1},
      .needs = {second, first},
  };
  static Shape shape(std::span<const Shape> operands, const Attributes&) {
    const Shape &left = operands[0], &right = operands[1];
    if (left.rank() != 1 || right.rank() != 1)
      throw ShapeError(
          fmt::format("dot: 1D tensors expected, but got {}D and {}D tensors of shapes {} and {}",
                      left.rank(), right.rank(), to_string(left), to_string(right)));
    if (left[0] != right[0])
      throw ShapeError(fmt::format(
          "dot: inconsistent tensor size, expected tensor {} and src {} to have the same number of "
          "elements, but got {} and {} elements respectively",
          to_string(left), to_string(right), left[0], right[0]));
    return Shape();
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes&, const Shape&) {
    return inner_product_of(operands[0], operands[1]);
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t operand) {
    return g * saved.operand(1 - operand);
  }
};

}  // namespace

VERIGRAD_DEFINE_BINARY(matmul, MatMul)
VERIGRAD_DEFINE_BINARY(dot, Dot)

std::vector<const Operation*> matrix_operations() {
  return {VERIGRAD_ROW(MatMul), VERIGRAD_ROW(Dot)};
}

}  // namespace verigrad
