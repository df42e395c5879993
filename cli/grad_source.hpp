#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cli/color.hpp"
#include "reports/model.hpp"

namespace verigrad::cli {

/// The inputs of an expression on the command line, in their order: names and values as written.
using Variables = std::vector<std::pair<std::string, std::string>>;

/// An expression from the command line as a .grad text: an input for every variable, the expression
/// as the only binding, and a check for every input.
class GradSource {
 public:
  GradSource(std::string expression, Variables variables);

  const std::string& text() const { return text_; }
  const std::string& expression() const { return expression_; }
  const Variables& variables() const { return variables_; }
  /// Name of the binding that holds the expression's value.
  const std::string& output() const { return output_; }

  /// Whether expression and values are single expressions. Writes what is wrong to standard error,
  /// with carets below the arguments.
  bool is_well_formed(Color color) const;

  /// An error of the text as one of the argument that it comes from.
  std::string render(const reports::FileError& error, Color color) const;

 private:
  struct Part {
    std::string shown;       ///< in the place of a path: "-e", "x"
    std::string text;        ///< as written
    std::size_t first_line;  ///< in text_
    std::size_t prefix;      ///< columns in front of it on that line
    std::size_t lines;
  };

  void add(std::string shown, const std::string& prefix, const std::string& part);

  std::string expression_;
  Variables variables_;
  std::string output_ = "expression";
  std::string text_;
  std::size_t next_line_ = 1;
  std::vector<Part> parts_;
};

}  // namespace verigrad::cli
