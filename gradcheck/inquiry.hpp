// What checks of callables share: the first calls, what stands in the way, and the report.
#pragma once

#include <optional>
#include <vector>

#include "gradcheck/check_question.hpp"

namespace verigrad::gradcheck {

/// One question on its way to a report.
class Inquiry {
 public:
  /// Throws std::invalid_argument as `answer` does. Refers to both arguments.
  Inquiry(const Question& question, const CheckOptions& options, std::string method);

  /// Calls the function and the derivative at the point; false when there is nothing to compare.
  bool look();

  const Question& question() const { return question_; }
  const CheckOptions& options() const { return options_; }
  const Entries& value() const { return value_; }
  /// The function's noise: by how much two calls differ.
  const std::vector<double>& spread() const { return spread_; }
  const Entries& claim() const { return claim_; }
  DType dtype() const { return question_.float_claim ? DType::f32 : DType::f64; }
  const Tolerance& tolerance() const { return tolerance_; }

  void add_problem(Defect defect, Verdict verdict, std::string text);
  void count(int evaluations) { report_.evaluations += evaluations; }
  /// The claim's entry at a row-major position.
  void add_entry(std::size_t position, const Truth& truth, EntryVerdict verdict);
  void set_power(std::string text) { report_.power = std::move(text); }
  std::vector<ReportEntry>& entries() { return report_.entries; }
  bool any_failed() const;
  /// Beside a wrong vᵀJ: the whole Jacobian, in which its mistake may be found.
  void find_mistaken_product(const std::vector<Truth>& jacobian);
  /// Of a wrong derivative: what all entries have in common, if nothing is known yet.
  void find_common_pattern();
  /// Of a wrong gradient without a pattern: whether its wrong entries are slopes of the function's
  /// other branch, beyond a kink.
  void find_branch_beyond();
  Report report();

 private:
  bool look_at_function();
  bool look_at_claim();
  bool fits(const Shape& shape) const;
  Shape expected_shape() const;
  void note(const std::vector<Problem>& problems);
  std::vector<WrongEntry> wrong_entries() const;
  std::optional<double> kink_before_branch(const ReportEntry& entry);

  const Question& question_;
  const CheckOptions& options_;
  Tolerance tolerance_;
  Report report_;
  Entries value_, claim_;
  std::vector<double> spread_;
};

}  // namespace verigrad::gradcheck
