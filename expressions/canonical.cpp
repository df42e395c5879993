#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "expressions/constants.hpp"
#include "expressions/instance.hpp"
#include "expressions/parser.hpp"
#include "expressions/print_program.hpp"

namespace verigrad::expressions {
namespace {

/// Expressions nest at most this deep before a part gets a name.
constexpr int max_inline_depth = 12;

std::size_t index(ValueId id) { return static_cast<std::size_t>(id); }

bool is_identifier(std::string_view name) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  if (name.empty() || !letter(name[0]) || is_reserved(name)) return false;
  return std::all_of(name.begin(), name.end(),
                     [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

class Canonicaliser {
 public:
  Canonicaliser(const Program& program, ValueId output)
      : from_(program),
        output_(output),
        uses_(program.values().size(), 0),
        depth_(program.values().size(), 0),
        line_(program.values().size(), false),
        made_(program.values().size(), no_value) {
    result_.dtype = program.dtype;
  }

  CanonicalProgram run() {
    find_uses();
    find_lines();
    choose_names();
    for (std::size_t i = 0; i < line_.size(); ++i)
      if (line_[i]) emit_line(static_cast<ValueId>(i));
    return {std::move(result_), output_ == no_value ? no_value : made_[index(output_)]};
  }

 private:
  [[nodiscard]] bool is_declared(const Value& value) const {
    return value.kind == Value::Kind::leaf &&
           !is_anonymous(from_.leaves()[static_cast<std::size_t>(value.leaf)]);
  }

  void find_uses() {
    std::vector<ValueId> roots;
    if (output_ != no_value) roots.push_back(output_);
    for (std::size_t leaf = 0; leaf < from_.leaves().size(); ++leaf) {
      if (is_anonymous(from_.leaves()[leaf])) continue;
      roots.push_back(from_.leaf_value(leaf));
      if (from_.leaves()[leaf].initial == no_value) continue;
      roots.push_back(from_.leaves()[leaf].initial);
      ++uses_[index(from_.leaves()[leaf].initial)];
    }
    reached_ = from_.reachable(roots);
    for (std::size_t i = 0; i < reached_.size(); ++i)
      if (reached_[i])
        for (const ValueId operand : from_.values()[i].operands) ++uses_[index(operand)];
  }

  void find_lines() {
    for (std::size_t i = 0; i < reached_.size(); ++i) {
      if (!reached_[i]) continue;
      const Value& value = from_.values()[i];
      for (const ValueId operand : value.operands)
        if (!line_[index(operand)]) depth_[i] = std::max(depth_[i], depth_[index(operand)] + 1);
      const bool is_output = static_cast<ValueId>(i) == output_;
      const bool shared = uses_[i] > 1 && value.kind != Value::Kind::number && !is_scalar(value);
      const bool named = value.kind != Value::Kind::leaf && is_identifier(value.name);
      line_[i] = is_declared(value) || is_output || shared || named || depth_[i] > max_inline_depth;
    }
  }

  static bool is_scalar(const Value& value) {
    return value.kind == Value::Kind::entries && value.shape.rank() == 0;
  }

  void choose_names() {
    names_.resize(line_.size());
    for (const Leaf& leaf : from_.leaves()) taken_.insert(leaf.name);
    for (std::size_t i = 0; i < line_.size(); ++i) {
      const Value& value = from_.values()[i];
      if (line_[i] && value.kind != Value::Kind::leaf && is_identifier(value.name) &&
          taken_.insert(value.name).second)
        names_[i] = value.name;
    }
    int next = 0;
    for (std::size_t i = 0; i < line_.size(); ++i) {
      if (!line_[i] || from_.values()[i].kind == Value::Kind::leaf || !names_[i].empty()) continue;
      std::string name = static_cast<ValueId>(i) == output_ ? "y" : "";
      while (name.empty() || taken_.contains(name)) name = fmt::format("t{}", ++next);
      taken_.insert(name);
      names_[i] = std::move(name);
    }
  }

  void emit_line(ValueId id) {
    const Value& value = from_[id];
    made_[index(id)] = emit(id);
    if (value.kind != Value::Kind::leaf) result_.set_name(made_[index(id)], names_[index(id)]);
  }

  ValueId emit(ValueId id) {
    if (made_[index(id)] != no_value) return made_[index(id)];
    if (const ConstantPtr constant = literal(id))
      return result_.add_number(constant->text, constant->value);
    const Value& value = from_[id];
    if (value.kind == Value::Kind::leaf) return emit_leaf(value);
    if (value.kind == Value::Kind::entries) return emit_entries(value);
    std::vector<ValueId> operands;
    for (const ValueId operand : value.operands) operands.push_back(emit(operand));
    const bool plain = !value.attributes || value.attributes->values().empty();
    return result_.add(*value.operation, std::move(operands), plain ? nullptr : value.attributes);
  }

  static bool is_negation(const Value& value) {
    return value.operation != nullptr && value.operation->name() == "neg";
  }

  /// The value as a literal of the language, its sign included; null when it is none.
  ConstantPtr literal(ValueId id) const {
    const Value& value = from_[id];
    if (value.kind == Value::Kind::number)
      return value.text.empty() ? make_constant(value.number)
                                : make_constant(value.text, value.number);
    if (is_scalar(value)) return make_constant(round_to(from_.dtype, value.entries[0]));
    if (!is_negation(value) || line_[index(value.operands[0])]) return nullptr;
    const ConstantPtr operand = literal(value.operands[0]);
    if (operand == nullptr) return nullptr;
    ConstantPtr folded = fold(*value.operation, std::span<const ConstantPtr>(&operand, 1));
    return folded->operation == nullptr ? folded : nullptr;
  }

  ValueId emit_leaf(const Value& value) {
    Leaf leaf = from_.leaves()[static_cast<std::size_t>(value.leaf)];
    if (leaf.initial != no_value) leaf.initial = emit(leaf.initial);
    if (is_anonymous(leaf))
      leaf.name = fmt::format("{}#{}", leaf.name.substr(0, leaf.name.find('#')), ++drawn_);
    return result_.add_leaf(std::move(leaf));
  }

  ValueId emit_entries(const Value& value) {
    std::vector<double> entries = value.entries;
    for (double& entry : entries) entry = round_to(from_.dtype, entry);
    return result_.add_entries(value.shape, std::move(entries));
  }

  const Program& from_;
  ValueId output_;
  std::vector<int> uses_;
  std::vector<int> depth_;
  std::vector<bool> line_;
  std::vector<ValueId> made_;
  std::vector<bool> reached_;
  std::vector<std::string> names_;
  std::unordered_set<std::string> taken_;
  Program result_;
  int drawn_ = 0;
};

}  // namespace

CanonicalProgram canonical(const Program& program, ValueId output) {
  return Canonicaliser(program, output).run();
}

}  // namespace verigrad::expressions
