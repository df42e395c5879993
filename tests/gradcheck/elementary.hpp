#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/gradcheck/ball.hpp"

namespace verigrad::test {

/// Up to two arguments; functions of one use only the first.
using Arguments = std::array<double, 2>;
using BallArguments = std::array<Ball, 2>;

/// An elementary function as accurate double code, and its derivative by one argument in Arb.
struct Elementary {
  std::string name;
  int argument = 0;  ///< by which argument the derivative is taken
  double (*value)(const Arguments&);
  Ball (*derivative)(const BallArguments&);
  bool (*inside)(const Arguments&);           ///< the open domain
  std::uint64_t (*branch)(const Arguments&);  ///< side of the kinks
};

const std::vector<Elementary>& elementary_functions();

}  // namespace verigrad::test
