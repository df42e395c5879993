// A program in the making, whose values are computed as they are added.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/program.hpp"
#include "properties/applications.hpp"
#include "properties/specimen.hpp"

namespace verigrad::properties {

using Index = std::int32_t;

/// A value with its entries at the point.
struct Draft {
  Value::Kind kind = Value::Kind::number;
  Shape shape{};
  Tensor<double> entries{};
  std::string text{};           ///< of a number
  bool differentiable = false;  ///< a leaf that is
  const Operation* operation = nullptr;
  AttributesRef attributes{};
  std::array<Index, 4> operands{};
  std::size_t operand_count = 0;
  bool needed = false;
  ValueId made = no_value;

  double number() const { return entries.data()[0]; }
};

/// Values in the order in which they were added, of which a program will need some.
class Drafts {
 public:
  void clear() { drafts_.clear(); }
  const Draft& operator[](Index index) const { return drafts_[static_cast<std::size_t>(index)]; }
  /// The largest magnitude of an entry.
  double largest(Index index) const;

  Index leaf(Tensor<double> entries, bool differentiable);
  /// With the shortest text that reads back as the number, unless one is given.
  Index number(double value, std::string_view text = {});
  Index constant(const Shape& shape, const std::vector<double>& entries);
  /// Throws Error when the operation refuses the operands' values.
  Index record(const Operation& operation, std::span<const Index> operands,
               const Application& application);
  /// The value, unless the operation refuses the operands or an entry is not finite.
  std::optional<Index> try_record(const Operation& operation, std::span<const Index> operands,
                                  const Application& application);

  /// What the output needs, with leaves called x1, x2, … and their entries for the point.
  Specimen specimen(Index output);

 private:
  Index keep(Draft draft);
  ValueId emit(const Draft& draft, Specimen& into) const;

  std::vector<Draft> drafts_;
  std::vector<Tensor<double>> tensors_;  ///< operands, kept for their memory
};

}  // namespace verigrad::properties
