// The text of docs/accuracy.md.
#include <fmt/format.h>

#include <cmath>

#include "tests/accuracy/survey.hpp"

namespace verigrad::accuracy {
namespace {

constexpr std::string_view head = R"(# How accurate values and derivatives are

This page is about single operations. For the accuracy of a file's derivatives see the command
[`gradcheck accuracy`](command.md#accuracy) and what its [reports](reports.md) hold.

Every elementwise operation's value, and its derivative by each operand, at {points} points an operation and type,
in ulp against enclosures by Arb. `scripts/accuracy-page` writes this page anew, by the program `accuracy_table`; its
formulas, samplers and the inputs that it has found to be worst are in `tests/accuracy/`. `test_accuracy` replays the
worst inputs, holds every derivative to {bound} ulp and every value to the bound in its row, and fails when a
differentiable elementwise operation has no formula.

**Ulp.** The error is |computed - true value| in units in the last place, against the real value and not against its
rounding: a correctly rounded result is within 1/2. The unit is that of the binade into which the true value rounds,
2^(e - 52) for float64 and 2^(e - 23) for float32 from 2^e on. The truth is a ball of Arb's, computed with {bits} bits
and twice as many until it is narrower than 2^-80 relative; the operands are exactly the floating-point numbers of the
point.

**Points.** Log-uniform magnitudes over all normal numbers of the domain in both signs; the operation's usual range;
its special points (kinks, zeros, saturation and overflow onsets) and their neighbours; log-uniform distances from the
ends of its domain; and where exponentials are neither 0 nor infinite. Operands that only matter together (`pow`,
`atan2`, the product in `softplus`) are also drawn together. Probabilities and targets of losses are in [0, 1], factors
that multiply everything (weights) in [2^-20, 2^20]. Subnormal operands are not drawn. The column *max* and the point
beside it also cover {search} points around each of a row's worst, and the stored worst inputs. At kinks and at the ends
of domains, where there is no derivative, what holds is a convention of the operation and is not measured here.

**Evaluation.** Whole tensors of points: one application and one backward pass with a cotangent of ones, in the
library as it was built.

**Subnormal and overflowing results.** The shares are over the points whose true value is 0 or rounds to a normal
number. Where it rounds to a subnormal number or to 0 without being 0, the unit is the least subnormal number, and the
farthest is in the column *subnormal*. Where it rounds to an infinity, that infinity is right. NaN, or an infinity in
any other place, counts as an error of infinitely many ulp.

**Near zeros.** Where a number is off by more than its bound, and changing one operand by 2^-10 relative takes its true
value through 0, the unit is that of its largest term. These are the operations with such terms, and how many points
were judged so is in the column *near 0*:

)";

std::string title(const Formula& formula, Target target) {
  return fmt::format("{} {}", label(formula), name_of(formula, target));
}

std::string terms(const std::vector<Survey>& surveys) {
  std::string text = "| result | largest of |\n|---|---|\n";
  for (const Survey& survey : surveys) {
    if (survey.single) continue;
    for (const Target target : survey.targets) {
      const NearZero& zero = target.is_value()
                                 ? survey.formula->value_near_zero
                                 : survey.formula->derivative_near_zero[target.operand];
      if (zero.largest)
        text += fmt::format("| {} | {} |\n", title(*survey.formula, target), zero.text);
    }
  }
  return text;
}

/// A share in percent, 100 only when it is all.
std::string percent(std::size_t part, std::size_t whole) {
  if (whole == 0) return "";
  if (part == whole) return "100";
  const double hundredths =
      std::floor(1e4 * static_cast<double>(part) / static_cast<double>(whole));
  return fmt::format("{:.2f}", hundredths / 100);
}

std::string number(double ulps) { return std::isinf(ulps) ? "inf" : fmt::format("{:.3g}", ulps); }

double bound_of(const Survey& survey, Target target) {
  return survey.single ? accuracy::bound_of<float>(*survey.formula, target)
                       : accuracy::bound_of<double>(*survey.formula, target);
}

std::string operands(const Survey& survey, const Worst& worst) {
  if (worst.ulps == 0) return "";
  std::string text;
  const std::size_t arity = find_operation(survey.formula->operation)->signature.operand_count();
  for (std::size_t i = 0; i < arity; ++i)
    text += fmt::format("{}{}", i ? ", " : "", hexadecimal(worst.x[i]));
  return "`" + text + "`";
}

std::string table(const std::vector<Survey>& surveys, bool single) {
  std::string text =
      "| result | points | <= 1/2 | <= 1 | <= 2 | <= 4 | max | bound | subnormal | near 0 | worst "
      "input |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|\n";
  for (const Survey& survey : surveys) {
    if (survey.single != single) continue;
    for (std::size_t r = 0; r < survey.rows.size(); ++r) {
      const Row& row = survey.rows[r];
      text += fmt::format("| {} | {} |", title(*survey.formula, survey.targets[r]), row.normal);
      for (const std::size_t within : row.within)
        text += fmt::format(" {} |", percent(within, row.normal));
      text += fmt::format(" {} | {} | {} | {} | {} |\n", number(survey.worst[r].ulps),
                          number(bound_of(survey, survey.targets[r])),
                          row.subnormal ? number(row.worst_subnormal) : "",
                          row.by_largest_term ? std::to_string(row.by_largest_term) : "",
                          operands(survey, survey.worst[r]));
    }
  }
  return text;
}

std::string exceptions(const std::vector<Survey>& surveys) {
  std::string text;
  for (const Survey& survey : surveys)
    for (const Exception& exception : survey.formula->exceptions)
      if (!survey.single)
        text += fmt::format("* {}{}: {}\n", title(*survey.formula, {exception.operand}),
                            exception.only_float ? " in float32" : "", exception.reason);
  for (const Survey& survey : surveys)
    for (std::size_t r = 0; r < survey.rows.size(); ++r)
      if (const std::size_t n = survey.rows[r].undecided; n > 0)
        text += fmt::format("* {}: no enclosure at {} points\n",
                            title(*survey.formula, survey.targets[r]), n);
  if (text.empty()) return "Every derivative is within its bound.\n";
  return "These derivatives are not within 4 ulp everywhere, and are held to this instead:\n\n" +
         text;
}

}  // namespace

std::string accuracy_page(const std::vector<Survey>& surveys) {
  return fmt::format(fmt::runtime(head), fmt::arg("points", page_points),
                     fmt::arg("bound", derivative_bound), fmt::arg("bits", first_bits),
                     fmt::arg("search", search_points)) +
         terms(surveys) + "\n" + exceptions(surveys) + "\n## float64\n\n" + table(surveys, false) +
         "\n## float32\n\n" + table(surveys, true);
}

}  // namespace verigrad::accuracy
