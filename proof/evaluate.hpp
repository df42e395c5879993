#pragma once

#include <span>
#include <vector>

#include "engine/program.hpp"
#include "proof/field.hpp"
#include "proof/reading.hpp"

namespace verigrad::proof {

/// Whether the room has the operation.
bool covers(const Operation& operation);

/// The first operation, in the Program's order, that `root` depends on and that the room does not
/// have; null when it has all of them.
const Operation* first_uncovered(const Program& program, ValueId root);

/// The entries of a point as exact constants, one Field a leaf.
std::vector<Field> constant_leaves(const Program& program, const Point& point);

/// The value of `root` where the leaves are these germs, at `working_bits`. Constant entries are
/// exact in the Program's precision, numbers are the reals that their text stands for. The same
/// operation on the same operands is one node. Throws Error when an operation is not covered, and
/// WorkExhausted.
Field evaluate(const Program& program, std::span<const Field> leaves, ValueId root,
               const Reading& reading = {});
/// The same with the entries of a point as exact constants.
Field evaluate(const Program& program, const Point& point, ValueId root,
               const Reading& reading = {});

}  // namespace verigrad::proof
