// Outer, batched and Kronecker products.
#include <fmt/format.h>

#include "engine/elementwise.hpp"
#include "engine/error.hpp"
#include "engine/ops/dims.hpp"
#include "engine/ops/families.hpp"

namespace verigrad {
namespace {

struct Outer {
  static constexpr OperationInfo info{
      .signature = "outer(input, vec2)",
      .grad_fn = "MulBackward0",
      .value = "y_ij = input_i * vec2_j, both 1-D",
      .derivative = {"g @ vec2", "input @ g"},
      .latex = "x y^\\top",
      .special = {0, 1, -1},
      .needs = {second, first},
  };
  static Shape shape(std::span<const Shape> operands, const Attributes&) {
    const Shape &left = operands[0], &right = operands[1];
    if (left.rank() != 1 || right.rank() != 1)
      throw ShapeError(fmt::format(
          "outer: Expected 1-D arguments input and vec2, but got {}-D and {}-D of shapes {} and {}",
          left.rank(), right.rank(), to_string(left), to_string(right)));
    return Shape{left[0], right[0]};
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes&, const Shape& shape) {
    Tensor<T> out = Tensor<T>::uninitialised(shape);
    T* y = out.mutable_data();
    for (std::int64_t i = 0; i < shape[0]; ++i)
      for (std::int64_t j = 0; j < shape[1]; ++j)
        *y++ = operands[0].data()[i] * operands[1].data()[j];
    return out;
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t operand) {
    return operand == 0 ? matmul(g, saved.operand(1)) : matmul(saved.operand(0), g);
  }
};

struct Bmm {
  static constexpr OperationInfo info{
      .signature = "bmm(input, mat2)",
      .grad_fn = "BmmBackward0",
      .value = "input[i] @ mat2[i] for every i, both 3-D",
      .derivative = {"g[i] @ mat2[i].T", "input[i].T @ g[i]"},
      .latex = "X_i Y_i",
      .special = {0, 1, -1},
      .needs = {second, first},
  };
  static Shape shape(std::span<const Shape> operands, const Attributes&) {
    const Shape &left = operands[0], &right = operands[1];
    for (std::size_t i = 0; i < 2; ++i)
      if (operands[i].rank() != 3)
        throw ShapeError(
            fmt::format("bmm: batch{} must be a 3D tensor, but the operands have shapes {} and {}",
                        i + 1, to_string(left), to_string(right)));
    if (left[0] != right[0] || left[2] != right[1])
      throw ShapeError(fmt::format(
          "bmm: Expected size for first two dimensions of batch2 tensor to be: [{}, {}] but got: "
          "[{}, {}]; the operands have shapes {} and {}",
          left[0], left[2], right[0], right[1], to_string(left), to_string(right)));
    return Shape{left[0], left[1], right[2]};
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes&, const Shape&) {
    NoGrad guard;
    return matmul(operands[0], operands[1]);
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t operand) {
    const Tensor<T> other = transpose(saved.operand(1 - operand), 1, 2);
    return operand == 0 ? bmm(g, other) : bmm(other, g);
  }
};

/// kron's result with each of its dims split in two: input's size, then other's. A tensor of lower
/// rank gets leading dims of size 1.
struct Interleaved {
  Interleaved(const Shape& left, const Shape& right) : rank(std::max(left.rank(), right.rank())) {
    if (2 * rank > Shape::max_rank)
      throw ShapeError(
          fmt::format("kron: tensors of more than {} dims are not supported, got shapes {} and {}",
                      Shape::max_rank / 2, to_string(left), to_string(right)));
    std::array<Integers, 2> alone;
    Integers together;
    for (std::size_t d = 0; d < rank; ++d)
      for (std::size_t i : {0U, 1U}) {
        const Shape& own = i == 0 ? left : right;
        const std::size_t missing = rank - own.rank();
        const std::int64_t size = d < missing ? 1 : own[d - missing];
        together.push_back(size);
        alone[i].push_back(size);
        alone[1 - i].push_back(1);
      }
    split = Shape(std::span<const std::int64_t>(together));
    for (std::size_t i : {0U, 1U}) own_split[i] = Shape(std::span<const std::int64_t>(alone[i]));
  }
  /// The result's shape.
  Shape merged() const {
    Integers sizes;
    for (std::size_t d = 0; d < rank; ++d) {
      std::int64_t size = 0;
      if (__builtin_mul_overflow(split[2 * d], split[2 * d + 1], &size))
        throw ShapeError("kron: the result has too many entries");
      sizes.push_back(size);
    }
    return Shape(std::span<const std::int64_t>(sizes));
  }

  std::size_t rank;
  Shape split;
  std::array<Shape, 2> own_split;
};

struct Kron {
  static constexpr OperationInfo info{
      .signature = "kron(input, other)",
      .grad_fn = "UnsafeViewBackward0",
      .value = "blocks input_ij * other; leading dims of size 1 are added to the lower rank",
      .derivative = {"sum of g's block ij times other", "sum over the blocks of input_ij g_ij"},
      .latex = "X \\otimes Y",
      .special = {0, 1, -1},
      .needs = {second, first},
  };
  static Shape shape(std::span<const Shape> operands, const Attributes&) {
    return Interleaved(operands[0], operands[1]).merged();
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes&, const Shape& shape) {
    NoGrad guard;
    const Interleaved parts(operands[0].shape(), operands[1].shape());
    return reshaped(
        reshaped(operands[0], parts.own_split[0]) * reshaped(operands[1], parts.own_split[1]),
        shape);
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t operand) {
    const Interleaved parts(saved.operand_shape(0), saved.operand_shape(1));
    const Tensor<T> other = reshaped(saved.operand(1 - operand), parts.own_split[1 - operand]);
    return reshaped(sum_to(reshaped(g, parts.split) * other, parts.own_split[operand]),
                    saved.operand_shape(operand));
  }
};

}  // namespace

VERIGRAD_DEFINE_BINARY(outer, Outer)
VERIGRAD_DEFINE_BINARY(bmm, Bmm)
VERIGRAD_DEFINE_BINARY(kron, Kron)

std::vector<const Operation*> product_operations() {
  return {VERIGRAD_ROW(Outer), VERIGRAD_ROW(Bmm), VERIGRAD_ROW(Kron)};
}

}  // namespace verigrad
