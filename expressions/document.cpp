#include "expressions/document.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "expressions/codes.hpp"
#include "expressions/document_impl.hpp"
#include "expressions/elaborate.hpp"
#include "expressions/parser.hpp"

namespace verigrad::expressions {
namespace {

/// --set NAME=VALUE as expressions, each in a source of its own so that errors point into it.
void parse_values(Document::State& state, const Overrides& overrides, Diagnostics& diagnostics) {
  for (const auto& [name, text] : overrides.set) {
    const SourcePtr source = SourceFile::from_text(fmt::format("--set {}", name), text);
    Diagnostics found(source);
    const Expr* value = parse_expression(source, state.arena, found);
    for (const Diagnostic& diagnostic : found.all()) diagnostics.add(diagnostic);
    const auto declares = [&wanted = name](const Statement* statement) {
      const auto* leaf = std::get_if<LeafStatement>(&statement->node);
      return leaf != nullptr && leaf->name.text == wanted;
    };
    const auto& statements = state.tree().statements;
    bool known = std::any_of(statements.begin(), statements.end(), declares);
    for (const auto& [statement, use] : state.cores)
      for (const FpcoreArgument& argument : use.core->arguments)
        known = known || argument.name.text == name;
    if (!known)
      diagnostics.add(
          {code::override_,
           Severity::error,
           fmt::format("--set: the file has no input or const {}", quoted(std::string_view(name))),
           {},
           "",
           {},
           "",
           SourceFile::from_text("--set", name)});
    if (value != nullptr) state.values.insert_or_assign(name, ValueOverride{value, source});
  }
}

void collect_statement(Document::State& state, const Statement& statement) {
  if (const auto* set = std::get_if<SetStatement>(&statement.node))
    apply_settings(*set, state.settings, state.source);
  if (const auto* dtype = std::get_if<DtypeStatement>(&statement.node))
    state.dtype = dtype->dtype.text == "f32" ? DType::f32 : DType::f64;
  if (const auto* test = std::get_if<TestStatement>(&statement.node))
    state.tests.push_back(
        {std::string(test->name), test, locate(state.source, statement.span), state.settings});
  state.settings_at.emplace(&statement, state.settings);
}

/// A core's own precision counts where the file states none.
void adopt_dtype(Document::State& state, const Overrides& overrides) {
  bool stated = false;
  for (const Statement* statement : state.tree().statements)
    stated = stated || std::holds_alternative<DtypeStatement>(statement->node);
  for (const auto& [statement, use] : state.cores)
    if (!stated && use.core->dtype == "f32") state.dtype = DType::f32;
  if (overrides.dtype) state.dtype = *overrides.dtype;
}

}  // namespace

Document::Document(std::unique_ptr<State> state) : state_(std::move(state)) {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

Document Document::load(const SourcePtr& source, Diagnostics& diagnostics,
                        const Overrides& overrides) {
  const SourcePtr former = diagnostics.exchange_source(source);
  auto state = std::make_unique<State>();
  state->source = source;
  state->limits = overrides.limits;
  state->alternative = overrides.alternative;
  state->operations = overrides.operations != nullptr ? overrides.operations : &operation_table();
  state->files.push_back(std::make_unique<LoadedFile>());
  LoadedFile& file = *state->files.front();
  file.tree = parse(source, diagnostics);
  load_uses(*state, file, diagnostics);
  for (const Statement* statement : file.tree.statements) {
    try {
      collect_statement(*state, *statement);
    } catch (const DiagnosticError& error) {
      diagnostics.add(error.diagnostic());
    }
  }
  adopt_dtype(*state, overrides);
  check_names(*state, diagnostics);
  collect_dims(*state, overrides, diagnostics);
  parse_values(*state, overrides, diagnostics);
  diagnostics.exchange_source(former);
  return Document(std::move(state));
}

const SourcePtr& Document::source() const { return state_->source; }
DType Document::dtype() const { return state_->dtype; }
std::span<const DimRange> Document::dims() const { return state_->dims; }
const Settings& Document::settings() const { return state_->settings; }
std::span<const TestBlock> Document::tests() const { return state_->tests; }
const Functions& Document::functions() const { return state_->functions(); }
const Limits& Document::limits() const { return state_->limits; }
const OperationTable& Document::operations() const { return *state_->operations; }

std::optional<Instance> Document::instantiate(std::span<const std::int64_t> sizes,
                                              Diagnostics& diagnostics) const {
  const SourcePtr former = diagnostics.exchange_source(state_->source);
  Elaborator elaborator(*state_, sizes, diagnostics);
  std::optional<Instance> instance = elaborator.run();
  diagnostics.exchange_source(former);
  return instance;
}

Instance elaborate(const std::string& text, const OperationTable& operations) {
  const SourcePtr source = SourceFile::from_text("text.grad", text);
  Diagnostics diagnostics(source);
  const Document document = Document::load(source, diagnostics, {.operations = &operations});
  std::optional<Instance> instance;
  if (!diagnostics.has_errors()) instance = document.instantiate({}, diagnostics);
  if (!instance) throw DiagnosticError(diagnostics.all().front());
  return *std::move(instance);
}

}  // namespace verigrad::expressions
