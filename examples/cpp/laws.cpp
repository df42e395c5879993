// An engine that gives a thousandth too much, held against the laws of differentiation.
#include <fmt/core.h>

#include "properties/gtest.hpp"

using namespace verigrad::properties;
using verigrad::Point;
using verigrad::Program;
using verigrad::ValueId;

/// A program that has been run: what a backward pass makes of it.
class EnlargingGraph : public Graph {
 public:
  explicit EnlargingGraph(std::unique_ptr<Graph> inner) : inner_(std::move(inner)) {}

  PerLeaf vjp(std::span<const Seed> seeds, Pass pass) override {
    PerLeaf gradients = inner_->vjp(seeds, pass);
    for (auto& gradient : gradients)
      for (double& entry : gradient) entry *= 1.001;
    return gradients;
  }

  std::vector<double> value(ValueId root) override { return inner_->value(root); }
  std::vector<double> jvp(ValueId root, const PerLeaf& u) override { return inner_->jvp(root, u); }
  PerLeaf hvp(ValueId root, const PerLeaf& u) override { return inner_->hvp(root, u); }
  PerLeaf third(ValueId root, const PerLeaf& u, const PerLeaf& w) override {
    return inner_->third(root, u, w);
  }
  void backward(std::span<const Seed> seeds) override { inner_->backward(seeds); }
  std::optional<std::vector<double>> gradient(std::size_t leaf) override {
    return inner_->gradient(leaf);
  }
  void clear_gradients() override { inner_->clear_gradients(); }

 private:
  std::unique_ptr<Graph> inner_;
};

class EnlargingEngine : public Engine {
 public:
  std::string_view name() const override { return "enlarging"; }
  std::string refusal(const Program&, ValueId) const override { return ""; }
  std::unique_ptr<Graph> record(const Program& program, const Point& point,
                                std::span<const ValueId> roots) const override {
    return std::make_unique<EnlargingGraph>(verigrad_engine().record(program, point, roots));
  }
  std::vector<std::vector<double>> evaluate(const Program& program, const Point& point,
                                            std::span<const ValueId> roots) const override {
    return verigrad_engine().evaluate(program, point, roots);
  }
};

int main() { fmt::print("{}\n", obeys_laws(EnlargingEngine()).message()); }
