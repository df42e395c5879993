#include "properties/instructions.hpp"

#include <algorithm>
#include <vector>

namespace verigrad::properties {
namespace {

/// Shrinking moves towards the front.
constexpr std::string_view simplest[] = {"add", "mul",  "neg",    "sub",     "sum", "sin",
                                         "exp", "mean", "square", "sigmoid", "relu"};
/// What random programs should be rich in, because faults of graphs and layouts hide there.
constexpr std::string_view frequent[] = {"mul",       "add",   "matmul", "matmul",  "matmul",
                                         "transpose", "mul",   "sum",    "softmax", "concat",
                                         "select",    "slice", "reshape"};

std::int64_t dim_of(const Shape& shape, int p) {
  return shape.rank() == 0 ? 0 : p % static_cast<std::int64_t>(shape.rank());
}

AttributeValue dims(std::string_view operation, const Shape& shape, int p) {
  const auto rank = static_cast<std::int64_t>(shape.rank());
  if (operation == "permute") {
    Integers order;
    for (std::int64_t d = 0; d < rank; ++d)
      order.push_back(p % 2 == 0 ? rank - 1 - d : (d + 1) % rank);
    return order;
  }
  if (operation == "flip" && (rank == 0 || p % 3 == 0)) return Integers{0};
  if (rank == 0 || p % 3 == 0) return std::monostate();
  const bool single = operation == "max" || operation == "min" || operation == "median" ||
                      operation == "squeeze" || operation == "roll";
  if (rank > 1 && p % 3 == 2 && !single) return Integers{0, rank - 1};
  return Integers{dim_of(shape, p / 3)};
}

AttributeValue sizes(std::string_view operation, std::string_view name, const Shape& shape, int p) {
  if (name == "shifts" || name == "stride") return Integers{1 + p / 3 % 2};
  if (name == "padding" && p / 3 % 4 == 2) return std::string("same");
  if (name == "padding") return Integers{p / 6 % 2};
  if (name == "dilation") return Integers{1};
  if (name == "pad") return Integers{p / 3 % 2, 1};
  if (name == "normalized_shape")
    return Integers(shape.begin() + (p % 2 == 0 && shape.rank() > 1 ? 1 : 0), shape.end());
  if (name == "repeats") {
    Integers copies(shape.rank() + static_cast<std::size_t>(p % 2), 1);
    if (!copies.empty()) copies[static_cast<std::size_t>(p / 2) % copies.size()] = 2;
    return copies;
  }
  Integers result(shape.begin(), shape.end());
  if (operation == "broadcast_to") {
    result.insert(result.begin(), 2);
  } else if (p % 3 == 0) {
    result = {shape.numel()};
  } else if (p % 3 == 1) {
    std::reverse(result.begin(), result.end());
  } else {
    result = {shape.numel(), 1};
  }
  return result;
}

AttributeValue integer(std::string_view name, const Shape& shape, int p) {
  const std::int64_t dim = dim_of(shape, p);
  const std::int64_t size = shape.rank() == 0 ? 0 : shape[static_cast<std::size_t>(dim)];
  const std::int64_t start = size == 0 ? 0 : (p / 3) % size;
  if (name == "dim" || name == "dim0") return dim;
  if (name == "ignore_index") return std::int64_t{-100};
  if (name == "groups") return std::int64_t{1};
  if (name == "dim1") return dim_of(shape, p + 1);
  if (name == "index" || name == "start") return start;
  if (name == "stop") return std::min<std::int64_t>(size, start + 1 + p / 9 % 2);
  return std::int64_t{1 + p / 6 % 2};
}

AttributeValue attribute(const Operation& operation, const Parameter& parameter, const Shape& first,
                         int p) {
  switch (parameter.kind) {
    case Parameter::Kind::flag:
      return p / 4 % 2 == 1;
    case Parameter::Kind::dims:
      return dims(operation.name(), first, p);
    case Parameter::Kind::sizes:
      return sizes(operation.name(), parameter.name, first, p);
    case Parameter::Kind::word: {
      constexpr const char* equations[] = {"...,...", "...i,...i", "i...,i...->i"};
      if (operation.name() == "einsum") return std::string(equations[p % 3]);
      constexpr const char* modes[] = {"constant", "reflect", "replicate", "circular"};
      if (parameter.name == "mode") return std::string(modes[p / 6 % 4]);
      if (parameter.name == "approximate") return std::string(p % 2 == 0 ? "none" : "tanh");
      constexpr const char* reductions[] = {"mean", "sum", "none"};
      return std::string(reductions[p % 3]);
    }
    case Parameter::Kind::operand:
    case Parameter::Kind::operands:
    case Parameter::Kind::integer:
      break;
  }
  return integer(parameter.name, first, p);
}

}  // namespace

std::vector<const Operation*> instructions(const OperationTable& operations) {
  std::vector<const Operation*> all(4, nullptr);
  const auto add = [&](const Operation* operation) {
    if (std::find(all.begin(), all.end(), operation) == all.end()) all.push_back(operation);
  };
  for (const std::string_view name : simplest) add(operations.find(name));
  for (const Operation* operation : operations.operations())
    if (!operation->info.internal && operation->differentiable() &&
        operation->info.indices == nothing)
      add(operation);
  for (const std::string_view name : frequent) all.push_back(operations.find(name));
  return all;
}

std::vector<const Operation*> drawn_operations(const OperationTable& operations) {
  std::vector<const Operation*> once;
  for (const Operation* operation : instructions(operations))
    if (operation != nullptr && std::ranges::find(once, operation) == once.end())
      once.push_back(operation);
  return once;
}

AttributesRef attributes_for(const Operation& operation, const Shape& first, int p) {
  if (operation.signature.attribute_count() == 0) return nullptr;
  std::vector<AttributeValue> values;
  for (std::size_t i = 0; i < operation.signature.attribute_count(); ++i)
    values.push_back(attribute(operation, operation.signature.attribute(i), first, p));
  return make_attributes(std::move(values));
}

}  // namespace verigrad::properties
