#pragma once

#include <span>
#include <vector>

#include "proof/germs.hpp"

namespace verigrad::proof {

class Tape;

/// A function and the number of its outputs.
struct Outputs {
  GermFunction function;
  std::size_t count = 1;
};

/// What is proven of all first derivatives of a function at a point.
///
/// The function is evaluated once on a Tape and swept backwards once for every output. Rows that
/// meet a kink are swept again with the hulls of one-sided partials, which contain every limit of
/// slopes nearby (the chain rule of generalised derivatives: Clarke, "Optimization and Nonsmooth
/// Analysis", 1983); where such a hull is wide, the germs x ± ε of that input decide, for up to
/// Limits::kinked_inputs inputs of a leaf. An entry that they leave undecided has the hull's ball.
class Jacobian {
 public:
  /// `leaves` are constants; derivatives are known by those whose `differentiable` is set.
  Jacobian(Outputs outputs, std::vector<Field> leaves, std::vector<bool> differentiable,
           DType dtype, const Limits& limits = {});

  /// d(output i)/d(entry j) stands at i * n + j, where n is the leaf's number of entries.
  const std::vector<Enclosure>& by(std::size_t leaf);

 private:
  using PerLeaf = std::vector<std::vector<Enclosure>>;

  void sweep();
  void sweep_rows(std::vector<bool>& open, std::vector<bool>& failed);
  void sweep_hulls();
  void read(const Tape& tape, const Series& output, std::size_t row, std::span<const Field> traced,
            PerLeaf& into) const;
  std::vector<Field> trace_leaves(Tape& tape) const;
  void settle(std::size_t leaf);
  void take_hulls(std::size_t leaf, const std::vector<std::size_t>& wide);
  void decide_by_germs(std::size_t leaf, std::size_t column);
  /// The columns in which a failed row has no sharp hull.
  std::vector<std::size_t> wide_columns(std::size_t leaf) const;
  Enclosure& entry(PerLeaf& of, std::size_t leaf, std::size_t row, std::size_t column) const {
    return of[leaf][row * leaves_[leaf].entries.size() + column];
  }

  GermFunction function_;
  std::vector<Field> leaves_;
  std::vector<bool> differentiable_;
  DType dtype_;
  Limits limits_;
  std::size_t rows_;
  bool swept_ = false;
  std::vector<std::size_t> failed_;  ///< rows that a sweep does not decide
  PerLeaf entries_, hulls_;
  std::vector<bool> settled_;
};

}  // namespace verigrad::proof
