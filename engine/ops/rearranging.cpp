// Reversal, rotation and repetition along dims, and dims of size 1 removed or inserted: every
// result entry is a copy of one input entry, as in layout.cpp.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/elementwise.hpp"
#include "engine/error.hpp"
#include "engine/ops/dim_tables.hpp"
#include "engine/ops/families.hpp"
#include "engine/ops/same_entries.hpp"

namespace verigrad {
namespace {

/// An empty list of dims reverses nothing, as in PyTorch.
struct Flip {
  static constexpr OperationInfo info{
      .signature = "flip(input, dims: dims)",
      .grad_fn = "FlipBackward0",
      .value = "input with the order of its entries reversed along dims",
      .derivative = {"1"},
      .latex = R"(x_{n-1-i})",
      .special = {0, 1},
  };
  static DimSet dims(const Attributes& attributes, const Shape& input) {
    if (attributes.integers(0).empty()) return {};
    return dim_set("flip", attributes, 0, input);
  }
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    dims(attributes, operands[0]);
    return operands[0];
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    DimTables tables(shape);
    const DimSet set = dims(attributes, shape);
    for (std::size_t d = 0; d < shape.rank(); ++d)
      if (set[d]) std::reverse(tables[d].begin(), tables[d].end());
    return tables.take(operands[0]);
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    return flip(g, saved.attributes().integers(0));
  }
};

/// Entry i moves to (i + shift) mod n along each dim; without dims, in row-major order over all. A
/// dim may appear more than once.
struct Roll {
  static constexpr OperationInfo info{
      .signature = "roll(input, shifts: sizes, dims: dims = None)",
      .grad_fn = "RollBackward0",
      .value = "input[(i - shifts) mod n along dims, or over all entries in row-major order]",
      .derivative = {"1"},
      .latex = R"(x_{(i - s) \bmod n})",
      .special = {0, 1},
  };
  static bool flattened(const Attributes& attributes) {
    return attributes.is_none(1) || attributes.integers(1).empty();
  }
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    const std::size_t shifts = attributes.integers(0).size();
    if (shifts == 0)
      throw Error(
          fmt::format("roll: `shifts` required for a tensor of shape {}", to_string(operands[0])));
    if (flattened(attributes) ? shifts != 1 : shifts != attributes.integers(1).size())
      throw Error(fmt::format(
          "roll: shifts and dimensions must align. shifts: {}, dims: {}, for a tensor of shape {}",
          shifts, flattened(attributes) ? 0 : attributes.integers(1).size(),
          to_string(operands[0])));
    if (!flattened(attributes))
      for (std::int64_t dim : attributes.integers(1)) along(dim, operands[0]);
    return operands[0];
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    const Integers& shifts = attributes.integers(0);
    const bool flat = flattened(attributes);
    DimTables tables(flat ? Shape{shape.numel()} : shape);
    for (std::size_t i = 0; i < shifts.size(); ++i)
      turn(tables[flat ? 0 : along(attributes.integers(1)[i], shape)], shifts[i]);
    return reshaped(tables.take(operands[0]), shape);
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    const Attributes& own = saved.attributes();
    Integers back = own.integers(0);
    const Shape& input = saved.shape();
    for (std::size_t i = 0; i < back.size(); ++i) {
      const std::int64_t n =
          flattened(own) ? input.numel() : input[along(own.integers(1)[i], input)];
      back[i] = n == 0 ? 0 : -(back[i] % n);
    }
    return roll(g, back, flattened(own) ? Integers() : own.integers(1));
  }

 private:
  static std::size_t along(std::int64_t dim, const Shape& shape) {
    if (shape.rank() == 0)
      throw IndexError(fmt::format(
          "roll: Dimension specified as {} but tensor has no dimensions: its shape is []", dim));
    return checked_dim("roll", dim, shape);
  }
  static void turn(std::vector<std::int64_t>& places, std::int64_t shift) {
    const auto n = static_cast<std::int64_t>(places.size());
    if (n == 0) return;
    const std::int64_t right = (shift % n + n) % n;
    std::rotate(places.begin(), places.end() - right, places.end());
  }
};

