// A Program at a point: what evaluations near it build on.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "engine/pool.hpp"
#include "engine/program.hpp"
#include "gradcheck/motion.hpp"

namespace verigrad::gradcheck::detail {

/// All values that an output depends on, as the engine computes them at a point, recorded.
class BaseValues {
 public:
  /// Program and schedule must outlive it. Throws Error where an operation refuses its operands.
  BaseValues(const Program& program, const Schedule& schedule, const Point& point);

  const Program& program() const { return program_; }
  const Tensor<double>& tensor(ValueId id) const { return tensors_[static_cast<std::size_t>(id)]; }
  const double* entries(ValueId id) const { return entries_[static_cast<std::size_t>(id)]; }
  /// value_noise of the output.
  std::vector<double> noise() const;
  /// What one backward pass tells: the engine's vᵀJ of the output by some leaves, and value_noise
  /// of v . output, 0 where it is not finite.
  struct Sweep {
    std::vector<Tensor<double>> gradients;
    double rounding = 0;
  };
  Sweep sweep(std::span<const double> v, std::span<const std::size_t> leaves) const;
  /// Whether all of them are finite: sums may then be continued from what they are here.
  bool finite() const { return finite_; }

  /// The entries by an operation's EntryRule, before a reduction.
  const PoolVector<double>& each(ValueId id);
  /// The side of its kink that each entry of an operation with an EntryRule is on.
  const PoolVector<std::int64_t>& sides(ValueId id);
  /// The hash of all sides of another operation's kinks.
  std::uint64_t branch(ValueId id);

 private:
  template <class V>
  using ById = std::map<ValueId, V, std::less<>, PoolAllocator<std::pair<const ValueId, V>>>;

  void take(ValueId id, const Tensor<double>& tensor);

  const Program& program_;
  const Schedule& schedule_;
  PoolVector<Tensor<double>> tensors_;
  PoolVector<const double*> entries_;
  bool finite_ = true;
  ById<PoolVector<double>> each_;
  ById<PoolVector<std::int64_t>> sides_;
  ById<std::uint64_t> branches_;
};

}  // namespace verigrad::gradcheck::detail
