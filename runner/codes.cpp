#include "runner/codes.hpp"

#include <algorithm>
#include <cctype>

namespace verigrad::runner {
namespace {

using expressions::CodeInfo;

constexpr CodeInfo table[] = {
    {code::wrong_claim, "claimed derivative disagrees with the function",
     "A line such as `grad x = EXPR` states what the derivative is. At some point an entry of "
     "EXPR\n"
     "differs from the derivative of the function by more than the reference's error bar, the\n"
     "tolerance and rounding together, so the claim is wrong there. The report shows the worst\n"
     "entry, how far it is off, what all wrong entries have in common (a factor, a transpose), "
     "and\n"
     "whether the engine agrees with the reference. For a deliberate approximation state its\n"
     "accuracy: `grad x = EXPR within 1e-3`.",
     "input x = [0.5, 1, 2]\ny = sum(x ** 3)\ngrad x = x ** 2\n"},
    {code::wrong_engine, "the engine's derivative disagrees with the function",
     "The derivative that reverse mode computed lies further from the function's slope than error\n"
     "bar, tolerance and rounding allow: an operation's rule is wrong at this point. To finite\n"
     "differences bce looks so where its logarithms are clamped at -100: its gradient is that of\n"
     "the logarithms without the clamp, as is the proven truth.",
     "set method = finite-difference\ninput p in [1e-46, 1e-44]\ny = bce(p, 1)\n"},
    {code::undefined_value, "the derivative is not a finite number",
     "A claimed derivative (or the engine's) is NaN or infinite at a point where the function has "
     "a\n"
     "finite derivative, for instance because a formula divides by an entry that may be zero.",
     "input x = 0\ny = x ** 2 + x\ngrad x = 2 * y / x\n"},
    {code::evaluation_error, "an expression cannot be evaluated",
     "An operation refused its operands at a point, for instance probabilities outside [0, 1] in\n"
     "a claim or an expectation.",
     "input x = 2\ny = x ** 2\ngrad x = 2 * x + bce(x, 1)\n"},
    {code::lost_digits, "the rule is right, but its value has lost digits",
     "In exact arithmetic the derivative is right; in the precision under test rounding, overflow "
     "or\n"
     "cancellation has destroyed more than half of its digits. The run passes unless --strict is\n"
     "given.",
     "dtype f32\ninput x = 1\ny = x\ngrad x = (x + 1e8) - 1e8\n"},
    {code::unresolved, "the reference cannot resolve the derivative",
     "A proof needs more bits than --bits allows, or a numeric derivative's error bar is too wide\n"
     "to confirm or refute the value: the function is flat to rounding there, or noisy. The run\n"
     "passes unless --strict is given.",
     "set method = finite-difference\ninput x = 30\ny = tanh(x)\n"},
    {code::not_differentiable, "there is no single derivative at this point",
     "The function jumps, its slope is infinite, or it has a kink at which the engine's "
     "convention\n"
     "lies outside the one-sided derivatives. The run passes unless --strict is given.",
     "input x = 0\ny = sqrt(x)\n"},
    {code::no_point, "no point inside the function's domain",
     "The only point, or 1000 random points in a row, gave a value that is not finite, or an\n"
     "operation refused it, or the precondition did not hold. State a domain for the inputs:\n"
     "`input x in (0, 10]`.",
     "input x = -1\ny = log(x)\n"},
    {code::work_exhausted, "the work for one derivative is limited",
     "Proving this derivative, or estimating it numerically, would take more work than one check\n"
     "may use. Check a smaller instance of the same function (smaller dims), or fewer inputs with\n"
     "`wrt`.",
     "set method = finite-difference\ninput x : [5000] = 0.5\ny = sum(cumsum(x, 0))\n"},
    {code::unsupported_core, "a core of an FPCore file cannot be checked",
     "The core uses what the language cannot say, such as loops, tensors or another precision "
     "than\n"
     "binary32 and binary64. It is named and counted, never guessed; other cores of the file are\n"
     "checked. The run passes unless --strict is given.",
     "(FPCore (x) (while (< x 10) ([x x (* x 2)]) x))\n"},
    {code::other_verdict, "another verdict than the one expected",
     "A line `expect fail: CLAIM` passes only when the claim comes back with that verdict.",
     "input x = [1, 2]\ny = sum(x ** 2)\nexpect fail: grad x = 2 * x\n"},
    {code::expectation, "an expectation does not hold",
     "Every entry of both sides must be in the stated relation: `==` is exact in shape and value,\n"
     "`~=` allows 1e-4 absolute or relative, or what `within` says; NaN equals NaN.",
     "input x = [1, 2]\ny = sum(x ** 2)\nexpect y == 6\n"},
    {code::broken_law, "a law of differentiation does not hold",
     "`gradcheck fuzz` found a function on which the engine breaks a law that every gradient "
     "obeys,\n"
     "such as <J u, v> = <u, J^T v>: some operation's rule, or the engine's walk over the graph, "
     "is\n"
     "wrong. The program was made as small as it gets; its few operations are where to look.\n"
     "`gradcheck check` on the file that --save kept judges its gradient against the truth.",
     ""},
    {code::ill_conditioned, "a rounding of the inputs costs as many digits",
     "Some entries of the derivative are off by more than 8 ulp, but by no more than 8 times what\n"
     "rounding the inputs to the precision does to them. Where the inputs have been rounded, no\n"
     "formula restores those digits: use a wider precision, inputs that are known better, or "
     "another\n"
     "quantity. Where they are exact, another formula can still keep the digits, as\n"
     "`mean((x - mean(x)) ** 2)` does those that `mean(x ** 2) - mean(x) ** 2` loses; the report\n"
     "blames the operations that lose them. It fails the run under --strict alone.",
     "input x in [1, 2]\ny = sin(10000 * x)\n"},
    {code::non_smooth, "there is no derivative at most points",
     "More than half of the entries lie on a kink, a jump or an edge of the function, where there "
     "is\n"
     "nothing to measure. State a domain that avoids them, or measure the smooth parts alone. It\n"
     "fails the run under --strict alone.",
     "input x = 0\ny = abs(x)\n"},
    {code::undecided, "the true derivative, or what causes an error, is not known",
     "The truth of more than one entry in a hundred could not be enclosed, or an error of more "
     "than "
     "8\n"
     "ulp stands beside no condition number, which is sought for scalar outputs of at most 64 "
     "input\n"
     "entries: so it cannot be said whether the formula or the function is to blame. Measure a\n"
     "scalar, such as one entry of the output, or a smaller instance. It fails the run under "
     "--strict\n"
     "alone.",
     "input x : [2] in [1, 2]\ny = sin(10000 * x)\n"},
    {code::unstable, "the formula loses digits that the inputs do not cost",
     "The rule is right, but some computed entry is further off than 8 ulp and than 8 times what "
     "a\n"
     "rounding of the inputs causes, overflows, or is not 0 where the derivative is, by more than\n"
     "rounding the terms that cancel: another formula keeps the digits, such as `log1p(x)` "
     "instead\n"
     "of `log(1 + x)`. The report blames the operations whose rounding makes the error at the "
     "worst\n"
     "point. It fails the run under --strict alone.",
     "input x in [1e-6, 1e-4]\ny = log(1 + x) / x\n"},
    {code::worsened, "an error has grown since it was stored in the corpus",
     "At a point of the corpus of --corpus the derivative is further off than when the point was\n"
     "stored, by more than half an ulp and an eighth of the stored error, though the verdict is "
     "ok:\n"
     "the function, the engine or the machine has changed. If that is meant, edit the stored error "
     "in\n"
     "the corpus' file. It fails the run under --strict alone.",
     ""},
    {code::wrong_rule, "an operation's rule is proven wrong",
     "In exact arithmetic, without any rounding, what the engine computes differs from the proven\n"
     "derivative: some operation's rule is wrong, and no precision would help. `gradcheck check` "
     "on "
     "the\n"
     "same file names the operation. It fails the run under --strict alone.",
     ""},
};

bool same_letter(char a, char b) { return std::toupper(a) == std::toupper(b); }

}  // namespace

std::span<const CodeInfo> all_codes() { return table; }

const CodeInfo* find_any_code(std::string_view code) {
  if (const CodeInfo* known = expressions::find_code(code)) return known;
  const auto same = [&](const CodeInfo& row) {
    return std::equal(code.begin(), code.end(), row.code.begin(), row.code.end(), same_letter);
  };
  const auto found = std::find_if(std::begin(table), std::end(table), same);
  return found == std::end(table) ? nullptr : &*found;
}

}  // namespace verigrad::runner
