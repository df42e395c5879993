#include "expressions/print_program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "expressions/constants.hpp"
#include "expressions/instance.hpp"
#include "expressions/print.hpp"
#include "expressions/syntax.hpp"

namespace verigrad::expressions {
namespace {

/// Uniform entries beyond this many are written `zeros(…)`, `ones(…)` or `full(…)`.
constexpr std::int64_t longest_uniform_list = 6;

std::size_t index(ValueId id) { return static_cast<std::size_t>(id); }

/// Writes a canonical Program.
class ProgramPrinter {
  static constexpr int most_in_an_excerpt = 20;

 public:
  ProgramPrinter(const Program& program, ValueId output)
      : program_(program), output_(output), build_(arena_), names_(program.values().size()) {}

  /// The output alone, in the names that values have already.
  std::string excerpt() {
    left_in_excerpt_ = most_in_an_excerpt;
    for (std::size_t i = 0; i < names_.size(); ++i)
      if (static_cast<ValueId>(i) != output_) names_[i] = program_.values()[i].name;
    return to_text(written(output_));
  }

  std::string run() {
    if (program_.dtype == DType::f32) out_ += "dtype f32\n\n";
    choose_names();
    for (std::size_t i = 0; i < names_.size(); ++i)
      if (!names_[i].empty()) print_line(static_cast<ValueId>(i));
    if (output_ != no_value && names_[index(output_)] != last_binding_)
      out_ += fmt::format("\noutput {}\n", names_[index(output_)]);
    return std::move(out_);
  }

 private:
  [[nodiscard]] const Leaf& leaf_of(const Value& value) const {
    return program_.leaves()[static_cast<std::size_t>(value.leaf)];
  }

  void choose_names() {
    std::vector<int> uses(names_.size(), 0);
    std::unordered_set<std::string> taken;
    for (const Value& value : program_.values()) {
      taken.insert(value.name);
      for (const ValueId operand : value.operands) ++uses[index(operand)];
    }
    for (const Leaf& leaf : program_.leaves())
      if (leaf.initial != no_value) ++uses[index(leaf.initial)];
    int drawn = 0;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const Value& value = program_.values()[i];
      const bool anonymous = value.kind == Value::Kind::leaf && is_anonymous(leaf_of(value));
      if (!anonymous) {
        names_[i] = value.name;
      } else if (uses[i] > 1 || static_cast<ValueId>(i) == output_) {
        std::string name;
        do name = fmt::format("r{}", ++drawn);
        while (!taken.insert(name).second);
        names_[i] = name;
      }
    }
  }

  void print_line(ValueId id) {
    const Value& value = program_[id];
    const std::string& name = names_[index(id)];
    if (value.kind == Value::Kind::leaf && !is_anonymous(leaf_of(value)))
      return print_leaf(leaf_of(value));
    out_ += fmt::format("{} = {}\n", name, to_text(written(id)));
    last_binding_ = name;
  }

  void print_leaf(const Leaf& leaf) {
    out_ += fmt::format("{} {}", leaf.differentiable ? "input" : "const", leaf.name);
    const bool shape_follows =
        leaf.initial != no_value && program_.shape(leaf.initial) == leaf.shape;
    if (leaf.shape.rank() > 0 && !shape_follows)
      out_ += fmt::format(" : {}", to_string(leaf.shape));
    if (!(leaf.domain == verigrad::Domain{}))
      out_ += fmt::format(" in {}", leaf.domain.to_string());
    if (leaf.initial != no_value) out_ += fmt::format(" = {}", to_text(used(leaf.initial)));
    out_ += '\n';
  }

  /// The value where it is used: its name, or itself.
  const Expr* used(ValueId id) {
    if (!names_[index(id)].empty()) return build_.name(names_[index(id)]);
    if (left_in_excerpt_ && (*left_in_excerpt_)-- <= 0) return build_.name("…");
    return written(id);
  }

  const Expr* written(ValueId id) {
    const Value& value = program_[id];
    switch (value.kind) {
      case Value::Kind::leaf:
        return random(leaf_of(value));
      case Value::Kind::number:
        return number(value.text);
      case Value::Kind::entries:
        return entries(value);
      case Value::Kind::operation:
        break;
    }
    return operation(value);
  }

  // ---------------------------------------------------------------------------------- constants

