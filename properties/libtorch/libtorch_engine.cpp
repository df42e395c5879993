#include "properties/libtorch/libtorch_engine.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/version.h>

#include <algorithm>
#include <unordered_map>

#include "engine/error.hpp"
#include "properties/instructions.hpp"
#include "properties/libtorch/calls.hpp"

namespace verigrad::properties {

std::int64_t Arguments::reduction(std::size_t attribute) const {
  const std::string& word = attributes_.word(attribute);
  return word == "none"   ? at::Reduction::None
         : word == "mean" ? at::Reduction::Mean
                          : at::Reduction::Sum;
}

const Call* find_call(std::string_view operation) {
  static const auto calls = [] {
    std::unordered_map<std::string_view, const Call*> map;
    for (const auto& table : {elementwise_calls(), tensor_calls(), layer_calls()})
      for (const Call& call : table) map.emplace(call.operation, &call);
    return map;
  }();
  const auto found = calls.find(operation);
  return found == calls.end() ? nullptr : found->second;
}

namespace {

using at::Tensor;
using torch::autograd::variable_list;

struct NoWarnings : c10::WarningHandler {
  void process(const c10::SourceLocation&, const std::string&, const bool) override {}
};

/// Calls f without LibTorch's advice on deprecated functions; its errors come as one line.
template <class F>
auto quietly(F f) {
  NoWarnings none;
  const c10::Warning::WarningHandlerGuard guard(&none);
  try {
    return f();
  } catch (const c10::Error& error) {
    const std::string text = error.what_without_backtrace();
    throw Error(text.substr(0, text.find('\n')));
  }
}

Tensor tensor_of(const Shape& shape, std::span<const double> entries) {
  return at::from_blob(const_cast<double*>(entries.data()), Integers(shape.begin(), shape.end()),
                       at::kDouble)
      .clone();
}

std::vector<double> entries_of(const Tensor& tensor) {
  // A derivative that is zero throughout comes without entries.
  if (tensor._is_zerotensor()) return std::vector<double>(static_cast<std::size_t>(tensor.numel()));
  const Tensor row_major = tensor.detach().contiguous();
  return {row_major.data_ptr<double>(), row_major.data_ptr<double>() + row_major.numel()};
}

std::vector<Tensor> leaves_of(const Program& program, const Point& point, bool tracked) {
  std::vector<Tensor> leaves;
  for (std::size_t i = 0; i < point.size(); ++i)
    leaves.push_back(tensor_of(program.leaves()[i].shape, point[i])
                         .set_requires_grad(tracked && program.leaves()[i].differentiable));
  return leaves;
}

Tensor applied(const Program& program, const Value& value, const std::vector<Tensor>& values) {
  static const Attributes none;
  std::vector<Tensor> operands;
  unsigned numbers = 0;
  for (std::size_t k = 0; k < value.operands.size(); ++k) {
    operands.push_back(values[static_cast<std::size_t>(value.operands[k])]);
    if (k < 4 && program[value.operands[k]].is_number) numbers |= 1U << k;
  }
  const Call* call = find_call(value.operation->name());
  return call->apply(
      {operands, static_cast<std::uint8_t>(numbers), value.attributes ? *value.attributes : none});
}

/// The values of the roots, in their order.
std::vector<Tensor> run(const Program& program, const std::vector<Tensor>& leaves,
                        std::span<const ValueId> roots) {
  const std::vector<bool> needed = program.reachable(roots);
  std::vector<Tensor> values(needed.size());
  for (std::size_t i = 0; i < needed.size(); ++i) {
    if (!needed[i]) continue;
    const Value& value = program.values()[i];
    switch (value.kind) {
      case Value::Kind::leaf:
        values[i] = leaves[static_cast<std::size_t>(value.leaf)];
        break;
      case Value::Kind::number:
        values[i] = tensor_of({}, {&value.number, 1});
        break;
      case Value::Kind::entries:
        values[i] = tensor_of(value.shape, value.entries);
        break;
      case Value::Kind::operation:
        values[i] = applied(program, value, values);
    }
  }
  std::vector<Tensor> results;
  for (const ValueId root : roots) results.push_back(values[static_cast<std::size_t>(root)]);
  return results;
}

class LibtorchGraph : public Graph {
 public:
  LibtorchGraph(const Program& program, const Point& point, std::span<const ValueId> roots)
      : leaves_(leaves_of(program, point, true)) {
    const std::vector<Tensor> values = quietly([&] { return run(program, leaves_, roots); });
    for (std::size_t i = 0; i < roots.size(); ++i) values_.emplace(roots[i], values[i]);
    for (const Tensor& leaf : leaves_)
      if (leaf.requires_grad()) inputs_.push_back(leaf);
  }

