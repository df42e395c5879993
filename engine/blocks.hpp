#pragma once

#include <span>

#include "engine/lazy.hpp"
#include "engine/shape.hpp"

namespace verigrad {

namespace detail {
extern constinit thread_local bool strict;
}

/// Whether this thread computes elementary functions by libm alone. Otherwise tensors that fill a
/// vector register use SLEEF's vector functions, which are within 1 ulp of libm's.
inline bool strict_math() { return detail::strict; }

/// Sets that while it lives; nests.
class StrictMathScope {
 public:
  explicit StrictMathScope(bool strict = true);
  ~StrictMathScope();
  StrictMathScope(const StrictMathScope&) = delete;
  StrictMathScope& operator=(const StrictMathScope&) = delete;

 private:
  bool previous_;
};

/// The same computation entry by entry and on whole vector registers. Which one runs depends on
/// the number of entries alone, so that equal entries of a tensor have equal results wherever they
/// stand.
template <class T>
struct KernelPair {
  BlockKernel<T> plain = nullptr;
  BlockKernel<T> packed = nullptr;
  const JointKernels<T>* joint = nullptr;  ///< of the packed kernel, if it has them

  BlockKernel<T> choose(std::int64_t numel) const {
    return numel * static_cast<std::int64_t>(sizeof(T)) >= 64 && !strict_math() ? packed : plain;
  }
};

/// An operand of a blockwise computation; null for one that the kernel does not read.
template <class T>
struct BlockOperand {
  Storage<T>* entries = nullptr;
  const Shape* shape = nullptr;
};

/// Runs a kernel over operands that broadcast to `shape`, into `out`, which may be the entries of
/// an operand of that shape.
template <class T>
void run_blocks(BlockKernel<T> kernel, const Shape& shape,
                std::span<const BlockOperand<T>> operands, T* out);

/// The results as a tensor: pending when it is large and no operand is repeated along some dims
/// only, computed otherwise; written over the entries of `reuse` where that is not null.
template <class T>
Tensor<T> blockwise(const KernelPair<T>& kernels, const ShapeRef& shape,
                    std::span<const BlockOperand<T>> operands, const Tensor<T>* reuse = nullptr);

}  // namespace verigrad
