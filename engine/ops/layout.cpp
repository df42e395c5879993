// Changes of shape and order, and joining: every result entry is a copy of one operand entry.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/elementwise.hpp"
#include "engine/error.hpp"
#include "engine/lazy.hpp"
#include "engine/ops/families.hpp"
#include "engine/ops/joining.hpp"
#include "engine/ops/same_entries.hpp"
#include "engine/ops/strided.hpp"

namespace verigrad {
namespace {

using detail::Concat, detail::Stack;

struct Permute {
  static constexpr OperationInfo info{
      .signature = "permute(input, dims: dims)",
      .grad_fn = "PermuteBackward0",
      .value = "input with dim i of the result being its dim dims[i]",
      .derivative = {"1"},
      .latex = "x_{\\pi(i)}",
      .special = {0, 1},
  };
  using Order = std::array<std::size_t, Shape::max_rank>;

  static Order order(const Attributes& attributes, const Shape& input) {
    if (attributes.is_none(0) || attributes.integers(0).size() != input.rank())
      throw Error(
          fmt::format("permute: number of dimensions in the tensor input does not match the length "
                      "of the desired "
                      "ordering of dimensions i.e. input.dim() = {} is not equal to len(dims) = "
                      "{}; the input has "
                      "shape {} and dims is {}",
                      input.rank(), attributes.is_none(0) ? 0 : attributes.integers(0).size(),
                      to_string(input), to_string(attributes.values()[0])));
    Order result{};
    DimSet seen;
    for (std::size_t d = 0; d < input.rank(); ++d) {
      result[d] = checked_dim("permute", attributes.integers(0)[d], input);
      if (seen[result[d]])
        throw Error(
            fmt::format("permute: duplicate dims are not allowed, but dims is {} for a tensor "
                        "of shape {}",
                        to_string(attributes.values()[0]), to_string(input)));
      seen.set(result[d]);
    }
    return result;
  }
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    const Order from = order(attributes, operands[0]);
    Shape result = operands[0];
    for (std::size_t d = 0; d < result.rank(); ++d) result = result.with(d, operands[0][from[d]]);
    return result;
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape&) {
    return permuted(operands[0], order(attributes, operands[0].shape()));
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    const Order from = order(saved.attributes(), saved.operand_shape(0));
    Integers inverse(g.shape().rank());
    for (std::size_t d = 0; d < inverse.size(); ++d)
      inverse[from[d]] = static_cast<std::int64_t>(d);
    return permute(g, inverse);
  }
};

struct Transpose {
  static constexpr OperationInfo info{
      .signature = "transpose(input, dim0: int, dim1: int)",
      .grad_fn = "TransposeBackward0",
      .value = "input with dims dim0 and dim1 swapped",
      .derivative = {"1"},
      .latex = "x^\\top",
      .special = {0, 1},
  };
  static std::array<std::size_t, 2> swapped(const Attributes& attributes, const Shape& input) {
    return {checked_dim("transpose", attributes.integer(0), input),
            checked_dim("transpose", attributes.integer(1), input)};
  }
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    const Shape& input = operands[0];
    const auto [a, b] = swapped(attributes, input);
    return input.rank() == 0 ? input : input.with(a, input[b]).with(b, input[a]);
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape&) {
    const auto [a, b] = swapped(attributes, operands[0].shape());
    Permute::Order order{};
    for (std::size_t d = 0; d < order.size(); ++d) order[d] = d;
    std::swap(order[a], order[b]);
    return permuted(operands[0], order);
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    return transpose(g, saved.attributes().integer(0), saved.attributes().integer(1));
  }
};

struct Reshape : SameEntries {
  static constexpr OperationInfo info{
      .signature = "reshape(input, shape: sizes)",
      .grad_fn = "ReshapeAliasBackward0",
      .value = "the entries of input in row-major order under another shape",
      .derivative = {"1"},
      .latex = "\\operatorname{reshape}(x)",
      .special = {0, 1},
  };
  [[noreturn]] static void refuse(const Integers& sizes, const Shape& input) {
    throw ShapeError(
        fmt::format("reshape: shape '[{}]' is invalid for input of size {}; the input has shape {}",
                    fmt::join(sizes, ", "), input.numel(), to_string(input)));
  }
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    const Shape& input = operands[0];
    Integers sizes = attributes.integers(0);
    std::int64_t* inferred = nullptr;
    std::int64_t known = 1;
    for (std::int64_t& size : sizes) {
      if (size < -1)
        throw ShapeError(
            fmt::format("reshape: invalid shape dimension {} in [{}]; the input has "
                        "shape {}",
                        size, fmt::join(sizes, ", "), to_string(input)));
      if (size == -1 && inferred)
        throw ShapeError(
            fmt::format("reshape: only one dimension can be inferred, but shape is [{}]; "
                        "the input has shape {}",
                        fmt::join(sizes, ", "), to_string(input)));
      if (size == -1) {
        inferred = &size;
      } else if (__builtin_mul_overflow(known, size, &known)) {
        refuse(sizes, input);
      }
    }
    if (inferred && known == 0)
      throw ShapeError(fmt::format(
          "reshape: cannot reshape tensor of shape {} into shape [{}] because the unspecified "
          "dimension size -1 can be any value and is ambiguous",
          to_string(input), fmt::join(sizes, ", ")));
    if (inferred ? input.numel() % known != 0 : known != input.numel()) refuse(sizes, input);
    if (inferred) *inferred = input.numel() / known;
    return Shape(std::span<const std::int64_t>(sizes));
  }
};

