// Selection of entries by index and by range, and the transposes of both.
#include <fmt/format.h>

#include "engine/elementwise.hpp"
#include "engine/error.hpp"
#include "engine/ops/dims.hpp"
#include "engine/ops/families.hpp"
#include "engine/ops/strided.hpp"

namespace verigrad {
namespace {

/// Where the chosen entries of a tensor lie.
struct Selection {
  Shape shape;  ///< of the result
  Steps steps{};
  std::int64_t first_entry = 0;
};

template <class T>
Tensor<T> gathered(const Tensor<T>& x, const Selection& selection) {
  Tensor<T> out = Tensor<T>::uninitialised(selection.shape);
  gather(out.mutable_data(), x.data() + selection.first_entry, selection.shape, selection.steps);
  return out;
}

/// Zeros of `whole` with the entries of x at their places.
template <class T>
Tensor<T> scattered(const Tensor<T>& x, const Shape& whole, const Selection& selection) {
  Tensor<T> out = Tensor<T>::uninitialised(whole);
  std::fill_n(out.mutable_data(), whole.numel(), T(0));
  scatter(out.mutable_data() + selection.first_entry, x.data(), selection.shape, selection.steps);
  return out;
}

/// One index along one dim, which disappears.
Selection selected(const Shape& input, std::int64_t dim, std::int64_t index) {
  if (input.rank() == 0) throw IndexError("select: select() cannot be applied to a 0-dim tensor.");
  const std::size_t d = checked_dim("select", dim, input);
  if (index < -input[d] || index >= input[d])
    throw IndexError(fmt::format(
        "select: index {} is out of bounds for dimension {} with size {}; the input has "
        "shape {}",
        index, d, input[d], to_string(input)));
  const Steps own = strides(input);
  Selection selection{input.removed(d), {}, (index < 0 ? index + input[d] : index) * own[d]};
  for (std::size_t e = 0; e < selection.shape.rank(); ++e)
    selection.steps[e] = own[e < d ? e : e + 1];
  return selection;
}

/// start, start + step, … below stop along one dim, with Python's clipping of the bounds.
Selection sliced(const Shape& input, std::int64_t dim, std::int64_t start, std::int64_t stop,
                 std::int64_t step) {
  if (input.rank() == 0) throw IndexError("slice: slice() cannot be applied to a 0-dim tensor.");
  const std::size_t d = checked_dim("slice", dim, input);
  if (step <= 0)
    throw Error(fmt::format("slice: slice step must be positive, got {} for a tensor of shape {}",
                            step, to_string(input)));
  auto clipped = [size = input[d]](std::int64_t bound) {
    return std::clamp<std::int64_t>(bound < 0 ? bound + size : bound, 0, size);
  };
  const std::int64_t from = clipped(start), to = clipped(stop);
  const std::int64_t length = to > from ? (to - from - 1) / step + 1 : 0;
  Selection selection{input.with(d, length), strides(input), 0};
  selection.first_entry = length > 0 ? from * selection.steps[d] : 0;
  if (length > 1) selection.steps[d] *= step;
  return selection;
}

template <class T>
Tensor<T> select_backward(const Tensor<T>& g, const Shape& shape, const Attributes& selection);
template <class T>
Tensor<T> slice_backward(const Tensor<T>& g, const Shape& shape, const Attributes& selection);

struct Select {
  static constexpr OperationInfo info{
      .signature = "select(input, dim: int, index: int)",
      .grad_fn = "SelectBackward0",
      .value = "input at one index along dim",
      .derivative = {"1 at the index, 0 elsewhere"},
      .latex = "x_i",
      .special = {0, 1},
  };
  static Selection selection(const Shape& input, const Attributes& attributes) {
    return selected(input, attributes.integer(0), attributes.integer(1));
  }
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    return selection(operands[0], attributes).shape;
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape&) {
    return gathered(operands[0], selection(operands[0].shape(), attributes));
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    return select_backward(g, saved.operand_shape(0), saved.attributes());
  }
};

struct SelectBackward {
  static constexpr OperationInfo info{
      .signature = "select_backward(input, shape: sizes, dim: int, index: int)",
      .grad_fn = "SelectBackwardBackward0",
      .value = "zeros of shape with input at one index along dim",
      .derivative = {"1"},
      .latex = "x e_i",
      .special = {0, 1},
      .internal = true,
  };
  static Shape whole(const Attributes& attributes) {
    return Shape(std::span<const std::int64_t>(attributes.integers(0)));
  }
  static Selection selection(const Attributes& attributes) {
    return selected(whole(attributes), attributes.integer(1), attributes.integer(2));
  }
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    const Shape part = selection(attributes).shape;
    if (!(operands[0] == part))
      throw ShapeError(fmt::format("select_backward: the input has shape {}, not {}",
                                   to_string(operands[0]), to_string(part)));
    return whole(attributes);
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    return scattered(operands[0], shape, selection(attributes));
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    return select(g, saved.attributes().integer(1), saved.attributes().integer(2));
  }
};

