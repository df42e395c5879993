// What the tests of elaboration share.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "expressions/document.hpp"
#include "tests/expressions/helpers.hpp"

namespace verigrad::expressions {

/// A text that was loaded and instantiated at the first size of every drawn dim.
struct Elaborated {
  Diagnostics diagnostics;
  std::optional<Instance> instance;

  [[nodiscard]] std::string report() const { return diagnostics.render_all(); }
  [[nodiscard]] std::vector<std::string> codes() const;
  /// The value of a binding, leaf or the output.
  [[nodiscard]] ValueId named(const std::string& name) const;
  [[nodiscard]] Shape shape(const std::string& name) const;
  /// The entries of a value when every leaf has one (or is drawn as zeros).
  [[nodiscard]] std::vector<double> entries(ValueId id) const;
  [[nodiscard]] std::vector<double> entries(const std::string& name) const;
};

Elaborated elaborate_text(const std::string& text, const Overrides& overrides = {});
Elaborated elaborate_source(const SourcePtr& source, const Overrides& overrides = {});

/// The rendered first diagnostic of a text that must not elaborate.
std::string error_of(const std::string& text, const Overrides& overrides = {});

/// The entries of `y` in a text.
std::vector<double> value_of(const std::string& text);
Shape shape_of(const std::string& text);

}  // namespace verigrad::expressions
