// A Program copied, with some of its values computed in another way.
#pragma once

#include <functional>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "engine/program.hpp"

namespace verigrad::gradcheck {

/// A copy that grows value by value, with the entries of its leaves. Leaves have no `initial`.
class Rewriting {
 public:
  /// Puts something in the place of a value, all of whose operands have been copied.
  using Rule = std::function<ValueId(Rewriting& made, ValueId id)>;

  /// The copy in which `rule` says what stands for each value. Refers to `from` and `at` while it
  /// is made only.
  Rewriting(const Program& from, const Point& at, const Rule& rule);

  /// The value as it is.
  ValueId copy(ValueId id);
  /// What stands for its operands.
  std::vector<ValueId> operands(ValueId id) const;
  /// The same operation, or another one with its attributes, on other operands.
  ValueId apply_again(ValueId id, std::vector<ValueId> operands);
  ValueId apply_again(ValueId id, std::vector<ValueId> operands, const Operation& operation);
  ValueId apply(std::string_view operation, std::initializer_list<ValueId> operands);
  /// A differentiable leaf more; its index is the number of leaves before.
  ValueId add_leaf(const Shape& shape, std::vector<double> entries);
  ValueId number(int value);

  /// What stands for a value of the original.
  ValueId of(ValueId id) const { return known_[static_cast<std::size_t>(id)]; }

  Program program{};
  Point point{};

 private:
  const Program& from_;
  const Point& at_;
  std::vector<ValueId> known_{};
};

}  // namespace verigrad::gradcheck