struct BroadcastTo {
  static constexpr OperationInfo info{
      .signature = "broadcast_to(input, shape: sizes)",
      .grad_fn = "ExpandBackward0",
      .value = "input repeated to shape",
      .derivative = {"1"},
      .latex = "x",
      .special = {0, 1},
  };
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    const Shape& input = operands[0];
    Integers sizes = attributes.integers(0);
    const std::string target = fmt::format("[{}]", fmt::join(sizes, ", "));
    if (sizes.size() < input.rank())
      throw ShapeError(
          fmt::format("broadcast_to: the number of sizes provided ({}) must be greater or equal to "
                      "the number of "
                      "dimensions in the tensor ({}).  Target sizes: {}.  Tensor sizes: {}",
                      sizes.size(), input.rank(), target, to_string(input)));
    const std::size_t offset = sizes.size() - input.rank();
    for (std::size_t d = 0; d < sizes.size(); ++d) {
      if (d < offset && sizes[d] == -1)
        throw ShapeError(fmt::format(
            "broadcast_to: The expanded size of the tensor (-1) isn't allowed in a leading, "
            "non-existing dimension {}.  Target sizes: {}.  Tensor sizes: {}",
            d, target, to_string(input)));
      if (d < offset) continue;
      if (sizes[d] == -1) sizes[d] = input[d - offset];
      if (sizes[d] != input[d - offset] && input[d - offset] != 1)
        throw ShapeError(
            fmt::format("broadcast_to: The expanded size of the tensor ({}) must match the "
                        "existing size ({}) at "
                        "non-singleton dimension {}.  Target sizes: {}.  Tensor sizes: {}",
                        sizes[d], input[d - offset], d, target, to_string(input)));
    }
    return Shape(std::span<const std::int64_t>(sizes));
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes&, const Shape& shape) {
    return repeated(operands[0], shape);
  }
  template <class T>
  static Tensor<T> repeated(const Tensor<T>& input, const Shape& shape) {
    if (input.numel() == 1 && defers(shape.numel())) {
      const Storage<T>* entry = input.impl()->storage.get();
      return deferred<T>(ShapeRef(shape),
                         [](const T* const* x, T* y, std::int64_t n) { std::copy_n(x[0], n, y); },
                         {&entry, 1});
    }
    const Steps own = strides(input.shape(), true);
    const std::size_t offset = shape.rank() - input.shape().rank();
    Steps steps{};
    for (std::size_t d = offset; d < shape.rank(); ++d) steps[d] = own[d - offset];
    Tensor<T> out = Tensor<T>::uninitialised(shape);
    gather(out.mutable_data(), input.data(), shape, steps);
    return out;
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    return sum_to(g, saved.operand_shape(0));
  }
};

}  // namespace

template <class T>
Tensor<T> transpose(const Tensor<T>& input, std::int64_t dim0, std::int64_t dim1) {
  return apply<T>(operation<Transpose>(), {input}, make_attributes({dim0, dim1}));
}
template <class T>
Tensor<T> permute(const Tensor<T>& input, const Integers& dims) {
  return apply<T>(operation<Permute>(), {input}, make_attributes({dims}));
}
template <class T>
Tensor<T> reshape(const Tensor<T>& input, const Integers& shape) {
  return apply<T>(operation<Reshape>(), {input}, make_attributes({shape}));
}
template <class T>
Tensor<T> broadcast_to(const Tensor<T>& input, const Shape& shape) {
  if (!(grad_enabled() && input.requires_grad()) && recording<T>() == nullptr &&
      broadcasts_to(input.shape(), shape))
    return BroadcastTo::repeated(input, shape);
  return apply<T>(operation<BroadcastTo>(), {input}, make_attributes({sizes_of(shape)}));
}
template <class T>
Tensor<T> concat(std::span<const Tensor<T>> tensors, std::int64_t dim) {
  return apply<T>(operation<Concat>(), tensors, make_attributes({dim}));
}
template <class T>
Tensor<T> stack(std::span<const Tensor<T>> tensors, std::int64_t dim) {
  return apply<T>(operation<Stack>(), tensors, make_attributes({dim}));
}

#define VERIGRAD_INSTANTIATE(T)                                               \
  template Tensor<T> transpose(const Tensor<T>&, std::int64_t, std::int64_t); \
  template Tensor<T> permute(const Tensor<T>&, const Integers&);              \
  template Tensor<T> reshape(const Tensor<T>&, const Integers&);              \
  template Tensor<T> broadcast_to(const Tensor<T>&, const Shape&);            \
  template Tensor<T> concat(std::span<const Tensor<T>>, std::int64_t);        \
  template Tensor<T> stack(std::span<const Tensor<T>>, std::int64_t);
VERIGRAD_INSTANTIATE(float)
VERIGRAD_INSTANTIATE(double)
#undef VERIGRAD_INSTANTIATE

std::vector<const Operation*> layout_operations() {
  return {VERIGRAD_ROW(Transpose),   VERIGRAD_ROW(Permute), VERIGRAD_ROW(Reshape),
          VERIGRAD_ROW(BroadcastTo), VERIGRAD_ROW(Concat),  VERIGRAD_ROW(Stack)};
}

}  // namespace verigrad
