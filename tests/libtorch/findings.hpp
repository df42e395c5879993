// Gradients of LibTorch that random programs have proven wrong.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "properties/specimen.hpp"

namespace verigrad::libtorch {

/// A program with a scalar output and the entry of its gradient that is furthest off.
struct Disagreement {
  properties::Specimen specimen{};
  std::set<std::string> operations{};
  std::string exception{};  ///< what LibTorch throws instead of a gradient
  std::string entry{};      ///< "x1[0, 1]"
  double libtorch = 0;
  double verigrad = 0;
  double truth = 0;  ///< the proven enclosure's midpoint
};

struct Survey {
  std::vector<Disagreement> disagreements{};
  std::uint64_t programs = 0;
  std::uint64_t undecided = 0;  ///< of them
};

/// How many programs are drawn: for every operation alone, and of all together.
struct Sizes {
  std::uint64_t each = 3000;
  std::uint64_t together = 30000;
};

/// Tries the law "proven", shrinks what breaks it by more than rounding could, and keeps one
/// program for each set of operations, the smallest sets first: where a subset of a program's
/// operations has been found out already, that is taken for the cause.
Survey survey(const Sizes& sizes);

}  // namespace verigrad::libtorch
