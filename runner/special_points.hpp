#pragma once

#include <optional>
#include <vector>

#include "engine/random.hpp"
#include "expressions/instance.hpp"
#include "runner/options.hpp"

namespace verigrad::runner {

/// A point worth trying beside random ones: one entry of one input has the value, or, without one,
/// two of its entries are equal.
struct SpecialPoint {
  std::size_t leaf = 0;
  std::optional<double> value{};
};

/// How hard special points may be to judge.
enum class Difficulty {
  ordinary,  ///< finite differences can: no value beyond 2, no neighbours of kinks, no ties
  proofs
};

/// Proofs unless the statements of a file, or the command line, ask for finite differences, or one
/// of the functions has an operation without a proof.
Difficulty difficulty(const expressions::Instance& instance, const Options& options);

/// For each drawn input: the closed ends of its domain and 0, -0, 1 and -1; where operations read
/// it directly, the values of their tables (kinks, zeros, saturation and overflow onsets, ends of
/// their domains); both neighbours of 0 and of kinks; and a tie of two entries. All inside the
/// input's domain, of normal(m, s) within 40 s of m, in this order, each once; at most 48.
std::vector<SpecialPoint> special_points(const expressions::Instance& instance,
                                         Difficulty difficulty);

/// Makes the entries of the point's leaf special, at places drawn from `random`.
void apply(const SpecialPoint& special, std::vector<double>& entries, Random& random);

}  // namespace verigrad::runner
