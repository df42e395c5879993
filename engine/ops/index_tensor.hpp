#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/tensor.hpp"

namespace verigrad {

/// The entries of an index operand, an ordinary tensor, as integers in [0, size), where `size` is
/// that of dim `dim` of an input of shape `input`. Throws IndexError, with the entry and both
/// shapes, for an entry that is fractional, NaN or out of range; as in PyTorch's gather, negative
/// entries are out of range.
template <class T>
std::vector<std::int64_t> checked_indices(std::string_view operation, const Tensor<T>& index,
                                          std::size_t dim, std::int64_t size, const Shape& input);

}  // namespace verigrad
