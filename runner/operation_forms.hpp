// Ways to apply an operation alone, for a survey of its accuracy.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/operation_table.hpp"
#include "engine/program.hpp"

namespace verigrad::runner {

/// One operand of a form.
struct FormOperand {
  std::string name{};  ///< as the signature has it: `input`, or `tensors[1]`
  Shape shape{};
  Interval domain{}, typical{};  ///< of each entry
  std::vector<double> fixed{};   ///< the entries, where they are not drawn
  bool differentiable = false;   ///< whether derivatives by it are measured
  bool dominant = false;         ///< a matrix that a positive diagonal of 8 and more makes regular
};

/// One application of an operation to operands of small shapes.
struct OperationForm {
  std::string
      label{};  ///< `gelu(approximate="tanh")`, the name alone without arguments of structure
  const Operation* operation = nullptr;
  AttributesRef attributes{};
  std::vector<FormOperand> operands{};
  /// Whether every entry of the result depends on one entry of each operand alone, so that many
  /// points can be computed at once. All shapes are then [].
  bool entrywise = false;
  Program program{};  ///< a leaf for each operand, and the application
  ValueId output = no_value;

  /// The number of entries of all operands together, fixed ones left out.
  std::size_t drawn_entries() const;
  bool is_drawn(std::size_t operand) const { return operands[operand].fixed.empty(); }
};

/// The forms of an operation of the table, with float64 Programs: of an entrywise one its scalar
/// form, or one for each choice of a word that makes another function of it; of another one a
/// single form. None where no form is known, as of an operation of one's own that is not
/// elementwise.
std::vector<OperationForm> survey_forms(const Operation& operation, const OperationTable& table);

}  // namespace verigrad::runner
