// Padding of the last dims: with a value, with the mirrored or repeated edge, or around the corner.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/elementwise.hpp"
#include "engine/error.hpp"
#include "engine/ops/dim_tables.hpp"
#include "engine/ops/families.hpp"

namespace verigrad {
namespace {

/// How many entries are added before and after each dim; negative numbers take entries away.
struct Margins {
  /// `pads` counts from the last dim: [before last, after last, before second last, …].
  Margins(const Integers& pads, std::string_view how, const Shape& whole)
      : input(whole), mode(how) {
    if (pads.size() % 2 != 0) refuse("Padding length must be divisible by 2", pads);
    if (pads.size() > 2 * input.rank()) refuse("Padding length too large", pads);
    for (std::size_t i = 0; i < pads.size() / 2; ++i) {
      const std::size_t d = input.rank() - 1 - i;
      before[d] = pads[2 * i];
      after[d] = pads[2 * i + 1];
      check(d, pads);
    }
  }

  /// The place along dim d that entry i of the result repeats.
  std::int64_t place(std::size_t d, std::int64_t i) const {
    const std::int64_t n = input[d], k = i - before[d];
    if (k >= 0 && k < n) return k;
    if (mode == "reflect") return k < 0 ? -k : 2 * (n - 1) - k;
    if (mode == "replicate") return k < 0 ? 0 : n - 1;
    return mode == "circular" ? (k % n + n) % n : DimTables::outside;
  }

  Shape shape() const {
    Shape result = input;
    for (std::size_t d = 0; d < input.rank(); ++d)
      result = result.with(d, input[d] + before[d] + after[d]);
    return result;
  }

  DimTables tables() const {
    DimTables result(input);
    for (std::size_t d = 0; d < input.rank(); ++d) {
      result[d].resize(static_cast<std::size_t>(input[d] + before[d] + after[d]));
      for (std::size_t i = 0; i < result[d].size(); ++i)
        result[d][i] = place(d, static_cast<std::int64_t>(i));
    }
    return result;
  }

  Shape input;
  std::string_view mode;
  std::array<std::int64_t, Shape::max_rank> before{}, after{};

 private:
  [[noreturn]] void refuse(std::string_view what, const Integers& pads) const {
    throw ShapeError(fmt::format("pad: {}: padding [{}], mode \"{}\", for an input of shape {}",
                                 what, fmt::join(pads, ", "), mode, to_string(input)));
  }
  void check(std::size_t d, const Integers& pads) const {
    const std::int64_t n = input[d], longest = std::max(before[d], after[d]);
    // Sizes beyond what a tensor can have are refused before they are added up.
    constexpr std::int64_t limit = std::int64_t{1} << 61;
    if (std::abs(before[d]) > limit || std::abs(after[d]) > limit)
      refuse("Padding is too large", pads);
    if (n + before[d] + after[d] < 0)
      refuse(fmt::format("The input size {}, plus negative padding {} and {}, resulted in a "
                         "negative output size, which is invalid, at dimension {}",
                         n, before[d], after[d], d),
             pads);
    if (mode == "constant") return;
    // One that crops from one side what it added on the other may still leave the input.
    if (mode == "reflect" && longest >= std::max<std::int64_t>(n, 1))
      refuse(fmt::format("Padding size should be less than the corresponding input dimension, but "
                         "got: padding ({}, {}) at dimension {}",
                         before[d], after[d], d),
             pads);
    if (mode == "circular" && longest > n)
      refuse(fmt::format("Padding value causes wrapping around more than once at dimension {}", d),
             pads);
    if (n == 0 && longest > 0) refuse("Expected a non-empty dimension to repeat", pads);
  }
};

void check_mode(std::string_view mode, const Shape& input) {
  for (const std::string_view known : {"constant", "reflect", "replicate", "circular"})
    if (mode == known) return;
  throw Error(
      fmt::format("pad: Unrecognised padding mode {}; use \"constant\", \"reflect\", "
                  "\"replicate\" or \"circular\"; the input has shape {}",
                  mode, to_string(input)));
}

template <class T>
Tensor<T> pad_backward(const Tensor<T>& g, const Shape& shape, const Attributes& padding);

/// Unlike PyTorch's, the modes other than "constant" pad any number of trailing dims of a tensor of
/// any rank, and value takes a gradient.
struct Pad {
  static constexpr OperationInfo info{
      .signature = R"(pad(input, pad: sizes, mode: word = "constant", value = 0))",
      .grad_fn = "ConstantPadNdBackward0",
      .value =
          "input with pad = [before, after] entries more along the last dim, the next two "
          "numbers along the dim before it, and so on",
      .derivative = {"g at the places where input went, added up", "sum of g where value went"},
      .latex = R"(\operatorname{pad}(x))",
      .special = {0, 1},
  };
  static std::string_view grad_fn(const Call& call) {
    const std::string_view mode = call.attributes.word(1);
    const std::size_t dims = call.attributes.integers(0).size() / 2;
    constexpr std::array<std::string_view, 3> reflection{
        "ReflectionPad1DBackward0", "ReflectionPad2DBackward0", "ReflectionPad3DBackward0"};
    constexpr std::array<std::string_view, 3> replication{
        "ReplicationPad1DBackward0", "ReplicationPad2DBackward0", "ReplicationPad3DBackward0"};
    if (mode == "circular") return "CopySlices";
    if (mode == "constant" || dims == 0) return "ConstantPadNdBackward0";
    return (mode == "reflect" ? reflection : replication)[std::min<std::size_t>(dims, 3) - 1];
  }
  static Margins margins(const Shape& input, const Attributes& attributes) {
    check_mode(attributes.word(1), input);
    return {attributes.integers(0), attributes.word(1), input};
  }
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    if (operands[1].numel() != 1 || operands[1].rank() != 0)
      throw ShapeError(
          fmt::format("pad: value must be a number, but it has shape {}; the input has shape {}",
                      to_string(operands[1]), to_string(operands[0])));
    return margins(operands[0], attributes).shape();
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape&) {
    const T value = operands[1].item();
    if (attributes.word(1) != "constant" && !(value == 0))
      throw Error(fmt::format("pad: Padding mode \"{}\" doesn't take in value argument, got {}",
                              attributes.word(1), value));
    return margins(operands[0].shape(), attributes).tables().take(operands[0], value);
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t operand) {
    const Attributes& own = saved.attributes();
    const bool constant = own.word(1) == "constant";
    const Shape& input = saved.operand_shape(0);
    if (operand == 1) {
      if (!constant) return Tensor<T>(Shape(), {T(0)});
      const Tensor<T> zero(T(0));
      return sum(where(added<T>(margins(input, own)), g, zero));
    }
    if (!constant) return pad_backward(g, input, own);
    Integers back = own.integers(0);
    for (std::int64_t& count : back) count = -count;
    return pad(g, back);
  }