  std::vector<double> value(ValueId root) override { return entries_of(values_.at(root)); }

  PerLeaf vjp(std::span<const Seed> seeds, Pass pass) override {
    const Ends ends = ends_of(seeds);
    return by_leaf(slopes(ends, inputs_, pass));
  }

  /// The recorded v^T J is linear in v: its own product with u, by v, is J u.
  std::vector<double> jvp(ValueId root, const PerLeaf& u) override {
    const Tensor& y = values_.at(root);
    if (!y.requires_grad()) return std::vector<double>(static_cast<std::size_t>(y.numel()));
    const Tensor v = at::zeros_like(y).set_requires_grad(true);
    const Tensor product = second_product(y, v, u, {v})[0];
    return entries_of(product.defined() ? product : at::zeros_like(y));
  }

  PerLeaf hvp(ValueId root, const PerLeaf& u) override {
    const Tensor& y = values_.at(root);
    if (!y.requires_grad()) return by_leaf(variable_list(inputs_.size()));
    return by_leaf(second_product(y, at::ones_like(y), u, inputs_));
  }

  PerLeaf third(ValueId root, const PerLeaf& u, const PerLeaf& w) override {
    const Tensor& y = values_.at(root);
    if (!y.requires_grad()) return by_leaf(variable_list(inputs_.size()));
    return by_leaf(
        product(second_product(y, at::ones_like(y), u, inputs_, Pass::recorded), w, inputs_));
  }

  void backward(std::span<const Seed> seeds) override {
    const Ends ends = ends_of(seeds);
    if (!ends.roots.empty())
      quietly([&] { torch::autograd::backward(ends.roots, ends.cotangents, true); });
  }

  std::optional<std::vector<double>> gradient(std::size_t leaf) override {
    const Tensor& gradient = leaves_[leaf].grad();
    if (!gradient.defined()) return std::nullopt;
    return entries_of(gradient);
  }

  void clear_gradients() override {
    for (Tensor& leaf : inputs_) leaf.mutable_grad() = Tensor();
  }

 private:
  struct Ends {
    variable_list roots, cotangents;
  };

  Ends ends_of(std::span<const Seed> seeds) const {
    Ends ends;
    for (const Seed& seed : seeds) {
      const Tensor& root = values_.at(seed.root);
      if (!root.requires_grad()) continue;
      ends.roots.push_back(root);
      const bool implicit = seed.cotangent.empty() && root.numel() == 1;
      ends.cotangents.push_back(implicit ? Tensor() : like(root, seed.cotangent));
    }
    return ends;
  }

  static Tensor like(const Tensor& tensor, const std::vector<double>& entries) {
    return at::from_blob(const_cast<double*>(entries.data()), tensor.sizes(), at::kDouble).clone();
  }

  /// Undefined where there is no dependence.
  static variable_list slopes(const Ends& ends, const variable_list& by, Pass pass) {
    if (ends.roots.empty() || by.empty()) return variable_list(by.size());
    return quietly([&] {
      return torch::autograd::grad(ends.roots, by, ends.cotangents, true, pass == Pass::recorded,
                                   true);
    });
  }

  /// The gradients of <v^T dy/dx, u> by `by`, undefined where there is no dependence.
  variable_list second_product(const Tensor& y, const Tensor& v, const PerLeaf& u,
                               const variable_list& by, Pass pass = Pass::plain) const {
    return product(slopes({{y}, {v}}, inputs_, Pass::recorded), u, by, pass);
  }

