#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <utility>
#include <vector>

#include "proof/series.hpp"

namespace verigrad::proof {

/// A list of the operations on this thread's traced Series, for a reverse sweep. Of a traced Series
/// the value alone is known; what a further operation's derivative by it is, the operation's own
/// series tells, with one operand at a time as the germ p + ε to length 2. Sums and products are
/// known to be linear in each operand.
///
/// Where a choice would be made exactly at its kink no partial derivative exists and the result is
/// Status::flat; with Kinks::hulls abs, maximum and minimum take the hull of both sides' instead,
/// also where the side is not decided.
///
/// While a Tape lives it is its thread's; traced Series must not be used after it.
class Tape {
 public:
  enum class Kinks { refused, hulls };
  explicit Tape(Kinks kinks = Kinks::refused);
  ~Tape();
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  /// Whether this thread's tape takes hulls at kinks.
  static bool takes_hulls() { return current_ && current_->kinks_ == Kinks::hulls; }

  /// An independent variable.
  Series variable(const Ball& value);

  /// The partial derivative of an operation by an operand.
  using Partial = std::pair<const Series&, const Ball&>;
  /// The result of an operation, from its value and its partial derivatives by the traced operands;
  /// a constant when there are none.
  static Series record(const Ball& value, std::initializer_list<Partial> partials, bool kinked);
  /// a + sign · b of Series with one term.
  static Series sum(const Series& a, const Series& b, int sign);
  static Series product(const Series& a, const Series& b);
  /// Σ a[i] b[i], and Σ a[i].
  static Series dot(std::span<const Series> a, std::span<const Series> b);
  static Series total(std::span<const Series> a);

  /// Derivatives of the sum of weights[i] · roots[i] by every node, and the same with all partials
  /// and weights taken by their absolute values, as upper bounds: the size of the terms that may
  /// cancel.
  class Sweep {
   public:
    Sweep(const Tape& tape, std::span<const Series> roots, std::span<const Ball> weights);
    /// By a variable of the tape.
    const Ball& derivative(const Series& variable) const;
    double paths(const Series& variable) const;

   private:
    std::vector<Ball> adjoints_;
    std::vector<double> paths_;
  };

 private:
  struct Edge {
    std::int32_t operand;
    Ball partial;
  };

  std::int32_t add_node() {
    ends_.push_back(edges_.size());
    return static_cast<std::int32_t>(ends_.size()) - 1;
  }
  void add_edge(const Series& operand, const Ball& partial) {
    if (operand.traced()) edges_.push_back({operand.node(), partial});
  }
  /// The node of the edges added since the last one.
  static Series made(const Ball& value, bool traced, bool kinked);

  static thread_local Tape* current_;
  Tape* before_;
  Kinks kinks_;
  std::vector<Edge> edges_;
  std::vector<std::size_t> ends_;  ///< of each node's edges
};

/// f at traced operands, recorded; f's own series at p + ε gives value and partial derivative.
template <class F>
Series traced(F f, const Series& p) {
  const Series germ = f(Series::variable(p.value(), 1, 2));
  if (!germ.ok()) return germ;
  if (germ.kinked() || germ.length() < 2) return Series(Status::flat);
  return Tape::record(germ.value(), {{p, germ[1]}}, p.kinked());
}
Series traced(Series (*f)(const Series&, const Series&), const Series& a, const Series& b);

}  // namespace verigrad::proof
