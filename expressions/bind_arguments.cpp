#include "expressions/bind_arguments.hpp"

#include <fmt/format.h>

#include <optional>

#include "expressions/codes.hpp"
#include "expressions/constants.hpp"
#include "expressions/suggest.hpp"

namespace verigrad::expressions {
namespace {

using Kind = Parameter::Kind;

class Binder {
 public:
  Binder(const Signature& signature, Name function, Span at, Lowering& lowering)
      : signature_(signature),
        parameters_(signature.parameters()),
        function_(function),
        at_(at),
        lowering_(lowering),
        given_(parameters_.size()) {}

  void positional(std::vector<Item> items) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i >= parameters_.size()) {
        lowering_.fail(
            code::call, items[i].span,
            fmt::format("'{}' takes at most {} argument{}, found {}", function_.text,
                        parameters_.size(), parameters_.size() == 1 ? "" : "s", items.size()),
            expected(), help());
      }
      if (i + 1 == parameters_.size() && takes_rest(i, items)) {
        auto rest = std::make_shared<std::vector<Item>>(
            std::make_move_iterator(items.begin() + static_cast<std::ptrdiff_t>(i)),
            std::make_move_iterator(items.end()));
        const Span span = join(rest->front().span, rest->back().span);
        given_[i] = Item{Item::List(std::move(rest)), span};
        return;
      }
      given_[i] = std::move(items[i]);
    }
  }

  void keyword(const KeywordItem& keyword) {
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      if (parameters_[i].name != keyword.name.text) continue;
      if (given_[i])
        lowering_.fail(code::call, keyword.name.span,
                       fmt::format("'{}' gets {} twice", function_.text, quoted(keyword.name.text)),
                       "it stands among the positional arguments already");
      given_[i] = keyword.value;
      return;
    }
    std::vector<std::string_view> names;
    for (const Parameter& parameter : parameters_) names.push_back(parameter.name);
    std::string near = did_you_mean(keyword.name.text, names);
    if (keyword.name.text == "axis" && signature_.find("dim") != nullptr) near = "dim";
    lowering_.fail(
        code::call, keyword.name.span,
        fmt::format("'{}' has no argument {}", function_.text, quoted(keyword.name.text)),
        near.empty() ? expected() : fmt::format("did you mean '{}'?", near));
  }

  BoundArguments finish() {
    BoundArguments bound;
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      const Parameter& parameter = parameters_[i];
      const bool is_operand = parameter.kind == Kind::operand;
      if (given_[i] && is_operand && given_[i]->get<Item::None>() != nullptr &&
          !parameter.fallback.empty())
        given_[i].reset();
      if (!given_[i] && parameter.fallback.empty())
        lowering_.fail(code::call, at_,
                       fmt::format("'{}' needs the argument '{}'", function_.text, parameter.name),
                       expected());
      if (is_operand) {
        bound.operands.push_back(given_[i] ? *given_[i]
                                           : Item{constant_from_text(parameter.fallback)});
      } else if (parameter.kind == Kind::operands) {
        bound.operands = elements(parameter, *given_[i]);
      } else {
        bound.attributes.push_back(given_[i] ? attribute(parameter, *given_[i])
                                             : fallback(parameter));
      }
    }
    return bound;
  }

 private:
  [[nodiscard]] std::string expected() const {
    return fmt::format("expected {}", call_form(signature_));
  }

  [[nodiscard]] std::string help() const {
    if (signature_.name() == "max") return "the larger of two is maximum(a, b)";
    if (signature_.name() == "min") return "the smaller of two is minimum(a, b)";
    return "";
  }

  /// Whether the last parameter is a list whose elements may be written as arguments of their own:
  /// `permute(x, 1, 0)`, and `einsum("ii", x)` even for a single one.
  [[nodiscard]] bool takes_rest(std::size_t i, const std::vector<Item>& items) const {
    const Kind kind = parameters_[i].kind;
    if (kind == Kind::operands)
      return items.size() > parameters_.size() || items[i].get<Item::List>() == nullptr;
    return (kind == Kind::sizes || kind == Kind::dims) && items.size() > parameters_.size();
  }

  [[nodiscard]] std::string role(const Parameter& parameter) const {
    return fmt::format("the argument '{}' of '{}'", parameter.name, function_.text);
  }

  [[noreturn]] void misfit(const Parameter& parameter, const Item& item, std::string_view wanted,
                           std::string hint = "") const {
    lowering_.fail(code::call, item.span, fmt::format("{} must be {}", role(parameter), wanted),
                   fmt::format("this is {}", lowering_.describe(item)), std::move(hint));
  }

  std::vector<Item> elements(const Parameter& parameter, const Item& item) const {
    const auto* list = item.get<Item::List>();
    if (list == nullptr) misfit(parameter, item, "a list", "write its elements in [ ]");
    if ((*list)->empty()) misfit(parameter, item, "a list of at least one element");
    std::vector<Item> all;
    for (std::size_t i = 0; i < (*list)->size(); ++i) all.push_back(element(item, i));
    return all;
  }

  [[nodiscard]] AttributeValue attribute(const Parameter& parameter, const Item& item) const {
    const bool none = item.get<Item::None>() != nullptr;
    if (none && parameter.fallback == "None") return std::monostate{};
    switch (parameter.kind) {
      case Kind::flag:
        if (const auto* flag = item.get<bool>()) return *flag;
        misfit(parameter, item, "True or False");
      case Kind::word:
        if (const auto* word = item.get<std::string>()) return *word;
        misfit(parameter, item, "a string",
               parameter.fallback.empty() ? "" : fmt::format("such as {}", parameter.fallback));
      case Kind::integer:
        if (none || item.get<bool>() != nullptr || item.get<std::string>() != nullptr ||
            item.get<Item::List>() != nullptr)
          misfit(parameter, item, "a whole number", help());
        return lowering_.whole(item, role(parameter));
      default:
        if (const auto* word = item.get<std::string>(); word != nullptr && takes_word(parameter))
          return *word;
        return integers(parameter, item);
    }
  }

  /// Whether a list of sizes may also be a word, as its default is: `padding="same"`.
  [[nodiscard]] static bool takes_word(const Parameter& parameter) {
    return parameter.fallback.starts_with('"');
  }

  [[nodiscard]] Integers integers(const Parameter& parameter, const Item& item) const {
    const auto* list = item.get<Item::List>();
    if (list == nullptr) {
      if (!item.known())
        misfit(parameter, item,
               takes_word(parameter) ? "a whole number, a list of them or a string"
                                     : "a whole number or a list of them",
               help());
      return {lowering_.whole(item, role(parameter))};
    }
    Integers all;
    for (std::size_t i = 0; i < (*list)->size(); ++i)
      all.push_back(lowering_.whole(element(item, i), role(parameter)));
    return all;
  }

  [[nodiscard]] AttributeValue fallback(const Parameter& parameter) const {
    const std::string_view text = parameter.fallback;
    if (text == "None") return std::monostate{};
    if (text == "True" || text == "False") return text == "True";
    if (text.starts_with('"')) return std::string(text.substr(1, text.size() - 2));
    const auto value = static_cast<std::int64_t>(constant_from_text(text)->value);
    if (parameter.kind == Kind::integer) return value;
    return Integers{value};
  }

  const Signature& signature_;
  const std::vector<Parameter>& parameters_;
  Name function_;
  Span at_;
  Lowering& lowering_;
  std::vector<std::optional<Item>> given_;
};

}  // namespace

BoundArguments bind_arguments(const Signature& signature, std::vector<Item> positional,
                              const std::vector<KeywordItem>& keywords, Name function, Span at,
                              Lowering& lowering) {
  Binder binder(signature, function, at, lowering);
  binder.positional(std::move(positional));
  for (const KeywordItem& keyword : keywords) binder.keyword(keyword);
  return binder.finish();
}

std::string call_form(const Signature& signature) {
  std::string form(signature.name());
  form += '(';
  for (const Parameter& parameter : signature.parameters()) {
    if (form.back() != '(') form += ", ";
    form += parameter.name;
    if (!parameter.fallback.empty()) form += fmt::format("={}", parameter.fallback);
  }
  return form + ')';
}

}  // namespace verigrad::expressions
