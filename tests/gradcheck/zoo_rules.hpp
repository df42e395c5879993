// Gradients that shipped wrong in released systems, each with where it was reported.
#pragma once

#include <gtest/gtest.h>

#include "tests/gradcheck/zoo_formulas.hpp"
#include "tests/gradcheck/zoo_operations.hpp"
#include "tests/gradcheck/zoo_pieces.hpp"

namespace verigrad::gradcheck::zoo {

using Rows =
    testing::Types<Square, ZeroToThePower, Atan2, LostCotangent, LogSumExp, Sigmoid, ClampedBce,
                   LogSigmoid, Softplus, Elu, Sinc, Ldexp, Fmod, Product, Asinh, Atan, Igamma, Mean,
                   UsedTwice, Sine, Broadcast, MatrixTimesVector>;

}  // namespace verigrad::gradcheck::zoo
