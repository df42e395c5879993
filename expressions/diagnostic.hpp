// Errors and warnings about a text, and their one rendering:
//
//   error[E012]: unknown function 'sigmod'
//    --> logistic.grad:9:8
//     |
//   9 | p    = sigmod(X @ w + b)
//     |        ^^^^^^ did you mean 'sigmoid'?
#pragma once

#include <cstddef>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "expressions/source.hpp"

namespace verigrad::expressions {

enum class Severity { error, warning };

/// One error or warning about one place in a file.
struct Diagnostic {
  std::string code;  ///< as in codes.hpp, "E012"
  Severity severity = Severity::error;
  std::string message;                  ///< one line, no final full stop
  Span span;                            ///< what the carets stand under
  std::string label = {};               ///< the text after the carets
  std::vector<std::string> notes = {};  ///< facts, one `= note: …` line each
  std::string help = {};                ///< what to write instead, one `= help: …` line
  SourcePtr source = {};                ///< the file that span refers to; Diagnostics fills it in
};

/// `name` in quotes as messages show it; control characters are escaped and long text is cut.
std::string quoted(std::string_view name);

/// The escape sequences around the parts of a rendered diagnostic; empty strings: no colour.
struct Styles {
  std::string error, warning, gutter, message, help, reset;

  static Styles plain() { return {}; }
  static Styles ansi();
};

/// The diagnostic as text in the layout above, with a final line end.
///
/// Tabs are shown as four spaces and control characters as U+FFFD; carets are counted in columns of
/// the terminal (wide characters take two). A line of more than 100 columns is cut around the span,
/// with `…` on the cut sides. Of a span over several lines the first is shown. Without a source,
/// only the first line appears.
std::string render(const Diagnostic& diagnostic, const Styles& styles = Styles::plain());

/// Thrown inside the front end to leave the statement at hand; never leaves parse() or elaborate().
class DiagnosticError : public std::exception {
 public:
  explicit DiagnosticError(Diagnostic diagnostic) : diagnostic_(std::move(diagnostic)) {}
  [[nodiscard]] const Diagnostic& diagnostic() const { return diagnostic_; }
  [[nodiscard]] const char* what() const noexcept override { return diagnostic_.message.c_str(); }

 private:
  Diagnostic diagnostic_;
};

/// Collects diagnostics up to a limit of errors.
class Diagnostics {
 public:
  static constexpr std::size_t max_errors = 20;

  Diagnostics() = default;
  /// `source` is put into every diagnostic that names none.
  explicit Diagnostics(SourcePtr source) : source_(std::move(source)) {}

  /// Keeps the diagnostic, unless max_errors errors (or as many warnings) are held already, or one
  /// with the same code and span is. The last error that fits gets a note that says so.
  void add(Diagnostic diagnostic);

  [[nodiscard]] const std::vector<Diagnostic>& all() const { return all_; }
  [[nodiscard]] bool has_errors() const { return errors_ > 0; }
  [[nodiscard]] std::size_t error_count() const { return errors_; }
  /// True once max_errors errors are held: whoever adds them should stop.
  [[nodiscard]] bool full() const { return errors_ >= max_errors; }

  /// Changes the file that add() fills in and returns the former one.
  SourcePtr exchange_source(SourcePtr source) { return std::exchange(source_, std::move(source)); }

  /// All of them in the order of their addition, with an empty line between two.
  [[nodiscard]] std::string render_all(const Styles& styles = Styles::plain()) const;

 private:
  SourcePtr source_;
  std::vector<Diagnostic> all_;
  std::size_t errors_ = 0;
};

}  // namespace verigrad::expressions
