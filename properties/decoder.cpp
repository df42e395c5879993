#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <ostream>

#include "engine/error.hpp"
#include "properties/genes.hpp"
#include "properties/instructions.hpp"

namespace verigrad::properties {
namespace {

constexpr double largest_entry = 8;
constexpr std::int64_t most_entries = 24;
constexpr std::size_t highest_rank = 3;

/// The shapes of inputs, weighted by repetition.
const std::vector<Shape>& leaf_shapes() {
  static const std::vector<Shape> shapes{{2, 2}, {},     {2},    {2, 2},    {3},    {2, 3}, {2, 2},
                                         {3, 2}, {1},    {2, 2}, {1, 2},    {2, 1}, {2, 2}, {3},
                                         {2, 3}, {3, 3}, {1, 1}, {2, 2, 2}, {2, 2}, {},     {0, 2}};
  return shapes;
}

class Decoder {
 public:
  explicit Decoder(const OperationTable& operations)
      : operations_(operations), instructions_(instructions(operations)) {
    nodes_.push_back(leaf({2, 2}, 0, true));
  }

  void add(const Gene& raw) {
    Gene gene = raw;
    for (int* part : {&gene.op, &gene.a, &gene.b, &gene.p}) *part = *part & 0xFFFF;
    const Operation* operation =
        instructions_[static_cast<std::size_t>(gene.op) % instructions_.size()];
    const std::optional<ValueId> made =
        operation == nullptr ? new_input(gene) : apply_to_nodes(*operation, gene);
    if (made) nodes_.push_back(bounded(*made, gene.p));
  }

  Specimen finish(Ending ending, bool mean) {
    ValueId output = nodes_.back();
    const Shape shape = program_.shape(output);
    if (ending == Ending::scalar && shape.rank() > 0) {
      std::vector<double> weights;
      for (std::int64_t i = 0; i < shape.numel(); ++i)
        weights.push_back((i % 2 == 0 ? 1 : -1) * static_cast<double>(2 + 5 * i % 12) / 4);
      const ValueId weighted =
          record(named("mul"), {output, constant(shape, std::move(weights))}, nullptr);
      const Operation& reduction = named(mean && shape.numel() > 0 ? "mean" : "sum");
      output = record(reduction, {weighted}, attributes_for(reduction, shape, 0));
    }
    return edited({std::move(program_), output, std::move(point_)});
  }

 private:
  // ------------------------------------------------------------------------------------- values

  ValueId keep(ValueId id, Tensor<double> entries) {
    entries_.resize(static_cast<std::size_t>(id) + 1);
    entries_.back() = std::move(entries);
    return id;
  }

  ValueId leaf(const Shape& shape, int p, bool differentiable) {
    Random random = Random::stream(static_cast<std::uint64_t>(p), 1);
    std::vector<double> entries(static_cast<std::size_t>(shape.numel()));
    for (double& entry : entries) entry = static_cast<double>(random.integer(-40, 40)) / 16;
    const ValueId id = program_.add_leaf({.name = fmt::format("x{}", program_.leaves().size() + 1),
                                          .shape = shape,
                                          .differentiable = differentiable});
    point_.push_back(entries);
    return keep(id, Tensor<double>(shape, std::span<const double>(entries)));
  }

  ValueId number(double value, std::string_view text = {}) {
    const ValueId id =
        program_.add_number(text.empty() ? fmt::format("{}", value) : std::string(text), value);
    return keep(id, Tensor<double>(value));
  }

  ValueId constant(const Shape& shape, std::vector<double> entries) {
    const Tensor<double> tensor(shape, std::span<const double>(entries));
    return keep(program_.add_entries(shape, std::move(entries)), tensor);
  }

  ValueId record(const Operation& operation, std::vector<ValueId> operands,
                 const AttributesRef& attributes) {
    const NoGrad values_only;
    std::vector<Tensor<double>> tensors;
    for (const ValueId operand : operands) tensors.push_back(entries_[at(operand)]);
    Tensor<double> result = apply<double>(operation, tensors, attributes);
    return keep(program_.add(operation, std::move(operands), attributes), std::move(result));
  }

  /// The value, unless the operation refuses the operands or an entry is not finite.
  std::optional<ValueId> try_record(const Operation& operation, std::vector<ValueId> operands,
                                    const AttributesRef& attributes) {
    try {
      const ValueId id = record(operation, std::move(operands), attributes);
      for (const double entry : entries_[at(id)].entries())
        if (!std::isfinite(entry)) return std::nullopt;
      return id;
    } catch (const Error&) {
      return std::nullopt;
    }
  }

