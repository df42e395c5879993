// The same function as another program: copies with changes on the way.
#pragma once

#include <functional>
#include <vector>

#include "properties/specimen.hpp"

namespace verigrad::properties {

/// A program that is being copied, value by value in its order. Both programs have the same leaves
/// in the same order.
class Copy {
 public:
  /// `from` outlives the copy.
  explicit Copy(const Program& from);

  const Program& from() const { return from_; }
  Program& to() { return to_; }
  /// What stands in the copy for a value, which has been copied already.
  ValueId operator[](ValueId id) const { return made_[static_cast<std::size_t>(id)]; }
  /// What stands in the copy for the operands of a value.
  std::vector<ValueId> operands(ValueId id) const;
  /// Adds the value as it is, but on what stands for its operands. Leaves lose their `initial`.
  ValueId same(ValueId id);
  /// Adds the operation of a value on other operands.
  ValueId applied(ValueId id, std::vector<ValueId> operands);

 private:
  friend Specimen rewritten(const Specimen&, const std::function<ValueId(Copy&, ValueId)>&);

  const Program& from_;
  Program to_;
  std::vector<ValueId> made_;
};

/// Makes what stands for a value of the original. A leaf must be added by `Copy::same`; more
/// operations may then follow it.
using Make = std::function<ValueId(Copy& copy, ValueId id)>;

/// The specimen with what `make` puts in the place of each value. The point stays.
Specimen rewritten(const Specimen& specimen, const Make& make);

}  // namespace verigrad::properties
