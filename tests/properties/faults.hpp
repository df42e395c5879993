// Wrong operations: copies of the table of operations with a fault in one kernel.
#pragma once

#include <functional>
#include <string_view>

#include "engine/node.hpp"
#include "engine/operation_table.hpp"
#include "properties/engine.hpp"

namespace verigrad::properties {

using Vjp = Tensor<double> (*)(const Saved<double>& saved, const Tensor<double>& cotangent,
                               std::size_t operand);
using Forward = Tensor<double> (*)(Operands<double> operands, const Attributes& attributes,
                                   const Shape& shape);

/// The process's table with another backward or forward kernel of one operation.
OperationTable wrong_backward(std::string_view operation, Vjp vjp);
OperationTable wrong_forward(std::string_view operation, Forward forward);
/// The same with an operation that says it has another name and signature.
OperationTable wrong_name(std::string_view operation, std::string_view signature);

/// The right kernel.
Tensor<double> right_vjp(std::string_view operation, const Saved<double>& saved,
                         const Tensor<double>& cotangent, std::size_t operand);

/// What a faulty engine makes of a backward pass, given one of the right engine's graphs.
using AlteredVjp = std::function<PerLeaf(const Program& program, Graph& right,
                                         std::span<const Seed> seeds, Pass pass)>;

/// Verigrad's engine with another backward pass.
class AlteredEngine : public Engine {
 public:
  explicit AlteredEngine(AlteredVjp vjp) : vjp_(std::move(vjp)) {}

  std::string_view name() const override;
  std::string refusal(const Program& program, ValueId output) const override;
  std::unique_ptr<Graph> record(const Program& program, const Point& point,
                                std::span<const ValueId> roots) const override;
  std::vector<std::vector<double>> evaluate(const Program& program, const Point& point,
                                            std::span<const ValueId> roots) const override;

 private:
  AlteredVjp vjp_;
};

/// The law fails for the fault; the counterexample is small, shows this text, replays under the
/// faulty table from its text and is healthy under the right one.
void expect_found(std::string_view law, const OperationTable& faulty, std::string_view shown,
                  int cases = 2000);
/// The same for an engine; the counterexample is healthy for Verigrad's.
void expect_found(std::string_view law, const Engine& faulty);

}  // namespace verigrad::properties