struct Repeat {
  static constexpr OperationInfo info{
      .signature = "repeat(input, repeats: sizes)",
      .grad_fn = "RepeatBackward0",
      .value = "copies of input side by side, repeats[d] along dim d; new dims come first",
      .derivative = {"1"},
      .latex = R"(x_{i \bmod n})",
      .special = {0, 1},
  };
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    const Shape& input = operands[0];
    Integers sizes = attributes.integers(0);
    if (sizes.size() < input.rank())
      throw ShapeError(fmt::format(
          "repeat: Number of dimensions of repeat dims can not be smaller than number of "
          "dimensions of tensor: repeats is [{}], the tensor has shape {}",
          fmt::join(sizes, ", "), to_string(input)));
    if (sizes.size() > Shape::max_rank)
      throw ShapeError(fmt::format(
          "repeat: a tensor has at most {} dims: repeats is [{}], the tensor has shape {}",
          Shape::max_rank, fmt::join(sizes, ", "), to_string(input)));
    const Shape padded = aligned(input, sizes.size());
    for (std::size_t d = 0; d < sizes.size(); ++d)
      if (sizes[d] < 0 || __builtin_mul_overflow(sizes[d], padded[d], &sizes[d]))
        throw ShapeError(fmt::format(
            "repeat: Trying to create tensor with negative or too large dimension {}: repeats is "
            "[{}], the tensor has shape {}",
            d, fmt::join(attributes.integers(0), ", "), to_string(input)));
    return Shape(std::span<const std::int64_t>(sizes));
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes&, const Shape& shape) {
    const Shape input = aligned(operands[0].shape(), shape.rank());
    DimTables tables(input);
    for (std::size_t d = 0; d < shape.rank(); ++d) {
      tables[d].resize(static_cast<std::size_t>(shape[d]));
      for (std::size_t i = 0; i < tables[d].size(); ++i)
        tables[d][i] = static_cast<std::int64_t>(i) % input[d];
    }
    return tables.take(operands[0]);
  }
  /// Dim by dim, the copies are brought into a dim of their own and summed. A step has three dims
  /// at most, however many the input has.
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    const Integers& copies = saved.attributes().integers(0);
    const Shape input = aligned(saved.operand_shape(0), copies.size());
    std::int64_t outer = 1, inner = saved.shape().numel();
    if (inner == 0) return broadcast_to(sum(g), saved.operand_shape(0));
    Tensor<T> rest = g;
    for (std::size_t d = 0; d < copies.size(); ++d) {
      inner /= copies[d];
      if (copies[d] != 1) rest = sum(reshaped(rest, Shape{outer, copies[d], inner}), {1});
      outer *= input[d];
      inner /= input[d];
    }
    return reshaped(rest, saved.operand_shape(0));
  }

 private:
  /// The shape with leading dims of size 1 up to `rank`.
  static Shape aligned(const Shape& shape, std::size_t rank) {
    Shape result = shape;
    while (result.rank() < rank) result = result.inserted(0, 1);
    return result;
  }
};

struct Squeeze : SameEntries {
  static constexpr OperationInfo info{
      .signature = "squeeze(input, dim: dims = None)",
      .grad_fn = "SqueezeBackward0",
      .value = "input without its dims of size 1, or without dim when its size is 1",
      .derivative = {"1"},
      .latex = "x",
      .special = {0, 1},
  };
  static std::string_view grad_fn(const Call& call) {
    return call.attributes.is_none(0) ? "SqueezeBackward0" : "SqueezeBackward1";
  }
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    const Shape& input = operands[0];
    Shape result = input;
    if (attributes.is_none(0)) {
      for (std::size_t d = input.rank(); d-- > 0;)
        if (input[d] == 1) result = result.removed(d);
      return result;
    }
    if (attributes.integers(0).size() != 1)
      throw Error(fmt::format("squeeze: dim must be one int, not {}; the input has shape {}",
                              to_string(attributes.values()[0]), to_string(input)));
    const std::size_t d = checked_dim("squeeze", attributes.integers(0)[0], input);
    return input.rank() > 0 && input[d] == 1 ? input.removed(d) : input;
  }
};

