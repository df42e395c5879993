// The dims of a file: fixed, drawn, or computed from drawn ones.
#include <fmt/format.h>

#include <algorithm>

#include "expressions/codes.hpp"
#include "expressions/document_impl.hpp"

namespace verigrad::expressions {
namespace {

/// Knows the dims up to a statement and nothing else.
class DimEmitter : public Emitter {
 public:
  Handle number(const std::string&, double) override { return 0; }
  Handle entries(const Shape&, std::vector<double>) override { return 0; }
  Handle random(const Shape&, const verigrad::Domain&) override { return 0; }
  Handle apply(const Operation&, std::span<const Handle>, const AttributesRef&) override {
    return 0;
  }
  [[nodiscard]] Shape shape(Handle) const override { return {}; }

  std::optional<Item> lookup(std::string_view name, Span) override {
    const auto found = dims_.find(name);
    if (found == dims_.end()) return std::nullopt;
    drawn_used = drawn_used || !found->second;
    return Item{make_constant(static_cast<double>(found->second.value_or(1)))};
  }
  [[nodiscard]] std::vector<std::string_view> names() const override {
    std::vector<std::string_view> all;
    for (const auto& [name, size] : dims_) all.push_back(name);
    return all;
  }

  /// Without a size, the dim is drawn or computed from one that is.
  void declare(std::string_view name, std::optional<std::int64_t> size) {
    dims_.emplace(name, size);
  }

  bool drawn_used = false;

 private:
  std::unordered_map<std::string_view, std::optional<std::int64_t>> dims_;
};

void collect_entry(const DimEntry& entry, Document::State& state, DimEmitter& dims,
                   Lowering& lowering) {
  const std::string name(entry.name.text);
  const auto fixed = state.sizes.find(name);
  if (fixed != state.sizes.end()) return dims.declare(entry.name.text, fixed->second);
  dims.drawn_used = false;
  if (entry.value->kind != ExprKind::range) {
    const std::int64_t size = lowering.whole(*entry.value, "a dim");
    return dims.declare(entry.name.text,
                        dims.drawn_used ? std::nullopt : std::optional<std::int64_t>(size));
  }
  dims.declare(entry.name.text, std::nullopt);
  dims.drawn_used = false;
  const std::int64_t first = lowering.whole(entry.value->child(0), "a range's first size");
  const std::int64_t last = lowering.whole(entry.value->child(1), "a range's last size");
  if (dims.drawn_used)
    lowering.fail(code::not_constant, entry.value->span,
                  "the ends of a range cannot depend on a dim that is drawn");
  if (first < 0)
    lowering.fail(code::size, entry.value->span,
                  fmt::format("a size cannot be negative: {}", first));
  if (first > last)
    lowering.fail(code::size, entry.value->span,
                  fmt::format("the range {}..{} is empty", first, last),
                  "expected the smaller size first");
  state.dims.push_back({name, first, last});
}

}  // namespace

void collect_dims(Document::State& state, const Overrides& overrides, Diagnostics& diagnostics) {
  std::vector<std::string_view> declared;
  for (const Statement* statement : state.tree().statements)
    if (const auto* dim = std::get_if<DimStatement>(&statement->node))
      for (const DimEntry& entry : dim->entries) declared.push_back(entry.name.text);
  for (const auto& [name, size] : overrides.dim) {
    const bool known = std::find(declared.begin(), declared.end(), name) != declared.end();
    const SourcePtr shown = SourceFile::from_text("--dim", fmt::format("{}={}", name, size));
    if (!known)
      diagnostics.add({code::override_,
                       Severity::error,
                       fmt::format("--dim: the file has no dim {}", quoted(std::string_view(name))),
                       {0, static_cast<std::uint32_t>(name.size())},
                       "",
                       {},
                       "",
                       shown});
    if (size < 0)
      diagnostics.add({code::override_,
                       Severity::error,
                       fmt::format("--dim: a size cannot be negative: {}", size),
                       {static_cast<std::uint32_t>(name.size()) + 1,
                        static_cast<std::uint32_t>(shown->text().size())},
                       "",
                       {},
                       "",
                       shown});
    state.sizes.insert_or_assign(name, size);
  }
  DimEmitter dims;
  const Functions none;
  Lowering lowering(dims, none, state.source, state.limits, *state.operations);
  for (const Statement* statement : state.tree().statements) {
    const auto* dim = std::get_if<DimStatement>(&statement->node);
    if (dim == nullptr) continue;
    for (const DimEntry& entry : dim->entries) {
      try {
        collect_entry(entry, state, dims, lowering);
      } catch (const DiagnosticError& error) {
        diagnostics.add(error.diagnostic());
        dims.declare(entry.name.text, std::nullopt);
      }
    }
  }
}

}  // namespace verigrad::expressions
