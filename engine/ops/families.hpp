#pragma once

#include <vector>

#include "engine/operation.hpp"

namespace verigrad {

// The rows that each file of engine/ops/ contributes to the table of operations.
std::vector<const Operation*> arithmetic_operations();
std::vector<const Operation*> exponential_operations();
std::vector<const Operation*> trigonometric_operations();
std::vector<const Operation*> activation_operations();
std::vector<const Operation*> piecewise_operations();
std::vector<const Operation*> reduction_operations();
std::vector<const Operation*> normalisation_operations();
std::vector<const Operation*> matrix_operations();
std::vector<const Operation*> layout_operations();
std::vector<const Operation*> indexing_operations();
std::vector<const Operation*> loss_operations();
std::vector<const Operation*> spread_operations();
std::vector<const Operation*> norm_operations();
std::vector<const Operation*> extremum_operations();
std::vector<const Operation*> scan_operations();
std::vector<const Operation*> product_operations();
std::vector<const Operation*> einsum_operations();
std::vector<const Operation*> diagonal_operations();
std::vector<const Operation*> determinant_operations();
std::vector<const Operation*> solve_operations();
std::vector<const Operation*> cholesky_operations();
std::vector<const Operation*> gathering_operations();
std::vector<const Operation*> rearranging_operations();
std::vector<const Operation*> padding_operations();
std::vector<const Operation*> class_loss_operations();
std::vector<const Operation*> distance_loss_operations();
std::vector<const Operation*> similarity_operations();
std::vector<const Operation*> layer_operations();
std::vector<const Operation*> convolution_operations();
std::vector<const Operation*> logarithmic_operations();
std::vector<const Operation*> special_operations();
std::vector<const Operation*> smooth_activation_operations();
std::vector<const Operation*> piecewise_activation_operations();
std::vector<const Operation*> modulo_operations();
std::vector<const Operation*> overwriting_operations();
std::vector<const Operation*> selection_mask_operations();
std::vector<const Operation*> class_mask_operations();

}  // namespace verigrad
