// How far rounding may move the values of a Program.
#pragma once

#include <vector>

#include "engine/program.hpp"

namespace verigrad::gradcheck {

/// For each entry of the output a first-order bound on what the roundings of all intermediate
/// values do to it in double:
///
///   u * sum over operations z and their entries of |d(output)/dz| |z|,   u = 2^-53
///
/// so that a difference quotient knows the noise of sin(1e9 x) or of (x + 1e15) - 1e15, which the
/// size of the function's values hides. The adjoints are the engine's; they decide how wide a bar
/// is, never where it lies. Takes one backward pass an entry; beyond 64 entries the answer is
/// zeros.
std::vector<double> value_noise(const Program& program, const Point& point, ValueId output);

/// The same where the Program has been run and recorded: `values` are its values, undefined where
/// the output does not depend on them.
std::vector<double> value_noise(const Program& program, std::span<const Tensor<double>> values,
                                ValueId output);

/// The same for one entry of v^T J by a leaf, computed in double: what the roundings of the
/// function's values do to its gradient,
///
///   u * sum over operations z and their entries of |d(v^T J)_entry/dz| |z|
///
/// (cos(1e9 x) 1e9 cannot be known better than 1e9 x can). Zero where the engine has no such
/// derivative.
double gradient_noise(const Program& program, const Point& point, ValueId output,
                      const std::vector<double>& v, std::size_t leaf, std::size_t entry);

}  // namespace verigrad::gradcheck
