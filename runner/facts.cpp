#include "runner/facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/error.hpp"
#include "expressions/print_program.hpp"
#include "gradcheck/blame.hpp"
#include "gradcheck/guilty_operation.hpp"
#include "gradcheck/recorded_gradient.hpp"
#include "reports/display.hpp"

namespace verigrad::runner {
namespace {

using expressions::Judgement;
using gradcheck::Finding;
using gradcheck::Verdict;
using reports::CheckResult;
using reports::Fact;
using reports::number;

std::string truth_text(const WorstComparison& worst) {
  const gradcheck::Estimate& r = worst.truth.estimate;
  const bool kinked = r.status == gradcheck::EstimateStatus::kink;
  const std::string truth =
      kinked ? fmt::format("between {} and {}", number(r.left), number(r.right)) : number(r.value);
  const auto& proven = worst.truth.proven;
  if (!proven)
    return fmt::format("{}  ({} differences, ± {:.0e})", truth, kinked ? "one-sided" : "finite",
                       r.error_bar);
  const double radius = kinked ? std::max(proven->left.radius(), proven->right.radius())
                               : proven->derivative.radius();
  return radius == 0 ? truth + "  (proven, exact)"
                     : fmt::format("{}  (proven, ± {:.0e})", truth, radius);
}

std::string engine_text(const WorstComparison& worst) {
  const char* standing = worst.standing == EngineStanding::agrees ? "agrees: the claim is at fault"
                         : worst.standing == EngineStanding::disagrees
                             ? "disagrees as well: the engine is at fault, too"
                             : "a check of the engine is inconclusive here";
  return fmt::format("{}  {}", number(*worst.engine), standing);
}

/// What the products of a check are that nobody wrote into the file.
std::string product_text(const WorstComparison& worst) {
  if (worst.what == vector_jacobian_product) return "vᵀJ with a random v, drawn from the seed";
  if (worst.what == random_line) return "all inputs moved by ±1, the signs drawn from the seed";
  if (worst.what == composed_product)
    return "vᵀJ by t where the input is 2 t, with a random v, drawn from the seed";
  if (worst.what == jacobian_vector_product) return "Ju with a random u, drawn from the seed";
  return "random u and v, drawn from the seed";
}

std::string culprit_text(const Program& program, const Point& point, ValueId root,
                         std::size_t entry) {
  const auto culprit = gradcheck::find_culprit(program, point, root, entry);
  if (!culprit) return {};
  return fmt::format(
      "{}: {}", expressions::expression_of(program, culprit->value),
      culprit->overflows
          ? std::string("its value leaves the range of the precision")
          : fmt::format("rounding it alone makes {:.0f} % of the error", 100 * culprit->share));
}

/// The operation of a claim, or of the engine's backward pass for a gradient, that costs most of
/// its digits.
std::string lost_in(const FactsQuestion& q) {
  const WorstComparison& worst = *q.outcome.worst;
  const Program& program = q.sample.instance.program;
  if (q.judgement.kind != Judgement::Kind::check)
    return culprit_text(program, q.sample.point, q.judgement.claimed, worst.position());
  if (worst.what != "gradient") return {};
  try {
    const gradcheck::RecordedGradient recorded =
        gradcheck::record_gradient(program, q.sample.point, q.judgement.output, worst.leaf, {1});
    return culprit_text(recorded.program, q.sample.point, recorded.root, worst.position());
  } catch (const Error&) {
    return {};
  }
}

/// The first operation whose own derivative rule is wrong, where the engine's derivative is.
std::string guilty_text(const FactsQuestion& q) {
  const Program& program = q.sample.instance.program;
  const auto guilty =
      gradcheck::find_guilty_operation(program, q.sample.point, q.judgement.output, q.seed);
  if (!guilty) return {};
  return fmt::format("the rule of {} by its operand {} gives {} where {} is right",
                     expressions::expression_of(program, guilty->value), guilty->operand + 1,
                     number(guilty->engine), number(guilty->truth));
}

/// The claim with its factor mended.
std::string mended(const std::string& claim, const gradcheck::Pattern& pattern) {
  const bool simple = claim.find_first_of("+-/@ ") == std::string::npos;
  const std::string inner = simple ? claim : "(" + claim + ")";
  if (pattern.factor == "-1") return fmt::format("-{}", inner);
  return pattern.divides ? fmt::format("{} / {}", inner, pattern.factor)
                         : fmt::format("{} * {}", pattern.factor, inner);
}

/// The claim's line with its factor mended, as it stands in the file up to the claim; nothing where
/// the claim takes more than that line.
std::string suggestion(const Judgement& judgement, const gradcheck::Pattern& pattern) {
  const std::string& line = judgement.where.line_text;
  const std::size_t at = line.rfind(judgement.claim_text);
  const std::size_t first = line.find_first_not_of(" \t");
  if (judgement.claim_text.empty() || at == std::string::npos || judgement.expected) return {};
  return line.substr(first, at - first) + mended(judgement.claim_text, pattern);
}

/// `n = 3, T = 2.5`: what the excerpt does not show of the point.
std::string point_text(const Sample& sample, const std::string& input) {
  constexpr std::size_t most = 6;
  std::string text;
  std::size_t count = 0;
  for (const NamedNumber& scalar : scalars_of(sample)) {
    if (scalar.name == input || ++count > most) continue;
    text += fmt::format("{}{} = {:.6g}", text.empty() ? "" : ", ", scalar.name, scalar.value);
  }
  return text;
}

}  // namespace

void add_facts(CheckResult& result, const FactsQuestion& q) {
  std::vector<Fact>& facts = result.explanation.facts;
  const WorstComparison& worst = *q.outcome.worst;
  const auto add = [&](const char* label, const std::string& text) {
    if (!text.empty()) facts.push_back({label, text});
  };
  const auto diagnose = [&](const char* label, const std::string& text) {
    if (text.empty()) return;
    facts.push_back({label, text});
    result.diagnosis.push_back({result.explanation.code, fmt::format("{} {}", label, text)});
  };
  const bool claim = q.judgement.kind != Judgement::Kind::check;
  if (!claim && worst.is_product()) add("product", product_text(worst));
  add(claim ? "claimed" : "engine", number(worst.analytic));
  if (std::isfinite(worst.truth.estimate.value)) add("true", truth_text(worst));
  if (worst.engine) diagnose("engine", engine_text(worst));
  if (worst.verdict.verdict == Verdict::fail &&
      (!claim || worst.standing == EngineStanding::disagrees))
    diagnose("operation", guilty_text(q));
  if (worst.verdict.finding == Finding::lost_digits) diagnose("lost in", lost_in(q));
  add("because", worst.verdict.reason);
  add("at", point_text(q.sample, q.input));
  if (!q.pattern) return;
  diagnose("pattern", q.pattern->text);
  if (claim && !q.pattern->factor.empty()) diagnose("try", suggestion(q.judgement, *q.pattern));
}

}  // namespace verigrad::runner