 private:
  /// 1 where value went, 0 where entries of the input went.
  template <class T>
  static Tensor<T> added(const Margins& margins) {
    Tensor<T> mask = Tensor<T>::uninitialised(margins.shape());
    T* m = mask.mutable_data();
    margins.tables().each([&](std::int64_t entry, std::int64_t place) {
      m[entry] = place == DimTables::outside ? T(1) : T(0);
    });
    return mask;
  }
};

/// The transpose of the modes that repeat entries.
struct PadBackward {
  static constexpr OperationInfo info{
      .signature = "pad_backward(input, shape: sizes, pad: sizes, mode: word)",
      .grad_fn = "PadBackwardBackward0",
      .value = "zeros of shape with the entries of input added at the places that pad repeats",
      .derivative = {"pad(g, pad, mode)"},
      .latex = R"(\operatorname{pad}^\top x)",
      .special = {0, 1},
      .internal = true,
  };
  static Margins margins(const Attributes& attributes) {
    return {attributes.integers(1), attributes.word(2),
            Shape(std::span<const std::int64_t>(attributes.integers(0)))};
  }
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    const Margins whole = margins(attributes);
    if (!(operands[0] == whole.shape()))
      throw ShapeError(fmt::format("pad_backward: the input has shape {}, not {}",
                                   to_string(operands[0]), to_string(whole.shape())));
    return whole.input;
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape&) {
    return margins(attributes).tables().give_back(operands[0]);
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    return pad(g, saved.attributes().integers(1), saved.attributes().word(2));
  }
};

template <class T>
Tensor<T> pad_backward(const Tensor<T>& g, const Shape& shape, const Attributes& padding) {
  return apply<T>(operation<PadBackward>(), {g},
                  make_attributes({sizes_of(shape), padding.integers(0), padding.word(1)}));
}

}  // namespace

template <class T>
Tensor<T> pad(const Tensor<T>& input, const Integers& pad, std::string_view mode,
              const AsTensor<T>& value) {
  return apply<T>(operation<Pad>(), {input, value}, make_attributes({pad, std::string(mode)}));
}

template Tensor<float> pad(const Tensor<float>&, const Integers&, std::string_view,
                           const Tensor<float>&);
template Tensor<double> pad(const Tensor<double>&, const Integers&, std::string_view,
                            const Tensor<double>&);

std::vector<const Operation*> padding_operations() {
  return {VERIGRAD_ROW(Pad), VERIGRAD_ROW(PadBackward)};
}

}  // namespace verigrad
