#include "expressions/eager_arguments.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "expressions/codes.hpp"
#include "expressions/suggest.hpp"

namespace verigrad::expressions {

Arguments::Arguments(const Expr& call, std::initializer_list<EagerParameter> parameters,
                     Lowering& lowering)
    : call_(&call),
      parameters_(parameters),
      expressions_(parameters.size(), nullptr),
      items_(parameters.size()) {
  const auto positional = call.arguments();
  for (std::size_t i = 0; i < positional.size(); ++i) {
    if (i >= parameters_.size())
      lowering.fail(code::call, positional[i]->span,
                    fmt::format("'{}' takes {} argument{}, not {}", call.text,
                                parameters_.empty() ? "no" : fmt::format("{}", parameters_.size()),
                                parameters_.size() == 1 ? "" : "s", positional.size()));
    put(i, *positional[i], lowering);
  }
  for (const Keyword& keyword : call.keywords()) {
    const auto found =
        std::find_if(parameters_.begin(), parameters_.end(),
                     [&](const EagerParameter& p) { return p.name == keyword.name.text; });
    if (found == parameters_.end()) {
      std::vector<std::string_view> names;
      for (const EagerParameter& p : parameters_) names.push_back(p.name);
      const std::string near = did_you_mean(keyword.name.text, names);
      lowering.fail(code::call, keyword.name.span,
                    fmt::format("'{}' has no parameter {}", call.text, quoted(keyword.name.text)),
                    near.empty() ? "" : fmt::format("did you mean '{}'?", near));
    }
    const auto n = static_cast<std::size_t>(found - parameters_.begin());
    if (given(n))
      lowering.fail(code::call, keyword.name.span,
                    fmt::format("'{}' is given twice", keyword.name.text));
    put(n, *keyword.value, lowering);
  }
  for (std::size_t i = 0; i < parameters_.size(); ++i)
    if (parameters_[i].required && !given(i))
      lowering.fail(code::call, call.span,
                    fmt::format("'{}' needs the argument '{}'", call.text, parameters_[i].name));
}

void Arguments::put(std::size_t n, const Expr& argument, Lowering& lowering) {
  expressions_[n] = &argument;
  items_[n] = lowering.lower(argument);
}

bool Arguments::flag(std::size_t n, bool fallback, const Lowering& lowering) const {
  if (!given(n) || items_[n].get<Item::None>()) return fallback;
  if (const bool* value = items_[n].get<bool>()) return *value;
  lowering.fail(code::call, expressions_[n]->span,
                fmt::format("'{}' of '{}' must be True or False, not {}", parameters_[n].name,
                            call_->text, lowering.describe(items_[n])));
}

void unknown_member(const Expr& e, const std::string& owner,
                    const std::vector<std::string_view>& known, const Lowering& lowering) {
  const std::string near = did_you_mean(e.text, known);
  lowering.fail(code::unknown_name, e.name_span,
                fmt::format("{} has no {} {}", owner,
                            e.kind == ExprKind::method ? "method" : "attribute", quoted(e.text)),
                near.empty() ? "" : fmt::format("did you mean '{}'?", near));
}

}  // namespace verigrad::expressions
