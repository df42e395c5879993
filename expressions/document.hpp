// A .grad file with all that it uses, ready to be instantiated at any sizes of its dims.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/program.hpp"
#include "expressions/diagnostic.hpp"
#include "expressions/instance.hpp"
#include "expressions/lowering.hpp"
#include "expressions/syntax.hpp"

namespace verigrad::expressions {

/// What the command line, or a program, changes in the reading of a file.
struct Overrides {
  /// --set NAME=VALUE: a constant expression (`0.5`, `[1, 2]`) that becomes the leaf's value.
  std::vector<std::pair<std::string, std::string>> set{};
  /// --dim NAME=N
  std::vector<std::pair<std::string, std::int64_t>> dim{};
  /// --dtype
  std::optional<DType> dtype{};
  Limits limits{};
  /// Of `use fpcore "FILE" name "NAME"`: this `:alt` of the core, from 0, takes its body's place.
  /// An error of the file where there is none.
  std::optional<std::size_t> alternative{};
  /// What the names of operations mean, instead of the process's table; must outlive the Document.
  const OperationTable* operations = nullptr;
};

/// A dim that is drawn for every sample; first == last where a range has one element.
struct DimRange {
  std::string name;
  std::int64_t first;
  std::int64_t last;
};

/// One `test` block.
struct TestBlock {
  std::string name;
  const TestStatement* statement;  ///< lives as long as the Document
  Location where;                  ///< of its first line
  Settings settings;
};

/// A file that was parsed, with the files that it uses.
class Document {
 public:
  /// Parses, reads the files of `use`, and checks what does not depend on sizes: redefinitions,
  /// dims, settings, the functions' bodies. Errors go to `diagnostics`; the Document is then of no
  /// use but to be destroyed. Throws nothing but std::bad_alloc.
  static Document load(const SourcePtr& source, Diagnostics& diagnostics,
                       const Overrides& overrides = {});

  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;
  ~Document();

  [[nodiscard]] const SourcePtr& source() const;
  /// The precision under test.
  [[nodiscard]] DType dtype() const;
  /// The dims that are drawn, in their order.
  [[nodiscard]] std::span<const DimRange> dims() const;
  /// All `set` statements of the file together.
  [[nodiscard]] const Settings& settings() const;
  [[nodiscard]] std::span<const TestBlock> tests() const;
  /// The defs that expressions of the file may call, those of `use` included.
  [[nodiscard]] const Functions& functions() const;
  [[nodiscard]] const Limits& limits() const;
  [[nodiscard]] const OperationTable& operations() const;

  /// The file at these sizes, one for each of dims(). Nothing after an error, which may depend on
  /// the sizes. Throws nothing but std::bad_alloc.
  [[nodiscard]] std::optional<Instance> instantiate(std::span<const std::int64_t> sizes,
                                                    Diagnostics& diagnostics) const;

  struct State;  ///< see document_impl.hpp

 private:
  explicit Document(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// A Program from a text without dims that are drawn, checks left out: for tests and tools. Throws
/// DiagnosticError for the first error.
Instance elaborate(const std::string& text, const OperationTable& operations = operation_table());

}  // namespace verigrad::expressions
