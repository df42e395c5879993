#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "engine/elementwise.hpp"
#include "engine/error.hpp"

namespace verigrad::detail {

/// The word itself if it names a reduction, "batchmean" included for a loss that knows it. Throws
/// Error that names the operation.
inline const std::string& checked_reduction(std::string_view operation, const std::string& word,
                                            bool batchmean = false) {
  if (word != "mean" && word != "sum" && word != "none" && !(batchmean && word == "batchmean"))
    throw Error(
        fmt::format("{}: '{}' is not a valid value for reduction; use {}\"mean\", \"sum\" or "
                    "\"none\"",
                    operation, word, batchmean ? "\"batchmean\", " : ""));
  return word;
}

inline AttributesRef reduction_attribute(std::string_view reduction) {
  static const AttributesRef mean = make_attributes({std::string("mean")});
  return reduction == "mean" ? mean : make_attributes({std::string(reduction)});
}

/// Supplies what a loss shares: shapes, the reduction, and its transpose in the backward pass. The
/// definition struct gives `info`, `value`, `vjp<i>`, the attribute `reduction`, and may refuse
/// operands with `check`; `refused_are_nan` says that these have NaN for their value, and
/// `batchmean` that it knows this reduction as well.
template <class Op>
struct Loss : Op {
  using Rule = Elementwise<Op>;

  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    if (!(operands[1] == operands[0]) && operands[1].rank() != 0)
      throw ShapeError(fmt::format("{}: target size {} must be the same as input size {}", Op::name,
                                   to_string(operands[1]), to_string(operands[0])));
    const Shape full = Rule::shape(operands, attributes);
    return reduction(attributes) == "none" ? full : Shape();
  }

  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape&) {
    if constexpr (requires { Op::check(operands); }) Op::check(operands);
    const NoGrad raw;
    const Tensor<T> each = Rule::template forward<T>(operands, attributes, full_shape<T>(operands));
    const std::string& how = reduction(attributes);
    if (how == "none") return each;
    if (how == "mean") return mean(each);
    const std::int64_t count = batches(operands[0].shape(), how);
    return count == 1 ? sum(each) : sum(each) / static_cast<T>(count);
  }

  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t operand) {
    std::array<Shape, Rule::arity> shapes;
    for (std::size_t i = 0; i < Rule::arity; ++i) shapes[i] = saved.operand_shape(i);
    const Shape full = Rule::shape(shapes, saved.attributes());
    const std::string& how = reduction(saved.attributes());
    const std::int64_t count = how == "mean" ? full.numel() : batches(saved.operand_shape(0), how);
    const Tensor<T> each = count <= 1 ? g : g / static_cast<T>(count);
    return Rule::template vjp<T>(saved, broadcast_to(each, full), operand);
  }

  /// Absent where operands must be checked first.
  template <class T>
  requires(
      !requires(Operands<T> x) { Op::check(x); } ||
      requires { Op::refused_are_nan; }) static EntryRule<T> entry_rule() {
    return Rule::template entry_rule<T>(&forward<T>);
  }

  template <class T>
  requires requires(T x) { Op::branch(x, x, x); }
  static void branch(Operands<T> operands, const Attributes& attributes, Branches& branches) {
    Rule::template branch<T>(operands, attributes, branches);
  }

 private:
  static const std::string& reduction(const Attributes& attributes) {
    return checked_reduction(
        Op::name, attributes.word(0), requires { Op::batchmean; });
  }

  /// What "batchmean" divides the sum by: the first size, as in PyTorch.
  static std::int64_t batches(const Shape& input, const std::string& how) {
    return how == "batchmean" && input.rank() > 0 ? input[0] : 1;
  }

  template <class T>
  static Shape full_shape(Operands<T> operands) {
    Shape full = operands[0].shape();
    for (std::size_t i = 1; i < operands.size(); ++i)
      full = broadcast(full, operands[i].shape(), Op::name);
    return full;
  }
};

}  // namespace verigrad::detail
