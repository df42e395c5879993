// Selection of entries by index tensors, and the transposes of both, in which the entries that were
// taken from one place add up. An index takes no gradient.
#include <fmt/format.h>

#include "engine/elementwise.hpp"
#include "engine/error.hpp"
#include "engine/ops/dim_tables.hpp"
#include "engine/ops/families.hpp"
#include "engine/ops/index_tensor.hpp"

namespace verigrad {
namespace {

Shape at_least_1d(const Shape& shape) { return shape.rank() == 0 ? Shape{1} : shape; }

/// The shapes of gather and of its transpose; `dim` counts from the end when negative.
struct GatherForm {
  GatherForm(const Shape& whole, const Shape& places, std::int64_t along)
      : input(at_least_1d(whole)),
        index(at_least_1d(places)),
        dim(checked_dim("gather", along, whole)) {
    if (index.numel() == 0) return;
    if (index.rank() != input.rank())
      throw ShapeError(fmt::format(
          "gather: Index tensor must have the same number of dimensions as input tensor, but they "
          "have shapes {} and {}",
          to_string(places), to_string(whole)));
    for (std::size_t d = 0; d < input.rank(); ++d)
      if (d != dim && index[d] > input[d])
        throw ShapeError(fmt::format(
            "gather: Size does not match at dimension {} expected index {} to be smaller than self "
            "{} apart from dimension {}",
            d, to_string(places), to_string(whole), dim));
  }

  /// Calls f(entry of the index, place in the input).
  template <class T, class F>
  void each(const Tensor<T>& at, F&& f) const {
    if (index.numel() == 0) return;
    const auto indices = checked_indices("gather", at, dim, input[dim], input);
    Steps steps = strides(input);
    const std::int64_t along = steps[dim];
    steps[dim] = 0;
    for_each_run(index, steps, [&](auto dense, auto strided, auto length, auto step) {
      for (std::int64_t k = 0; k < length; ++k)
        f(dense + k, strided + k * step + along * indices[static_cast<std::size_t>(dense + k)]);
    });
  }

  Shape input, index;
  std::size_t dim;
};

template <class T>
Tensor<T> gather_backward(const Tensor<T>& g, const Tensor<T>& index, const Shape& shape,
                          std::int64_t dim);
template <class T>
Tensor<T> index_select_backward(const Tensor<T>& g, const Tensor<T>& index, const Shape& shape,
                                std::int64_t dim);

struct Gather {
  static constexpr OperationInfo info{
      .signature = "gather(input, dim: int, index)",
      .grad_fn = "GatherBackward0",
      .value = "input[index[i, j, ..], j, ..] for dim = 0, and so on",
      .derivative = {"g added at the places of index", ""},
      .latex = R"(x_{k_{ij} j})",
      .special = {0, 1},
      .needs = {second},
      .indices = second,
  };
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    GatherForm(operands[0], operands[1], attributes.integer(0));
    return operands[1];
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    Tensor<T> out = Tensor<T>::uninitialised(shape);
    T* y = out.mutable_data();
    const T* x = operands[0].data();
    GatherForm(operands[0].shape(), shape, attributes.integer(0))
        .each(operands[1], [&](std::int64_t entry, std::int64_t place) { y[entry] = x[place]; });
    return out;
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    return gather_backward(g, saved.operand(1), saved.operand_shape(0),
                           saved.attributes().integer(0));
  }
};

struct GatherBackward {
  static constexpr OperationInfo info{
      .signature = "gather_backward(input, index, shape: sizes, dim: int)",
      .grad_fn = "ScatterAddBackward0",
      .value = "zeros of shape with the entries of input added at the places of index along dim",
      .derivative = {"gather(g, dim, index)", ""},
      .latex = R"(\sum_{ij} x_{ij} e_{k_{ij} j})",
      .special = {0, 1},
      .needs = {second},
      .internal = true,
      .indices = second,
  };
  static Shape whole(const Attributes& attributes) {
    return Shape(std::span<const std::int64_t>(attributes.integers(0)));
  }
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    const Shape result = whole(attributes);
    GatherForm(result, operands[1], attributes.integer(1));
    if (!(operands[0] == operands[1]))
      throw ShapeError(fmt::format("gather_backward: input has shape {} but index {}",
                                   to_string(operands[0]), to_string(operands[1])));
    return result;
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    ScatteredSums<T> sums(shape);
    const T* x = operands[0].data();
    GatherForm(shape, operands[1].shape(), attributes.integer(1))
        .each(operands[1],
              [&](std::int64_t entry, std::int64_t place) { sums.add(place, x[entry]); });
    return sums.tensor();
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    return gather(g, saved.attributes().integer(1), saved.operand(1));
  }
};

