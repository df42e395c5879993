#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "gradcheck/check_calls.hpp"
#include "gradcheck/check_question.hpp"
#include "gradcheck/differences.hpp"
#include "gradcheck/judge_black_box.hpp"

namespace verigrad::gradcheck {
namespace {

using Kind = DerivativeKind;

const char* name_of(Kind kind) {
  switch (kind) {
    case Kind::gradient:
      return "gradient";
    case Kind::vjp:
      return "vjp";
    case Kind::jvp:
      return "jvp";
    case Kind::jacobian:
      return "jacobian";
    case Kind::hessian:
      return "hessian";
  }
  return "";
}

void require_point(const Question& question, const CheckOptions& options) {
  const std::vector<double>& x = question.x.values;
  for (const std::vector<double>* bounds : {&options.lower, &options.upper})
    if (bounds->size() > 1 && bounds->size() != x.size())
      throw std::invalid_argument(
          fmt::format("{} bounds for {} entries", bounds->size(), x.size()));
  if (!std::all_of(x.begin(), x.end(), [](double entry) { return std::isfinite(entry); }))
    throw std::invalid_argument("the input has an entry that is not finite");
  if (!Domain{options.lower, options.upper}.contains(x))
    throw std::invalid_argument("the input lies outside the domain");
  if (question.kind == Kind::jvp && !(question.vector.values.size() == question.x.values.size()))
    throw std::invalid_argument("the tangent does not have the input's shape");
}

/// Shapes but for dims of size 1, so that a column is as good as a vector.
std::vector<std::int64_t> proper_dims(const Shape& shape) {
  std::vector<std::int64_t> dims;
  std::copy_if(shape.begin(), shape.end(), std::back_inserter(dims),
               [](std::int64_t size) { return size != 1; });
  return dims;
}

/// One question on its way to a report.
class Answer {
 public:
  Answer(const Question& question, const CheckOptions& options)
      : question_(question),
        options_(options),
        dtype_(question.float_claim ? DType::f32 : DType::f64),
        tolerance_(black_box_tolerance(options, dtype_)) {
    report_.derivative = name_of(question.kind);
    report_.method = "finite differences";
    report_.input = options.input;
  }

  Report report() {
    if (look_at_function() && look_at_claim()) {
      find_truths();
      judge_entries();
      find_common_pattern();
    }
    settle(report_);
    return std::move(report_);
  }

 private:
  bool give_up(Defect defect, Verdict verdict, std::string text) {
    report_.problems.push_back({defect, verdict, std::move(text)});
    return false;
  }

  void note(const std::vector<Problem>& problems) {
    report_.problems.insert(report_.problems.end(), problems.begin(), problems.end());
  }

  double roundoff_of_function() const { return question_.float_function ? 0x1p-24 : 0x1p-53; }

  bool look_at_function() {
    FirstCalls calls = call_twice(question_.function, question_.x, "the function", false);
    report_.evaluations = 2;
    note(calls.problems);
    if (!calls.value) return false;
    if (const auto trouble =
            trouble_with_values(calls, options_.noise_floor, roundoff_of_function()))
      return give_up(trouble->defect, trouble->verdict, trouble->text);
    value_ = std::move(*calls.value);
    spread_ = std::move(calls.spread);
    const bool one_result = question_.kind == Kind::gradient || question_.kind == Kind::hessian;
    if (one_result && value_.values.size() != 1)
      return give_up(Defect::wrong_shape, Verdict::fail,
                     fmt::format("the function has a result of shape {}: only one with a single "
                                 "entry has a {}",
                                 to_string(value_.shape), report_.derivative));
    if (question_.kind == Kind::vjp && question_.vector.values.size() != value_.values.size())
      throw std::invalid_argument("the cotangent does not have the shape of the function's value");
    return true;
  }

  bool look_at_claim() {
    FirstCalls calls =
        call_twice(question_.claimed, question_.x, "the " + report_.derivative, true);
    note(calls.problems);
    if (!calls.value) return false;
    if (const auto trouble = trouble_with_derivative(calls, tolerance_, dtype_))
      report_.problems.push_back(*trouble);
    claim_ = std::move(*calls.value);
    const Shape expected = expected_shape();
    if (proper_dims(claim_.shape) == proper_dims(expected)) return true;
    const bool matrix = question_.kind == Kind::jacobian || question_.kind == Kind::hessian;
    const bool flattened = claim_.shape.rank() == 2 && claim_.shape[0] == value_.shape.numel() &&
                           claim_.shape[1] == question_.x.shape.numel();
    if (matrix && (flattened || question_.kind == Kind::hessian) &&
        claim_.shape.numel() == expected.numel())
      return true;
    return give_up(Defect::wrong_shape, Verdict::fail,
                   fmt::format("the {} has shape {} instead of {}", report_.derivative,
                               to_string(claim_.shape), to_string(expected)));
  }

