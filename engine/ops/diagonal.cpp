// Diagonals and triangles of matrices.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "engine/elementwise.hpp"
#include "engine/error.hpp"
#include "engine/ops/dims.hpp"
#include "engine/ops/families.hpp"
#include "engine/ops/lanes.hpp"

namespace verigrad {
namespace {

/// Where a diagonal of a matrix lies: above the main one for positive offsets.
struct Diagonal {
  Diagonal(std::int64_t rows, std::int64_t columns, std::int64_t offset) {
    // Bounding the offset changes nothing, and no sum below overflows.
    offset = std::clamp(offset, -rows, columns);
    length = std::max<std::int64_t>(0, std::min(rows + std::min<std::int64_t>(0, offset),
                                                columns - std::max<std::int64_t>(0, offset)));
    start = length == 0 ? 0 : offset >= 0 ? offset : -offset * columns;
    step = columns + 1;
  }
  std::int64_t start, step, length;
};

template <class T>
Tensor<T> zeros_of(const Shape& shape) {
  Tensor<T> out = Tensor<T>::uninitialised(shape);
  std::fill_n(out.mutable_data(), shape.numel(), T(0));
  return out;
}

/// Zeros of a matrix's shape with x on a diagonal.
template <class T>
Tensor<T> placed(const Tensor<T>& x, const Shape& shape, const Diagonal& diagonal) {
  Tensor<T> out = zeros_of<T>(shape);
  for (std::int64_t i = 0; i < diagonal.length; ++i)
    out.mutable_data()[diagonal.start + i * diagonal.step] = x.data()[i];
  return out;
}

template <class T>
Tensor<T> diagonal_backward(const Tensor<T>& g, const Shape& shape, std::int64_t diagonal);

struct Diag {
  static constexpr OperationInfo info{
      .signature = "diag(input, diagonal: int = 0)",
      .grad_fn = "DiagBackward0",
      .value = "the diagonal of a matrix, or the square matrix with a 1-D input as diagonal",
      .derivative = {"1 on the diagonal"},
      .latex = "\\operatorname{diag}(x)",
      .special = {0, 1},
  };
  static Diagonal of(const Shape& matrix, const Attributes& attributes) {
    return Diagonal(matrix[0], matrix[1], attributes.integer(0));
  }
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    const Shape& input = operands[0];
    if (input.rank() == 2) return Shape{of(input, attributes).length};
    if (input.rank() != 1)
      throw ShapeError(
          fmt::format("diag: matrix or a vector expected, but the input is {}D with shape {}",
                      input.rank(), to_string(input)));
    const std::int64_t offset = attributes.integer(0);
    std::int64_t size = 0;
    if (offset == std::numeric_limits<std::int64_t>::min() ||
        __builtin_add_overflow(input[0], std::abs(offset), &size))
      throw ShapeError(fmt::format("diag: diagonal {} is out of range for an input of shape {}",
                                   offset, to_string(input)));
    return Shape{size, size};
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    const Tensor<T>& x = operands[0];
    if (shape.rank() == 2) return placed(x, shape, of(shape, attributes));
    const Diagonal diagonal = of(x.shape(), attributes);
    Tensor<T> out = Tensor<T>::uninitialised(shape);
    for (std::int64_t i = 0; i < diagonal.length; ++i)
      out.mutable_data()[i] = x.data()[diagonal.start + i * diagonal.step];
    return out;
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    const Shape& input = saved.operand_shape(0);
    const std::int64_t offset = saved.attributes().integer(0);
    return input.rank() == 1 ? diag(g, offset) : diagonal_backward(g, input, offset);
  }
};

struct DiagonalBackward {
  static constexpr OperationInfo info{
      .signature = "diagonal_backward(input, shape: sizes, diagonal: int)",
      .grad_fn = "DiagonalBackwardBackward0",
      .value = "zeros of shape with input on a diagonal",
      .derivative = {"1"},
      .latex = "\\operatorname{diag}(x)",
      .special = {0, 1},
      .internal = true,
  };
  static Shape whole(const Attributes& attributes) {
    return Shape(std::span<const std::int64_t>(attributes.integers(0)));
  }
  static Diagonal of(const Attributes& attributes) {
    const Shape matrix = whole(attributes);
    return Diagonal(matrix[0], matrix[1], attributes.integer(1));
  }
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    const Shape matrix = whole(attributes);
    if (matrix.rank() != 2 || !(operands[0] == Shape{of(attributes).length}))
      throw ShapeError(
          fmt::format("diagonal_backward: an input of shape {} is not diagonal {} of shape {}",
                      to_string(operands[0]), attributes.integer(1), to_string(matrix)));
    return matrix;
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    return placed(operands[0], shape, of(attributes));
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    return diag(g, saved.attributes().integer(1));
  }
};

