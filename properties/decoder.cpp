#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <ostream>

#include "engine/error.hpp"
#include "properties/applications.hpp"
#include "properties/drafts.hpp"
#include "properties/genes.hpp"
#include "properties/instructions.hpp"
#include "properties/strata.hpp"

namespace verigrad::properties {
namespace {

/// The shapes of inputs, weighted by repetition.
const std::vector<Shape>& leaf_shapes() {
  static const std::vector<Shape> shapes{{2, 2}, {},     {2},    {2, 2}, {3},    {2, 3},
                                         {2, 2}, {3, 2}, {1},    {2, 2}, {1, 2}, {2, 1},
                                         {2, 2}, {3},    {2, 3}, {3, 3}, {1, 1}, {2, 2, 2},
                                         {2, 2}, {},     {0, 2}, {2, 0}, {0, 3}};
  return shapes;
}

/// Operands that have no default.
std::size_t arity(const Operation& operation) {
  if (operation.signature.variadic()) return 2;
  std::size_t count = 0;
  for (const Parameter& parameter : operation.signature.parameters())
    if (parameter.kind == Parameter::Kind::operand && parameter.fallback.empty()) ++count;
  return count;
}

bool is_unrestricted(const Interval& domain, const Interval& typical) {
  const OperationInfo plain;
  return std::isinf(domain.lower) && std::isinf(domain.upper) &&
         typical.lower == plain.typical[0].lower && typical.upper == plain.typical[0].upper;
}

/// A subset of what a table offers as instructions.
std::vector<const Operation*> chosen(const OperationTable& table,
                                     const std::vector<std::string>& only) {
  std::vector<const Operation*> all = instructions(table);
  if (only.empty()) return all;
  for (const std::string& name : only)
    if (table.find(name) == nullptr || std::ranges::find(all, table.find(name)) == all.end())
      throw Error(fmt::format("no differentiable operation is called '{}'", name));
  std::erase_if(all, [&](const Operation* operation) {
    return operation != nullptr && std::ranges::none_of(only, [&](const std::string& name) {
             return table.find(name) == operation;
           });
  });
  return all;
}

}  // namespace

class Decoder::State {
 public:
  State(const OperationTable& operations, const std::vector<std::string>& only)
      : operations_(operations), instructions_(chosen(operations, only)) {}

  int instruction_count() const { return static_cast<int>(instructions_.size()); }

  Specimen decode(const Genes& genes, Ending ending, Stratum stratum) {
    const NoGrad values_only;
    stratum_ = stratum;
    drafts_.clear();
    nodes_.clear();
    nodes_.push_back(first_input(genes.empty() ? 0 : genes.front().p));
    for (const Gene& gene : genes) add(gene);
    const bool mean = !genes.empty() && genes.back().p % 2 != 0;
    return drafts_.specimen(ending == Ending::scalar ? closed(nodes_.back(), mean) : nodes_.back());
  }

 private:
  void add(Gene gene) {
    for (int* part : {&gene.op, &gene.a, &gene.b, &gene.p}) *part = *part & 0xFFFF;
    const Operation* operation =
        instructions_[static_cast<std::size_t>(gene.op) % instructions_.size()];
    const std::optional<Index> made =
        operation == nullptr ? new_input(gene) : apply_to_nodes(*operation, gene);
    if (made) nodes_.push_back(bounded(*made, gene.p));
  }

  Index closed(Index output, bool mean) {
    const Shape shape = drafts_[output].shape;
    if (shape.rank() == 0) return output;
    std::vector<double> weights;
    for (std::int64_t i = 0; i < shape.numel(); ++i)
      weights.push_back((i % 2 == 0 ? 1 : -1) * static_cast<double>(2 + 5 * i % 12) / 4);
    const Index weighted = record("mul", {output, drafts_.constant(shape, weights)});
    return record(mean && shape.numel() > 0 ? "mean" : "sum", {weighted});
  }

  // ------------------------------------------------------------------------------------- values

  Index leaf(const Shape& shape, int p, bool differentiable) {
    Random random = Random::stream(static_cast<std::uint64_t>(p), 1);
    Tensor<double> entries = Tensor<double>::uninitialised(shape);
    double* entry = entries.mutable_data();
    for (std::int64_t i = 0; i < shape.numel(); ++i) entry[i] = draw_entry(stratum_, random);
    return drafts_.leaf(std::move(entries), differentiable);
  }

