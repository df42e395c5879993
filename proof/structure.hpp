#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "proof/field.hpp"

namespace verigrad::proof {

/// An operation on whole tensors of germs; `shape` is the result's.
using Structure = Field (*)(std::span<const Field> x, const Attributes& attributes,
                            const Shape& shape);

struct StructureLine {
  std::string_view operation;
  Structure structure;
};

/// The structure of the operation with this name; null when the room does not have it.
Structure find_structure(std::string_view operation);

std::vector<StructureLine> layouts();
std::vector<StructureLine> reductions();
std::vector<StructureLine> selections();
std::vector<StructureLine> products();
std::vector<StructureLine> contractions();
std::vector<StructureLine> convolutions();
std::vector<StructureLine> matrices();
std::vector<StructureLine> determinants();
std::vector<StructureLine> similarities();
std::vector<StructureLine> losses();
std::vector<StructureLine> class_losses();
std::vector<StructureLine> backward_structures();

/// A StructureLine, from statements in x[0], x[1], …, attributes and shape.
#define VERIGRAD_STRUCTURE(name, ...)                                               \
  StructureLine {                                                                   \
    name,                                                                           \
        [](std::span<const Field> x, [[maybe_unused]] const Attributes& attributes, \
           [[maybe_unused]] const Shape& shape) -> Field { __VA_ARGS__ }            \
  }

}  // namespace verigrad::proof
