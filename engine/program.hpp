#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/attributes.hpp"
#include "engine/domain.hpp"
#include "engine/operation.hpp"
#include "engine/shape.hpp"

namespace verigrad {

/// The precision under test.
enum class DType { f32, f64 };

/// The unit roundoff u of a precision: 2^-24 or 2^-53.
double unit_roundoff(DType dtype);
/// Rounds to the nearest number of the precision.
double round_to(DType dtype, double x);

/// The position of a value in a Program.
using ValueId = std::int32_t;
inline constexpr ValueId no_value = -1;

/// One input of a Program.
struct Leaf {
  std::string name;
  Shape shape;
  bool differentiable = true;  ///< an `input` rather than a `const`
  Domain domain{};             ///< where entries are drawn when `initial` is absent
  /// The value from which the entries are computed instead of drawn; uses earlier leaves only, and
  /// no gradient flows through it.
  ValueId initial = no_value;
  bool operator==(const Leaf&) const = default;
};

/// One value of a Program: a leaf, a number, constant entries, or an operation on earlier values.
struct Value {
  enum class Kind { leaf, number, entries, operation };
  Kind kind = Kind::number;
  Shape shape{};
  std::string name{};             ///< of the binding, when it has one
  std::int32_t leaf = 0;          ///< index of the leaf
  std::string text{};             ///< of a number: its decimal, which proofs read as an exact real
  double number = 0;              ///< of a number: the nearest double
  std::vector<double> entries{};  ///< of constant entries, row-major
  const Operation* operation = nullptr;
  std::vector<ValueId> operands{};
  AttributesRef attributes{};
  bool is_number = false;  ///< a number, or an elementwise operation on numbers alone
  bool operator==(const Value& other) const;
};

/// A typed, shaped, acyclic list of operations: what the language describes, the generator draws,
/// the engine runs and the reference judges. Operands stand before the values that use them.
class Program {
 public:
  DType dtype = DType::f64;

  ValueId add_leaf(Leaf leaf);
  /// A number written as `text` ("0.1", "2", "-inf"); `value` is its nearest double.
  ValueId add_number(std::string text, double value);
  ValueId add_entries(const Shape& shape, std::vector<double> entries);
  /// Applies an operation. Throws ShapeError, IndexError or Error from the operation's shape rule.
  ValueId add(const Operation& operation, std::vector<ValueId> operands,
              AttributesRef attributes = nullptr);
  void set_name(ValueId id, std::string name) { values_[index(id)].name = std::move(name); }

  std::span<const Leaf> leaves() const { return leaves_; }
  std::span<const Value> values() const { return values_; }
  const Value& operator[](ValueId id) const { return values_[index(id)]; }
  const Shape& shape(ValueId id) const { return values_[index(id)].shape; }
  /// The value that stands for a leaf.
  ValueId leaf_value(std::size_t leaf) const { return leaf_values_[leaf]; }
  std::optional<std::size_t> find_leaf(std::string_view name) const;
  void set_initial(std::size_t leaf, ValueId initial) { leaves_[leaf].initial = initial; }
  /// Which values `roots` depend on, the roots included.
  std::vector<bool> reachable(std::span<const ValueId> roots) const;

  bool operator==(const Program&) const = default;

 private:
  static std::size_t index(ValueId id) { return static_cast<std::size_t>(id); }
  std::vector<Leaf> leaves_;
  std::vector<ValueId> leaf_values_;
  std::vector<Value> values_;
};

/// The entries of every leaf, rounded to the precision under test: where a Program is judged.
using Point = std::vector<std::vector<double>>;

/// Runs a Program on the engine: the values of `roots` when the leaves are `leaves` (tensors, which
/// may require gradients). With `branches`, reports the sides of all kinks that were met.
template <class T>
std::vector<Tensor<T>> run(const Program& program, std::span<const Tensor<T>> leaves,
                           std::span<const ValueId> roots, Branches* branches = nullptr);

/// The leaves of a point as tensors; the differentiable ones require gradients when `tracked`.
template <class T>
std::vector<Tensor<T>> leaf_tensors(const Program& program, const Point& point, bool tracked);

}  // namespace verigrad