  /// An operation whose operands are known to fit.
  Index record(std::string_view name, std::initializer_list<Index> operands) {
    const Operation& operation = *operations_.find(name);
    std::array<Shape, 2> shapes;
    std::size_t count = 0;
    for (const Index operand : operands) shapes[count++] = drafts_[operand].shape;
    const auto& application = applications_.find(operation, {shapes.data(), count}, 0);
    return drafts_.record(operation, {operands.begin(), operands.size()}, *application);
  }

  // ------------------------------------------------------------------------------- instructions

  /// Square, but for one program in 32, which starts with an empty input.
  Index first_input(int p) {
    const int kind = p & 0x3F;
    return leaf(kind == 62 ? Shape{2, 0} : kind == 63 ? Shape{0, 2} : Shape{2, 2}, p, true);
  }

  Index new_input(const Gene& gene) {
    const auto& shapes = leaf_shapes();
    const std::size_t pick = static_cast<std::size_t>(gene.a) + static_cast<std::size_t>(gene.p);
    return leaf(shapes[pick % shapes.size()], gene.p, gene.b % 8 != 7);
  }

  /// The k-th node from the one that `choice` names, going back in time and around.
  Index node(int choice, std::size_t k) const {
    const std::size_t back = (static_cast<std::size_t>(choice) + k) % nodes_.size();
    return nodes_[nodes_.size() - 1 - back];
  }

  std::optional<Index> apply_to_nodes(const Operation& operation, const Gene& gene) {
    const std::size_t count = arity(operation);
    for (std::size_t k = 0; k < nodes_.size(); ++k)
      if (const auto made = apply_to(operation, count, node(gene.a, k), gene)) return made;
    for (const Shape& shape : {Shape{2, 2}, Shape{3}, Shape{2, 2, 2}})
      if (count > 1 || applications_.find(operation, {&shape, 1}, gene.p))
        if (const auto made = apply_to(operation, count, leaf(shape, gene.p, true), gene))
          return made;
    return std::nullopt;
  }

  std::optional<Index> apply_to(const Operation& operation, std::size_t count, Index first,
                                const Gene& gene) {
    const Shape shape = drafts_[first].shape;
    if (count == 1) {
      const auto& application = applications_.find(operation, {&shape, 1}, gene.p);
      if (!application) return std::nullopt;
      return assemble(operation, *application, {first}, gene);
    }
    std::optional<Index> second;
    if (operation.elementwise && operation.name() != "where" && gene.p % 4 == 3)
      second = number_for(operation, gene);
    else
      second = partner(operation, shape, gene);
    if (!second) return std::nullopt;
    const std::array shapes{shape, drafts_[*second].shape};
    const auto& application = applications_.find(operation, shapes, gene.p);
    if (!application) return std::nullopt;
    return assemble(operation, *application, {first, *second}, gene);
  }

  /// A node that fits the first operand, or a new input.
  std::optional<Index> partner(const Operation& operation, const Shape& first, const Gene& gene) {
    const auto fits = [&](const Shape& second) {
      const std::array shapes{first, second};
      return applications_.find(operation, shapes, gene.p).has_value();
    };
    for (std::size_t k = 0; k < nodes_.size(); ++k)
      if (const Index second = node(gene.b, k); fits(drafts_[second].shape)) return second;
    const std::int64_t last = first.rank() == 0 ? 1 : first[first.rank() - 1];
    // The last two are weights of convolutions over a line and over a plane.
    const std::int64_t channels = first.rank() == 0 ? 1 : first[0];
    for (const Shape& shape :
         {first, Shape{last, 2}, Shape{last}, Shape{2, channels, 2}, Shape{2, channels, 1, 2}})
      if (shape.numel() <= 24 && fits(shape)) return leaf(shape, gene.p, true);
    return std::nullopt;
  }

  Index number_for(const Operation& operation, const Gene& gene) {
    constexpr std::array numbers{2.0, 0.5, 3.0, -1.5, 1.25};
    const double value = numbers[static_cast<std::size_t>(gene.b) % numbers.size()];
    return drafts_.number(operation.info.typical[1].contains(value) ? value : 2);
  }

