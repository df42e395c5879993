// A function at a point: what the laws of differentiation are tried on.
#pragma once

#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/program.hpp"

namespace verigrad::properties {

/// One output of a Program, and the point at which it is judged.
struct Specimen {
  Program program;
  ValueId output = no_value;
  Point point;
};

/// The specimen as a .grad file whose inputs have the point's entries for values, so that
/// `gradcheck check` judges the same function at the same point. Doubles are printed so that they
/// read back as the same doubles.
std::string text(const Specimen& specimen);

/// How many operations the output depends on.
std::size_t operation_count(const Specimen& specimen);

/// What an edit makes of an operation or a leaf: a leaf with these entries.
struct Entries {
  Shape shape;
  std::vector<double> values;
};

/// Changes to a specimen, all made at once.
struct Edit {
  /// Values that are dropped, each with an earlier value that takes its place.
  std::unordered_map<ValueId, ValueId> stand_ins{};
  /// Leaves that get another shape or other entries, and operations that become inputs.
  std::unordered_map<ValueId, Entries> leaves{};
  ValueId output = no_value;  ///< no_value: the output stays
};

/// The specimen after an edit, without the values and leaves that its output no longer depends on;
/// leaves have no `initial`. Throws Error when the operands of an
/// operation no longer fit.
Specimen edited(const Specimen& specimen, const Edit& edit = {});

}  // namespace verigrad::properties
