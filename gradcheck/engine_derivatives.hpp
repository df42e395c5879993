#pragma once

#include <memory>
#include <vector>

#include "engine/program.hpp"

namespace verigrad::gradcheck {

/// The engine's own derivatives of a Program at one point, by one recorded forward pass and as many
/// backward passes as are asked for. Entries are row-major, as in Reference.
class EngineDerivatives {
 public:
  virtual ~EngineDerivatives() = default;

  /// The entries of a value.
  virtual std::vector<double> value(ValueId id) = 0;
  /// d(output)/d(leaf) by one backward pass for every entry of the output.
  virtual std::vector<double> jacobian(ValueId output, std::size_t leaf) = 0;
  /// vᵀJ by one backward pass.
  virtual std::vector<double> vjp(ValueId output, std::size_t leaf,
                                  const std::vector<double>& v) = 0;
  /// vᵀJ by every differentiable leaf in one backward pass; empty for the other leaves.
  virtual std::vector<std::vector<double>> vjp_by_leaves(ValueId output,
                                                         const std::vector<double>& v) = 0;
  /// Ju by differentiating the recorded backward pass.
  virtual std::vector<double> jvp(ValueId output, std::size_t leaf,
                                  const std::vector<double>& u) = 0;
  virtual std::vector<double> hessian(ValueId output, std::size_t leaf) = 0;
  virtual std::vector<double> hvp(ValueId output, std::size_t leaf,
                                  const std::vector<double>& u) = 0;
};

/// Runs the engine in the given precision; the values of `roots` become available.
std::unique_ptr<EngineDerivatives> engine_derivatives(const Program& program, const Point& point,
                                                      std::span<const ValueId> roots, DType dtype);

}  // namespace verigrad::gradcheck
