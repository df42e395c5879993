// Wrong operations: copies of rows of the table with a fault in one kernel.
#pragma once

#include <string_view>

#include "engine/operation.hpp"
#include "properties/specimen.hpp"

namespace verigrad::properties {

using Vjp = Tensor<double> (*)(const Saved<double>& saved, const Tensor<double>& cotangent,
                               std::size_t operand);
using Forward = Tensor<double> (*)(Operands<double> operands, const Attributes& attributes,
                                   const Shape& shape);

/// An operation with a wrong backward or forward kernel; lives as long as the program.
Substitution wrong_backward(std::string_view operation, Vjp vjp);
Substitution wrong_forward(std::string_view operation, Forward forward);
/// An operation under the name and signature of another.
Substitution wrong_name(std::string_view operation, std::string_view signature);

/// The right kernel.
Tensor<double> right_vjp(std::string_view operation, const Saved<double>& saved,
                         const Tensor<double>& cotangent, std::size_t operand);

}  // namespace verigrad::properties