  static std::size_t at(ValueId id) { return static_cast<std::size_t>(id); }

  double largest(ValueId id) const {
    double size = 0;
    for (const double entry : entries_[at(id)].entries()) size = std::max(size, std::abs(entry));
    return size;
  }

  // ------------------------------------------------------------------------------- instructions

  std::optional<ValueId> new_input(const Gene& gene) {
    const auto& shapes = leaf_shapes();
    return leaf(shapes[static_cast<std::size_t>(gene.a) % shapes.size()], gene.p, gene.b % 8 != 7);
  }

  /// The k-th node from the one that `choice` names, going back in time and around.
  ValueId node(int choice, std::size_t k) const {
    const std::size_t back = (static_cast<std::size_t>(choice) + k) % nodes_.size();
    return nodes_[nodes_.size() - 1 - back];
  }

  std::optional<ValueId> apply_to_nodes(const Operation& operation, const Gene& gene) {
    for (std::size_t k = 0; k < nodes_.size(); ++k)
      if (const auto made = apply_to(operation, node(gene.a, k), gene)) return made;
    for (const Shape& shape : {Shape{2, 2}, Shape{3}, Shape{2, 2, 2}})
      if (fits(operation, {&shape, 1}, gene.p) || arity(operation) > 1)
        if (const auto made = apply_to(operation, leaf(shape, gene.p, true), gene)) return made;
    return std::nullopt;
  }

  /// Operands that have no default.
  static std::size_t arity(const Operation& operation) {
    if (operation.signature.variadic()) return 2;
    std::size_t count = 0;
    for (const Parameter& parameter : operation.signature.parameters())
      if (parameter.kind == Parameter::Kind::operand && parameter.fallback.empty()) ++count;
    return count;
  }

  static bool fits(const Operation& operation, std::span<const Shape> operands, int p) {
    static const Attributes none;
    try {
      std::vector<Shape> shapes(operands.begin(), operands.end());
      if (operation.name() == "where") shapes.insert(shapes.begin(), shapes[0]);
      if (!operation.signature.variadic()) shapes.resize(operation.signature.operand_count());
      const AttributesRef attributes = attributes_for(operation, operands[0], p);
      const Shape result = operation.shape(shapes, attributes ? *attributes : none);
      return result.rank() <= highest_rank && result.numel() <= most_entries;
    } catch (const Error&) {
      return false;
    }
  }

  std::optional<ValueId> apply_to(const Operation& operation, ValueId first, const Gene& gene) {
    const Shape shape = program_.shape(first);
    if (arity(operation) == 1) {
      if (!fits(operation, {&shape, 1}, gene.p)) return std::nullopt;
      return assemble(operation, {first}, gene);
    }
    if (operation.elementwise && operation.name() != "where" && gene.p % 4 == 3)
      return assemble(operation, {first, number_for(operation, gene)}, gene);
    if (const auto second = partner(operation, shape, gene))
      return assemble(operation, {first, *second}, gene);
    return std::nullopt;
  }

  /// A node that fits the first operand, or a new input.
  std::optional<ValueId> partner(const Operation& operation, const Shape& first, const Gene& gene) {
    for (std::size_t k = 0; k < nodes_.size(); ++k) {
      const ValueId second = node(gene.b, k);
      const Shape shapes[] = {first, program_.shape(second)};
      if (fits(operation, shapes, gene.p)) return second;
    }
    const std::int64_t last = first.rank() == 0 ? 1 : first[first.rank() - 1];
    // The last two are weights of convolutions over a line and over a plane.
    const std::int64_t channels = first.rank() == 0 ? 1 : first[0];
    for (const Shape& shape :
         {first, Shape{last, 2}, Shape{last}, Shape{2, channels, 2}, Shape{2, channels, 1, 2}}) {
      const Shape shapes[] = {first, shape};
      if (fits(operation, shapes, gene.p)) return leaf(shape, gene.p, true);
    }
    return std::nullopt;
  }

  ValueId number_for(const Operation& operation, const Gene& gene) {
    constexpr double numbers[] = {2, 0.5, 3, -1.5, 1.25};
    const double value = numbers[gene.b % 5];
    return number(operation.info.typical[1].contains(value) ? value : 2);
  }

