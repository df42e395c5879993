#include "engine/lazy.hpp"

#include <algorithm>
#include <atomic>
#include <memory>
#include <utility>

namespace verigrad {
namespace {

/// Deeper towers are computed first: their blocks would leave the cache.
constexpr std::uint32_t max_depth = 200;

constexpr double held_limit = 0x1p28;

}  // namespace

constinit thread_local std::int64_t detail::defer_from = 16 * 1024;

DeferScope::DeferScope(std::int64_t numel) : previous_(detail::defer_from) {
  detail::defer_from = numel;
}

DeferScope::~DeferScope() { detail::defer_from = previous_; }

template <class T>
Instruction<T>::~Instruction() {
  for (std::uint32_t k = 0; k < count; ++k)
    if (sources[k]) sources[k]->remove_reader(this);
}

template <class T>
Tensor<T> deferred_with(const ShapeRef& shape, std::unique_ptr<Instruction<T>> instruction) {
  const double at_hand = static_cast<double>(instruction->length) * sizeof(T);
  Tensor<T> result(shape, Storage<T>::pending(shape->numel(), std::move(instruction)));
  const auto held = static_cast<double>(detail::held_bytes.load(std::memory_order_relaxed));
  if (held > held_limit + 4 * at_hand) result.data();
  return result;
}

template <class T>
std::unique_ptr<Instruction<T>> make_instruction(std::int64_t length,
                                                 std::span<const Storage<T>* const> sources) {
  auto instruction = std::make_unique<Instruction<T>>();
  instruction->length = length;
  for (const Storage<T>* given : sources) {
    auto* source = const_cast<Storage<T>*>(given);
    Ref<Storage<T>>& to = instruction->sources[instruction->count++];
    if (source == nullptr) continue;
    const Instruction<T>* below = source->instruction();
    if (below != nullptr &&
        (below->length != length || below->kernel == nullptr || below->depth >= max_depth)) {
      source->data();
      below = nullptr;
    }
    if (below != nullptr) instruction->depth = std::max(instruction->depth, below->depth + 1);
    source->add_reader(instruction.get());
    to = Ref<Storage<T>>(source);
  }
  return instruction;
}

template <class T>
Tensor<T> deferred(const ShapeRef& shape, BlockKernel<T> kernel,
                   std::span<const Storage<T>* const> sources, const JointKernels<T>* joint) {
  std::unique_ptr<Instruction<T>> instruction = make_instruction<T>(shape->numel(), sources);
  instruction->kernel = kernel;
  instruction->joint = joint;
  return deferred_with(shape, std::move(instruction));
}

template <class T>
Tensor<T> deferred_sum(const ShapeRef& shape, Storage<T>& entries, double divisor) {
  const Storage<T>* source = &entries;
  std::unique_ptr<Instruction<T>> instruction = make_instruction<T>(entries.size(), {&source, 1});
  instruction->divisor = divisor;
  return deferred_with(shape, std::move(instruction));
}

template struct Instruction<float>;
template struct Instruction<double>;
template struct Instruction<std::int64_t>;

#define VERIGRAD_INSTANTIATE(T)                                                                    \
  template Tensor<T> deferred(const ShapeRef&, BlockKernel<T>, std::span<const Storage<T>* const>, \
                              const JointKernels<T>*);                                             \
  template Tensor<T> deferred_sum(const ShapeRef&, Storage<T>&, double);
VERIGRAD_INSTANTIATE(float)
VERIGRAD_INSTANTIATE(double)
VERIGRAD_INSTANTIATE(std::int64_t)
#undef VERIGRAD_INSTANTIATE

}  // namespace verigrad
