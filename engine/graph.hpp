#pragma once

#include <string_view>
#include <vector>

#include "engine/tensor.hpp"

namespace verigrad {

/// Where the gradient of one operand of a recorded operation goes (PyTorch's `next_functions`).
struct NextFunction {
  /// The name of the operation that made the operand, `AccumulateGrad` for a leaf that requires
  /// gradients, empty (PyTorch's None) for a constant.
  std::string_view name;
  /// The same for the same operation and for the same leaf; null for a constant.
  const void* identity = nullptr;
};

/// One entry for each operand of the operation that made the tensor, in the operation's order;
/// empty for a leaf. Throws Error for the undefined tensor.
template <class T>
std::vector<NextFunction> next_functions(const Tensor<T>& tensor);

}  // namespace verigrad
