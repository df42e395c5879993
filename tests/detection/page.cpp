// The text of docs/detection.md.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "tests/detection/checker.hpp"
#include "tests/detection/survey.hpp"

namespace verigrad::detection {
namespace {

constexpr std::string_view head = R"(# What checkers detect

How many wrong gradients a checker finds, by the size of the error, and how many right ones it rejects: Verigrad beside
the published formulas and defaults of four other checkers. `scripts/detection-page` writes this page anew, by the
program `detection_table` in `tests/detection/`; `test_detection` holds Verigrad to it on a smaller sample.

**Measured** are {cores} functions: FPBench's cores (revision 7e2b76b, copied in `tests/detection/data`) that are
straight-line and smooth, have a precondition that bounds every argument, and have different bodies. Each is tried at
{points} points uniform in its box and {points} with log-uniform magnitudes (seed {seed}):

* {double_points} gradients with {double_partials} partial derivatives in float64, {float_points} with {float_partials}
  in float32;
* not taken: {without_point} draws that found no point inside the precondition, {not_proven} without a proof of every
  partial, and {not_normal} with a partial that rounds to an infinity, to a subnormal number, or to 0 without being 0.

**A gradient** is the enclosure of the true one by Verigrad's proofs, times 1 + the error in the row, rounded to the
precision once; *one entry 0* replaces one partial that is not 0. It counts as found when the checker rejects it, for
Verigrad when the verdict is `fail` or `inaccurate`. A number in brackets is the share of `inconclusive`, which no other
checker says. Left out is what rounds to the right gradient: where all partials are 0, no multiple is wrong. The truths
being Verigrad's own, its column *proof* shows what it can tell apart; were they false, the others would reject them.

**Verigrad, proof** gets the numbers alone, and takes the exact value to lie within half an ulp of them; a claim in a
file is judged by its rule, which is at least as sharp. It calls nothing wrong that the rounding of decimals in the
function (0.1 and pi, but not 0.5) may do, nor what is off by less than 2u (1.2e-7 in float32); the column *exact
numbers* counts only the {exact_cores} functions whose numbers float64 has all ({exact_float_cores} for float32).
**Verigrad, differences** judges in float32 what the same rule gives in double.

**The other checkers** are written anew from their sources, with these defaults; all see the function's values as
Verigrad's engine computes them. A NaN, where Julia would throw a DomainError, counts as no. Directions and cotangents
are drawn anew for every gradient; JAX itself takes the same ones in every call.

| column | what it is | compares with | accepts |
|---|---|---|---|
| torch | `torch.autograd.gradcheck`, PyTorch 1.13 to 2.x | central difference, step 1e-6 | within 1e-5 + 1e-3 \|n\|, every entry |
| torch, fast | the same with `fast_mode=True`, all arguments as one tensor | along a random direction u ≥ 0, \|u\| = 1 | within 1e-5 Σu + 1e-3 \|n\| |
| JAX | `jax.test_util.check_grads`, order 1 (jax 055a883) | along a normal direction, step 1e-4 | within 1e-5 + 1e-5 \|n\|; 2e-3 in float32 |
| Ceres | `GradientChecker` (Ceres Solver ebb66e6), `Solver::Options` | Ridders' method, in double | relative error below 1e-8, absolute at 0 |
| ChainRules | `test_rrule` (ChainRulesTestUtils 648e300) | FiniteDifferences 3cf218f, `central_fdm(5, 1)` | `isapprox`, rtol and atol 1e-9 |

PyTorch documents its defaults as made for double, ChainRules' tests use Float64, and Ceres has no other type: in
float32 their rows show what happens when the defaults stay. `tests/detection/peers.hpp` gives each formula.
)";

std::string percent(std::size_t part, std::size_t whole) {
  if (whole == 0) return "";
  if (part == whole) return "100";
  if (part == 0) return "0";
  // Never rounded up to 100 or down to 0.
  const double share = 100 * static_cast<double>(part) / static_cast<double>(whole);
  return fmt::format("{:.2f}", std::clamp(share, 0.01, 99.99));
}

std::size_t of(const Answers& answers, Answer answer) {
  return answers[static_cast<std::size_t>(answer)];
}

std::size_t found(const Answers& answers) {
  return of(answers, Answer::rejected) + of(answers, Answer::inaccurate);
}

std::string_view name_of(DType dtype) { return dtype == DType::f64 ? "float64" : "float32"; }

/// The head of a table; `after_proof` is a further column behind the first method's.
std::string header(std::string_view first, std::string_view second,
                   std::string_view after_proof = "") {
  std::string names = fmt::format("| {} | {} |", first, second), rule = "|---|--:|";
  for (const Method& method : methods()) {
    names += fmt::format(" {} |", method.name);
    rule += "--:|";
    if (after_proof.empty() || &method != &methods().front()) continue;
    names += fmt::format(" {} |", after_proof);
    rule += "--:|";
  }
  return names + "\n" + rule + "\n";
}

std::string with_undecided(std::size_t counted, std::size_t undecided, std::size_t whole) {
  std::string text = percent(counted, whole);
  if (undecided > 0) text += fmt::format(" ({})", percent(undecided, whole));
  return text;
}

std::string wrong_row(const Line& line, const Line& of_exact) {
  std::string text = fmt::format("| {} | {} |", line.name, line.gradients);
  for (std::size_t m = 0; m < line.methods.size(); ++m) {
    const Answers& answers = line.methods[m];
    text += fmt::format(
        " {} |", with_undecided(found(answers), of(answers, Answer::undecided), line.gradients));
    if (m == 0)
      text += fmt::format(" {} |", percent(found(of_exact.methods[m]), of_exact.gradients));
  }
  return text + "\n";
}

std::string right_rows(const Line& line) {
  std::string wrong = fmt::format("| {} | {} |", line.name, line.gradients);
  std::string lost = fmt::format("| {}: `inaccurate` | {} |", line.name, line.gradients);
  for (std::size_t m = 0; m < line.methods.size(); ++m) {
    const Answers& answers = line.methods[m];
    wrong += fmt::format(" {} |", with_undecided(of(answers, Answer::rejected),
                                                 of(answers, Answer::undecided), line.gradients));
    const bool can_say = methods()[m].has_verdicts;
    lost += fmt::format(" {} |",
                        can_say ? percent(of(answers, Answer::inaccurate), line.gradients) : "");
  }
  return wrong + "\n" + lost + "\n";
}

std::string false_alarms(const Survey& survey) {
  if (survey.false_alarms.empty()) return "\nVerigrad called no right gradient wrong.\n";
  std::map<std::string, std::size_t> counts;
  for (const std::string& where : survey.false_alarms) ++counts[where];
  std::string text = "\nRight gradients that Verigrad called wrong:";
  for (const auto& [where, count] : counts)
    text += fmt::format("{} {} of {}", &where == &counts.begin()->first ? "" : ",", count, where);
  return text + ".\n";
}

std::string tables(const Survey& survey) {
  std::string text =
      fmt::format("\n## {}\n\nWrong gradients found, in percent; in brackets, inconclusive:\n\n",
                  name_of(survey.dtype));
  text += header("error", "gradients", "exact numbers");
  for (std::size_t e = 0; e < survey.wrong.size(); ++e)
    text += wrong_row(survey.wrong[e], survey.wrong_of_exact[e]);
  text +=
      "\nRight gradients called wrong (`fail` of Verigrad), in percent; in brackets, "
      "inconclusive:\n\n";
  text += header("right gradient", "gradients");
  text += right_rows(survey.rounded) + right_rows(survey.engine) + false_alarms(survey);
  return text;
}

/// How many claims of a kind got an answer of a kind.
template <class Kind, class Which>
std::string zoo_row(std::string_view name, const std::vector<ZooClaim>& zoo, Kind kind,
                    Which which) {
  const auto whole = static_cast<std::size_t>(std::ranges::count_if(zoo, kind));
  std::string text = fmt::format("| {} | {} |", name, whole);
  for (std::size_t m = 0; m < methods().size(); ++m)
    text += fmt::format(" {} |", std::ranges::count_if(zoo, [&](const ZooClaim& claim) {
                          return kind(claim) && which(static_cast<Answer>(claim.answers[m]));
                        }));
  return text + "\n";
}

std::string answer_text(std::size_t answer) {
  switch (static_cast<Answer>(answer)) {
    case Answer::accepted:
      return "accepted";
    case Answer::undecided:
      return "inconclusive";
    case Answer::inaccurate:
      return "inaccurate";
    case Answer::rejected:
      break;
  }
  return "rejected";
}

std::string zoo_tables(const std::vector<ZooClaim>& zoo) {
  const auto bug = [](const ZooClaim& claim) { return claim.is_bug; };
  const auto beside = [](const ZooClaim& claim) { return !claim.is_bug && !claim.is_hard; };
  const auto hard = [](const ZooClaim& claim) { return claim.is_hard; };
  const auto no = [](Answer answer) { return answer >= Answer::inaccurate; };
  const auto undecided = [](Answer answer) { return answer == Answer::undecided; };
  std::string text = R"(
## The zoo

`tests/zoo` has 22 bugs, of which 21 shipped in released systems and one is planted, the right gradient beside each, and
right gradients that are hard to confirm (10 files `right_*`, of which one claims three slopes of `relu` at 0, all of
them subgradients). Each is judged in its file's precision at the point of its file, or at five drawn ones; rejected
means at any of them. Verigrad judges the claims by their rules.

)";
  text += header("", "claims");
  text += zoo_row("bugs found", zoo, bug, no);
  text += zoo_row("bugs, inconclusive", zoo, bug, undecided);
  text += zoo_row("right gradients beside them rejected", zoo, beside, no);
  text += zoo_row("… inconclusive", zoo, beside, undecided);
  text += zoo_row("hard right gradients rejected", zoo, hard, no);
  text += zoo_row("… inconclusive", zoo, hard, undecided);
  text += "\nThe bugs one by one:\n\n| bug |";
  std::string rule = "\n|---|";
  for (const Method& method : methods()) {
    text += fmt::format(" {} |", method.name);
    rule += "---|";
  }
  text += rule + "\n";
  for (const ZooClaim& claim : zoo) {
    if (!claim.is_bug) continue;
    text += fmt::format("| {} |", claim.file);
    for (const std::size_t answer : claim.answers)
      text += fmt::format(" {} |", answer_text(answer));
    text += "\n";
  }
  return text;
}

}  // namespace

std::string detection_page(const Survey& in_double, const Survey& in_float,
                           const std::vector<ZooClaim>& zoo, std::size_t points,
                           std::uint64_t seed) {
  return fmt::format(fmt::runtime(head), fmt::arg("cores", in_double.cores),
                     fmt::arg("points", points), fmt::arg("seed", seed),
                     fmt::arg("exact_cores", in_double.exact_cores),
                     fmt::arg("exact_float_cores", in_float.exact_cores),
                     fmt::arg("double_points", in_double.points),
                     fmt::arg("double_partials", in_double.partials),
                     fmt::arg("float_points", in_float.points),
                     fmt::arg("float_partials", in_float.partials),
                     fmt::arg("without_point", in_double.without_point + in_float.without_point),
                     fmt::arg("not_proven", in_double.not_proven + in_float.not_proven),
                     fmt::arg("not_normal", in_double.not_normal + in_float.not_normal)) +
         tables(in_double) + tables(in_float) + zoo_tables(zoo);
}

}  // namespace verigrad::detection
