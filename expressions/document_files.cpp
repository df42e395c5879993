// `use "lib.grad"` and `use fpcore "FILE"`.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "expressions/codes.hpp"
#include "expressions/document_impl.hpp"
#include "expressions/parser.hpp"

namespace verigrad::expressions {
namespace {

namespace fs = std::filesystem;

/// Loads the files that one file uses, and theirs; keeps the chain of files being read.
class UseLoader {
 public:
  UseLoader(Document::State& state, Diagnostics& diagnostics)
      : state_(state), diagnostics_(diagnostics) {
    chain_.push_back(identity(state.source->path()));
  }

  void load(LoadedFile& file, const SourcePtr& source) {
    add_own_defs(file, source);
    for (const Statement* statement : file.tree.statements) {
      const auto* use = std::get_if<UseStatement>(&statement->node);
      if (use == nullptr) continue;
      try {
        load_use(file, source, *statement, *use);
      } catch (const DiagnosticError& error) {
        diagnostics_.add(error.diagnostic());
      }
    }
    file.visible.insert(file.own.begin(), file.own.end());
  }

 private:
  static std::string identity(const fs::path& path) {
    std::error_code ignored;
    const fs::path canonical = fs::weakly_canonical(path, ignored);
    return (ignored ? path : canonical).string();
  }

  [[noreturn]] void fail(const SourcePtr& source, Span span, std::string message,
                         std::string label = "", std::string help = "",
                         const char* code = code::use_file) const {
    throw DiagnosticError({code,
                           Severity::error,
                           std::move(message),
                           span,
                           std::move(label),
                           {},
                           std::move(help),
                           source});
  }

  void add_own_defs(LoadedFile& file, const SourcePtr& source) {
    for (const Statement* statement : file.tree.statements) {
      const auto* def = std::get_if<DefStatement>(&statement->node);
      if (def == nullptr) continue;
      Function function{
          std::string(def->name.text),        {}, def->body, source, def->name.span, &file.visible,
          &file == state_.files.front().get()};
      for (const Name& parameter : def->parameters) function.parameters.push_back(parameter.text);
      file.own.emplace(def->name.text, std::move(function));
    }
  }

  SourcePtr read(const SourcePtr& source, const UseStatement& use, std::string& key) {
    const fs::path path = fs::path(source->path()).parent_path() / std::string(use.file);
    key = identity(path);
    const auto first = std::find(chain_.begin(), chain_.end(), key);
    if (!use.is_fpcore && first != chain_.end()) {
      std::vector<std::string> names;
      for (auto file = first; file != chain_.end(); ++file)
        names.push_back(fs::path(*file).filename().string());
      names.push_back(names.front());
      fail(source, use.file_span, fmt::format("{} uses itself", quoted(use.file)),
           fmt::format("{}", fmt::join(names, " -> ")));
    }
    try {
      return SourceFile::read(path);
    } catch (const SourceError& error) {
      fail(source, use.file_span, error.what(), "",
           "the name is relative to the file that uses it");
    }
  }

  void load_use(LoadedFile& file, const SourcePtr& source, const Statement& statement,
                const UseStatement& use) {
    std::string key;
    const SourcePtr used_source = read(source, use, key);
    const std::string full_key = (use.is_fpcore ? "fpcore " : "") + key;
    LoadedFile*& used = known_[full_key];
    if (used == nullptr) {
      state_.files.push_back(std::make_unique<LoadedFile>());
      used = state_.files.back().get();
      LoadedFile& fresh = *used;
      if (use.is_fpcore) {
        load_fpcore(fresh, used_source);
      } else {
        chain_.push_back(key);
        load_grad(fresh, used_source);
        chain_.pop_back();
      }
    }
    LoadedFile& functions = *known_[full_key];
    if (use.has_name) choose_core(functions, source, statement, use);
    for (const auto& [name, function] : functions.own) {
      if (file.own.contains(name)) {
        const Function& own = file.own.at(name);
        fail(source, use.file_span,
             fmt::format("{} defines {}, and so does this file", quoted(use.file), quoted(name)),
             fmt::format("this file defines it at {}", own.source->where(own.name_span)),
             "give one of them another name", code::redefinition);
      }
      const auto [place, fresh] = file.visible.emplace(name, function);
      if (!fresh && place->second.body != function.body)
        fail(source, use.file_span,
             fmt::format("{} defines {}, which is defined already", quoted(use.file), quoted(name)),
             fmt::format("first at {}", place->second.source->where(place->second.name_span)), "",
             code::redefinition);
    }
  }

