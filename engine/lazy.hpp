#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <span>

#include "engine/pairwise.hpp"
#include "engine/storage.hpp"
#include "engine/tensor.hpp"

namespace verigrad {

// Elementwise results of large tensors are pending: what computes them is noted as an instruction,
// and the entries are made when somebody reads them. All instructions that the answer needs are
// then run together, block by block, so that what lies between them stays in the cache and never
// becomes an array, unless a tensor or the graph still holds it. Nobody can tell but by the time it
// takes: shapes and errors are settled at once, an in-place change leaves the old entries to
// pending readers, and the values are those that immediate computation gives, bit for bit. A
// pending tensor refers to the tensors that it is computed from: read it before handing it to
// another thread.
//
// What pending results refer to stays in memory. When the arrays that pending instructions read add
// up to more than 256 MiB (and to four of those at hand), a new result is computed at once.

/// Computes n results from n entries of each operand. May read and write whole 64-byte units.
template <class T>
using BlockKernel = void (*)(const T* const* operands, T* results, std::int64_t n);

/// Kernels of a function of one variable whose values and slopes cost less together.
template <class T>
struct JointKernels {
  BlockKernel<T> value;  ///< of x
  BlockKernel<T> share;  ///< of a cotangent and x: the cotangent times the slope
  void (*both)(const T* x, T* values, T* slopes, std::int64_t n);
  BlockKernel<T> product;  ///< of a cotangent and the slopes: the share
};

/// The number of entries that instructions run over at a time.
inline constexpr std::int64_t block_size = sum_block;

/// The largest number of operands: a rule's cotangent, four operands and the result.
inline constexpr std::size_t max_block_operands = 6;

/// How the entries of one pending storage are computed.
template <class T>
struct Instruction : Pooled<Instruction<T>> {
  BlockKernel<T> kernel = nullptr;         ///< null for the sum of the one source
  const JointKernels<T>* joint = nullptr;  ///< when the kernel is its value or its share
  double divisor = 1;                      ///< of a sum
  std::int64_t length = 0;                 ///< entries of the sources that have more than one
  std::uint32_t depth = 0;                 ///< of the tower of pending instructions below
  std::uint32_t count = 0;
  /// Null for an operand that the kernel does not read.
  std::array<Ref<Storage<T>>, max_block_operands> sources;

  // Of the evaluation in progress.
  std::uint64_t visit = 0;
  std::int32_t step = 0;

  ~Instruction();
};

namespace detail {
/// Below this, arrays stay in the cache and an instruction costs more than it saves.
extern constinit thread_local std::int64_t defer_from;
/// The bytes of all arrays that pending instructions read.
extern constinit std::atomic<std::int64_t> held_bytes;
}  // namespace detail

/// Whether a result of this many entries should be pending on this thread.
inline bool defers(std::int64_t numel) { return numel >= detail::defer_from; }

/// Sets, while it lives, from how many entries on results are pending on this thread. `never` turns
/// deferring off.
class DeferScope {
 public:
  static constexpr std::int64_t never = INT64_MAX;
  explicit DeferScope(std::int64_t numel);
  ~DeferScope();
  DeferScope(const DeferScope&) = delete;
  DeferScope& operator=(const DeferScope&) = delete;

 private:
  std::int64_t previous_;
};

/// A pending tensor of kernel's results. A source has the shape's number of entries, or one, which
/// stands for all; a null one is not read. `joint` has the kernel as its value or its share.
template <class T>
Tensor<T> deferred(const ShapeRef& shape, BlockKernel<T> kernel,
                   std::span<const Storage<T>* const> sources,
                   const JointKernels<T>* joint = nullptr);

/// The pending sum of a storage's entries divided by `divisor`, as a scalar.
template <class T>
Tensor<T> deferred_sum(const ShapeRef& shape, Storage<T>& entries, double divisor);

/// Computes those of the storages that are pending in one go.
template <class T>
void compute_together(std::span<Storage<T>* const> storages);

}  // namespace verigrad
