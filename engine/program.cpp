#include "engine/program.hpp"

#include <algorithm>
#include <cmath>

#include "engine/recording.hpp"

namespace verigrad {
namespace {

template <class T>
Tensor<T> constant(const Value& value) {
  if (value.kind == Value::Kind::number) {
    Tensor<T> number(static_cast<T>(value.number));
    if (recording<T>() != nullptr) recording<T>()->add_number(value.text, value.number, number);
    return number;
  }
  std::vector<T> entries(value.entries.size());
  std::transform(value.entries.begin(), value.entries.end(), entries.begin(),
                 [](double x) { return static_cast<T>(x); });
  return Tensor<T>(value.shape, entries);
}

/// How many values still need each value, so that temporaries are released as soon as possible.
std::vector<int> count_uses(const Program& program, const std::vector<bool>& reached,
                            std::span<const ValueId> roots) {
  std::vector<int> uses(program.values().size());
  for (std::size_t i = 0; i < reached.size(); ++i)
    if (reached[i])
      for (ValueId operand : program.values()[i].operands)
        ++uses[static_cast<std::size_t>(operand)];
  for (ValueId root : roots) ++uses[static_cast<std::size_t>(root)];
  return uses;
}

bool same_double(double a, double b) {
  return a == b ? std::signbit(a) == std::signbit(b) : std::isnan(a) && std::isnan(b);
}

}  // namespace

double unit_roundoff(DType dtype) { return dtype == DType::f32 ? 0x1p-24 : 0x1p-53; }

double round_to(DType dtype, double x) {
  return dtype == DType::f32 ? static_cast<double>(static_cast<float>(x)) : x;
}

bool Value::operator==(const Value& other) const {
  return kind == other.kind && shape == other.shape && name == other.name && leaf == other.leaf &&
         text == other.text && same_double(number, other.number) &&
         std::equal(entries.begin(), entries.end(), other.entries.begin(), other.entries.end(),
                    same_double) &&
         operation == other.operation && operands == other.operands &&
         same_attributes(attributes, other.attributes);
}

ValueId Program::add_leaf(Leaf leaf) {
  Value value{.kind = Value::Kind::leaf, .shape = leaf.shape, .name = leaf.name};
  value.leaf = static_cast<std::int32_t>(leaves_.size());
  leaves_.push_back(std::move(leaf));
  values_.push_back(std::move(value));
  leaf_values_.push_back(static_cast<ValueId>(values_.size() - 1));
  return leaf_values_.back();
}

ValueId Program::add_number(std::string text, double value) {
  values_.push_back(Value{
      .kind = Value::Kind::number, .text = std::move(text), .number = value, .is_number = true});
  return static_cast<ValueId>(values_.size() - 1);
}

ValueId Program::add_entries(const Shape& shape, std::vector<double> entries) {
  values_.push_back(
      Value{.kind = Value::Kind::entries, .shape = shape, .entries = std::move(entries)});
  return static_cast<ValueId>(values_.size() - 1);
}

ValueId Program::add(const Operation& operation, std::vector<ValueId> operands,
                     AttributesRef attributes) {
  static const Attributes none;
  std::vector<Shape> shapes;
  bool numbers = operation.elementwise;
  for (ValueId operand : operands) {
    shapes.push_back(shape(operand));
    numbers = numbers && values_[index(operand)].is_number;
  }
  Value value{.kind = Value::Kind::operation,
              .shape = operation.shape(shapes, attributes ? *attributes : none),
              .operation = &operation,
              .operands = std::move(operands),
              .attributes = std::move(attributes),
              .is_number = numbers};
  values_.push_back(std::move(value));
  return static_cast<ValueId>(values_.size() - 1);
}

std::optional<std::size_t> Program::find_leaf(std::string_view name) const {
  for (std::size_t i = 0; i < leaves_.size(); ++i)
    if (leaves_[i].name == name) return i;
  return std::nullopt;
}

std::vector<bool> Program::reachable(std::span<const ValueId> roots) const {
  std::vector<bool> reached(values_.size(), false);
  for (ValueId root : roots) reached[index(root)] = true;
  for (std::size_t i = values_.size(); i-- > 0;)
    if (reached[i])
      for (ValueId operand : values_[i].operands) reached[index(operand)] = true;
  return reached;
}

template <class T>
std::vector<Tensor<T>> run(const Program& program, std::span<const Tensor<T>> leaves,
                           std::span<const ValueId> roots, Branches* branches) {
  static const Attributes none;
  const std::vector<bool> reached = program.reachable(roots);
  std::vector<int> uses = count_uses(program, reached, roots);
  std::vector<Tensor<T>> results(program.values().size());
  std::vector<Tensor<T>> operands;
  Recording<T>* const recorder = recording<T>();
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (!reached[i]) continue;
    const Value& value = program.values()[i];
    if (recorder != nullptr) recorder->set_origin(static_cast<ValueId>(i));
    if (value.kind == Value::Kind::leaf) {
      results[i] = leaves[static_cast<std::size_t>(value.leaf)];
      if (recorder != nullptr) recorder->set_origin(results[i], static_cast<ValueId>(i));
    } else if (value.kind != Value::Kind::operation) {
      results[i] = constant<T>(value);
    } else {
      operands.clear();
      for (ValueId operand : value.operands)
        operands.push_back(results[static_cast<std::size_t>(operand)]);
      results[i] = apply<T>(*value.operation, operands, value.attributes);
      if (branches != nullptr && value.operation->template kernels<T>().branch != nullptr)
        value.operation->template kernels<T>().branch(
            operands, value.attributes ? *value.attributes : none, *branches);
      for (ValueId operand : value.operands)
        if (--uses[static_cast<std::size_t>(operand)] == 0)
          results[static_cast<std::size_t>(operand)] = Tensor<T>();
    }
  }
  if (recorder != nullptr) recorder->set_origin(no_value);
  std::vector<Tensor<T>> wanted;
  for (ValueId root : roots) wanted.push_back(results[static_cast<std::size_t>(root)]);
  return wanted;
}

template <class T>
std::vector<Tensor<T>> leaf_tensors(const Program& program, const Point& point, bool tracked) {
  std::vector<Tensor<T>> tensors;
  tensors.reserve(point.size());
  for (std::size_t i = 0; i < point.size(); ++i) {
    const Leaf& leaf = program.leaves()[i];
    Tensor<T> tensor = Tensor<T>::uninitialised(leaf.shape);
    std::transform(point[i].begin(), point[i].end(), tensor.mutable_data(),
                   [](double x) { return static_cast<T>(x); });
    if (tracked && leaf.differentiable) tensor.requires_grad_();
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

template std::vector<Tensor<float>> run(const Program&, std::span<const Tensor<float>>,
                                        std::span<const ValueId>, Branches*);
template std::vector<Tensor<double>> run(const Program&, std::span<const Tensor<double>>,
                                         std::span<const ValueId>, Branches*);
template std::vector<Tensor<float>> leaf_tensors(const Program&, const Point&, bool);
template std::vector<Tensor<double>> leaf_tensors(const Program&, const Point&, bool);

}  // namespace verigrad
