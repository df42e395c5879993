// Which of LibTorch's functions stands for an operation. For the files of this folder only.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <span>
#include <string_view>

#include "engine/operation.hpp"

namespace verigrad::properties {

/// What one application is given: tensors, of which numbers are 0-dim, and attributes.
class Arguments {
 public:
  /// All three outlive the arguments. `are_numbers` is a union of Needs.
  Arguments(std::span<const at::Tensor> operands, std::uint8_t are_numbers,
            const Attributes& attributes)
      : operands_(operands), are_numbers_(are_numbers), attributes_(attributes) {}

  std::span<const at::Tensor> operands() const { return operands_; }
  const at::Tensor& operator[](std::size_t operand) const { return operands_[operand]; }
  bool is_number(std::size_t operand) const { return ((are_numbers_ >> operand) & 1) != 0; }
  double number(std::size_t operand) const { return operands_[operand].item<double>(); }
  bool is_number(std::size_t operand, double value) const {
    return is_number(operand) && number(operand) == value;
  }

  const Attributes& attributes() const { return attributes_; }
  bool flag(std::size_t attribute) const { return attributes_.flag(attribute); }
  std::int64_t integer(std::size_t attribute) const { return attributes_.integer(attribute); }
  at::IntArrayRef integers(std::size_t attribute) const { return attributes_.integers(attribute); }
  bool is_none(std::size_t attribute) const { return attributes_.is_none(attribute); }
  c10::string_view word(std::size_t attribute) const {
    const std::string& word = attributes_.word(attribute);
    return c10::string_view(word.data(), word.size());
  }
  /// "none", "mean" or "sum" as one of at::Reduction.
  std::int64_t reduction(std::size_t attribute) const;

 private:
  std::span<const at::Tensor> operands_;
  std::uint8_t are_numbers_;
  const Attributes& attributes_;
};

/// One operation's counterpart.
struct Call {
  std::string_view operation;
  at::Tensor (*apply)(const Arguments& x) = nullptr;
  /// The operands that LibTorch takes as a Scalar, through which no gradient flows: a union of
  /// Needs.
  std::uint8_t numbers = nothing;
  /// Whether LibTorch takes these operands; null when it takes all that Verigrad does.
  bool (*takes)(std::span<const Shape> operands, const Attributes& attributes) = nullptr;
};

// The tables, one a file.
std::span<const Call> elementwise_calls();
std::span<const Call> tensor_calls();
std::span<const Call> layer_calls();

/// The operation's counterpart, or null.
const Call* find_call(std::string_view operation);

template <at::Tensor (*f)(const at::Tensor&)>
at::Tensor unary(const Arguments& x) {
  return f(x[0]);
}

template <at::Tensor (*f)(const at::Tensor&, const at::Tensor&)>
at::Tensor binary(const Arguments& x) {
  return f(x[0], x[1]);
}

}  // namespace verigrad::properties
