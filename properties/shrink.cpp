#include "properties/shrink.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "engine/error.hpp"

namespace verigrad::properties {
namespace {

/// The entries that counterexamples are written with where they can be, the favourite first.
constexpr std::array simple_entries{0.0, 0.5, 1.0};

class Shrinker {
 public:
  Shrinker(const Specimen& specimen, const Fails& fails) : fails_(fails), best_(edited(specimen)) {}

  Specimen run() {
    for (bool smaller = true; smaller;)
      smaller = shorten_output() || bypass() || cut() || reshape_leaves() || simplify_entries();
    return std::move(best_);
  }

 private:
  bool attempt(const Edit& edit) {
    try {
      Specimen candidate = edited(best_, edit);
      if (!fails_(candidate)) return false;
      best_ = std::move(candidate);
      return true;
    } catch (const Error&) {
      return false;
    }
  }

  const Value& value(ValueId id) const { return best_.program[id]; }
  ValueId last() const { return static_cast<ValueId>(best_.program.values().size()) - 1; }

  bool shorten_output() {
    const std::vector<ValueId> operands = value(best_.output).operands;
    return std::any_of(operands.begin(), operands.end(),
                       [this](ValueId operand) { return attempt({.output = operand}); });
  }

  bool bypass() {
    for (ValueId id = last(); id >= 0; --id) {
      const std::vector<ValueId> operands = value(id).operands;
      for (const ValueId operand : operands)
        if (best_.program.shape(operand) == best_.program.shape(id) &&
            attempt({.stand_ins = {{id, operand}}}))
          return true;
    }
    return false;
  }

  bool cut() {
    for (ValueId id = last(); id >= 0; --id) {
      if (value(id).kind != Value::Kind::operation || id == best_.output) continue;
      for (Entries& entries : stand_in_entries(id))
        if (attempt({.leaves = {{id, std::move(entries)}}})) return true;
    }
    return false;
  }

  /// Halves, and the value that the operation has at the point, if it has one.
  std::vector<Entries> stand_in_entries(ValueId id) const {
    const Shape shape = best_.program.shape(id);
    const auto count = static_cast<std::size_t>(shape.numel());
    std::vector<Entries> result{{shape, std::vector<double>(count, 0.5)}};
    const NoGrad values_only;
    const auto leaves = leaf_tensors<double>(best_.program, best_.point, false);
    try {
      const Tensor<double> current = verigrad::run<double>(best_.program, leaves, {&id, 1})[0];
      result.push_back({shape, {current.entries().begin(), current.entries().end()}});
    } catch (const Error&) {
      // There is none: what is looked for may be that very error.
    }
    return result;
  }

  bool reshape_leaves() {
    for (std::size_t leaf = 0; leaf < best_.point.size(); ++leaf) {
      const Shape shape = best_.program.leaves()[leaf].shape;
      if (shape.rank() > 0 && reshape_leaf(leaf, Shape())) return true;
      for (std::size_t dim = 0; dim < shape.rank(); ++dim)
        if (shape[dim] > 1 && reshape_leaf(leaf, shape.with(dim, 1))) return true;
    }
    return false;
  }

  bool reshape_leaf(std::size_t leaf, const Shape& shape) {
    std::vector<double> entries = best_.point[leaf];
    entries.resize(static_cast<std::size_t>(shape.numel()), 0.5);
    return set_leaf(leaf, {shape, std::move(entries)});
  }

  bool set_leaf(std::size_t leaf, Entries entries) {
    return attempt({.leaves = {{best_.program.leaf_value(leaf), std::move(entries)}}});
  }

  static std::ptrdiff_t rank(double entry) {
    return std::find(simple_entries.begin(), simple_entries.end(), entry) - simple_entries.begin();
  }

  bool simplify_entries() {
    for (std::size_t leaf = 0; leaf < best_.point.size(); ++leaf)
      if (simplify_all(leaf) || simplify_each(leaf)) return true;
    return false;
  }

  bool simplify_all(std::size_t leaf) {
    const Shape shape = best_.program.leaves()[leaf].shape;
    const std::vector<double> entries = best_.point[leaf];
    if (entries.size() < 2) return false;
    std::ptrdiff_t worst = 0;
    for (const double entry : entries) worst = std::max(worst, rank(entry));
    for (const double simple : simple_entries)
      if (rank(simple) < worst &&
          set_leaf(leaf, {shape, std::vector<double>(entries.size(), simple)}))
        return true;
    return false;
  }

  bool simplify_each(std::size_t leaf) {
    const Shape shape = best_.program.leaves()[leaf].shape;
    for (std::size_t i = 0; i < best_.point[leaf].size(); ++i)
      for (const double simple : simple_entries) {
        std::vector<double> entries = best_.point[leaf];
        if (rank(simple) >= rank(entries[i])) break;
        entries[i] = simple;
        if (set_leaf(leaf, {shape, std::move(entries)})) return true;
      }
    return false;
  }

  const Fails& fails_;
  Specimen best_;
};

}  // namespace

Specimen shrink(const Specimen& specimen, const Fails& fails) {
  return Shrinker(specimen, fails).run();
}

}  // namespace verigrad::properties
