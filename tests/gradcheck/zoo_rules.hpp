// Gradients that shipped wrong in released systems, each with where it was reported.
#pragma once

#include <gtest/gtest.h>

#include "tests/gradcheck/zoo_formulas.hpp"
#include "tests/gradcheck/zoo_pieces.hpp"

namespace verigrad::gradcheck::zoo {

/// Rows 2, 10 and 22 of the zoo are left out: 0 ** b and where with an overflowing branch are
/// properties of operations that C++ code does not have, and a product's shape is checked by type.
using Rows = testing::Types<Square, Atan2, LostCotangent, LogSumExp, Sigmoid, ClampedBce,
                            LogSigmoid, Softplus, Sinc, Ldexp, Fmod, Product, Asinh, Atan, Igamma,
                            Mean, UsedTwice, Sine, Broadcast>;

}  // namespace verigrad::gradcheck::zoo