  /// The gradients of <slopes, u> by `by`, for slopes by every input.
  variable_list product(const variable_list& by_input, const PerLeaf& u, const variable_list& by,
                        Pass pass = Pass::plain) const {
    Ends ends;
    for (std::size_t leaf = 0, input = 0; leaf < leaves_.size(); ++leaf) {
      if (!leaves_[leaf].requires_grad()) continue;
      const Tensor& slope = by_input[input++];
      if (!slope.defined() || !slope.requires_grad() || u[leaf].empty()) continue;
      ends.roots.push_back(slope);
      ends.cotangents.push_back(like(slope, u[leaf]));
    }
    return slopes(ends, by, pass);
  }

  PerLeaf by_leaf(const variable_list& by_input) const {
    PerLeaf result(leaves_.size());
    for (std::size_t leaf = 0, input = 0; leaf < leaves_.size(); ++leaf) {
      if (!leaves_[leaf].requires_grad()) continue;
      const Tensor& gradient = by_input[input++];
      result[leaf] = gradient.defined()
                         ? entries_of(gradient)
                         : std::vector<double>(static_cast<std::size_t>(leaves_[leaf].numel()));
    }
    return result;
  }

  std::vector<Tensor> leaves_;
  variable_list inputs_;
  std::unordered_map<ValueId, Tensor> values_;
};

/// Why LibTorch cannot compute a value of the program; empty when it can.
std::string refusal_of(const Program& program, const Value& value) {
  static const Attributes none;
  const std::string_view name = value.operation->name();
  const Call* call = find_call(name);
  if (call == nullptr) return fmt::format("there is no call of LibTorch for {}", name);
  for (std::size_t k = 0; k < value.operands.size() && k < 4; ++k)
    if (((call->numbers >> k) & 1) != 0 && !program[value.operands[k]].is_number)
      return fmt::format("LibTorch's {} takes a number for operand {}", name, k + 1);
  std::vector<Shape> shapes;
  for (const ValueId operand : value.operands) shapes.push_back(program.shape(operand));
  if (call->takes != nullptr && !call->takes(shapes, value.attributes ? *value.attributes : none))
    return fmt::format("LibTorch's {} does not take these shapes or attributes", name);
  return {};
}

class LibtorchEngine : public Engine {
 public:
  LibtorchEngine() { at::set_num_threads(1); }

  std::string_view name() const override { return "LibTorch"; }

  std::string refusal(const Program& program, ValueId output) const override {
    const std::vector<bool> needed = program.reachable({&output, 1});
    for (std::size_t i = 0; i < needed.size(); ++i) {
      const Value& value = program.values()[i];
      if (!needed[i] || value.operation == nullptr) continue;
      if (std::string reason = refusal_of(program, value); !reason.empty()) return reason;
    }
    return {};
  }

  std::unique_ptr<Graph> record(const Program& program, const Point& point,
                                std::span<const ValueId> roots) const override {
    return std::make_unique<LibtorchGraph>(program, point, roots);
  }

  std::vector<std::vector<double>> evaluate(const Program& program, const Point& point,
                                            std::span<const ValueId> roots) const override {
    const at::NoGradGuard values_only;
    const auto leaves = leaves_of(program, point, false);
    std::vector<std::vector<double>> values;
    for (const Tensor& value : quietly([&] { return run(program, leaves, roots); }))
      values.push_back(entries_of(value));
    return values;
  }
};

}  // namespace

const Engine& libtorch_engine() {
  static const LibtorchEngine engine;
  return engine;
}

std::vector<std::string> libtorch_operations() {
  std::vector<std::string> names;
  for (const Operation* operation : instructions(OperationTable::standard()))
    if (operation != nullptr && find_call(operation->name()) != nullptr &&
        std::ranges::find(names, operation->name()) == names.end())
      names.emplace_back(operation->name());
  return names;
}

std::string_view libtorch_version() { return TORCH_VERSION; }

}  // namespace verigrad::properties
