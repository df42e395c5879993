#include "gradcheck/engine_derivatives.hpp"

#include <algorithm>
#include <unordered_map>

#include "engine/functional.hpp"

namespace verigrad::gradcheck {
namespace {

template <class T>
class Derivatives : public EngineDerivatives {
 public:
  Derivatives(const Program& program, const Point& point, std::span<const ValueId> roots)
      : leaves_(leaf_tensors<T>(program, point, true)) {
    const std::vector<Tensor<T>> values = run<T>(program, leaves_, roots);
    for (std::size_t i = 0; i < roots.size(); ++i) values_.emplace(roots[i], values[i]);
  }

  std::vector<double> value(ValueId id) override { return widen(values_.at(id)); }

  std::vector<double> jacobian(ValueId output, std::size_t leaf) override {
    return rows(values_.at(output).numel(),
                [&](const std::vector<double>& unit) { return vjp(output, leaf, unit); });
  }

  std::vector<double> vjp(ValueId output, std::size_t leaf, const std::vector<double>& v) override {
    const Tensor<T>& y = values_.at(output);
    return widen(verigrad::vjp(y, leaves_[leaf], narrow(v, y.shape())));
  }

  std::vector<std::vector<double>> vjp_by_leaves(ValueId output,
                                                 const std::vector<double>& v) override {
    std::vector<Tensor<T>> tracked;
    for (const Tensor<T>& leaf : leaves_)
      if (leaf.requires_grad()) tracked.push_back(leaf);
    const Tensor<T>& y = values_.at(output);
    std::vector<Tensor<T>> found(tracked.size());
    if (y.requires_grad()) {
      const Tensor<T> cotangent = narrow(v, y.shape());
      found = grad<T>({&y, 1}, tracked, {&cotangent, 1}, {.retain_graph = true}, true);
    }
    std::vector<std::vector<double>> result(leaves_.size());
    for (std::size_t leaf = 0, next = 0; leaf < leaves_.size(); ++leaf) {
      if (!leaves_[leaf].requires_grad()) continue;
      const Tensor<T>& gradient = found[next++];
      result[leaf] = gradient.defined()
                         ? widen(gradient)
                         : std::vector<double>(static_cast<std::size_t>(leaves_[leaf].numel()));
    }
    return result;
  }

  std::vector<double> jvp(ValueId output, std::size_t leaf, const std::vector<double>& u) override {
    return widen(
        verigrad::jvp(values_.at(output), leaves_[leaf], narrow(u, leaves_[leaf].shape())));
  }

  std::vector<double> hessian(ValueId output, std::size_t leaf) override {
    return rows(leaves_[leaf].numel(),
                [&](const std::vector<double>& unit) { return hvp(output, leaf, unit); });
  }

  std::vector<double> hvp(ValueId output, std::size_t leaf, const std::vector<double>& u) override {
    return widen(
        verigrad::hvp(values_.at(output), leaves_[leaf], narrow(u, leaves_[leaf].shape())));
  }

 private:
  /// Row by row, because a tensor of the whole matrix could have more dims than a tensor may.
  template <class Row>
  static std::vector<double> rows(std::int64_t count, Row&& row) {
    std::vector<double> entries, unit(static_cast<std::size_t>(count), 0.0);
    for (double& at : unit) {
      at = 1;
      const std::vector<double> next = row(unit);
      entries.insert(entries.end(), next.begin(), next.end());
      at = 0;
    }
    return entries;
  }

  static std::vector<double> widen(const Tensor<T>& tensor) {
    return std::vector<double>(tensor.entries().begin(), tensor.entries().end());
  }

  static Tensor<T> narrow(const std::vector<double>& entries, const Shape& shape) {
    Tensor<T> tensor = Tensor<T>::uninitialised(shape);
    std::transform(entries.begin(), entries.end(), tensor.mutable_data(),
                   [](double x) { return static_cast<T>(x); });
    return tensor;
  }

  std::vector<Tensor<T>> leaves_;
  std::unordered_map<ValueId, Tensor<T>> values_;
};

}  // namespace

std::unique_ptr<EngineDerivatives> engine_derivatives(const Program& program, const Point& point,
                                                      std::span<const ValueId> roots, DType dtype) {
  if (dtype == DType::f32) return std::make_unique<Derivatives<float>>(program, point, roots);
  return std::make_unique<Derivatives<double>>(program, point, roots);
}

}  // namespace verigrad::gradcheck
