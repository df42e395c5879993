#include <cmath>

#include "gradcheck/check_question.hpp"
#include "gradcheck/differences.hpp"
#include "gradcheck/inquiry.hpp"
#include "gradcheck/judge_black_box.hpp"
#include "gradcheck/projection.hpp"

namespace verigrad::gradcheck {
namespace {

DifferenceOptions difference_options(const Inquiry& inquiry) {
  const CheckOptions& options = inquiry.options();
  DifferenceOptions known{.domain = {options.lower, options.upper},
                          .float_input = inquiry.question().float_input,
                          .float_arithmetic = inquiry.question().float_function,
                          .max_evaluations = options.max_evaluations};
  for (const double spread : inquiry.spread())
    known.noise_floors.push_back(options.noise_floor + 4 * spread);
  return known;
}

Differences differences_of(const Inquiry& inquiry) {
  const Question& question = inquiry.question();
  DifferenceOptions known = difference_options(inquiry);
  if (question.kind == DerivativeKind::vjp) known.weights = question.vector.values;
  return {question.function, question.x, inquiry.value().values.size(), known};
}

std::vector<Truth> truths_by(Differences& differences, const Question& question) {
  switch (question.kind) {
    case DerivativeKind::jvp:
      return differences.along(question.vector.values);
    case DerivativeKind::hessian:
      return differences.hessian();
    default:
      return differences.jacobian();
  }
}

/// Costs as many calls as the product itself.
void explain_product(Inquiry& inquiry) {
  const Question& question = inquiry.question();
  Differences rows(question.function, question.x, inquiry.value().values.size(),
                   difference_options(inquiry));
  inquiry.find_mistaken_product(rows.jacobian());
  inquiry.count(rows.evaluations());
}

/// Judges every entry.
void compare_entries(Inquiry& inquiry, Differences& differences) {
  const std::vector<Truth> truths = truths_by(differences, inquiry.question());
  const auto verdict_of = [&](double value, const Truth& truth, double rounding) {
    return judge_black_box(value, truth, rounding, inquiry.tolerance(), inquiry.dtype());
  };
  for (std::size_t k = 0; k < truths.size(); ++k)
    inquiry.add_entry(k, truths[k], verdict_of(inquiry.claim().values[k], truths[k], 0));
  if (!inquiry.any_failed()) return;
  const Question& question = inquiry.question();
  const std::vector<double> rounding =
      rounding_of(question.claimed, question.x, question.float_input,
                  {inquiry.options().lower, inquiry.options().upper});
  for (ReportEntry& entry : inquiry.entries())
    if (entry.verdict.verdict == Verdict::fail)
      entry.verdict = verdict_of(entry.value, entry.truth, rounding[entry.position]);
  if (question.kind == DerivativeKind::vjp && inquiry.any_failed()) explain_product(inquiry);
  inquiry.find_common_pattern();
  if (question.kind == DerivativeKind::gradient) inquiry.find_branch_beyond();
}

void compare(Inquiry& inquiry) {
  Differences differences = differences_of(inquiry);
  try {
    if (inquiry.options().fast)
      compare_projections(inquiry, differences);
    else
      compare_entries(inquiry, differences);
  } catch (const ChangedArgument&) {
    inquiry.add_problem(Defect::changed_argument, Verdict::fail,
                        "the function changes what it is given");
  }
  inquiry.count(differences.evaluations());
}

}  // namespace

Report answer(const Question& question, const CheckOptions& options) {
  Inquiry inquiry(question, options, "finite differences");
  if (inquiry.look()) compare(inquiry);
  Report report = inquiry.report();
  return question.kind == DerivativeKind::hessian ? with_symmetry(question, report, options)
                                                  : report;
}

}  // namespace verigrad::gradcheck
