#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace verigrad {

/// A list of dims or of sizes.
using Integers = std::vector<std::int64_t>;

/// One structural argument of an operation: None, a flag, an integer, a list of dims or sizes, or a
/// word such as "mean". Real numbers are never attributes: they are operands, so that proofs can
/// treat them exactly and derivatives can reach them.
using AttributeValue = std::variant<std::monostate, bool, std::int64_t, Integers, std::string>;

/// The attributes of one application, in the order of the operation's signature; immutable.
class Attributes {
 public:
  Attributes() = default;
  explicit Attributes(std::vector<AttributeValue> values) : values_(std::move(values)) {}

  const std::vector<AttributeValue>& values() const { return values_; }
  bool is_none(std::size_t i) const { return std::holds_alternative<std::monostate>(values_[i]); }
  bool flag(std::size_t i) const { return std::get<bool>(values_[i]); }
  std::int64_t integer(std::size_t i) const { return std::get<std::int64_t>(values_[i]); }
  const Integers& integers(std::size_t i) const { return std::get<Integers>(values_[i]); }
  const std::string& word(std::size_t i) const { return std::get<std::string>(values_[i]); }
  bool operator==(const Attributes&) const = default;

 private:
  std::vector<AttributeValue> values_;
};

/// Attributes shared by a Program and the graphs made from it; null means there are none.
using AttributesRef = std::shared_ptr<const Attributes>;

/// Whether both are none, or have equal values.
inline bool same_attributes(const AttributesRef& a, const AttributesRef& b) {
  return a == b || (a && b && *a == *b);
}

/// Attributes from values in the order of the signature.
inline AttributesRef make_attributes(std::vector<AttributeValue> values) {
  return std::make_shared<const Attributes>(std::move(values));
}

/// `None`, `True`, `3`, `[0, 1]`, `"mean"`: the value as the language spells it.
std::string to_string(const AttributeValue& value);

/// One parameter of an operation's signature.
struct Parameter {
  enum class Kind {
    operand,   ///< a tensor or a number
    operands,  ///< a list of tensors (concat, stack); only as the sole operand parameter
    flag,
    integer,
    dims,   ///< an int, a list of ints, or None for all
    sizes,  ///< a shape
    word,
  };
  std::string_view name;
  Kind kind = Kind::operand;
  /// The default as text of the language (`None`, `0.01`, `-inf`, `"mean"`); empty when required.
  std::string_view fallback;
  /// Position among the operands, or among the attributes.
  std::size_t position = 0;
};

/// An operation's call syntax, parsed from text such as
/// `sum(input, dim: dims = None, keepdim: flag = False)`. Parameters without a kind are operands.
class Signature {
 public:
  explicit Signature(std::string_view text);

  std::string_view text() const { return text_; }
  std::string_view name() const { return name_; }
  const std::vector<Parameter>& parameters() const { return parameters_; }
  std::size_t operand_count() const { return operands_; }
  std::size_t attribute_count() const { return attributes_; }
  bool variadic() const { return variadic_; }
  const Parameter* find(std::string_view parameter) const;
  const Parameter& attribute(std::size_t position) const;

 private:
  std::string_view text_, name_;
  std::vector<Parameter> parameters_;
  std::size_t operands_ = 0, attributes_ = 0;
  bool variadic_ = false;
};

}  // namespace verigrad
