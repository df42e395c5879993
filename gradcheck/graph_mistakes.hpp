// What a wrong gradient may be instead of the truth, where the function's graph is known.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/program.hpp"
#include "gradcheck/alternatives.hpp"
#include "gradcheck/reference.hpp"

namespace verigrad::gradcheck {

/// vᵀJ of an output of a Program by one leaf, at a point: a gradient, when v is {1}.
struct GraphQuestion {
  const Program& program;
  const Point& point;
  ValueId output;
  std::size_t leaf;
  std::vector<double> v;
  /// The entries in question; of them only the truths are read.
  std::span<const WrongEntry> truth;
  /// The derivatives of this Program.
  Reference& known;
  /// A reference to a Program that differs from it.
  std::function<std::unique_ptr<Reference>(const Program&, const Point&)> reference;
  /// An operation in messages, such as "x * sin(x)".
  std::function<std::string(ValueId)> name;
};

/// What becomes of the truth when the cotangent of one value is summed up wrongly: one of several
/// uses counted twice, left out, or overwriting the others; where the value is broadcast, one slice
/// instead of the sum, or the sum over other dims. With c_k what arrives through use k, and c their
/// sum, each is the truth plus (c' - c) times the derivative of the value by the leaf: what c' is
/// instead.
///
/// The contributions are derivatives by the reference of a copy of the Program in which each use of
/// the value is a leaf of its own. Nothing for Programs of more than 400 values, and for values
/// with more than 8 uses or 4096 entries in them.
std::vector<Alternative> path_mistakes(const GraphQuestion& question);

/// The derivatives by the reference of copies of the Program in which the branch of one operation
/// (`where`, a comparison, relu, leaky_relu, abs, maximum, minimum, clamp, hardtanh, max and min
/// over dims) is another one, or the same one for all entries: its slope alone, the value at the
/// point being kept, and then its value too. Nothing for Programs with more than 16 such
/// operations.
std::vector<Alternative> branch_mistakes(const GraphQuestion& question);

}  // namespace verigrad::gradcheck
