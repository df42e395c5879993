#include "expressions/fpcore.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "expressions/diagnostic.hpp"
#include "expressions/fpcore_impl.hpp"
#include "expressions/parser.hpp"

namespace verigrad::expressions {
namespace fpcore {
namespace {

/// A core's parts before its expressions are read.
struct Outline {
  const Node* arguments = nullptr;
  const Node* precision = nullptr;
  const Node* round = nullptr;
  const Node* pre = nullptr;
  const Node* spec = nullptr;
  std::vector<const Node*> alternatives;
  const Node* body = nullptr;
};

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '\\' && i + 1 < text.size();
    if (escape) ++i;
    out += escape && text[i] == 'n' ? '\n' : text[i];
  }
  return out;
}

class CoreReader {
 public:
  CoreReader(FpcoreFile& file, Arena& arena) : file_(file), arena_(arena) {}

  void read(const Node& node) {
    if (node.head() != "FPCore") throw FpcoreError("expected '(FPCore …)'", node.span);
    FpcoreCore core;
    core.span = node.span;
    const Outline outline = read_outline(node, core);
    if (core.name.empty()) core.name = fmt::format("core {}", file_.cores.size() + 1);
    core.identifier = arena_.copy(identifiers_.unique(core.name));
    while (is_taken(core.name)) core.name += fmt::format(" (core {})", file_.cores.size() + 1);
    try {
      read_expressions(outline, core);
    } catch (const Unsupported& problem) {
      core.unsupported = problem.construct;
      core.unsupported_span = problem.span;
      core.body = nullptr;
      core.conditions.clear();
    }
    if (!core.symbol.empty())
      callees_[core.symbol] = {core.identifier, core.arguments.size(), core.dtype,
                               !core.unsupported.has_value()};
    file_.cores.push_back(std::move(core));
  }

 private:
  bool is_taken(std::string_view name) const {
    return std::ranges::find(file_.cores, name, &FpcoreCore::name) != file_.cores.end();
  }

  Outline read_outline(const Node& node, FpcoreCore& core) {
    Outline outline;
    const std::vector<Node>& parts = node.children;
    std::size_t i = 1;
    if (i < parts.size() && parts[i].is_atom()) {
      if (!is_symbol(parts[i].text))
        throw FpcoreError("expected the core's name or the list of its arguments", parts[i].span);
      core.symbol = arena_.copy(parts[i].text);
      core.name = parts[i++].text;
    }
    if (i >= parts.size() || !parts[i].is_list())
      throw FpcoreError("expected the list of arguments",
                        i < parts.size() ? parts[i].span : node.span);
    outline.arguments = &parts[i++];
    for (; i < parts.size() && parts[i].is_property(); i += 2) {
      if (i + 1 >= parts.size())
        throw FpcoreError(fmt::format("the property {} has no value", quoted(parts[i].text)),
                          parts[i].span);
      read_property(parts[i].text, parts[i + 1], outline, core);
    }
    if (i >= parts.size()) throw FpcoreError("this core has no body", node.span);
    if (i + 1 < parts.size())
      throw FpcoreError("expected ')': a core has one expression as its body", parts[i + 1].span);
    outline.body = &parts[i];
    return outline;
  }

  static void read_property(std::string_view name, const Node& value, Outline& outline,
                            FpcoreCore& core) {
    if (name == ":name" && value.kind == Node::Kind::string) {
      if (core.name.empty()) core.name = unescaped(value.text);
    } else if (name == ":precision") {
      outline.precision = &value;
    } else if (name == ":round") {
      outline.round = &value;
    } else if (name == ":pre") {
      outline.pre = &value;
    } else if (name == ":spec") {
      outline.spec = &value;
    } else if (name == ":alt") {
      outline.alternatives.push_back(&value);
    }
  }

  void read_expressions(const Outline& outline, FpcoreCore& core) {
    read_arguments(*outline.arguments, core);
    if (outline.precision && is_single(*outline.precision)) core.dtype = "f32";
    const Converter checker(arena_, callees_, core.dtype);
    if (outline.precision) check(checker, ":precision", *outline.precision);
    if (outline.round) check(checker, ":round", *outline.round);
    check_arguments(*outline.arguments, checker);

    Converter convert(arena_, callees_, core.dtype);
    ExprBuilder build(arena_);
    for (const FpcoreArgument& argument : core.arguments) {
      if (convert.find(argument.written))
        throw Unsupported{fmt::format("two arguments named {}", quoted(argument.written)),
                          argument.name.span};
      convert.bind(argument.written, build.name(argument.name.text, argument.name.span));
    }
    core.body = convert.convert(*outline.body);
    if (outline.pre) read_precondition(*outline.pre, convert, arena_, core);
    if (outline.spec) core.spec = convert_if_possible(*outline.spec, core);
    for (const Node* alternative : outline.alternatives)
      if (const Expr* expr = convert_if_possible(*alternative, core))
        core.alternatives.push_back({expr, alternative->span});
  }

