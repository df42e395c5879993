#pragma once

#include <string>
#include <string_view>

#include "engine/tensor.hpp"

namespace verigrad {

/// How tensors are printed.
struct PrintOptions {
  /// The floating dtype that goes without saying; tensors of the other one name theirs.
  std::string_view default_dtype = "float32";
};

/// PyTorch's printed form (that of release 1.13 with its default print options), to the character:
///
///     tensor([0.6667, 1.3333, 2.0000], grad_fn=<MeanBackward0>)
///
/// * All entries share one width and one notation. Integral entries print as `3.`, others with four
///   decimals. When the largest and smallest magnitudes (of the finite entries other than 0) differ
///   by more than a factor 1000, or exceed 1e8, or (unless all are integral) fall below 1e-4,
///   every entry is written as `1.0000e-05`.
/// * Tensors of more than 1000 entries show the first and the last three along each dim and `...`.
/// * Lines wrap at 80 columns; the blocks of a tensor of rank r are set apart by r - 1 line ends.
/// * Then come `size=(0, 3)` for empty tensors of rank 2 and up, `dtype=float64` (without PyTorch's
///   `torch.`) when that is not the default, and `grad_fn=<NAME>` or `requires_grad=True`.
///
/// The undefined tensor is `None`.
template <class T>
std::string to_string(const Tensor<T>& tensor, PrintOptions options = {});

}  // namespace verigrad
