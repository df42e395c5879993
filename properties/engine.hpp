// What the laws ask of an engine. Whoever implements this for another engine can hold it against
// them.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/program.hpp"
#include "gradcheck/path_magnitudes.hpp"
#include "gradcheck/recorded_gradient.hpp"

namespace verigrad::properties {

using gradcheck::PerLeaf;

/// A cotangent v for one recorded root, with the root's entries. An empty one for a root of one
/// entry leaves it to the engine, which must take 1.
struct Seed {
  ValueId root = no_value;
  std::vector<double> cotangent;
};

/// How a backward pass is run.
enum class Pass {
  plain,    ///< derivatives as numbers
  recorded  ///< derivatives that can be differentiated again (PyTorch's create_graph)
};

/// A program that an engine has evaluated at a point, with what it needs for going backwards. All
/// arrays are row-major doubles; a root is one of those that were recorded. Derivatives by a leaf
/// that is not differentiable are empty; where a root does not depend on a leaf they are zeros.
class Graph {
 public:
  virtual ~Graph() = default;

  virtual std::vector<double> value(ValueId root) = 0;
  /// The sum over the seeds of v^T J, by every leaf. Leaves no trace: neither in later calls nor in
  /// what `gradient` answers.
  virtual PerLeaf vjp(std::span<const Seed> seeds, Pass pass = Pass::plain) = 0;
  /// J u of one root, for one tangent u a leaf (empty ones count as 0).
  virtual std::vector<double> jvp(ValueId root, const PerLeaf& u) = 0;
  /// H u of one root with a single entry, by every leaf, for one tangent a leaf.
  virtual PerLeaf hvp(ValueId root, const PerLeaf& u) = 0;
  /// The gradient of w^T H u of one root with a single entry: its third derivatives along u and w.
  virtual PerLeaf third(ValueId root, const PerLeaf& u, const PerLeaf& w) = 0;

  /// One backward pass from all seeds, which adds v^T J into the gradients of the leaves.
  virtual void backward(std::span<const Seed> seeds) = 0;
  /// What backward passes have added up for a leaf; nothing before the first that reached it, or
  /// since `clear_gradients`.
  virtual std::optional<std::vector<double>> gradient(std::size_t leaf) = 0;
  virtual void clear_gradients() = 0;
};

/// An engine under test. Its members may be called from several threads at a time.
class Engine {
 public:
  virtual ~Engine() = default;

  virtual std::string_view name() const = 0;
  /// Why the engine cannot run what the output needs; empty when it can.
  virtual std::string refusal(const Program& program, ValueId output) const = 0;
  /// Evaluates in double what the roots need. The program and the point outlive the graph. Throws
  /// std::exception when a value is refused.
  virtual std::unique_ptr<Graph> record(const Program& program, const Point& point,
                                        std::span<const ValueId> roots) const = 0;
  /// The values of the roots, computed in double without recording anything. Throws likewise.
  virtual std::vector<std::vector<double>> evaluate(const Program& program, const Point& point,
                                                    std::span<const ValueId> roots) const = 0;
  /// How the engine computes v^T J by one leaf, written down in operations whose exact values can
  /// be proven; nothing from an engine that cannot tell.
  virtual std::optional<gradcheck::RecordedGradient> recorded_gradient(
      const Program&, const Point&, ValueId /*output*/, std::size_t /*leaf*/,
      const std::vector<double>& /*v*/) const {
    return std::nullopt;
  }
};

/// Verigrad's own engine, which runs the operations that the program points to.
const Engine& verigrad_engine();

}  // namespace verigrad::properties
