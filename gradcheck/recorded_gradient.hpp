#pragma once

#include <vector>

#include "engine/program.hpp"

namespace verigrad::gradcheck {

/// A derivative as the engine computes it, written down: the forward pass and the derivative rules'
/// own operations as a Program with the leaves of the Program that it differentiates.
///
/// run<T>(program, leaves, {root}) computes what the engine computes, bit for bit, and
/// proof::evaluate the same rules' value in exact arithmetic; at other points too, since what
/// depends on a leaf in the computation depends on it in the Program.
///
/// Numbers keep their text, so that proofs read them as exact reals. Constant entries, the given
/// cotangent or direction, and the numbers in the rules' C++ code are constant entries. Leaves keep
/// their order and their domains, but not their `initial` value.
struct RecordedGradient {
  Program program;
  ValueId root = no_value;
  /// The output: operations up to it are the forward pass.
  ValueId output = no_value;
  /// Of each value the one of the differentiated Program that it stems from: in the forward pass
  /// the value that was computed; in the backward pass the value whose derivative rule was run, or
  /// whose cotangents were added up. no_value for what is given.
  std::vector<ValueId> origins{};
};

/// vᵀJ by one leaf, of its shape, for v of the output's entries in row-major order, in the
/// arithmetic of T. The backward pass runs with create_graph; zeros where the output does not
/// depend on the leaf. Throws Error for a leaf that is not differentiable, NotRecordable
/// (engine/recording.hpp) for an operation of one's own whose rule does more than apply operations.
template <class T>
RecordedGradient record_gradient(const Program& program, const Point& point, ValueId output,
                                 std::size_t leaf, const std::vector<double>& v);

/// The same in the arithmetic of the Program's precision.
RecordedGradient record_gradient(const Program& program, const Point& point, ValueId output,
                                 std::size_t leaf, const std::vector<double>& v);

/// H u, of the leaf's shape, for an output of one entry and u of the leaf's entries, as hvp()
/// computes it: the vector-Jacobian product of the recorded gradient with u.
template <class T>
RecordedGradient record_hvp(const Program& program, const Point& point, ValueId output,
                            std::size_t leaf, const std::vector<double>& u);

/// J u, of the output's shape, for u of the leaf's entries, as jvp() computes it: vᵀJ is linear in
/// v, and its own vector-Jacobian product with u, taken with respect to v, is J u.
template <class T>
RecordedGradient record_jvp(const Program& program, const Point& point, ValueId output,
                            std::size_t leaf, const std::vector<double>& u);

}  // namespace verigrad::gradcheck