  /// Applies the operation to operands whose shapes fit, each brought into its range.
  std::optional<Index> assemble(const Operation& operation, const Application& application,
                                std::initializer_list<Index> first_operands, const Gene& gene) {
    operands_.assign(first_operands);
    const Application copy = application;  // bringing operands into range may ask for others
    if (operation.name() == "where") {
      operands_.insert(operands_.begin(), record("lt", {operands_[0], operands_[1]}));
      return drafts_.try_record(operation, operands_, copy);
    }
    const bool whole_power = operation.name() == "pow" && is_whole_number(operands_[1]);
    if (!operation.signature.variadic() && !whole_power)
      for (std::size_t i = 0; i < operands_.size(); ++i)
        operands_[i] = inside(operands_[i], operation.info.domain[i], operation.info.typical[i]);
    add_optional(operation, gene);
    return drafts_.try_record(operation, operands_, copy);
  }

  bool is_whole_number(Index index) const {
    const Draft& draft = drafts_[index];
    return draft.kind == Value::Kind::number && draft.number() == std::floor(draft.number());
  }

  /// Operands with a default, and any after the second: the default, another number, or a scalar
  /// that may be differentiated.
  void add_optional(const Operation& operation, const Gene& gene) {
    for (const Parameter& parameter : operation.signature.parameters()) {
      if (parameter.kind != Parameter::Kind::operand || parameter.position < operands_.size())
        continue;
      const Interval typical = operation.info.typical[parameter.position];
      const bool by_default =
          !parameter.fallback.empty() && (gene.p >> parameter.position) % 2 == 0;
      if (by_default) {
        operands_.push_back(drafts_.number(
            std::strtod(std::string(parameter.fallback).c_str(), nullptr), parameter.fallback));
      } else if (gene.b % 2 == 0 || !operation.differentiable(parameter.position)) {
        const double step = (typical.upper - typical.lower) / 4;
        operands_.push_back(drafts_.number(typical.lower + step * (gene.b / 2 % 5)));
      } else {
        operands_.push_back(
            inside(leaf({}, gene.p, true), operation.info.domain[parameter.position], typical));
      }
    }
  }

  // ------------------------------------------------------------------------------------- ranges

  /// The value itself when its entries lie in the range that is wanted, else the value wrapped.
  Index inside(Index index, const Interval& domain, const Interval& typical) {
    const Interval& wanted = stratum_ == Stratum::regular ? typical : domain;
    if (is_unrestricted(domain, typical) ||
        std::ranges::all_of(drafts_[index].entries.entries(),
                            [&](double entry) { return wanted.contains(entry); }))
      return index;
    if (typical.lower == -typical.upper) return affine(0, typical.upper, "tanh", index);
    if (typical.contains(0.5) && typical.contains(1.5)) return affine(0.5, 1, "sigmoid", index);
    if (std::isinf(domain.upper) && typical.lower >= 1) return affine(1.5, 1, "square", index);
    return affine(typical.lower, typical.upper - typical.lower, "sigmoid", index);
  }

  /// offset + factor * function(x).
  Index affine(double offset, double factor, std::string_view function, Index x) {
    Index result = record(function, {x});
    if (factor != 1) result = record("mul", {drafts_.number(factor), result});
    return offset == 0 ? result : record("add", {drafts_.number(offset), result});
  }

  Index bounded(Index index, int p) {
    const double limit = largest_entry(stratum_), size = drafts_.largest(index);
    if (size <= limit) return index;
    if (p % 2 == 1 && drafts_[index].shape.numel() > 1) {
      const Index average = record("mean", {index});
      if (drafts_.largest(average) <= limit) return average;
    }
    if (size <= 2 * limit) return record("sigmoid", {index});
    const double scale = std::exp2(-std::ceil(std::log2(size / limit * 2)));
    return record("mul", {drafts_.number(scale), index});
  }

  const OperationTable& operations_;
  std::vector<const Operation*> instructions_;
  Applications applications_;
  Stratum stratum_ = Stratum::regular;
  Drafts drafts_;
  std::vector<Index> nodes_;  ///< the values that instructions may take for operands
  std::vector<Index> operands_;
};

Decoder::Decoder(const OperationTable& operations, const std::vector<std::string>& only)
    : state_(std::make_unique<State>(operations, only)) {}

Decoder::~Decoder() = default;

Specimen Decoder::decode(const Genes& genes, Ending ending, Stratum stratum) {
  return state_->decode(genes, ending, stratum);
}

int Decoder::instruction_count() const { return state_->instruction_count(); }

Specimen decode(const Genes& genes, Ending ending, const OperationTable& operations) {
  return Decoder(operations).decode(genes, ending);
}

void showValue(const Genes& genes, std::ostream& out) { out << text(decode(genes)); }

}  // namespace verigrad::properties
