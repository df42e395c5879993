// What a Document holds; for document*.cpp and elaborate*.cpp only.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "expressions/document.hpp"
#include "expressions/fpcore.hpp"

namespace verigrad::expressions {

/// A file that was read: the one under test, or one of `use`.
struct LoadedFile {
  SyntaxTree tree{};    ///< of a .grad file
  Arena arena{};        ///< of an FPCore file
  FpcoreFile fpcore{};  ///< likewise
  Functions own{};      ///< its defs or cores
  Functions visible{};  ///< these and the ones that it uses
};

/// `use fpcore "FILE" name "NAME"`: a core that is the function under test.
struct CoreUse {
  const FpcoreCore* core;
  SourcePtr source;
  /// The call of the core with its arguments, and of its conditions; names refer to inputs.
  const Expr* body;
  std::vector<const Expr*> conditions;
};

/// --set NAME=VALUE
struct ValueOverride {
  const Expr* value;
  SourcePtr source;
};

struct Document::State {
  SourcePtr source;
  Limits limits;
  const OperationTable* operations = nullptr;  ///< never null once loaded
  Arena arena;
  std::vector<std::unique_ptr<LoadedFile>> files;  ///< the one under test first
  DType dtype = DType::f64;
  std::vector<DimRange> dims;
  Settings settings;
  std::vector<TestBlock> tests;
  std::unordered_map<const Statement*, Settings> settings_at;  ///< of judged statements
  std::unordered_map<const Statement*, CoreUse> cores;
  std::unordered_map<std::string, ValueOverride> values;
  std::unordered_map<std::string, std::int64_t> sizes;  ///< --dim
  std::optional<std::size_t> alternative;               ///< as in Overrides
  /// Functions that conditions and alternatives of cores became; they keep their addresses.
  Functions conditions;

  [[nodiscard]] const SyntaxTree& tree() const { return files.front()->tree; }
  [[nodiscard]] const Functions& functions() const { return files.front()->visible; }
};

/// document_files.cpp: reads what `use` statements name, in their order.
void load_uses(Document::State& state, LoadedFile& file, Diagnostics& diagnostics);

/// document_names.cpp: names that are taken twice, and bodies of defs that name what does not
/// exist.
void check_names(const Document::State& state, Diagnostics& diagnostics);

/// settings.cpp: one `set` statement on top of the former ones.
void apply_settings(const SetStatement& statement, Settings& settings, const SourcePtr& source);

/// document_dims.cpp: the dims that are drawn, and the command line's changes to them.
void collect_dims(Document::State& state, const Overrides& overrides, Diagnostics& diagnostics);

}  // namespace verigrad::expressions
