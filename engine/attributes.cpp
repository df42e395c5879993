#include "engine/attributes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <stdexcept>

namespace verigrad {
namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

Parameter::Kind kind_named(std::string_view word) {
  using Kind = Parameter::Kind;
  if (word.empty()) return Kind::operand;
  if (word == "list") return Kind::operands;
  if (word == "flag") return Kind::flag;
  if (word == "int") return Kind::integer;
  if (word == "dims") return Kind::dims;
  if (word == "sizes") return Kind::sizes;
  if (word == "word") return Kind::word;
  throw std::logic_error(fmt::format("unknown parameter kind '{}'", word));
}

Parameter parse_parameter(std::string_view text) {
  Parameter parameter;
  if (const auto equals = text.find('='); equals != std::string_view::npos) {
    parameter.fallback = trim(text.substr(equals + 1));
    text = text.substr(0, equals);
  }
  std::string_view kind;
  if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    kind = trim(text.substr(colon + 1));
    text = text.substr(0, colon);
  }
  parameter.name = trim(text);
  parameter.kind = kind_named(kind);
  return parameter;
}

struct Spell {
  std::string operator()(std::monostate) const { return "None"; }
  std::string operator()(bool value) const { return value ? "True" : "False"; }
  std::string operator()(std::int64_t value) const { return fmt::to_string(value); }
  std::string operator()(const Integers& value) const {
    return fmt::format("[{}]", fmt::join(value, ", "));
  }
  std::string operator()(const std::string& value) const { return fmt::format("\"{}\"", value); }
};

}  // namespace

std::string to_string(const AttributeValue& value) { return std::visit(Spell{}, value); }

Signature::Signature(std::string_view text) : text_(text) {
  const auto open = text.find('('), close = text.rfind(')');
  name_ = text.substr(0, open);
  std::string_view rest = text.substr(open + 1, close - open - 1);
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    Parameter parameter = parse_parameter(rest.substr(0, comma));
    const bool operand =
        parameter.kind == Parameter::Kind::operand || parameter.kind == Parameter::Kind::operands;
    parameter.position = operand ? operands_++ : attributes_++;
    variadic_ = variadic_ || parameter.kind == Parameter::Kind::operands;
    parameters_.push_back(parameter);
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
  }
}

const Parameter* Signature::find(std::string_view parameter) const {
  for (const Parameter& candidate : parameters_)
    if (candidate.name == parameter) return &candidate;
  return nullptr;
}

const Parameter& Signature::attribute(std::size_t position) const {
  for (const Parameter& candidate : parameters_)
    if (candidate.kind != Parameter::Kind::operand && candidate.kind != Parameter::Kind::operands &&
        candidate.position == position)
      return candidate;
  throw std::logic_error("no such attribute");
}

}  // namespace verigrad