  void load_grad(LoadedFile& file, const SourcePtr& source) {
    const SourcePtr former = diagnostics_.exchange_source(source);
    file.tree = parse(source, diagnostics_);
    load(file, source);
    diagnostics_.exchange_source(former);
  }

  void load_fpcore(LoadedFile& file, const SourcePtr& source) {
    try {
      file.fpcore = read_fpcore(source, file.arena);
    } catch (const FpcoreError& error) {
      fail(source, error.span(), error.what(), "", "", code::fpcore);
    }
    for (const FpcoreCore& core : file.fpcore.cores) {
      if (core.unsupported) continue;
      Function function{
          std::string(core.identifier), {}, core.body, source, core.span, &file.own, false};
      for (const FpcoreArgument& argument : core.arguments)
        function.parameters.push_back(argument.name.text);
      file.own.emplace(core.identifier, std::move(function));
    }
  }

  const Expr* call_with_arguments(std::string_view function, const FpcoreCore& core, Span span) {
    ExprBuilder build(state_.arena);
    std::vector<const Expr*> arguments;
    for (const FpcoreArgument& argument : core.arguments)
      arguments.push_back(build.name(argument.name.text, span));
    return build.call({function, span}, arguments, {}, span);
  }

  void choose_core(LoadedFile& file, const SourcePtr& source, const Statement& statement,
                   const UseStatement& use) {
    if (&source != &state_.source && source != state_.source) return;  // a library's own choice
    const FpcoreCore* core = file.fpcore.find(use.name);
    if (core == nullptr) {
      std::vector<std::string> names;
      for (const FpcoreCore& each : file.fpcore.cores) names.push_back(each.name);
      constexpr std::size_t most_shown = 8;
      names.resize(std::min(names.size(), most_shown));
      fail(source, use.name_span,
           fmt::format("{} has no core named {}", quoted(use.file), quoted(use.name)),
           fmt::format("it has {}", fmt::join(names, ", ")));
    }
    if (core->unsupported)
      fail(file.fpcore.source, core->unsupported_span,
           fmt::format("the core {} uses what the language cannot say: {}",
                       quoted(std::string_view(core->name)), *core->unsupported),
           "", "", code::fpcore);
    const auto call_of = [&](const Expr* body) {
      return call_with_arguments(function_of(file, *core, body), *core, statement.span);
    };
    CoreUse chosen{
        core, file.fpcore.source, call_with_arguments(core->identifier, *core, statement.span), {}};
    if (state_.alternative) {
      if (*state_.alternative >= core->alternatives.size())
        fail(source, use.name_span,
             fmt::format("the core {} has {} of the alternatives that the language can say",
                         quoted(use.name), core->alternatives.size()));
      chosen.body = call_of(core->alternatives[*state_.alternative].body);
    }
    for (const Expr* condition : core->conditions) chosen.conditions.push_back(call_of(condition));
    state_.cores.emplace(&statement, std::move(chosen));
  }

  /// The name, which no text can say, of a function like the core with another body.
  std::string_view function_of(const LoadedFile& file, const FpcoreCore& core, const Expr* body) {
    const std::string_view name =
        state_.arena.copy(fmt::format("{}#{}", core.identifier, state_.conditions.size()));
    Function function = file.own.at(core.identifier);
    function.name = std::string(core.identifier);
    function.body = body;
    state_.conditions.emplace(name, std::move(function));
    return name;
  }

  Document::State& state_;
  Diagnostics& diagnostics_;
  std::vector<std::string> chain_;
  std::unordered_map<std::string, LoadedFile*> known_;
};

}  // namespace

void load_uses(Document::State& state, LoadedFile& file, Diagnostics& diagnostics) {
  UseLoader(state, diagnostics).load(file, state.source);
  // Names of conditions hold a '#', so that no call in a text can mean one.
  file.visible.insert(state.conditions.begin(), state.conditions.end());
}

}  // namespace verigrad::expressions