  const Expr* number(std::string_view text) {
    if (text.starts_with('-')) return build_.unary(UnaryOp::minus, number(text.substr(1)));
    if (text == "pi" || text == "inf" || text == "nan") return build_.name(arena_.copy(text));
    return build_.number(arena_.copy(text), 0);
  }
  const Expr* number(double value) { return number(make_constant(value)->text); }
  const Expr* number(std::int64_t value) { return number(fmt::to_string(value)); }

  const Expr* call(std::string_view function, const std::vector<const Expr*>& arguments,
                   const std::vector<Keyword>& keywords = {}) {
    return build_.call({function, {}}, arguments, keywords);
  }

  template <class Sizes>
  std::vector<const Expr*> numbers(const Sizes& sizes) {
    std::vector<const Expr*> all;
    for (const std::int64_t size : sizes) all.push_back(number(size));
    return all;
  }

  const Expr* random(const Leaf& leaf) {
    const bool normal = leaf.domain.kind == verigrad::Domain::Kind::normal;
    return call(normal ? "randn" : "rand", numbers(leaf.shape));
  }

  const Expr* entries(const Value& value) {
    const std::vector<double>& all = value.entries;
    const bool uniform = std::all_of(all.begin(), all.end(), [&](double entry) {
      return entry == all[0] && std::signbit(entry) == std::signbit(all[0]);
    });
    if (all.empty() || (uniform && value.shape.numel() > longest_uniform_list)) {
      if (all.empty() || (all[0] == 0 && !std::signbit(all[0])))
        return call("zeros", numbers(value.shape));
      if (all[0] == 1) return call("ones", numbers(value.shape));
      return call("full", {build_.list(numbers(value.shape)), number(all[0])});
    }
    const double* next = all.data();
    return nested(value.shape, 0, next);
  }

  const Expr* nested(const Shape& shape, std::size_t dim, const double*& next) {
    if (dim == shape.rank()) return number(*next++);
    std::vector<const Expr*> elements;
    for (std::int64_t i = 0; i < shape[dim]; ++i) elements.push_back(nested(shape, dim + 1, next));
    return build_.list(elements);
  }

  /// Whether elaboration sees a number or data here, which a list would swallow.
  [[nodiscard]] bool is_data(ValueId id) const {
    const Value& value = program_[id];
    if (value.kind == Value::Kind::entries) return names_[index(id)].empty();
    return value.is_number && names_[index(id)].empty();
  }

  // --------------------------------------------------------------------------------- operations

  const Expr* operation(const Value& value) {
    if (const Expr* sign = operator_form(value)) return sign;
    const std::string_view name = value.operation->name();
    if (name == "select" || name == "slice") return indexed(value);
    if (name == "permute" && reverses(value))
      return build_.attribute(used(value.operands[0]), {"T", {}});
    if (name == "stack" && value.attributes->integer(0) == 0 &&
        !std::all_of(value.operands.begin(), value.operands.end(),
                     [this](ValueId id) { return is_data(id); }))
      return build_.list(operands(value));
    return call_form(value);
  }

  std::vector<const Expr*> operands(const Value& value) {
    std::vector<const Expr*> all;
    for (const ValueId operand : value.operands) all.push_back(used(operand));
    return all;
  }

  const Expr* operator_form(const Value& value) {
    const std::string_view name = value.operation->name();
    if (name == "neg") return build_.unary(UnaryOp::minus, used(value.operands[0]));
    constexpr BinaryOp all[] = {BinaryOp::add, BinaryOp::sub,    BinaryOp::mul,
                                BinaryOp::div, BinaryOp::matmul, BinaryOp::pow};
    for (const BinaryOp binary : all)
      if (name == name_of(binary))
        return build_.binary(binary, used(value.operands[0]), used(value.operands[1]));
    return nullptr;
  }

  /// Comparisons stand as such only inside `where`; elsewhere they are calls.
  const Expr* condition(ValueId id) {
    const Value& value = program_[id];
    constexpr CompareOp all[] = {CompareOp::lt, CompareOp::le, CompareOp::gt,
                                 CompareOp::ge, CompareOp::eq, CompareOp::ne};
    if (names_[index(id)].empty() && value.operation != nullptr)
      for (const CompareOp compare : all)
        if (value.operation->name() == name_of(compare))
          return build_.compare(compare, used(value.operands[0]), used(value.operands[1]));
    return used(id);
  }