struct Trace {
  static constexpr OperationInfo info{
      .signature = "trace(input)",
      .grad_fn = "TraceBackward0",
      .value = "sum(diag(input)) of a matrix",
      .derivative = {"1 on the diagonal, 0 elsewhere"},
      .latex = "\\operatorname{tr} X",
      .special = {0, 1},
  };
  static Shape shape(std::span<const Shape> operands, const Attributes&) {
    if (operands[0].rank() != 2)
      throw ShapeError(fmt::format("trace: expected a matrix, but got a {}D tensor of shape {}",
                                   operands[0].rank(), to_string(operands[0])));
    return Shape();
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes&, const Shape& shape) {
    const Shape& matrix = operands[0].shape();
    const Diagonal diagonal(matrix[0], matrix[1], 0);
    std::vector<double> entries;
    for (std::int64_t i = 0; i < diagonal.length; ++i)
      entries.push_back(static_cast<double>(operands[0].data()[i * diagonal.step]));
    Tensor<T> out = Tensor<T>::uninitialised(shape);
    *out.mutable_data() = static_cast<T>(pairwise_sum(entries.data(), diagonal.length));
    return out;
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    const Shape& matrix = saved.operand_shape(0);
    const std::int64_t length = Diagonal(matrix[0], matrix[1], 0).length;
    return diagonal_backward(expanded(g, Shape{length}), matrix, 0);
  }
};

/// tril and triu of the last two dims: `keeps(row, column, diagonal)` says which entries stay.
template <class Op>
struct Triangle {
  static Shape shape(std::span<const Shape> operands, const Attributes&) {
    if (operands[0].rank() < 2)
      throw ShapeError(
          fmt::format("{}: input tensor must have at least 2 dimensions, but its shape is {}",
                      Op::name, to_string(operands[0])));
    return operands[0];
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    const std::int64_t rows = shape[shape.rank() - 2], columns = shape[shape.rank() - 1];
    const std::int64_t offset = std::clamp(attributes.integer(0), -rows - 1, columns + 1);
    Tensor<T> out = zeros_of<T>(shape);
    for (std::int64_t i = 0; i < shape.numel(); ++i)
      if (Op::keeps(i / columns % rows, i % columns, offset))
        out.mutable_data()[i] = operands[0].data()[i];
    return out;
  }
};

struct Tril : Triangle<Tril> {
  static constexpr const char* name = "tril";
  static constexpr OperationInfo info{
      .signature = "tril(input, diagonal: int = 0)",
      .grad_fn = "TrilBackward0",
      .value = "input on and below a diagonal of its last two dims, 0 above",
      .derivative = {"1 on and below the diagonal, 0 above"},
      .latex = "\\operatorname{tril} X",
      .special = {0, 1},
  };
  static bool keeps(std::int64_t row, std::int64_t column, std::int64_t offset) {
    return column - row <= offset;
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    return tril(g, saved.attributes().integer(0));
  }
};

struct Triu : Triangle<Triu> {
  static constexpr const char* name = "triu";
  static constexpr OperationInfo info{
      .signature = "triu(input, diagonal: int = 0)",
      .grad_fn = "TriuBackward0",
      .value = "input on and above a diagonal of its last two dims, 0 below",
      .derivative = {"1 on and above the diagonal, 0 below"},
      .latex = "\\operatorname{triu} X",
      .special = {0, 1},
  };
  static bool keeps(std::int64_t row, std::int64_t column, std::int64_t offset) {
    return column - row >= offset;
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    return triu(g, saved.attributes().integer(0));
  }
};

template <class T>
Tensor<T> diagonal_backward(const Tensor<T>& g, const Shape& shape, std::int64_t diagonal) {
  return apply<T>(operation<DiagonalBackward>(), {g}, make_attributes({sizes_of(shape), diagonal}));
}

}  // namespace

template <class T>
Tensor<T> diag(const Tensor<T>& input, std::int64_t diagonal) {
  return apply<T>(operation<Diag>(), {input}, make_attributes({diagonal}));
}
template <class T>
Tensor<T> tril(const Tensor<T>& input, std::int64_t diagonal) {
  return apply<T>(operation<Tril>(), {input}, make_attributes({diagonal}));
}
template <class T>
Tensor<T> triu(const Tensor<T>& input, std::int64_t diagonal) {
  return apply<T>(operation<Triu>(), {input}, make_attributes({diagonal}));
}
VERIGRAD_DEFINE_UNARY(trace, Trace)

#define VERIGRAD_INSTANTIATE(T)                            \
  template Tensor<T> diag(const Tensor<T>&, std::int64_t); \
  template Tensor<T> tril(const Tensor<T>&, std::int64_t); \
  template Tensor<T> triu(const Tensor<T>&, std::int64_t);
VERIGRAD_INSTANTIATE(float)
VERIGRAD_INSTANTIATE(double)
#undef VERIGRAD_INSTANTIATE

std::vector<const Operation*> diagonal_operations() {
  return {VERIGRAD_ROW(Diag), VERIGRAD_ROW(Trace), VERIGRAD_ROW(Tril), VERIGRAD_ROW(Triu),
          VERIGRAD_ROW(DiagonalBackward)};
}

}  // namespace verigrad