struct Unsqueeze : SameEntries {
  static constexpr OperationInfo info{
      .signature = "unsqueeze(input, dim: int)",
      .grad_fn = "UnsqueezeBackward0",
      .value = "input with a dim of size 1 inserted before dim",
      .derivative = {"1"},
      .latex = "x",
      .special = {0, 1},
  };
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    const Shape& input = operands[0];
    if (input.rank() == Shape::max_rank)
      throw ShapeError(
          fmt::format("unsqueeze: a tensor has at most {} dims; the input has shape {}",
                      Shape::max_rank, to_string(input)));
    const auto ends = static_cast<std::int64_t>(input.rank()) + 1;
    const std::int64_t dim = attributes.integer(0);
    if (dim < -ends || dim >= ends)
      throw IndexError(
          fmt::format("unsqueeze: Dimension out of range (expected to be in range of "
                      "[{}, {}], but got {}) for a tensor of shape {}",
                      -ends, ends - 1, dim, to_string(input)));
    return input.inserted(static_cast<std::size_t>(dim < 0 ? dim + ends : dim), 1);
  }
};

}  // namespace

template <class T>
Tensor<T> flip(const Tensor<T>& input, const Integers& dims) {
  return apply<T>(operation<Flip>(), {input}, make_attributes({dims}));
}
template <class T>
Tensor<T> roll(const Tensor<T>& input, const Integers& shifts, const Integers& dims) {
  return apply<T>(operation<Roll>(), {input}, make_attributes({shifts, dims}));
}
template <class T>
Tensor<T> repeat(const Tensor<T>& input, const Integers& repeats) {
  return apply<T>(operation<Repeat>(), {input}, make_attributes({repeats}));
}
template <class T>
Tensor<T> squeeze(const Tensor<T>& input) {
  return apply<T>(operation<Squeeze>(), {input}, make_attributes({std::monostate()}));
}
template <class T>
Tensor<T> squeeze(const Tensor<T>& input, std::int64_t dim) {
  return apply<T>(operation<Squeeze>(), {input}, make_attributes({Integers{dim}}));
}
template <class T>
Tensor<T> unsqueeze(const Tensor<T>& input, std::int64_t dim) {
  return apply<T>(operation<Unsqueeze>(), {input}, make_attributes({dim}));
}
template <class T>
Tensor<T> expand(const Tensor<T>& input, const Integers& sizes) {
  return apply<T>(*find_operation("broadcast_to"), {input}, make_attributes({sizes}));
}

#define VERIGRAD_INSTANTIATE(T)                                                \
  template Tensor<T> flip(const Tensor<T>&, const Integers&);                  \
  template Tensor<T> roll(const Tensor<T>&, const Integers&, const Integers&); \
  template Tensor<T> repeat(const Tensor<T>&, const Integers&);                \
  template Tensor<T> squeeze(const Tensor<T>&);                                \
  template Tensor<T> squeeze(const Tensor<T>&, std::int64_t);                  \
  template Tensor<T> unsqueeze(const Tensor<T>&, std::int64_t);                \
  template Tensor<T> expand(const Tensor<T>&, const Integers&);
VERIGRAD_INSTANTIATE(float)
VERIGRAD_INSTANTIATE(double)
#undef VERIGRAD_INSTANTIATE

std::vector<const Operation*> rearranging_operations() {
  return {VERIGRAD_ROW(Flip), VERIGRAD_ROW(Roll), VERIGRAD_ROW(Repeat), VERIGRAD_ROW(Squeeze),
          VERIGRAD_ROW(Unsqueeze)};
}

}  // namespace verigrad
