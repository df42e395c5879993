#include "expressions/elaborate.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/error.hpp"
#include "expressions/codes.hpp"
#include "expressions/constants.hpp"
#include "expressions/data.hpp"
#include "expressions/suggest.hpp"

namespace verigrad::expressions {

Elaborator::Elaborator(const Document::State& state, std::span<const std::int64_t> sizes,
                       Diagnostics& diagnostics)
    : state_(state),
      sizes_(sizes),
      diagnostics_(diagnostics),
      lowering_(*this, state.functions(), state.source, state.limits, *state.operations) {
  instance_.program.dtype = state.dtype;
}

std::optional<Instance> Elaborator::run() {
  const auto& statements = state_.tree().statements;
  for (const Statement* statement : statements)
    if (!guarded(*statement, [&] { declare(*statement); })) poison(*statement);
  choose_output();
  for (const Statement* statement : statements) guarded(*statement, [&] { judge(*statement); });
  implicit_check();
  const auto leaves = instance_.program.leaves();
  instance_.single_point =
      std::all_of(leaves.begin(), leaves.end(),
                  [](const Leaf& leaf) { return leaf.initial != no_value; }) &&
      std::all_of(state_.dims.begin(), state_.dims.end(), [this](const DimRange& dim) {
        return dim.first == dim.last || state_.sizes.contains(dim.name);
      });
  if (failed_) return std::nullopt;
  return std::move(instance_);
}

/// Names the drawn sizes in an error about shapes, which others may not show.
void Elaborator::add_sizes(Diagnostic& diagnostic) const {
  static constexpr std::string_view about_shapes[] = {code::shape_mismatch, code::out_of_range,
                                                      code::ragged,         code::size,
                                                      code::refused,        code::too_many_entries};
  const bool about_shape = std::find(std::begin(about_shapes), std::end(about_shapes),
                                     diagnostic.code) != std::end(about_shapes);
  if (!about_shape || state_.dims.empty()) return;
  std::string sizes;
  for (std::size_t i = 0; i < state_.dims.size(); ++i)
    sizes += fmt::format("{}{} = {}", i == 0 ? "" : ", ", state_.dims[i].name, sizes_[i]);
  diagnostic.notes.push_back("at " + sizes);
}

/// Runs an action for a statement; false when it failed, which is then reported.
template <class Action>
bool Elaborator::guarded(const Statement& statement, Action action) {
  try {
    action();
    return true;
  } catch (const DiagnosticError& error) {
    Diagnostic diagnostic = error.diagnostic();
    add_sizes(diagnostic);
    diagnostics_.add(std::move(diagnostic));
  } catch (const ReportedAlready&) {
  } catch (const Error& error) {
    diagnostics_.add(
        {code::refused, Severity::error, error.what(), statement.span, "", {}, "", state_.source});
  }
  failed_ = true;
  return false;
}

// ----------------------------------------------------------------------------------- declarations

void Elaborator::declare(const Statement& statement) {
  if (const auto* dim = std::get_if<DimStatement>(&statement.node)) declare_dims(*dim);
  if (const auto* leaf = std::get_if<LeafStatement>(&statement.node)) declare_leaf(*leaf);
  if (const auto* binding = std::get_if<BindingStatement>(&statement.node))
    bind(binding->name.text, lowering_.lower(*binding->value), binding->value->span);
  if (const auto core = state_.cores.find(&statement); core != state_.cores.end())
    declare_core(core->second);
  if (const auto* output = std::get_if<OutputStatement>(&statement.node))
    stated_output_ = output->name.text;
}

void Elaborator::poison(const Statement& statement) {
  if (const auto* dim = std::get_if<DimStatement>(&statement.node))
    for (const DimEntry& entry : dim->entries) environment_.try_emplace(entry.name.text);
  if (const auto* leaf = std::get_if<LeafStatement>(&statement.node))
    environment_.try_emplace(leaf->name.text);
  if (const auto* binding = std::get_if<BindingStatement>(&statement.node))
    environment_.try_emplace(binding->name.text);
}

void Elaborator::define(std::string_view name, std::optional<Item> item) {
  environment_.insert_or_assign(name, std::move(item));
  order_.push_back(name);
}

void Elaborator::declare_dims(const DimStatement& dim) {
  for (const DimEntry& entry : dim.entries) {
    const std::string name(entry.name.text);
    std::int64_t size = 0;
    if (const auto fixed = state_.sizes.find(name); fixed != state_.sizes.end()) {
      size = fixed->second;
    } else if (entry.value->kind == ExprKind::range) {
      const auto drawn = std::find_if(state_.dims.begin(), state_.dims.end(),
                                      [&](const DimRange& d) { return d.name == name; });
      size = sizes_[static_cast<std::size_t>(drawn - state_.dims.begin())];
    } else {
      size = lowering_.whole(*entry.value, "a dim");
      if (size < 0)
        lowering_.fail(code::size, entry.value->span,
                       fmt::format("a size cannot be negative: {} = {}", name, size));
    }
    define(entry.name.text, Item{make_constant(static_cast<double>(size)), entry.name.span});
    instance_.dims.emplace_back(name, size);
  }
}

void Elaborator::bind(std::string_view name, Item item, Span span) {
  item.span = span;
  const std::optional<double> known = item.known();
  const ValueId value = lowering_.tensor(item);
  const Value& made = instance_.program[value];
  if (made.name.empty()) instance_.program.set_name(value, std::string(name));
  define(name, Item{Item::Value{value, known}, span});
  instance_.bindings.push_back({std::string(name), value});
}

void Elaborator::declare_core(const CoreUse& use) {
  for (const FpcoreArgument& argument : use.core->arguments) {
    LeafParts parts{argument.name.text, true, std::nullopt, {}, nullptr, argument.name.span};
    Lowering lowering(*this, state_.functions(), use.source, state_.limits, *state_.operations);
    if (argument.domain != nullptr) parts.domain = domain(*argument.domain, lowering);
    Leaf leaf = make_leaf(parts);
    instance_.inputs.push_back(instance_.program.leaves().size());
    written_at(use.source, argument.name.span);
    define(argument.name.text,
           Item{Item::Value{placed(instance_.program.add_leaf(std::move(leaf)))}});
  }
  for (const Expr* condition : use.conditions)
    instance_.preconditions.push_back(lowering_.tensor(*condition));
  bind(use.core->identifier, lowering_.lower(*use.body), use.body->span);
}

void Elaborator::choose_output() {
  const auto& statements = state_.tree().statements;
  for (const Statement* statement : statements) {
    const auto* output = std::get_if<OutputStatement>(&statement->node);
    if (output == nullptr) continue;
    guarded(*statement, [&] {
      const std::optional<Item> item = lookup(output->name.text, output->name.span);
      if (!item)
        lowering_.fail(code::unknown_name, output->name.span,
                       fmt::format("unknown name {}", quoted(output->name.text)), [&] {
                         const std::string near = did_you_mean(output->name.text, names());
                         return near.empty() ? std::string("expected the name of a binding")
                                             : fmt::format("did you mean '{}'?", near);
                       }());
      instance_.output = lowering_.tensor(*item);
      instance_.output_name = std::string(output->name.text);
    });
  }
  if (!stated_output_.empty()) return;
  const Statement* last = nullptr;
  for (const Statement* statement : statements)
    if (std::holds_alternative<BindingStatement>(statement->node) ||
        state_.cores.contains(statement))
      last = statement;
  if (last == nullptr || instance_.bindings.empty()) return;
  instance_.output = instance_.bindings.back().value;
  instance_.output_name = instance_.bindings.back().name;
}

// ---------------------------------------------------------------------------------------- Emitter

void Elaborator::count_value() {
  if (instance_.program.values().size() >= state_.limits.max_values)
    lowering_.fail(code::too_much_work, lowering_.at(),
                   fmt::format("the file expands to more than the limit of {} operations",
                               state_.limits.max_values));
}

void Elaborator::written_at(const SourcePtr& source, Span span) { here_ = {source, span}; }

ValueId Elaborator::placed(ValueId value) {
  instance_.places.resize(instance_.program.values().size(), here_);
  return value;
}

Handle Elaborator::number(const std::string& text, double value) {
  count_value();
  return placed(instance_.program.add_number(text, value));
}

Handle Elaborator::entries(const Shape& shape, std::vector<double> entries) {
  count_value();
  for (double& entry : entries) entry = round_to(state_.dtype, entry);
  return placed(instance_.program.add_entries(shape, std::move(entries)));
}

Handle Elaborator::random(const Shape& shape, const verigrad::Domain& domain) {
  count_value();
  Leaf leaf;
  leaf.name = fmt::format("{}#{}", domain.kind == verigrad::Domain::Kind::normal ? "randn" : "rand",
                          ++drawn_);
  leaf.shape = shape;
  leaf.differentiable = false;
  leaf.domain = domain;
  return placed(instance_.program.add_leaf(std::move(leaf)));
}

Handle Elaborator::apply(const Operation& operation, std::span<const Handle> operands,
                         const AttributesRef& attributes) {
  count_value();
  return placed(instance_.program.add(operation, {operands.begin(), operands.end()}, attributes));
}

Shape Elaborator::shape(Handle value) const { return instance_.program.shape(value); }

std::optional<Item> Elaborator::lookup(std::string_view name, Span) {
  const auto found = environment_.find(name);
  if (found == environment_.end()) return std::nullopt;
  if (!found->second) throw ReportedAlready();
  return found->second;
}

std::vector<std::string_view> Elaborator::names() const { return order_; }

/// `load("points.csv")`, relative to the file that says so.
std::optional<Item> Elaborator::call(const Expr& call, Lowering& lowering) {
  if (call.text != "load") return std::nullopt;
  const std::vector<Item> arguments = lowering.arguments(call);
  const auto* file = arguments.size() == 1 ? arguments[0].get<std::string>() : nullptr;
  if (file == nullptr || !call.keywords().empty())
    lowering.fail(code::call, call.span, "'load' takes the name of a file",
                  "expected load(\"points.csv\") or load(\"points.npy\")");
  const std::filesystem::path base(lowering.source()->path());
  try {
    LoadedData data = load_data(base.parent_path() / *file, state_.limits.max_entries);
    const Shape shape = lowering.shape(data.shape, call.span);
    written_at(lowering.source(), call.span);
    return Item{Item::Value{entries(shape, std::move(data.entries))}};
  } catch (const DataError& error) {
    lowering.fail(code::data_file, arguments[0].span, error.what());
  }
}

}  // namespace verigrad::expressions