  static bool is_single(const Node& precision) {
    return precision.is_atom("binary32") ||
           (precision.head() == "float" && precision.children.size() == 3 &&
            precision.children[1].is_atom("8") && precision.children[2].is_atom("32"));
  }

  static void check(const Converter& converter, std::string_view property, const Node& value) {
    Node name;
    name.kind = Node::Kind::atom;
    name.text = property;
    converter.check_context(name, value);
  }

  /// The symbol of `symbol`, `(symbol dim…)` or `(! property* symbol dim…)`.
  static const Node* symbol_of(const Node& argument) {
    if (argument.is_atom()) return &argument;
    std::size_t i = 0;
    if (argument.head() == "!")
      for (i = 1; i + 1 < argument.children.size() && argument.children[i].is_property();) i += 2;
    if (i >= argument.children.size() || !argument.children[i].is_atom()) return nullptr;
    return &argument.children[i];
  }

  void read_arguments(const Node& list, FpcoreCore& core) {
    Identifiers names;
    for (const Node& argument : list.children) {
      const Node* symbol = symbol_of(argument);
      if (!symbol || !is_symbol(symbol->text))
        throw FpcoreError("expected an argument's name", argument.span);
      FpcoreArgument read;
      read.written = arena_.copy(symbol->text);
      read.name = {arena_.copy(names.unique(symbol->text)), symbol->span};
      core.arguments.push_back(read);
    }
  }

  static void check_arguments(const Node& list, const Converter& checker) {
    for (const Node& argument : list.children) {
      if (argument.is_atom()) continue;
      const Node* symbol = symbol_of(argument);
      if (symbol != &argument.children.back())
        throw Unsupported{fmt::format("tensors (the argument {})", quoted(symbol->text)),
                          argument.span};
      for (std::size_t i = 1; i + 1 < argument.children.size(); i += 2)
        checker.check_context(argument.children[i], argument.children[i + 1]);
    }
  }

  const Expr* convert_if_possible(const Node& node, const FpcoreCore& core) {
    try {
      Converter convert(arena_, callees_, core.dtype);
      ExprBuilder build(arena_);
      for (const FpcoreArgument& argument : core.arguments)
        convert.bind(argument.written, build.name(argument.name.text, argument.name.span));
      return convert.convert(node);
    } catch (const Unsupported&) {
      return nullptr;
    }
  }

  FpcoreFile& file_;
  Arena& arena_;
  Callees callees_;
  Identifiers identifiers_;
};

}  // namespace

std::string Identifiers::unique(std::string_view written) {
  std::string base;
  for (const char c : written) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0u) == 0x80u) continue;  // one '_' a code point
    const bool kept = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    base += kept ? c : '_';
  }
  if (base.empty() || (base[0] >= '0' && base[0] <= '9')) base.insert(0, 1, '_');
  if (is_reserved(base)) base += '_';
  std::string name = base;
  std::size_t& number = next_.emplace(base, 2).first->second;
  while (!used_.insert(name).second) name = fmt::format("{}_{}", base, number++);
  return name;
}

}  // namespace fpcore

FpcoreFile read_fpcore(const SourcePtr& source, Arena& arena) {
  FpcoreFile file;
  file.source = source;
  fpcore::CoreReader reader(file, arena);
  for (const fpcore::Node& node : fpcore::read_nodes(*source)) reader.read(node);
  if (file.cores.empty()) throw FpcoreError("the file has no '(FPCore …)'", {});
  return file;
}

const FpcoreCore* FpcoreFile::find(std::string_view name) const {
  for (const FpcoreCore& core : cores)
    if (core.name == name) return &core;
  for (const FpcoreCore& core : cores)
    if (core.symbol == name || core.identifier == name) return &core;
  return nullptr;
}

}  // namespace verigrad::expressions