  static bool reverses(const Value& value) {
    const Integers& dims = value.attributes->integers(0);
    for (std::size_t d = 0; d < dims.size(); ++d)
      if (dims[d] != static_cast<std::int64_t>(dims.size() - 1 - d)) return false;
    return dims.size() >= 2;
  }

  const Expr* indexed(const Value& value) {
    const Attributes& attributes = *value.attributes;
    const Shape& shape = program_.shape(value.operands[0]);
    const std::int64_t dim = attributes.integer(0);
    const Expr* object = used(value.operands[0]);
    if (dim < 0 || object->kind == ExprKind::list) return call_form(value);
    std::vector<const Expr*> items(static_cast<std::size_t>(dim),
                                   build_.slice(nullptr, nullptr, nullptr));
    if (value.operation->name() == "select") {
      items.push_back(number(attributes.integer(1)));
      return build_.index(object, items);
    }
    const std::int64_t start = attributes.integer(1), stop = attributes.integer(2),
                       step = attributes.integer(3);
    const bool whole_stop = stop == shape[static_cast<std::size_t>(dim)];
    const bool starts = start != 0, steps = step != 1;
    const bool stops = !whole_stop || (!starts && !steps);
    items.push_back(build_.slice(starts ? number(start) : nullptr, stops ? number(stop) : nullptr,
                                 steps ? number(step) : nullptr));
    return build_.index(object, items);
  }

  const Expr* attribute(const AttributeValue& value) {
    if (const auto* flag = std::get_if<bool>(&value)) return build_.boolean(*flag);
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return number(*whole);
    if (const auto* word = std::get_if<std::string>(&value))
      return build_.string(arena_.copy(std::string_view(*word)));
    if (const auto* list = std::get_if<Integers>(&value)) return build_.list(numbers(*list));
    return build_.none();
  }

  /// `name(operands, required sizes, attribute=…)`, what equals its default left out.
  const Expr* call_form(const Value& value) {
    const Operation& op = *value.operation;
    std::vector<const Expr*> positional;
    std::vector<Keyword> keywords;
    bool in_order = true;
    const auto pass = [&](const Parameter& parameter, const Expr* argument, bool by_name) {
      in_order = in_order && !by_name;
      if (in_order)
        positional.push_back(argument);
      else
        keywords.push_back({{parameter.name, {}}, argument});
    };
    for (const Parameter& parameter : op.signature.parameters()) {
      if (parameter.kind == Parameter::Kind::operands) {
        pass(parameter, build_.list(operands(value)), false);
      } else if (parameter.kind == Parameter::Kind::operand) {
        const ValueId id = value.operands[parameter.position];
        if (is_default(parameter, id)) {
          in_order = false;
          continue;
        }
        const bool is_condition = op.name() == "where" && parameter.position == 0;
        pass(parameter, is_condition ? condition(id) : used(id), false);
      } else {
        const AttributeValue& given = value.attributes->values()[parameter.position];
        if (!parameter.fallback.empty() && to_string(given) == parameter.fallback) {
          in_order = false;
          continue;
        }
        const bool by_name = !parameter.fallback.empty() || parameter.name == "dim";
        const auto* dims = std::get_if<Integers>(&given);
        const bool single =
            parameter.kind == Parameter::Kind::dims && dims != nullptr && dims->size() == 1;
        pass(parameter, single ? number((*dims)[0]) : attribute(given), by_name);
      }
    }
    return call(op.name(), positional, keywords);
  }

  [[nodiscard]] bool is_default(const Parameter& parameter, ValueId id) const {
    const Value& value = program_[id];
    return !parameter.fallback.empty() && value.kind == Value::Kind::number &&
           value.text == parameter.fallback && names_[index(id)].empty();
  }

  const Program& program_;
  ValueId output_;
  Arena arena_;
  ExprBuilder build_;
  std::vector<std::string> names_;
  std::string last_binding_;
  std::string out_;
  std::optional<int> left_in_excerpt_;  ///< of an excerpt: how many more values are written out
};

}  // namespace

std::string expression_of(const Program& program, ValueId value) {
  return ProgramPrinter(program, value).excerpt();
}

std::string print(const Program& program, ValueId output) {
  const CanonicalProgram form = canonical(program, output);
  return ProgramPrinter(form.program, form.output).run();
}

}  // namespace verigrad::expressions
