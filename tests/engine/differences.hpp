#pragma once

#include <functional>
#include <vector>

#include "engine/functions.hpp"

namespace verigrad {

/// A function of tensors under test.
using TensorFunction = std::function<Tensor<double>(const std::vector<Tensor<double>>&)>;

/// Entries that are neither symmetric nor equal to one another: 0.3 + sin(1.7 i + phase).
Tensor<double> varied(const Shape& shape, double phase = 0);

/// Compares vᵀJ of reverse mode, for a varied v and every input, with central differences of
/// v·f: both that of an ordinary backward pass and that of one which is itself recorded.
void expect_vjp_matches_differences(const TensorFunction& f,
                                    const std::vector<Tensor<double>>& inputs);

/// Does the same for the function (inputs, v) -> w·(vᵀJ) whose gradient is recorded: second order,
/// in the inputs and in v, again by both kinds of backward pass.
void expect_second_order_matches_differences(const TensorFunction& f,
                                             const std::vector<Tensor<double>>& inputs);

/// Both of them.
void expect_derivatives(const TensorFunction& f, const std::vector<Tensor<double>>& inputs);

}  // namespace verigrad
