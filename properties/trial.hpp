// One specimen in front of one engine: what the laws look at.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "engine/operation_table.hpp"
#include "properties/engine.hpp"
#include "properties/specimen.hpp"

namespace verigrad::properties {

/// Entries of magnitude 1/2 to 2 with random signs, without symmetry, from the stream that
/// `purpose` names: the same for the same count, so that a verdict repeats.
std::vector<double> dense(std::int64_t count, int purpose);

/// What several laws ask of a specimen is computed once, when the first of them asks.
///
/// f is the program from its inputs to its output, J its Jacobian at the point, v a dense cotangent
/// and g(v) = v^T J what the engine's backward pass computes.
class Trial {
 public:
  /// All three outlive the trial. The table is the one that the program's operations come from.
  Trial(const Engine& engine, const Specimen& specimen, const OperationTable& operations);

  const Engine& engine() const { return engine_; }
  const OperationTable& operations() const { return operations_; }
  const Specimen& specimen() const { return specimen_; }
  const Program& program() const { return specimen_.program; }
  const Point& point() const { return specimen_.point; }
  ValueId output() const { return specimen_.output; }
  std::size_t leaf_count() const { return specimen_.point.size(); }

  /// The engine's record of the output alone. Its accumulated gradients belong to the law that
  /// uses them last: clear them first.
  Graph& graph();
  /// v, with the output's entries; other purposes give other cotangents.
  const std::vector<double>& v();
  std::vector<double> cotangent(int purpose) const;
  /// One dense tangent for each differentiable leaf.
  PerLeaf tangents(int purpose) const;
  const std::vector<double>& value();
  const PerLeaf& gradient();
  /// g(w) for another cotangent. Throws std::runtime_error where the engine's answer does not have
  /// the entries of the leaves.
  PerLeaf gradient(const std::vector<double>& w, Pass pass = Pass::plain);
  /// How much rounding may change g(v) when its terms are taken in another order, see
  /// `rounding_bound`.
  const PerLeaf& bound();
  /// Lets the floating-point flags tell of overflow and underflow in what laws share, and of none
  /// in what a law has computed for itself: called before each law.
  void reset_flags() const;

 private:
  /// Computes what laws share, and remembers the flags that this raises.
  void share(const std::function<void()>& compute);

  const Engine& engine_;
  const Specimen& specimen_;
  const OperationTable& operations_;
  std::unique_ptr<Graph> graph_;
  std::vector<double> v_;
  std::optional<std::vector<double>> value_;
  std::optional<PerLeaf> gradient_, bound_;
  int raised_ = 0;
};

/// Whether the operation throws for some values of its operands (a singular matrix): it may do so
/// for values that differ from the program's own by a rounding.
bool refuses_values(const Operation& operation);

/// Whether the operation inverts a matrix or solves equations: its roundings are relative to the
/// largest entry of the result, and grow as the matrix becomes singular.
bool inverts_matrix(const Operation& operation);

/// g(v) of another specimen's output by the same engine.
PerLeaf gradient_of(const Engine& engine, const Specimen& specimen, const std::vector<double>& v);

/// A bound on the difference of two computations of v^T J that use the same local derivatives in
/// another order: path_magnitudes times a few roundings for each operation and each term of its
/// sums. What cancels inside an operation's rule is not seen by these; it is by the same pass in
/// float, whose distance from that in double, scaled to double's precision, is added. At points
/// beyond float and 2^±12, where float overflows or underflows on the way, and where a matrix is
/// inverted, half of the digits of the leaf's largest entry are granted instead, and 64 times what
/// a rounding of every value does; infinite where the matrix's condition number is above 2^40.
/// Never less than 8 roundings of the largest entry of v. Leaves the floating-point flags as they
/// were.
PerLeaf rounding_bound(const Specimen& specimen, const std::vector<double>& v);

}  // namespace verigrad::properties
