#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ops/dims.hpp"

namespace verigrad::detail {

/// Stands for the class of a sample whose target is `ignore_index`.
constexpr std::int64_t ignored = -1;

/// The shapes of one class loss: input [C] or [N, C, …]; target [] or [N, …] for class indices, the
/// input's shape for probabilities; weight [] or [C].
struct ClassForm {
  /// Throws ShapeError with PyTorch's words, the operation's name and both shapes.
  ClassForm(std::string_view operation, std::span<const Shape> operands, bool may_be_probabilities);

  DimSet class_dims() const { return DimSet().set(dim); }
  /// The input's shape with one class, and with nothing but the classes.
  Shape one_class() const { return input.with(dim, 1); }
  Shape classes_only() const;

  /// The class of every sample, or `ignored`. Throws IndexError for an entry that is no class.
  template <class T>
  std::vector<std::int64_t> classes_of(const Tensor<T>& indices, std::int64_t ignore_index) const;

  std::string_view name;
  Shape input, target, weight;
  Shape each;           ///< the input's without its classes
  std::size_t dim = 0;  ///< of the classes
  std::int64_t classes = 0;
  bool probabilities = false;

 private:
  std::string shapes() const;
  [[noreturn]] void refuse(const std::string& what) const;
};

/// Of shape `input`: 1 at the class of every sample whose target is not `ignore_index`, else 0. An
/// operation without derivative, so that a recorded rule depends on the targets.
template <class T>
Tensor<T> class_mask(const Tensor<T>& target, const Shape& input, std::int64_t ignore_index);

}  // namespace verigrad::detail
