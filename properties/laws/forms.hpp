// Second forms of operations: equivalent expressions of others. For the files of this folder only.
#pragma once

#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

#include "engine/operation_table.hpp"
#include "properties/rewrite.hpp"

namespace verigrad::properties {

class Place;

/// A value of the copy that is being made at a place; formulas are written with these.
struct Term {
  Place* place = nullptr;
  ValueId id = no_value;

  const Shape& shape() const;
  std::size_t rank() const { return shape().rank(); }
};

/// One operation of a program, which may be replaced by another form.
class Place {
 public:
  Place(Copy& copy, ValueId id, const OperationTable& operations)
      : copy_(copy), value_(copy.from()[id]), operands_(copy.operands(id)), table_(operations) {}

  Term operator[](std::size_t operand) { return {this, operands_[operand]}; }
  std::size_t operand_count() const { return operands_.size(); }
  const Shape& shape() const { return value_.shape; }
  const AttributesRef& attributes() const { return value_.attributes; }
  std::int64_t integer(std::size_t i) const { return value_.attributes->integer(i); }
  bool flag(std::size_t i) const { return value_.attributes->flag(i); }
  bool is_same(std::size_t a, std::size_t b) const { return operands_[a] == operands_[b]; }
  /// Whether an operand is this number.
  bool is(std::size_t operand, double number) const;
  /// The operation that computes an operand in the copy; null for a leaf or a constant.
  const Value* made_by(std::size_t operand, std::string_view operation) const;
  /// How many entries a reduction puts into one; 0 when there are none.
  double count();

  Term number(double value);
  Term call(std::string_view operation, std::initializer_list<Term> operands,
            std::vector<AttributeValue> attributes = {});
  /// The place's own operation, with its attributes, on other operands.
  Term again(std::initializer_list<Term> operands);
  Term term(ValueId id) { return {this, id}; }
  const Shape& shape_of(ValueId id) const { return copy_.to().shape(id); }

 private:
  Copy& copy_;
  const Value& value_;
  std::vector<ValueId> operands_;
  const OperationTable& table_;
};

inline const Shape& Term::shape() const { return place->shape_of(id); }

/// op(x) where the operation has no attributes.
inline Term call(std::string_view operation, Term x) { return x.place->call(operation, {x}); }
inline Term call(std::string_view operation, Term x, Term y) {
  return x.place->call(operation, {x, y});
}
inline Term operator+(Term x, Term y) { return call("add", x, y); }
inline Term operator-(Term x, Term y) { return call("sub", x, y); }
inline Term operator*(Term x, Term y) { return call("mul", x, y); }
inline Term operator/(Term x, Term y) { return call("div", x, y); }
inline Term operator-(Term x) { return call("neg", x); }
inline Term operator+(double a, Term x) { return x.place->number(a) + x; }
inline Term operator-(double a, Term x) { return x.place->number(a) - x; }
inline Term operator*(double a, Term x) { return x.place->number(a) * x; }
inline Term operator/(double a, Term x) { return x.place->number(a) / x; }
inline Term operator-(Term x, double a) { return x - x.place->number(a); }
inline Term operator/(Term x, double a) { return x / x.place->number(a); }
/// Entries of `yes` where a comparison ("gt", "lt") of x with a holds, else those of `no`.
inline Term where(std::string_view comparison, Term x, Term a, Term yes, Term no) {
  return x.place->call("where", {call(comparison, x, a), yes, no});
}

/// Another form of an operation. At kinks it has the same derivative by convention, not only away
/// from them.
struct Form {
  std::string_view operation{};
  std::string_view formula{};
  /// The form at a place; without id where it does not fit.
  Term (*make)(Place& at) = nullptr;
};

std::span<const Form> elementwise_forms();
std::span<const Form> array_forms();

}  // namespace verigrad::properties
