#pragma once

#include <optional>
#include <vector>

#include "engine/program.hpp"

namespace verigrad::gradcheck {

/// An operation whose rounding alone costs a value digits.
struct Culprit {
  ValueId value = no_value;
  double effect = 0;       ///< how far its rounding moves the value; infinite when that is lost
  double share = 0;        ///< of the sum over all operations' effects
  bool overflows = false;  ///< its rounded value is infinite, or 0 where the exact one is not
};

/// Evaluates `root` in balls with the result of one operation, or one decimal number, at a time
/// rounded to the Program's precision, and compares its entry with the one of no rounding at all
/// (after Herbie's local error: Panchekha et al., "Automatically improving accuracy for floating
/// point expressions", PLDI 2015). All whose rounding has an effect, in the Program's order;
/// nothing when an operation has no proof, or when there are more than 2000 operations. Where some
/// effects are infinite, these have the shares.
std::optional<std::vector<Culprit>> find_culprits(const Program& program, const Point& point,
                                                  ValueId root, std::size_t entry);

/// The first of those with the largest share.
std::optional<Culprit> find_culprit(const Program& program, const Point& point, ValueId root,
                                    std::size_t entry);

}  // namespace verigrad::gradcheck