  /// Applies the operation to operands whose shapes fit, each brought into its range.
  std::optional<ValueId> assemble(const Operation& operation, std::vector<ValueId> operands,
                                  const Gene& gene) {
    const AttributesRef attributes = attributes_for(operation, program_.shape(operands[0]), gene.p);
    if (operation.name() == "where") {
      operands.insert(operands.begin(), record(named("lt"), operands, nullptr));
      return try_record(operation, operands, attributes);
    }
    const bool whole_power = operation.name() == "pow" && is_whole_number(operands[1]);
    if (!operation.signature.variadic() && !whole_power)
      for (std::size_t i = 0; i < operands.size(); ++i)
        operands[i] = inside(operands[i], operation.info.domain[i], operation.info.typical[i]);
    add_optional(operation, operands, gene);
    return try_record(operation, operands, attributes);
  }

  bool is_whole_number(ValueId id) const {
    const Value& value = program_[id];
    return value.kind == Value::Kind::number && value.number == std::floor(value.number);
  }

  /// Operands with a default, and any after the second: the default, another number, or a scalar
  /// that may be differentiated.
  void add_optional(const Operation& operation, std::vector<ValueId>& operands, const Gene& gene) {
    for (const Parameter& parameter : operation.signature.parameters()) {
      if (parameter.kind != Parameter::Kind::operand || parameter.position < operands.size())
        continue;
      const Interval typical = operation.info.typical[parameter.position];
      const bool by_default =
          !parameter.fallback.empty() && (gene.p >> parameter.position) % 2 == 0;
      if (by_default) {
        operands.push_back(number(std::strtod(std::string(parameter.fallback).c_str(), nullptr),
                                  parameter.fallback));
      } else if (gene.b % 2 == 0 || !operation.differentiable(parameter.position)) {
        const double step = (typical.upper - typical.lower) / 4;
        operands.push_back(number(typical.lower + step * (gene.b / 2 % 5)));
      } else {
        operands.push_back(
            inside(leaf({}, gene.p, true), operation.info.domain[parameter.position], typical));
      }
    }
  }

  // ------------------------------------------------------------------------------------- ranges

  /// The value itself when its entries lie in the typical range, else the value wrapped.
  ValueId inside(ValueId id, const Interval& domain, const Interval& typical) {
    const OperationInfo unrestricted;
    const bool anywhere = std::isinf(domain.lower) && std::isinf(domain.upper) &&
                          typical.lower == unrestricted.typical[0].lower &&
                          typical.upper == unrestricted.typical[0].upper;
    const auto entries = entries_[at(id)].entries();
    if (anywhere || std::all_of(entries.begin(), entries.end(),
                                [&](double entry) { return typical.contains(entry); }))
      return id;
    if (typical.lower == -typical.upper) return affine(0, typical.upper, "tanh", id);
    if (typical.contains(0.5) && typical.contains(1.5)) return affine(0.5, 1, "sigmoid", id);
    if (std::isinf(domain.upper) && typical.lower >= 1) return affine(1.5, 1, "square", id);
    return affine(typical.lower, typical.upper - typical.lower, "sigmoid", id);
  }

  /// offset + factor * function(x).
  ValueId affine(double offset, double factor, std::string_view function, ValueId x) {
    ValueId result = record(named(function), {x}, nullptr);
    if (factor != 1) result = record(named("mul"), {number(factor), result}, nullptr);
    return offset == 0 ? result : record(named("add"), {number(offset), result}, nullptr);
  }

  ValueId bounded(ValueId id, int p) {
    const double size = largest(id);
    if (size <= largest_entry) return id;
    if (p % 2 == 1 && program_.shape(id).numel() > 1) {
      const Operation& mean = named("mean");
      const ValueId average = record(mean, {id}, attributes_for(mean, program_.shape(id), 0));
      if (largest(average) <= largest_entry) return average;
    }
    if (size <= 2 * largest_entry) return record(named("sigmoid"), {id}, nullptr);
    const double scale = std::exp2(-std::ceil(std::log2(size / 4)));
    return record(named("mul"), {number(scale), id}, nullptr);
  }

  const Operation& named(std::string_view name) const { return *operations_.find(name); }

  const OperationTable& operations_;
  std::vector<const Operation*> instructions_;
  Program program_;
  Point point_;
  std::vector<Tensor<double>> entries_;
  std::vector<ValueId> nodes_;
};

}  // namespace

Specimen decode(const Genes& genes, Ending ending, const OperationTable& operations) {
  Decoder decoder(operations);
  for (const Gene& gene : genes) decoder.add(gene);
  return decoder.finish(ending, !genes.empty() && genes.back().p % 2 != 0);
}

void showValue(const Genes& genes, std::ostream& out) { out << text(decode(genes)); }

}  // namespace verigrad::properties
