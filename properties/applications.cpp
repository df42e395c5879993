#include "properties/applications.hpp"

#include <algorithm>
#include <vector>

#include "engine/error.hpp"
#include "properties/instructions.hpp"

namespace verigrad::properties {
namespace {

constexpr std::int64_t most_entries = 24;
constexpr std::size_t highest_rank = 3;
/// The memory stays bounded: beyond this everything is asked anew.
constexpr std::size_t most_known = 1 << 18;

constexpr int bits_of_size = 5, bits_of_code = 24;

/// Up to 4 dims of at most 24 entries, and their number.
std::uint64_t code(const Shape& shape) {
  std::uint64_t result = shape.rank();
  for (const std::int64_t size : shape)
    result = result << bits_of_size | static_cast<std::uint64_t>(size);
  return result;
}

std::optional<Application> ask(const Operation& operation, std::span<const Shape> operands, int p) {
  static const Attributes none;
  try {
    std::vector<Shape> shapes(operands.begin(), operands.end());
    if (operation.name() == "where") shapes.insert(shapes.begin(), shapes[0]);
    if (!operation.signature.variadic()) shapes.resize(operation.signature.operand_count());
    const AttributesRef attributes = attributes_for(operation, operands[0], p);
    const Shape result = operation.shape(shapes, attributes ? *attributes : none);
    if (result.rank() > highest_rank || result.numel() > most_entries) return std::nullopt;
    // Sizes of an empty shape are not bounded by its entries.
    if (std::ranges::any_of(result, [](std::int64_t size) { return size > most_entries; }))
      return std::nullopt;
    return Application{result, attributes};
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

std::size_t Applications::Hash::operator()(const Key& key) const {
  std::uint64_t h = reinterpret_cast<std::uintptr_t>(key.operation) * 0x9E3779B97F4A7C15u;
  h = (h ^ h >> 32 ^ key.shapes) * 0xD6E8FEB86659FD93u;
  return (h ^ h >> 32 ^ static_cast<std::uint64_t>(key.p)) * 0xD6E8FEB86659FD93u >> 8;
}

const std::optional<Application>& Applications::find(const Operation& operation,
                                                     std::span<const Shape> shapes, int p) {
  std::uint64_t codes = shapes.size();
  for (const Shape& shape : shapes) codes = codes << bits_of_code | code(shape);
  const int choice = operation.signature.attribute_count() == 0 ? 0 : p & 0xFF;
  const Key key{&operation, codes, choice};
  if (const auto found = known_.find(key); found != known_.end()) return found->second;
  if (known_.size() >= most_known) known_.clear();
  return known_.emplace(key, ask(operation, shapes, choice)).first->second;
}

}  // namespace verigrad::properties
