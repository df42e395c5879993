// Names that are taken twice, and bodies of defs that name what does not exist.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "expressions/codes.hpp"
#include "expressions/document_impl.hpp"
#include "expressions/parser.hpp"
#include "expressions/suggest.hpp"

namespace verigrad::expressions {
namespace {

class NameChecker {
 public:
  NameChecker(const Document::State& state, Diagnostics& diagnostics)
      : state_(state), diagnostics_(diagnostics) {}

  void run() {
    for (const Statement* statement : state_.tree().statements) declare(*statement);
    for (const Statement* statement : state_.tree().statements)
      if (const auto* def = std::get_if<DefStatement>(&statement->node)) {
        parameters_.clear();
        for (const Name& parameter : def->parameters) parameters_.push_back(parameter.text);
        visit(*def->body);
      }
  }

 private:
  using Places = std::unordered_map<std::string_view, Span>;

  void declare(const Statement& statement) {
    if (const auto* binding = std::get_if<BindingStatement>(&statement.node))
      take(values_, binding->name, "name");
    if (const auto* leaf = std::get_if<LeafStatement>(&statement.node))
      take(values_, leaf->name, "name");
    if (const auto* dim = std::get_if<DimStatement>(&statement.node))
      for (const DimEntry& entry : dim->entries) take(values_, entry.name, "name");
    if (const auto* def = std::get_if<DefStatement>(&statement.node))
      take(functions_, def->name, "function");
    if (const auto core = state_.cores.find(&statement); core != state_.cores.end()) {
      for (const FpcoreArgument& argument : core->second.core->arguments)
        take(values_, {argument.name.text, statement.span}, "name");
      take(values_, {core->second.core->identifier, statement.span}, "name");
    }
    if (const auto* output = std::get_if<OutputStatement>(&statement.node)) {
      if (output_.size() > 0) again("the output is chosen twice", output->name.span, output_);
      output_ = output->name.span;
    }
  }

  void take(Places& places, Name name, std::string_view what) {
    const auto [place, fresh] = places.emplace(name.text, name.span);
    if (!fresh)
      again(fmt::format("the {} {} is taken already", what, quoted(name.text)), name.span,
            place->second);
  }

  void again(std::string message, Span span, Span first) {
    const Position position = state_.source->position(first.begin);
    const std::string_view line = state_.source->line(position.line);
    diagnostics_.add({code::redefinition,
                      Severity::error,
                      std::move(message),
                      span,
                      "a name is assigned once",
                      {fmt::format("first at {}: {}", state_.source->where(first), line)},
                      "",
                      state_.source});
  }

  void report(const char* code, Span span, std::string message, const std::string& near) {
    diagnostics_.add({code,
                      Severity::error,
                      std::move(message),
                      span,
                      near.empty() ? "" : fmt::format("did you mean '{}'?", near),
                      {},
                      "",
                      state_.source});
  }

  void visit(const Expr& e) {
    if (e.kind == ExprKind::name) visit_name(e);
    if (e.kind == ExprKind::call) visit_call(e);
    for (const Expr* child : e.children)
      if (child != nullptr) visit(*child);
    for (const Keyword& keyword : e.keywords()) visit(*keyword.value);
  }

  void visit_name(const Expr& e) {
    const bool parameter =
        std::find(parameters_.begin(), parameters_.end(), e.text) != parameters_.end();
    if (parameter || is_reserved(e.text) || values_.contains(e.text)) return;
    std::vector<std::string_view> names = parameters_;
    for (const auto& [name, place] : values_) names.push_back(name);
    report(code::unknown_name, e.span, fmt::format("unknown name {}", quoted(e.text)),
           did_you_mean(e.text, names));
  }

  void visit_call(const Expr& e) {
    if (state_.functions().contains(e.text) || is_builtin_function(e.text, *state_.operations) ||
        e.text == "load")
      return;
    if (const auto misplaced = misplaced_function(e, false)) {
      report(code::unknown_function, e.name_span, misplaced->first, "");
      return;
    }
    std::vector<std::string_view> names = builtin_functions(*state_.operations);
    for (const auto& [name, function] : state_.functions()) names.push_back(name);
    report(code::unknown_function, e.name_span, fmt::format("unknown function {}", quoted(e.text)),
           did_you_mean(e.text, names));
  }

  const Document::State& state_;
  Diagnostics& diagnostics_;
  Places values_, functions_;
  Span output_{};
  std::vector<std::string_view> parameters_;
};

}  // namespace

void check_names(const Document::State& state, Diagnostics& diagnostics) {
  NameChecker(state, diagnostics).run();
}

}  // namespace verigrad::expressions
