#include "engine/blocks.hpp"

#include <algorithm>
#include <optional>

namespace verigrad {
namespace {

/// Reads an operand that is broadcast along some dims in row-major order of the whole shape.
template <class T>
class Gatherer {
 public:
  Gatherer(const T* data, const Shape& own, const Shape& whole)
      : data_(data),
        whole_(whole),
        steps_(strides(own, true)),
        offset_(whole.rank() - own.rank()) {}

  void read(T* to, std::int64_t n) {
    const std::size_t last = whole_.rank() - 1;
    const std::int64_t inner = whole_[last], step = step_of(last);
    while (n > 0) {
      const std::int64_t run = std::min(n, inner - index_[last]);
      const T* from = data_ + position_;
      if (step == 0) {
        std::fill_n(to, run, *from);
      } else {
        std::copy_n(from, run, to);
      }
      to += run;
      n -= run;
      advance(last, run);
    }
  }

 private:
  std::int64_t step_of(std::size_t d) const { return d < offset_ ? 0 : steps_[d - offset_]; }

  void advance(std::size_t d, std::int64_t by) {
    index_[d] += by;
    position_ += by * step_of(d);
    while (index_[d] == whole_[d] && d > 0) {
      position_ -= whole_[d] * step_of(d);
      index_[d] = 0;
      --d;
      ++index_[d];
      position_ += step_of(d);
    }
  }

  const T* data_;
  const Shape& whole_;
  std::array<std::int64_t, Shape::max_rank> steps_;
  std::size_t offset_;
  std::array<std::int64_t, Shape::max_rank> index_{};
  std::int64_t position_ = 0;
};

template <class T>
void run_gathered(BlockKernel<T> kernel, const Shape& shape,
                  std::span<const BlockOperand<T>> operands, T* out) {
  alignas(64) T scratch[max_block_operands][block_size];
  const std::int64_t n = shape.numel();
  std::array<const T*, max_block_operands> in{};
  std::array<std::int64_t, max_block_operands> advance{};
  std::array<std::optional<Gatherer<T>>, max_block_operands> gatherers;
  for (std::size_t k = 0; k < operands.size(); ++k) {
    const BlockOperand<T>& operand = operands[k];
    in[k] = scratch[k];
    if (operand.entries == nullptr) continue;
    if (operand.shape->numel() == 1) {
      std::fill_n(scratch[k], std::min(block_size, (n + 15) / 16 * 16), *operand.entries->data());
    } else if (operand.shape->numel() == n) {
      in[k] = operand.entries->data();
      advance[k] = 1;
    } else {
      gatherers[k].emplace(operand.entries->data(), *operand.shape, shape);
      std::fill_n(scratch[k] + (std::min(n, block_size) - 1) / 16 * 16, 16, T{});
    }
  }
  for (std::int64_t first = 0; first < n; first += block_size) {
    const std::int64_t size = std::min(block_size, n - first);
    for (std::size_t k = 0; k < operands.size(); ++k)
      if (gatherers[k]) gatherers[k]->read(scratch[k], size);
    kernel(in.data(), out + first, size);
    for (std::size_t k = 0; k < operands.size(); ++k) in[k] += advance[k] * block_size;
  }
}

}  // namespace

constinit thread_local bool detail::strict = false;

StrictMathScope::StrictMathScope(bool value) : previous_(detail::strict) { detail::strict = value; }

StrictMathScope::~StrictMathScope() { detail::strict = previous_; }

template <class T>
void run_blocks(BlockKernel<T> kernel, const Shape& shape,
                std::span<const BlockOperand<T>> operands, T* out) {
  const std::int64_t n = shape.numel();
  if (n == 0) return;
  std::array<const T*, max_block_operands> in{};
  for (std::size_t k = 0; k < operands.size(); ++k) {
    if (operands[k].entries == nullptr) continue;
    if (operands[k].shape->numel() != n) return run_gathered(kernel, shape, operands, out);
    in[k] = operands[k].entries->data();
  }
  kernel(in.data(), out, n);
}

template <class T>
Tensor<T> blockwise(const KernelPair<T>& kernels, const ShapeRef& shape,
                    std::span<const BlockOperand<T>> operands, const Tensor<T>* reuse) {
  const std::int64_t n = shape->numel();
  const BlockKernel<T> kernel = kernels.choose(n);
  if (defers(n)) [[unlikely]] {
    std::array<const Storage<T>*, max_block_operands> sources{};
    bool plain = true;
    for (std::size_t k = 0; k < operands.size(); ++k) {
      sources[k] = operands[k].entries;
      plain = plain && (sources[k] == nullptr || operands[k].shape->numel() == n ||
                        operands[k].shape->numel() == 1);
    }
    if (plain)
      return deferred<T>(shape, kernel, {sources.data(), operands.size()},
                         kernel == kernels.packed ? kernels.joint : nullptr);
  }
  if (reuse != nullptr) {
    reuse->data();
    Tensor<T> out = *reuse;
    run_blocks(kernel, *shape, operands, out.mutable_data());
    return out;
  }
  Tensor<T> out = Tensor<T>::uninitialised(shape);
  run_blocks(kernel, *shape, operands, out.impl()->storage->fresh_data());
  return out;
}

#define VERIGRAD_INSTANTIATE(T)                                                                 \
  template void run_blocks(BlockKernel<T>, const Shape&, std::span<const BlockOperand<T>>, T*); \
  template Tensor<T> blockwise(const KernelPair<T>&, const ShapeRef&,                           \
                               std::span<const BlockOperand<T>>, const Tensor<T>*);
VERIGRAD_INSTANTIATE(float)
VERIGRAD_INSTANTIATE(double)
#undef VERIGRAD_INSTANTIATE

}  // namespace verigrad
