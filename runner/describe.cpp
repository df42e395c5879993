#include "runner/describe.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "reports/display.hpp"
#include "runner/codes.hpp"
#include "runner/facts.hpp"
#include "runner/selection.hpp"

namespace verigrad::runner {
namespace {

using expressions::Judgement;
using gradcheck::Finding;
using gradcheck::Verdict;
using reports::CheckResult;
using reports::Fact;
using reports::number;

reports::Kind kind_of(Judgement::Kind kind) {
  switch (kind) {
    case Judgement::Kind::check:
      return reports::Kind::check;
    case Judgement::Kind::grad:
      return reports::Kind::grad;
    case Judgement::Kind::jacobian:
      return reports::Kind::jacobian;
    case Judgement::Kind::hessian:
      return reports::Kind::hessian;
    case Judgement::Kind::vjp:
      return reports::Kind::vjp;
    case Judgement::Kind::jvp:
      return reports::Kind::jvp;
    case Judgement::Kind::hvp:
      return reports::Kind::hvp;
    case Judgement::Kind::expect:
    case Judgement::Kind::expect_message:
      break;
  }
  return reports::Kind::expect;
}

std::string index_text(const std::vector<std::int64_t>& index) {
  return fmt::format("[{}]", fmt::join(index, ", "));
}

/// Six digits of a finite number.
std::string rounded(double x) { return std::isfinite(x) ? fmt::format("{:.6g}", x) : number(x); }

/// `at x[3] = 0.294644`, or `at w[0, 1]` when the derivative has no entry of the input beside it.
std::string place(const WorstComparison& worst, const std::string& input) {
  if (!worst.input) return {};
  const std::string name = worst.index.empty() ? input : input + index_text(worst.index);
  return fmt::format(" at {} = {}", name, rounded(*worst.input));
}

/// "is off by a factor 3.39" or "has the wrong sign" where that is so of all entries, else "is 0.5,
/// true 0".
std::string difference(const WorstComparison& worst, bool one_factor) {
  const double truth = worst.truth.estimate.value, claimed = worst.analytic;
  const double ratio = claimed / truth;
  const std::string both = fmt::format("is {}, true {}", rounded(claimed), rounded(truth));
  if (!std::isfinite(ratio) || ratio == 0 || worst.truth.estimate.error_bar > std::abs(truth) / 2)
    return both;
  if (std::abs(ratio - 1) < 1e-4)
    return fmt::format("is off by {:.2g} relative", std::abs(ratio - 1));
  if (!one_factor) return both;
  if (std::abs(ratio + 1) < 1e-6) return fmt::format("has the wrong sign: {}", both.substr(3));
  return fmt::format("is off by a factor {:.3g}", std::abs(ratio) < 1 ? 1 / ratio : ratio);
}

std::string entry_label(const WorstComparison& worst, const std::string& input, bool one_factor) {
  const std::string subject =
      worst.index.empty()
          ? std::string("it")
          : fmt::format("entry {} of {}", index_text(worst.index), worst.shape.numel());
  switch (worst.verdict.finding) {
    case Finding::agrees:
      return {};
    case Finding::disagrees:
    case Finding::not_a_number:
      return fmt::format("{} {}{}", subject, difference(worst, one_factor), place(worst, input));
    case Finding::lost_digits:
      return fmt::format("{} keeps {:.1f} digits{}", subject, worst.verdict.digits,
                         place(worst, input));
    default:
      return fmt::format("{} cannot be judged{}", subject, place(worst, input));
  }
}

struct Headline {
  const char* code;
  std::string message;
};

Headline headline(const Judgement& judgement, const Outcome& outcome) {
  const bool claim = judgement.kind != Judgement::Kind::check;
  if (!outcome.worst || outcome.worst->verdict.verdict < outcome.verdict)
    return outcome.verdict == Verdict::fail
               ? Headline{code::evaluation_error, "the statement cannot be evaluated"}
               : Headline{code::work_exhausted, "the work for one derivative is limited"};
  const std::string what = outcome.worst->what;
  switch (outcome.worst->verdict.finding) {
    case Finding::disagrees:
      return claim ? Headline{code::wrong_claim,
                              fmt::format("claimed {} disagrees with the function", what)}
                   : Headline{code::wrong_engine,
                              fmt::format("the engine's {} disagrees with the function", what)};
    case Finding::not_a_number:
      return {code::undefined_value, fmt::format("{} {} is not a finite number",
                                                 claim ? "claimed" : "the engine's", what)};
    case Finding::lost_digits:
      return {code::lost_digits, fmt::format("the rule of this {} is right, but its value has lost "
                                             "digits",
                                             what)};
    case Finding::kink:
    case Finding::jump:
    case Finding::edge:
    case Finding::undefined:
      return {code::not_differentiable, fmt::format("no single {} at this point", what)};
    case Finding::agrees:
    case Finding::unresolved:
      break;
  }
  return {code::unresolved, fmt::format("the {} cannot be decided", what)};
}

reports::WorstEntry worst_entry(const WorstComparison& worst, const Sample& sample) {
  reports::WorstEntry entry;
  const gradcheck::Estimate& r = worst.truth.estimate;
  entry.index = worst.index;
  entry.point = sample.index;
  for (std::size_t i = 0; i < sample.point.size(); ++i) {
    const Leaf& leaf = sample.instance.program.leaves()[i];
    if (expressions::is_anonymous(leaf)) continue;
    entry.inputs.push_back(
        {leaf.name,
         {std::vector<std::int64_t>(leaf.shape.begin(), leaf.shape.end()), sample.point[i]}});
  }
  entry.analytic = worst.analytic;
  entry.digits = worst.verdict.digits;
  if (!std::isfinite(r.value)) return entry;
  entry.reference = r.value;
  entry.error_bar = r.error_bar;
  entry.absolute_error = std::abs(worst.analytic - r.value);
  if (r.value != 0) entry.relative_error = *entry.absolute_error / std::abs(r.value);
  entry.ulps = *entry.absolute_error / gradcheck::ulp(sample.instance.program.dtype, r.value);
  return entry;
}

}  // namespace

Verdict verdict_of(expressions::ExpectedVerdict expected) {
  switch (expected) {
    case expressions::ExpectedVerdict::pass:
      return Verdict::pass;
    case expressions::ExpectedVerdict::inaccurate:
      return Verdict::inaccurate;
    case expressions::ExpectedVerdict::inconclusive:
      return Verdict::inconclusive;
    case expressions::ExpectedVerdict::fail:
      break;
  }
  return Verdict::fail;
}

CheckResult describe(const std::string& path, const Judgement& judgement,
                     const expressions::Instance& instance) {
  CheckResult result;
  result.id = fmt::format("{}:{}", path, judgement.line);
  result.line = static_cast<std::int64_t>(judgement.line);
  result.column = static_cast<std::int64_t>(judgement.where.column);
  result.kind = kind_of(judgement.kind);
  if (!judgement.output_name.empty()) result.output = judgement.output_name;
  for (std::size_t leaf : judgement.wrt) result.wrt.push_back(instance.program.leaves()[leaf].name);
  result.dtype = instance.program.dtype == DType::f32 ? "f32" : "f64";
  return result;
}

void explain(CheckResult& result, const Input& input, const Judgement& judgement,
             const Sample& sample, const Outcome& outcome, std::span<const FailedPoint> failures,
             std::uint64_t seed, const Options& options) {
  if (outcome.worst) result.worst = worst_entry(*outcome.worst, sample);
  const ReproToken token{judgement.line, sample.index, seed};
  result.repro = to_string(token);
  if (result.verdict == Verdict::pass && !judgement.expected) return;
  reports::Explanation& shown = result.explanation;
  if (judgement.where.line > 0) shown.line_text = judgement.where.line_text;
  shown.column = judgement.where.column;
  shown.length = judgement.where.length;
  if (outcome.worst && outcome.worst->verdict.verdict == outcome.verdict) {
    const std::string& leaf = sample.instance.program.leaves()[outcome.worst->leaf].name;
    const Headline line = headline(judgement, outcome);
    shown.code = line.code;
    shown.message = line.message;
    const bool one_of_many = options.repro && !sample.instance.single_point;
    const auto pattern = find_mistake(failures, one_of_many, options);
    const bool one_factor =
        (pattern && !pattern->factor.empty()) || (!one_of_many && has_one_ratio(failures));
    shown.label = entry_label(*outcome.worst, leaf, one_factor);
    const std::string& why = outcome.worst->verdict.reason;
    result.diagnosis.push_back(
        {shown.code, why.empty() ? shown.message : fmt::format("{}: {}", shown.message, why)});
    add_facts(result, {judgement, leaf, sample, outcome, pattern, seed});
  } else if (judgement.kind == Judgement::Kind::expect ||
             judgement.kind == Judgement::Kind::expect_message) {
    shown.code = code::expectation;
    shown.message = outcome.reason;
    shown.label = outcome.label;
    shown.facts = outcome.facts;
    result.diagnosis.push_back({shown.code, shown.message});
  } else {
    const Headline line = headline(judgement, outcome);
    shown.code = sample.no_point ? code::no_point : line.code;
    shown.message = sample.no_point ? "no point inside the function's domain" : line.message;
    shown.label = outcome.reason;
    result.diagnosis.push_back({shown.code, outcome.reason});
  }
  if (input.path != "-")
    shown.facts.push_back(
        {"again", fmt::format("gradcheck check {}{}", reports::shell_word(input.path),
                              replay_arguments(options, input, token))});
}

reports::FileError file_error(const expressions::Diagnostic& diagnostic, const std::string& path) {
  reports::FileError error;
  error.code = diagnostic.code;
  error.message = diagnostic.message;
  if (!diagnostic.help.empty()) {
    error.help = diagnostic.help;
  } else if (!diagnostic.label.empty()) {
    error.help = diagnostic.label;
  }
  error.label = diagnostic.label;
  for (const std::string& note : diagnostic.notes) error.facts.push_back({"note", note});
  if (!diagnostic.help.empty() && !diagnostic.label.empty())
    error.facts.push_back({"help", diagnostic.help});
  if (!diagnostic.source) return error;
  const expressions::Location where = expressions::locate(diagnostic.source, diagnostic.span);
  error.line = static_cast<std::int64_t>(where.line);
  error.column = static_cast<std::int64_t>(where.column);
  error.length = where.length;
  error.line_text = where.line_text;
  if (diagnostic.source->path() != path) error.path = diagnostic.source->path();
  return error;
}

}  // namespace verigrad::runner
