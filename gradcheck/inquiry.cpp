#include "gradcheck/inquiry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "gradcheck/alternatives.hpp"
#include "gradcheck/branch_beyond.hpp"
#include "gradcheck/check_calls.hpp"
#include "gradcheck/domain.hpp"
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
  if (question.kind == Kind::jvp && question.vector.values.size() != x.size())
    throw std::invalid_argument("the tangent does not have the input's shape");
  const bool projectable = question.kind == Kind::gradient || question.kind == Kind::vjp;
  if (options.fast && (!projectable || options.projections < 1))
    throw std::invalid_argument(
        "fast mode is for gradients and vjps, with at least one projection");
}

/// Shapes but for dims of size 1, so that a column is as good as a vector.
std::vector<std::int64_t> proper_dims(const Shape& shape) {
  std::vector<std::int64_t> dims;
  std::copy_if(shape.begin(), shape.end(), std::back_inserter(dims),
               [](std::int64_t size) { return size != 1; });
  return dims;
}

}  // namespace

Inquiry::Inquiry(const Question& question, const CheckOptions& options, std::string method)
    : question_(question), options_(options), tolerance_(black_box_tolerance(options, dtype())) {
  require_point(question, options);
  report_.derivative = name_of(question.kind);
  report_.method = std::move(method);
  report_.input = options.input;
}

bool Inquiry::look() { return look_at_function() && look_at_claim(); }

void Inquiry::add_problem(Defect defect, Verdict verdict, std::string text) {
  report_.problems.push_back({defect, verdict, std::move(text)});
}

void Inquiry::note(const std::vector<Problem>& problems) {
  report_.problems.insert(report_.problems.end(), problems.begin(), problems.end());
}

bool Inquiry::look_at_function() {
  FirstCalls calls = call_twice(question_.function, question_.x, "the function", false);
  report_.evaluations = 2;
  note(calls.problems);
  if (!calls.value) return false;
  const double u = question_.float_function ? 0x1p-24 : 0x1p-53;
  if (const auto trouble = trouble_with_values(calls, options_.noise_floor, u)) {
    note({*trouble});
    return false;
  }
  value_ = std::move(*calls.value);
  spread_ = std::move(calls.spread);
  const bool one_result = question_.kind == Kind::gradient || question_.kind == Kind::hessian;
  if (one_result && value_.values.size() != 1) {
    add_problem(Defect::wrong_shape, Verdict::fail,
                fmt::format("the function has a result of shape {}: only one with a single entry "
                            "has a {}",
                            to_string(value_.shape), report_.derivative));
    return false;
  }
  if (question_.kind == Kind::vjp && question_.vector.values.size() != value_.values.size())
    throw std::invalid_argument("the cotangent does not have the shape of the function's value");
  return true;
}

bool Inquiry::look_at_claim() {
  FirstCalls calls = call_twice(question_.claimed, question_.x, "the " + report_.derivative, true);
  note(calls.problems);
  if (!calls.value) return false;
  if (const auto trouble = trouble_with_derivative(calls, tolerance_, dtype())) note({*trouble});
  claim_ = std::move(*calls.value);
  report_.size = claim_.values.size();
  if (fits(claim_.shape)) return true;
  const std::string hint = shape_hint(claim_.shape, expected_shape());
  add_problem(Defect::wrong_shape, Verdict::fail,
              fmt::format("the {} has shape {} instead of {}{}{}", report_.derivative,
                          to_string(claim_.shape), to_string(expected_shape()),
                          hint.empty() ? "" : ": ", hint));
  return false;
}

/// A Jacobian or Hessian may also be a matrix that counts entries in row-major order.
bool Inquiry::fits(const Shape& shape) const {
  if (proper_dims(shape) == proper_dims(expected_shape())) return true;
  if (shape.rank() != 2) return false;
  const std::int64_t n = question_.x.shape.numel();
  if (question_.kind == Kind::hessian) return shape == Shape{n, n};
  return question_.kind == Kind::jacobian && shape == Shape{value_.shape.numel(), n};
}

