#include <unordered_map>

#include "engine/functions.hpp"
#include "engine/recording.hpp"
#include "properties/engine.hpp"

namespace verigrad::properties {
namespace {

using Doubles = Tensor<double>;

std::vector<double> entries_of(const Doubles& tensor) {
  return {tensor.entries().begin(), tensor.entries().end()};
}

class VerigradGraph : public Graph {
 public:
  VerigradGraph(const Program& program, const Point& point, std::span<const ValueId> roots)
      : leaves_(leaf_tensors<double>(program, point, true)) {
    const std::vector<Doubles> values = run<double>(program, leaves_, roots);
    for (std::size_t i = 0; i < roots.size(); ++i) values_.emplace(roots[i], values[i]);
    for (const Doubles& leaf : leaves_)
      if (leaf.requires_grad()) inputs_.push_back(leaf);
  }

  std::vector<double> value(ValueId root) override { return entries_of(values_.at(root)); }

  PerLeaf vjp(std::span<const Seed> seeds, Pass pass) override {
    const Ends ends = ends_of(seeds);
    std::vector<Doubles> found(inputs_.size());
    if (!ends.roots.empty())
      found = grad<double>(ends.roots, inputs_, ends.cotangents,
                           {.retain_graph = true, .create_graph = pass == Pass::recorded}, true);
    return by_leaf(found);
  }

  /// The recorded v^T J is linear in v: its own product with u, by v, is J u.
  std::vector<double> jvp(ValueId root, const PerLeaf& u) override {
    const Doubles& y = values_.at(root);
    std::vector<double> zeros(static_cast<std::size_t>(y.numel()), 0.0);
    if (!y.requires_grad()) return zeros;
    const Doubles v = Doubles(y.shape(), std::span<const double>(zeros)).requires_grad_();
    const std::vector<Doubles> product = second_product(y, v, u, {v});
    return product[0].defined() ? entries_of(product[0]) : zeros;
  }

  PerLeaf hvp(ValueId root, const PerLeaf& u) override {
    const Doubles& y = values_.at(root);
    std::vector<Doubles> found(inputs_.size());
    if (y.requires_grad()) found = second_product(y, Doubles(), u, inputs_);
    return by_leaf(found);
  }

  PerLeaf third(ValueId root, const PerLeaf& u, const PerLeaf& w) override {
    const Doubles& y = values_.at(root);
    std::vector<Doubles> found(inputs_.size());
    if (y.requires_grad())
      found = product(second_product(y, Doubles(), u, inputs_, Pass::recorded), w, inputs_);
    return by_leaf(found);
  }

  void backward(std::span<const Seed> seeds) override {
    const Ends ends = ends_of(seeds);
    if (!ends.roots.empty())
      verigrad::backward<double>(ends.roots, ends.cotangents, {.retain_graph = true});
  }

  std::optional<std::vector<double>> gradient(std::size_t leaf) override {
    const Doubles gradient = leaves_[leaf].grad();
    if (!gradient.defined()) return std::nullopt;
    return entries_of(gradient);
  }

  void clear_gradients() override {
    for (Doubles& leaf : inputs_) leaf.set_grad(Doubles());
  }

 private:
  struct Ends {
    std::vector<Doubles> roots, cotangents;
  };

  Ends ends_of(std::span<const Seed> seeds) const {
    Ends ends;
    for (const Seed& seed : seeds) {
      const Doubles& root = values_.at(seed.root);
      if (!root.requires_grad()) continue;
      ends.roots.push_back(root);
      if (seed.cotangent.empty() && root.numel() == 1)
        ends.cotangents.emplace_back();
      else
        ends.cotangents.emplace_back(root.shape(), std::span<const double>(seed.cotangent));
    }
    return ends;
  }

  /// The gradients of <v^T dy/dx, u> by `by`, undefined where there is no dependence.
  std::vector<Doubles> second_product(const Doubles& y, const Doubles& v, const PerLeaf& u,
                                      const std::vector<Doubles>& by,
                                      Pass pass = Pass::plain) const {
    return product(grad<double>({&y, 1}, inputs_, {&v, 1}, {.create_graph = true}, true), u, by,
                   pass);
  }

  /// The gradients of <slopes, u> by `by`, for slopes by every input.
  std::vector<Doubles> product(const std::vector<Doubles>& slopes, const PerLeaf& u,
                               const std::vector<Doubles>& by, Pass pass = Pass::plain) const {
    Ends ends;
    for (std::size_t leaf = 0, input = 0; leaf < leaves_.size(); ++leaf) {
      if (!leaves_[leaf].requires_grad()) continue;
      const Doubles& slope = slopes[input++];
      if (!slope.defined() || !slope.requires_grad() || u[leaf].empty()) continue;
      ends.roots.push_back(slope);
      ends.cotangents.emplace_back(slope.shape(), std::span<const double>(u[leaf]));
    }
    if (ends.roots.empty()) return std::vector<Doubles>(by.size());
    return grad<double>(ends.roots, by, ends.cotangents,
                        {.retain_graph = true, .create_graph = pass == Pass::recorded}, true);
  }

  PerLeaf by_leaf(const std::vector<Doubles>& by_input) const {
    PerLeaf result(leaves_.size());
    for (std::size_t leaf = 0, input = 0; leaf < leaves_.size(); ++leaf) {
      if (!leaves_[leaf].requires_grad()) continue;
      const Doubles& gradient = by_input[input++];
      result[leaf] = gradient.defined()
                         ? entries_of(gradient)
                         : std::vector<double>(static_cast<std::size_t>(leaves_[leaf].numel()));
    }
    return result;
  }

  std::vector<Doubles> leaves_, inputs_;
  std::unordered_map<ValueId, Doubles> values_;
};

class VerigradEngine : public Engine {
 public:
  std::string_view name() const override { return "Verigrad"; }
  std::string refusal(const Program&, ValueId) const override { return {}; }
  std::unique_ptr<Graph> record(const Program& program, const Point& point,
                                std::span<const ValueId> roots) const override {
    return std::make_unique<VerigradGraph>(program, point, roots);
  }
  std::vector<std::vector<double>> evaluate(const Program& program, const Point& point,
                                            std::span<const ValueId> roots) const override {
    const NoGrad values_only;
    std::vector<std::vector<double>> values;
    for (const Doubles& value :
         run<double>(program, leaf_tensors<double>(program, point, false), roots))
      values.push_back(entries_of(value));
    return values;
  }
  std::optional<gradcheck::RecordedGradient> recorded_gradient(
      const Program& program, const Point& point, ValueId output, std::size_t leaf,
      const std::vector<double>& v) const override {
    try {
      return gradcheck::record_gradient<double>(program, point, output, leaf, v);
    } catch (const NotRecordable&) {
      return std::nullopt;
    }
  }
};

}  // namespace

const Engine& verigrad_engine() {
  static const VerigradEngine engine;
  return engine;
}

}  // namespace verigrad::properties
