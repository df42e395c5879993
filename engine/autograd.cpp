#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "engine/error.hpp"
#include "engine/walk.hpp"

namespace verigrad {

constinit thread_local bool detail::grad_mode = true;

namespace {

/// The cotangent of a root: the given one, checked, or 1 for a scalar.
template <class T>
Tensor<T> cotangent_of(const Tensor<T>& root, const Tensor<T>& given, std::size_t index) {
  if (!given.defined()) {
    if (root.numel() != 1) throw Error("grad can be implicitly created only for scalar outputs");
    Tensor<T> one = Tensor<T>::uninitialised(root.impl()->shape);
    *one.mutable_data() = 1;
    return one;
  }
  if (!(given.shape() == root.shape()))
    throw ShapeError(fmt::format(
        "Mismatch in shape: grad_output[{}] has a shape of {} and output[{}] has a shape of {}",
        index, to_string(given.shape()), index, to_string(root.shape())));
  return given;
}

template <class T>
void check_root(const Tensor<T>& root, std::size_t index) {
  if (!root.requires_grad())
    throw Error(fmt::format(
        "element {} of tensors does not require grad and does not have a grad_fn", index));
}

/// One cotangent for each root.
template <class T>
std::vector<Tensor<T>> cotangents_of(std::span<const Tensor<T>> roots,
                                     std::span<const Tensor<T>> given) {
  if (given.size() > roots.size())
    throw Error(fmt::format("got {} tensors and {} gradients", roots.size(), given.size()));
  std::vector<Tensor<T>> cotangents;
  cotangents.reserve(roots.size());
  for (std::size_t i = 0; i < roots.size(); ++i) {
    check_root(roots[i], i);
    cotangents.push_back(cotangent_of(roots[i], i < given.size() ? given[i] : Tensor<T>(), i));
  }
  return cotangents;
}

/// What stands for a tensor among the captures of a walk.
template <class T>
const void* key_of(const Tensor<T>& input) {
  if (input.impl()->grad_fn) return input.impl()->grad_fn.get();
  return input.impl().get();
}

template <class T>
Captures<T> captures_for(std::span<const Tensor<T>> inputs) {
  Captures<T> captures(inputs.size());
  for (const Tensor<T>& input : inputs) {
    if (!input.requires_grad())
      throw Error("One of the differentiated Tensors does not require grad");
    captures.add(key_of(input), input.is_leaf() ? input.impl().get() : nullptr);
  }
  return captures;
}

void warn_of_cycles(BackwardOptions options) {
  if (options.create_graph)
    warn(
        "Using backward() with create_graph=True will create a reference cycle between a leaf and "
        "its gradient, which keeps both alive. Use grad() instead, or reset the .grad of every "
        "leaf "
        "to None afterwards.");
}

}  // namespace

GradModeScope::GradModeScope(bool enabled) : previous_(detail::grad_mode) {
  detail::grad_mode = enabled;
}

GradModeScope::~GradModeScope() { detail::grad_mode = previous_; }

template <class T>
void Tensor<T>::backward(const Tensor& cotangent, BackwardOptions options) const {
  check_root(*this, 0);
  const Tensor root = *this, v = cotangent_of(*this, cotangent, 0);
  warn_of_cycles(options);
  Walk<T>(options, nullptr).run({&root, 1}, {&v, 1});
}

template <class T>
void backward(std::span<const Tensor<T>> roots, std::span<const Tensor<T>> cotangents,
              BackwardOptions options, std::span<const Tensor<T>> inputs) {
  const std::vector<Tensor<T>> held(roots.begin(), roots.end());
  const std::vector<Tensor<T>> v = cotangents_of<T>(held, cotangents);
  warn_of_cycles(options);
  if (inputs.empty()) {
    Walk<T>(options, nullptr).run(held, v);
    return;
  }
  Captures<T> captures = captures_for(inputs);
  Walk<T>(options, &captures).run(held, v);
  // A gradient that others can see may be one that is about to change.
  for (Capture<T>& capture : captures)
    if (capture.gradient.defined() && !options.create_graph)
      capture.gradient = capture.gradient.clone_entries();
  for (const Tensor<T>& input : inputs) {
    Tensor<T> gradient = std::exchange(captures.find(key_of(input))->gradient, Tensor<T>());
    if (gradient.defined()) add_to_grad(input.impl()->grad, gradient, options.create_graph);
  }
}

template <class T>
std::vector<Tensor<T>> grad(std::span<const Tensor<T>> outputs, std::span<const Tensor<T>> inputs,
                            std::span<const Tensor<T>> cotangents, BackwardOptions options,
                            bool allow_unused) {
  if (inputs.empty()) throw Error("grad requires non-empty inputs.");
  const std::vector<Tensor<T>> held(outputs.begin(), outputs.end());
  const std::vector<Tensor<T>> v = cotangents_of<T>(held, cotangents);
  Captures<T> captures = captures_for(inputs);
  Walk<T>(options, &captures).run(held, v);
  std::vector<Tensor<T>> results;
  results.reserve(inputs.size());
  for (const Tensor<T>& input : inputs) {
    results.push_back(captures.find(key_of(input))->gradient);
    if (!results.back().defined() && !allow_unused)
      throw Error(
          "One of the differentiated Tensors appears to not have been used in the graph. Set "
          "allow_unused=True if this is the desired behavior.");
  }
  return results;
}

#define VERIGRAD_INSTANTIATE(T)                                                                   \
  template void Tensor<T>::backward(const Tensor&, BackwardOptions) const;                        \
  template void backward(std::span<const Tensor<T>>, std::span<const Tensor<T>>, BackwardOptions, \
                         std::span<const Tensor<T>>);                                             \
  template std::vector<Tensor<T>> grad(std::span<const Tensor<T>>, std::span<const Tensor<T>>,    \
                                       std::span<const Tensor<T>>, BackwardOptions, bool);
VERIGRAD_INSTANTIATE(float)
VERIGRAD_INSTANTIATE(double)
#undef VERIGRAD_INSTANTIATE

}  // namespace verigrad
