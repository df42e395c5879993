#include "engine/node.hpp"

#include <fmt/format.h>

#include <array>
#include <stdexcept>
#include <vector>

#include "engine/error.hpp"
#include "engine/graph.hpp"
#include "engine/operation.hpp"

namespace verigrad {

template <class T>
void Node<T>::destroy(Node* node) {
  // Nodes whose last owner is gone wait in a list, so that a chain of any length is released in a
  // loop.
  constinit static thread_local Node* waiting = nullptr;
  constinit static thread_local bool draining = false;
  node->next_waiting = std::exchange(waiting, node);
  if (draining) return;
  draining = true;
  while (waiting != nullptr) {
    Node* next = std::exchange(waiting, waiting->next_waiting);
    const std::size_t bytes = sizeof(Node) + next->operand_count * sizeof(Operand<T>);
    for (Operand<T>& operand : next->operands()) operand.~Operand<T>();
    next->~Node();
    pool_release(next, bytes);
  }
  draining = false;
}

template <class T>
std::string_view Node<T>::name() const {
  static const Attributes none;
  std::array<bool, 4> is_number{};
  std::vector<Shape> shapes;
  for (std::size_t i = 0; i < operand_count; ++i) {
    if (i < 4) is_number[i] = operands()[i].is_number;
    shapes.push_back(operand_shape(i));
  }
  return operation->grad_fn({is_number, shapes, attributes ? *attributes : none});
}

template <class T>
void Saved<T>::refuse(const SavedValue<T>& saved, const Shape& shape) const {
  if (node_.freed)
    throw Error(
        "Trying to backward through the graph a second time (or directly access saved tensors "
        "after they have already been freed). Saved intermediate values of the graph are freed "
        "when you call .backward() or autograd.grad(). Specify retain_graph=True if you need to "
        "backward through the graph a second time or if you need to access saved tensors after "
        "calling backward.");
  if (!saved.storage)
    throw std::logic_error(
        fmt::format("{} reads a value that it does not declare", node_.operation->name()));
  throw Error(fmt::format(
      "one of the variables needed for gradient computation has been modified by an inplace "
      "operation: [{} {}], saved by {}, is at version {}; expected version {} instead.",
      dtype_name<T>(), to_string(shape), node_.name(), saved.storage->version(), saved.version));
}

template <class T>
Tensor<T> Saved<T>::operand(std::size_t i) const {
  const Operand<T>& operand = node_.begin()[i];
  check(operand.saved, operand_shape(i));
  if (operand.leaf && operand.leaf->storage == operand.saved.storage)
    return Tensor<T>(operand.leaf);
  Ref<TensorImpl<T>> impl(new TensorImpl<T>(operand.shape, operand.saved.storage));
  impl->grad_fn = operand.node;
  impl->is_number = operand.is_number;
  return Tensor<T>(std::move(impl));
}

template <class T>
Tensor<T> Saved<T>::result() const {
  check(node_.result, *node_.shape);
  Ref<TensorImpl<T>> impl(new TensorImpl<T>(node_.shape, node_.result.storage));
  impl->grad_fn = Ref<Node<T>>(&node_);
  return Tensor<T>(std::move(impl));
}

template <class T>
std::vector<NextFunction> next_functions(const Tensor<T>& tensor) {
  std::vector<NextFunction> all;
  if (tensor.is_leaf()) return all;
  for (const Operand<T>& operand : tensor.impl()->grad_fn->operands()) {
    if (operand.node) {
      all.push_back({operand.node->name(), operand.node.get()});
    } else if (operand.leaf) {
      all.push_back({"AccumulateGrad", operand.leaf.get()});
    } else {
      all.push_back({});
    }
  }
  return all;
}

template std::vector<NextFunction> next_functions(const Tensor<float>&);
template std::vector<NextFunction> next_functions(const Tensor<double>&);
template struct Node<float>;
template struct Node<double>;
template struct Node<std::int64_t>;
template class Saved<float>;
template class Saved<double>;

}  // namespace verigrad
