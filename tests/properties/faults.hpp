// Wrong operations: copies of the table of operations with a fault in one kernel.
#pragma once

#include <string_view>

#include "engine/node.hpp"
#include "engine/operation_table.hpp"

namespace verigrad::properties {

using Vjp = Tensor<double> (*)(const Saved<double>& saved, const Tensor<double>& cotangent,
                               std::size_t operand);
using Forward = Tensor<double> (*)(Operands<double> operands, const Attributes& attributes,
                                   const Shape& shape);

/// The process's table with another backward or forward kernel of one operation.
OperationTable wrong_backward(std::string_view operation, Vjp vjp);
OperationTable wrong_forward(std::string_view operation, Forward forward);
/// The same with an operation that says it has another name and signature.
OperationTable wrong_name(std::string_view operation, std::string_view signature);

/// The right kernel.
Tensor<double> right_vjp(std::string_view operation, const Saved<double>& saved,
                         const Tensor<double>& cotangent, std::size_t operand);

}  // namespace verigrad::properties