struct Slice {
  static constexpr OperationInfo info{
      .signature = "slice(input, dim: int, start: int, stop: int, step: int = 1)",
      .grad_fn = "SliceBackward0",
      .value = "input[start:stop:step] along dim",
      .derivative = {"1 at the chosen entries, 0 elsewhere"},
      .latex = "x_{a:b}",
      .special = {0, 1},
  };
  static Selection selection(const Shape& input, const Attributes& attributes) {
    return sliced(input, attributes.integer(0), attributes.integer(1), attributes.integer(2),
                  attributes.integer(3));
  }
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    return selection(operands[0], attributes).shape;
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape&) {
    return gathered(operands[0], selection(operands[0].shape(), attributes));
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    return slice_backward(g, saved.operand_shape(0), saved.attributes());
  }
};

struct SliceBackward {
  static constexpr OperationInfo info{
      .signature =
          "slice_backward(input, shape: sizes, dim: int, start: int, stop: int, "
          "step: int = 1)",
      .grad_fn = "SliceBackwardBackward0",
      .value = "zeros of shape with input at [start:stop:step] along dim",
      .derivative = {"1"},
      .latex = "\\sum_i x_i e_i",
      .special = {0, 1},
      .internal = true,
  };
  static Selection selection(const Attributes& attributes) {
    return sliced(SelectBackward::whole(attributes), attributes.integer(1), attributes.integer(2),
                  attributes.integer(3), attributes.integer(4));
  }
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    const Shape part = selection(attributes).shape;
    if (!(operands[0] == part))
      throw ShapeError(fmt::format("slice_backward: the input has shape {}, not {}",
                                   to_string(operands[0]), to_string(part)));
    return SelectBackward::whole(attributes);
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    return scattered(operands[0], shape, selection(attributes));
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    const Attributes& own = saved.attributes();
    return slice(g, own.integer(1), own.integer(2), own.integer(3), own.integer(4));
  }
};

/// The attributes of a transpose: the whole shape, then those of the selection.
AttributesRef with_shape(const Shape& shape, const Attributes& selection) {
  std::vector<AttributeValue> values = selection.values();
  values.insert(values.begin(), sizes_of(shape));
  return make_attributes(std::move(values));
}

template <class T>
Tensor<T> select_backward(const Tensor<T>& g, const Shape& shape, const Attributes& selection) {
  return apply<T>(operation<SelectBackward>(), {g}, with_shape(shape, selection));
}

template <class T>
Tensor<T> slice_backward(const Tensor<T>& g, const Shape& shape, const Attributes& selection) {
  return apply<T>(operation<SliceBackward>(), {g}, with_shape(shape, selection));
}

}  // namespace

template <class T>
Tensor<T> select(const Tensor<T>& input, std::int64_t dim, std::int64_t index) {
  return apply<T>(operation<Select>(), {input}, make_attributes({dim, index}));
}
template <class T>
Tensor<T> slice(const Tensor<T>& input, std::int64_t dim, std::int64_t start, std::int64_t stop,
                std::int64_t step) {
  return apply<T>(operation<Slice>(), {input}, make_attributes({dim, start, stop, step}));
}

#define VERIGRAD_INSTANTIATE(T)                                                        \
  template Tensor<T> select(const Tensor<T>&, std::int64_t, std::int64_t);             \
  template Tensor<T> slice(const Tensor<T>&, std::int64_t, std::int64_t, std::int64_t, \
                           std::int64_t);
VERIGRAD_INSTANTIATE(float)
VERIGRAD_INSTANTIATE(double)
#undef VERIGRAD_INSTANTIATE

std::vector<const Operation*> indexing_operations() {
  return {VERIGRAD_ROW(Select), VERIGRAD_ROW(SelectBackward), VERIGRAD_ROW(Slice),
          VERIGRAD_ROW(SliceBackward)};
}

}  // namespace verigrad
