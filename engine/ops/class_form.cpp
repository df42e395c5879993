#include "engine/ops/class_form.hpp"

#include <fmt/format.h>

#include <cmath>

#include "engine/error.hpp"

namespace verigrad::detail {

ClassForm::ClassForm(std::string_view operation, std::span<const Shape> operands,
                     bool may_be_probabilities)
    : name(operation), input(operands[0]), target(operands[1]), weight(operands[2]) {
  if (input.rank() == 0) refuse("Expected 1 or more dimensions, got 0");
  dim = input.rank() == 1 ? 0 : 1;
  classes = input[dim];
  each = input.removed(dim);
  probabilities = may_be_probabilities && target == input;
  if (!probabilities && !(target == each)) {
    if (input.rank() > 1 && target.rank() > 0 && target[0] != input[0])
      refuse(fmt::format("Expected input batch_size ({}) to match target batch_size ({})", input[0],
                         target[0]));
    refuse(fmt::format("Expected target size {}, got {}", to_string(each), to_string(target)));
  }
  if (weight.rank() != 0 && !(weight == Shape{classes}))
    refuse(
        fmt::format("weight tensor should be defined either for all {} classes or no classes "
                    "but got weight tensor of shape: {}",
                    classes, to_string(weight)));
}

Shape ClassForm::classes_only() const {
  Shape shape = input;
  for (std::size_t d = 0; d < input.rank(); ++d)
    if (d != dim) shape = shape.with(d, 1);
  return shape;
}

template <class T>
std::vector<std::int64_t> ClassForm::classes_of(const Tensor<T>& indices,
                                                std::int64_t ignore_index) const {
  std::vector<std::int64_t> result(static_cast<std::size_t>(indices.numel()), ignored);
  for (std::int64_t s = 0; s < indices.numel(); ++s) {
    const auto entry = static_cast<double>(indices[s]);
    if (entry == static_cast<double>(ignore_index)) continue;
    const auto place = [&] {
      return target.rank() == 0 ? "" : " at entry " + index_text(s, target);
    };
    if (!(entry == std::floor(entry)))
      throw IndexError(
          fmt::format("{}: Target {} is not an integer{}; {}", name, entry, place(), shapes()));
    if (!(entry >= 0 && entry < static_cast<double>(classes)))
      throw IndexError(fmt::format("{}: Target {} is out of bounds for {} classes{}; {}", name,
                                   entry, classes, place(), shapes()));
    result[static_cast<std::size_t>(s)] = static_cast<std::int64_t>(entry);
  }
  return result;
}

std::string ClassForm::shapes() const {
  return fmt::format("the input has shape {}, the target {}", to_string(input), to_string(target));
}

void ClassForm::refuse(const std::string& what) const {
  throw ShapeError(fmt::format("{}: {}; {}", name, what, shapes()));
}

template std::vector<std::int64_t> ClassForm::classes_of(const Tensor<float>&, std::int64_t) const;
template std::vector<std::int64_t> ClassForm::classes_of(const Tensor<double>&, std::int64_t) const;

}  // namespace verigrad::detail
