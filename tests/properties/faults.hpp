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

/// One of Verigrad's graphs, to be altered in some members.
class PassingGraph : public Graph {
 public:
  explicit PassingGraph(std::unique_ptr<Graph> right) : right_(std::move(right)) {}

  std::vector<double> value(ValueId root) override { return right_->value(root); }
  PerLeaf vjp(std::span<const Seed> seeds, Pass pass) override { return right_->vjp(seeds, pass); }
  std::vector<double> jvp(ValueId root, const PerLeaf& u) override { return right_->jvp(root, u); }
  PerLeaf hvp(ValueId root, const PerLeaf& u) override { return right_->hvp(root, u); }
  PerLeaf third(ValueId root, const PerLeaf& u, const PerLeaf& w) override {
    return right_->third(root, u, w);
  }
  void backward(std::span<const Seed> seeds) override { right_->backward(seeds); }
  std::optional<std::vector<double>> gradient(std::size_t leaf) override {
    return right_->gradient(leaf);
  }
  void clear_gradients() override { right_->clear_gradients(); }

 protected:
  std::unique_ptr<Graph> right_;
};

/// Verigrad's engine, to be given other graphs.
class PassingEngine : public Engine {
 public:
  std::string_view name() const override { return "altered"; }
  std::string refusal(const Program& program, ValueId output) const override;
  std::vector<std::vector<double>> evaluate(const Program& program, const Point& point,
                                            std::span<const ValueId> roots) const override;
};

/// What a faulty engine makes of a backward pass, given one of the right engine's graphs.
using AlteredVjp = std::function<PerLeaf(const Program& program, Graph& right,
                                         std::span<const Seed> seeds, Pass pass)>;

/// Verigrad's engine with another backward pass.
class AlteredEngine : public PassingEngine {
 public:
  explicit AlteredEngine(AlteredVjp vjp) : vjp_(std::move(vjp)) {}

  std::unique_ptr<Graph> record(const Program& program, const Point& point,
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