/// index_select's places as a table along one dim.
template <class T>
DimTables selection(const Shape& whole, std::int64_t along, const Tensor<T>& index) {
  const Shape input = at_least_1d(whole);
  const std::size_t dim = checked_dim("index_select", along, whole);
  DimTables tables(input);
  tables[dim] = checked_indices("index_select", index, dim, input[dim], input);
  return tables;
}

/// The shape of index_select's result: as many entries along dim as the index has; a scalar input
/// has one entry and stays a scalar.
Shape selected_shape(const Shape& input, std::int64_t along, const Shape& index) {
  const std::size_t dim = checked_dim("index_select", along, input);
  if (index.rank() > 1)
    throw IndexError(fmt::format(
        "index_select: Index is supposed to be a vector, but it has shape {}; the input has "
        "shape {}",
        to_string(index), to_string(input)));
  if (input.rank() > 0) return input.with(dim, index.numel());
  if (index.numel() != 1)
    throw IndexError(fmt::format(
        "index_select: Index to scalar can have only 1 value, got {} value(s); the index has shape "
        "{}, the input has shape {}",
        index.numel(), to_string(index), to_string(input)));
  return input;
}

struct IndexSelect {
  static constexpr OperationInfo info{
      .signature = "index_select(input, dim: int, index)",
      .grad_fn = "IndexSelectBackward0",
      .value = "input at the places of index along dim",
      .derivative = {"g added at the places of index along dim", ""},
      .latex = R"(x_{k_i})",
      .special = {0, 1},
      .needs = {second},
      .indices = second,
  };
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    return selected_shape(operands[0], attributes.integer(0), operands[1]);
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    const Tensor<T> y =
        selection(operands[0].shape(), attributes.integer(0), operands[1]).take(operands[0]);
    return reshaped(y, shape);
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    return index_select_backward(g, saved.operand(1), saved.operand_shape(0),
                                 saved.attributes().integer(0));
  }
};

struct IndexSelectBackward {
  static constexpr OperationInfo info{
      .signature = "index_select_backward(input, index, shape: sizes, dim: int)",
      .grad_fn = "IndexAddBackward0",
      .value = "zeros of shape with the entries of input added at the places of index along dim",
      .derivative = {"index_select(g, dim, index)", ""},
      .latex = R"(\sum_i x_i e_{k_i})",
      .special = {0, 1},
      .needs = {second},
      .internal = true,
      .indices = second,
  };
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    const Shape whole = GatherBackward::whole(attributes);
    const Shape part = selected_shape(whole, attributes.integer(1), operands[1]);
    if (!(operands[0] == part))
      throw ShapeError(fmt::format("index_select_backward: the input has shape {}, not {}",
                                   to_string(operands[0]), to_string(part)));
    return whole;
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    return reshaped(selection(shape, attributes.integer(1), operands[1]).give_back(operands[0]),
                    shape);
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    return index_select(g, saved.attributes().integer(1), saved.operand(1));
  }
};

template <class T>
Tensor<T> gather_backward(const Tensor<T>& g, const Tensor<T>& index, const Shape& shape,
                          std::int64_t dim) {
  return apply<T>(operation<GatherBackward>(), {g, index}, make_attributes({sizes_of(shape), dim}));
}
template <class T>
Tensor<T> index_select_backward(const Tensor<T>& g, const Tensor<T>& index, const Shape& shape,
                                std::int64_t dim) {
  return apply<T>(operation<IndexSelectBackward>(), {g, index},
                  make_attributes({sizes_of(shape), dim}));
}

}  // namespace

template <class T>
Tensor<T> gather(const Tensor<T>& input, std::int64_t dim, const AsTensor<T>& index) {
  return apply<T>(operation<Gather>(), {input, index}, make_attributes({dim}));
}
template <class T>
Tensor<T> index_select(const Tensor<T>& input, std::int64_t dim, const AsTensor<T>& index) {
  return apply<T>(operation<IndexSelect>(), {input, index}, make_attributes({dim}));
}

#define VERIGRAD_INSTANTIATE(T)                                                \
  template Tensor<T> gather(const Tensor<T>&, std::int64_t, const Tensor<T>&); \
  template Tensor<T> index_select(const Tensor<T>&, std::int64_t, const Tensor<T>&);
VERIGRAD_INSTANTIATE(float)
VERIGRAD_INSTANTIATE(double)
#undef VERIGRAD_INSTANTIATE

std::vector<const Operation*> gathering_operations() {
  return {VERIGRAD_ROW(Gather), VERIGRAD_ROW(GatherBackward), VERIGRAD_ROW(IndexSelect),
          VERIGRAD_ROW(IndexSelectBackward)};
}

}  // namespace verigrad