Shape Inquiry::expected_shape() const {
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

void Inquiry::add_entry(std::size_t position, const Truth& truth, EntryVerdict verdict) {
  ReportEntry entry;
  entry.position = position;
  entry.index = index_text(static_cast<std::int64_t>(entry.position), claim_.shape);
  if (question_.kind != Kind::jvp) {
    const std::size_t j = entry.position % question_.x.values.size();
    entry.input = question_.x.values[j];
    entry.input_index = index_text(static_cast<std::int64_t>(j), question_.x.shape);
  }
  entry.value = claim_.values[entry.position];
  entry.truth = truth;
  entry.verdict = std::move(verdict);
  report_.entries.push_back(std::move(entry));
}

bool Inquiry::any_failed() const {
  return std::any_of(report_.entries.begin(), report_.entries.end(), [](const ReportEntry& entry) {
    return entry.verdict.verdict == Verdict::fail;
  });
}

std::vector<WrongEntry> Inquiry::wrong_entries() const {
  const bool by_row = question_.kind == Kind::jvp || question_.kind == Kind::jacobian;
  const std::size_t per_row = claim_.values.size() / value_.values.size();
  std::vector<WrongEntry> entries;
  for (const ReportEntry& entry : report_.entries)
    entries.push_back({.claimed = entry.value,
                       .truth = entry.truth.estimate.value,
                       .bar = entry.truth.estimate.error_bar,
                       .input = entry.input.value_or(0),
                       .entries = static_cast<double>(question_.x.values.size()),
                       .others = {value_.values[by_row ? entry.position / per_row : 0]}});
  return entries;
}

void Inquiry::find_mistaken_product(const std::vector<Truth>& jacobian) {
  const std::vector<double>& v = question_.vector.values;
  report_.pattern = find_alternative(wrong_entries(), mistaken_products(jacobian, v, value_.shape));
}

void Inquiry::find_common_pattern() {
  if (!any_failed() || report_.pattern) return;
  const std::vector<WrongEntry> entries = wrong_entries();
  const bool one_value = question_.kind == Kind::gradient || question_.kind == Kind::hessian;
  if (one_value) report_.pattern = find_factor_of_value(entries);
  if (!report_.pattern) report_.pattern = find_pattern(entries, options_.input, {{"f(x)"}});
  if (!report_.pattern && entries.size() == claim_.values.size())
    report_.pattern = find_alternative(entries, misplaced(entries, claim_.shape));
}

/// The kink beyond which the function's slope is the claim.
std::optional<double> Inquiry::kink_before_branch(const ReportEntry& entry) {
  for (const bool upwards : {true, false}) {
    const auto beyond = branch_beyond(question_.function, question_.x, entry.position, upwards,
                                      {options_.lower, options_.upper});
    if (!beyond) continue;
    count(beyond->evaluations);
    const double size = std::max(std::abs(entry.value), std::abs(entry.truth.estimate.value));
    if (std::abs(beyond->slope - entry.value) <= 1e-5 * size) return beyond->kink;
  }
  return std::nullopt;
}

void Inquiry::find_branch_beyond() {
  constexpr std::size_t most_entries = 16;
  std::string kinks;
  std::size_t wrong = 0;
  if (report_.pattern) return;
  for (const ReportEntry& entry : report_.entries) {
    if (entry.verdict.verdict != Verdict::fail) continue;
    if (++wrong > most_entries) return;
    const auto kink = kink_before_branch(entry);
    if (!kink) return;
    kinks += fmt::format("{}{}{} = {:.3g}", kinks.empty() ? "" : ", ", options_.input,
                         entry.input_index, *kink);
  }
  if (wrong > 0)
    report_.pattern = Pattern{
        fmt::format("claimed is the slope of the function's other branch, beyond its kink at {}",
                    kinks),
        "", false};
}

Report Inquiry::report() {
  find_common_pattern();
  settle(report_);
  return std::move(report_);
}

}  // namespace verigrad::gradcheck
