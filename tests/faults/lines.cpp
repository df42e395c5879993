#include "tests/faults/lines.hpp"

namespace verigrad::faults {
namespace {

constexpr std::string_view walk = "engine/walk.cpp", operation = "engine/operation.cpp",
                           reduction = "engine/ops/reduction.cpp", matrix = "engine/ops/matrix.cpp";

const std::vector<LineFault>& all() {
  static const std::vector<LineFault> list{
      // Sums of gradients.
      {walk,
       "the last use of a value overwrites what others have added",
       {{"slot = slot + gradient;", "slot = gradient;"}},
       true},
      {walk,
       "the third use of a value is dropped",
       {{"add_entries(slot.mutable_data(), gradient);", "static_cast<void>(slot);"}}},
      {walk,
       "the third use of a value overwrites what others have added",
       {{"add_entries(slot.mutable_data(), gradient);", "slot = gradient;"}}},
      {walk,
       "gradients are added into a buffer that another value shares",
       {{"unshared(slot)", "true"}}},
      {walk,
       "the second use of a scalar replaces its gradient",
       {{"!create_ && !node.gradient.defined() && node.scalar", "!create_ && node.scalar"}}},
      {walk,
       "a leaf gets the gradient of its latest use only",
       {{"if (Capture<T>* const capture = captures_->find(leaf)) accumulate(capture->gradient, "
         "gradient);",
         "if (Capture<T>* const capture = captures_->find(leaf)) capture->gradient = gradient;"}}},
      {walk,
       "the gradient of a scalar is lost when a second one arrives",
       {{"node.gradient = Tensor<T>::scalar(node.number);", "node.gradient = Tensor<T>();"}}},
      // The order of a walk.
      {walk,
       "nodes are taken in the order in which they are met",
       {{"lists_.stack.push_back({node, 0});",
         "lists_.stack.push_back({node, 0}); lists_.order.push_back(node);"},
        {"lists_.order.push_back(node);", "static_cast<void>(node);"},
        {"*order[i]", "*order[order.size() - 1 - i]"}}},
      {walk,
       "two neighbouring nodes are taken in the wrong order",
       {{"*order[i]", "*order[(i ^ 1) < order.size() ? i ^ 1 : i]"}}},
      {walk,
       "whether a node is needed depends on its last operand alone",
       {{"node->needed |= is_needed(operand);", "node->needed = is_needed(operand);"}}},
      {walk, "only the first of several roots is seeded", {{"i < roots.size()", "i < 1"}}},
      // What a rule is given.
      {walk,
       "a recorded pass cuts the cotangent from its graph",
       {{"apply_rule(node, saved, gradient, i)", "apply_rule(node, saved, gradient.detach(), i)"}}},
      {walk,
       "a rule may overwrite the cotangent that the next operand needs",
       {{"i == last && !create_", "!create_"}}},
      {walk, "the graph is freed in spite of retain_graph", {{"ran && !keep_", "ran"}}},
      {walk,
       "create_graph does not keep the graph",
       {{"options.retain_graph || options.create_graph", "options.retain_graph"}}},
      {"engine/autograd.cpp",
       "every root gets the first root's cotangent",
       {{"i < given.size() ? given[i] : Tensor<T>()", "!given.empty() ? given[0] : Tensor<T>()"}}},
      // Recording.
      {operation,
       "only what the last operand's rule reads is saved",
       {{"operands |= needs & 15U;", "operands = needs & 15U;"}}},
      {operation,
       "of a list of operands, only the last one's needs are saved",
       {{"first_tracked && count <= 64 ? std::uint64_t{1} << operand : 0",
         "count <= 64 ? std::uint64_t{1} << operand : 0"}}},
      {"engine/program.cpp",
       "a value is released before its last use",
       {{"--uses[static_cast<std::size_t>(operand)] == 0",
         "--uses[static_cast<std::size_t>(operand)] <= 1"}}},
      // Sums over broadcast dims, and what goes back along them.
      {reduction,
       "a broadcast operand's gradient is averaged, not summed",
       {{"sums(input, repeated_dims(shape, input.shape()), shape, 1.0)",
         "sums(input, repeated_dims(shape, input.shape()), shape, "
         "static_cast<double>(input.numel()) "
         "/ static_cast<double>(shape.numel()))"}},
       true},
      {reduction,
       "a recorded pass averages a broadcast operand's gradient",
       {{"sums(operands[0], repeated_dims(shape, operands[0].shape()), shape, 1.0)",
         "sums(operands[0], repeated_dims(shape, operands[0].shape()), shape, "
         "static_cast<double>(operands[0].numel()) / static_cast<double>(shape.numel()))"}}},
      {reduction,
       "a mean over some dims is divided by the count of all entries",
       {{"static_cast<T>(count(input, set))", "static_cast<T>(input.numel())"}}},
      {reduction,
       "sums over leading dims take the last row only",
       {{"static_cast<T>(row[i] / divisor)",
         "static_cast<T>(static_cast<double>(lanes.data[((o + 1) * lanes.size - 1) * lanes.inner + "
         "i]) / divisor)"}}},
      {reduction,
       "the product of the other entries takes those before only",
       {{"to[i] = static_cast<T>(before[static_cast<std::size_t>(i)] * product);",
         "to[i] = static_cast<T>(before[static_cast<std::size_t>(i)]);"}}},
      {reduction,
       "a recorded product of the other entries reaches half as far",
       {{"reach < n", "2 * reach < n"}}},
      // Transposes.
      {matrix,
       "the right factor of a product is not transposed, when it is square",
       {{"product(a, false, b, true)", "product(a, false, b, b.shape()[0] != b.shape()[1])"}}},
      {matrix,
       "the left factor of a product is not transposed, when it is square",
       {{"product(a, true, b, false)", "product(a, a.shape()[0] != a.shape()[1], b, false)"}}},
      {matrix,
       "a recorded pass does not transpose the right factor, when it is square",
       {{"matmul(a, transpose(b, 0, 1))",
         "b.shape()[0] == b.shape()[1] ? matmul(a, b) : matmul(a, transpose(b, 0, 1))"}}},
      {matrix,
       "the matrices of a batch are not transposed, when they are square",
       {{"transpose(reshaped(other, operand == 0 ? layout.b : layout.a), -2, -1)",
         "transpose(reshaped(other, operand == 0 ? layout.b : layout.a), -2, layout.rows == "
         "layout.inner && layout.inner == layout.columns ? -2 : -1)"}}},
      {matrix,
       "a broadcast batch of matrices takes the first one only",
       {{"at += index % all[d] * steps[d - offset];", "at += 0 * steps[d - offset];"}}},
      {"engine/ops/layout.cpp",
       "a permutation is undone by permuting once more",
       {{"inverse[from[d]] = static_cast<std::int64_t>(d);",
         "inverse[d] = static_cast<std::int64_t>(from[d]);"}}},
      // Numbers in place of tensors, and what leaves collect.
      {walk,
       "a root that stands twice counts once",
       {{"add_to_node(*node, cotangents[i]);",
         "if (!node->has_number && !node->gradient.defined()) add_to_node(*node, "
         "cotangents[i]);"}}},
      {walk,
       "among numbers, the second operand's node gets nothing",
       {{"add_number_to_node(*operand->node, rule(saved, node.number, i));",
         "if (i == 0) add_number_to_node(*operand->node, rule(saved, node.number, i));"}}},
      {walk,
       "the second use of a number overwrites the first",
       {{"node.number += gradient;", "node.number = gradient;"}}},
      {walk,
       "a second backward pass adds nothing to a gradient",
       {{"add_entries(grad.impl()->storage->change(), gradient);",
         "static_cast<void>(grad.impl());"}}},
      {walk,
       "a second backward pass overwrites a gradient",
       {{"add_entries(grad.impl()->storage->change(), gradient);",
         "grad = gradient.clone_entries();"}}},
      {"engine/autograd.cpp",
       "grad() adds to the leaves' own gradients",
       {{"results.push_back(captures.find(key_of(input))->gradient);",
         "results.push_back(captures.find(key_of(input))->gradient); if "
         "(results.back().defined() && input.is_leaf()) add_to_grad(input.impl()->grad, "
         "results.back(), false);"}}},
      // Second derivatives.
      {"engine/node.cpp",
       "a saved operand is cut from its graph",
       {{"impl->grad_fn = operand.node;", "static_cast<void>(operand);"}}},
      {"engine/node.cpp",
       "a saved result is cut from its graph",
       {{"impl->grad_fn = Ref<Node<T>>(&node_);", "static_cast<void>(impl);"}}},
      {"engine/node.cpp",
       "a saved leaf is no longer the leaf",
       {{"operand.leaf && operand.leaf->storage == operand.saved.storage", "false"}}},
      // Places.
      {"engine/ops/indexing.cpp",
       "the gradient of a part goes to the beginning of the whole",
       {{"out.mutable_data() + selection.first_entry", "out.mutable_data()"}}},
  };
  return list;
}

}  // namespace

std::span<const LineFault> line_faults() { return all(); }

}  // namespace verigrad::faults