  Shape expected_shape() const {
    switch (question_.kind) {
      case Kind::jvp:
        return value_.shape;
      case Kind::jacobian:
        return joined(value_.shape, question_.x.shape);
      case Kind::hessian:
        return joined(question_.x.shape, question_.x.shape);
      default:
        return question_.x.shape;
    }
  }

  std::size_t inputs() const { return question_.x.values.size(); }

  DifferenceOptions difference_options() const {
    DifferenceOptions known{.domain = {options_.lower, options_.upper},
                            .float_input = question_.float_input,
                            .float_arithmetic = question_.float_function,
                            .max_evaluations = options_.max_evaluations};
    for (const double spread : spread_)
      known.noise_floors.push_back(options_.noise_floor + 4 * spread);
    return known;
  }

  /// Of <v, f>: its noise is that of its terms.
  Differences of_weighted_sum() const {
    const std::vector<double>& v = question_.vector.values;
    DifferenceOptions known = difference_options();
    double noise = 0;
    for (std::size_t i = 0; i < v.size(); ++i)
      noise += std::abs(v[i]) *
               (known.noise_floors[i] + 2 * roundoff_of_function() * std::abs(value_.values[i]));
    known.noise_floors = {noise};
    return {weighted_sum(question_.function, v), question_.x, 1, known};
  }

  void find_truths() {
    Differences differences = question_.kind == Kind::vjp
                                  ? of_weighted_sum()
                                  : Differences(question_.function, question_.x,
                                                value_.values.size(), difference_options());
    try {
      truths_ = question_.kind == Kind::jvp       ? differences.along(question_.vector.values)
                : question_.kind == Kind::hessian ? differences.hessian()
                                                  : differences.jacobian();
    } catch (const ChangedArgument&) {
      give_up(Defect::changed_argument, Verdict::fail, "the function changes what it is given");
    }
    report_.evaluations += differences.evaluations();
  }

  void judge_entries() {
    for (std::size_t k = 0; k < truths_.size(); ++k) report_.entries.push_back(entry_at(k));
    const auto fails = [](const ReportEntry& e) { return e.verdict.verdict == Verdict::fail; };
    if (std::none_of(report_.entries.begin(), report_.entries.end(), fails)) return;
    const std::vector<double> rounding = rounding_of(
        question_.claimed, question_.x, question_.float_input, {options_.lower, options_.upper});
    for (ReportEntry& entry : report_.entries)
      if (fails(entry)) entry.verdict = verdict_of(entry, rounding[entry.position]);
  }

  EntryVerdict verdict_of(const ReportEntry& entry, double rounding) const {
    return judge_black_box(entry.value, entry.truth, rounding, tolerance_, dtype_);
  }

  ReportEntry entry_at(std::size_t k) const {
    ReportEntry entry;
    entry.position = k;
    entry.index = index_text(static_cast<std::int64_t>(k), claim_.shape);
    if (entry.index.empty()) entry.index = "[]";
    if (question_.kind != Kind::jvp) {
      const std::size_t j = k % inputs();
      entry.input = question_.x.values[j];
      entry.input_index = index_text(static_cast<std::int64_t>(j), question_.x.shape);
    }
    entry.value = claim_.values[k];
    entry.truth = truths_[k];
    entry.verdict = verdict_of(entry, 0);
    return entry;
  }

  void find_common_pattern() {
    std::vector<WrongEntry> entries;
    bool wrong = false;
    for (const ReportEntry& entry : report_.entries) {
      wrong = wrong || entry.verdict.verdict == Verdict::fail;
      entries.push_back({.claimed = entry.value,
                         .truth = entry.truth.estimate.value,
                         .bar = entry.truth.estimate.error_bar,
                         .input = entry.input.value_or(0),
                         .entries = static_cast<double>(inputs())});
    }
    if (wrong) report_.pattern = find_pattern(entries, options_.input);
  }

  const Question& question_;
  const CheckOptions& options_;
  DType dtype_;
  Tolerance tolerance_;
  Report report_;
  Entries value_, claim_;
  std::vector<double> spread_;
  std::vector<Truth> truths_;
};

}  // namespace

Report answer(const Question& question, const CheckOptions& options) {
  require_point(question, options);
  Report report = Answer(question, options).report();
  return question.kind == DerivativeKind::hessian ? with_symmetry(question, report, options)
                                                  : report;
}

}  // namespace verigrad::gradcheck
