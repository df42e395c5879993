#include "expressions/codes.hpp"

#include <algorithm>
#include <iterator>

namespace verigrad::expressions {
namespace {

// One row a code, in order. The bad example is a whole file that triggers the code; a test runs
// each of them.
constexpr CodeInfo table[] = {
    {code::not_text, "the file is not UTF-8 text",
     "A .grad file is text in the encoding UTF-8, with LF or CRLF line ends and with or without a\n"
     "byte order mark. This one contains a byte that no such text contains: it may be a binary "
     "file,\n"
     "or text in another encoding such as Latin-1. Save it as UTF-8.",
     "y = 1  # caf\xE9\n"},
    {code::character, "unknown character",
     "Outside of comments and strings only the characters of the language may stand: ASCII "
     "letters,\n"
     "digits and the signs of its operators. A frequent cause is text pasted from a document, with "
     "a\n"
     "typographic minus sign or quotation marks. A power is written x ** 2, not x ^ 2.",
     "input x\ny = x ^ 2\n"},
    {code::string_literal, "malformed string",
     "A string stands in double quotes on one line. A quotation mark inside is written \\\", a "
     "backslash\n"
     "\\\\ and a line end \\n; there are no other escapes.",
     "test \"adds up:\n    expect 1 + 1 == 2\n"},
    {code::number_literal, "malformed number",
     "Numbers are written 1, 1., 1.5, .5, 1e-3 or, in hexadecimal, 0x1.8p3. Digits are not grouped "
     "by\n"
     "underscores, a product needs its sign (2 * x, not 2x), and the value must be within the "
     "range of\n"
     "a double (about 1.8e308); infinity is written inf.",
     "input x\ny = 2x\n"},
    {code::bracket, "brackets do not match",
     "Every ( [ { needs its closing partner. While a bracket is open, the statement goes on over "
     "line\n"
     "ends, so a missing one swallows the lines below it; the message points at the opening "
     "bracket.",
     "input x\ny = exp(sin(x)\nz = y + 1\n"},
    {code::indentation, "wrong indentation",
     "Statements at top level begin at the left margin. The lines of a block (test, with, for) "
     "stand\n"
     "further to the right, all at the same depth, and are indented with spaces only: how wide a "
     "tab is\n"
     "depends on the editor.",
     "input x\n    y = x + 1\n"},
    {code::nesting, "nested too deep",
     "Brackets, signs, powers and chains of attributes may nest 256 levels deep, and so may "
     "blocks.\n"
     "Nobody reads more than that; a program that writes such expressions should give their parts "
     "names.\n"
     "Long sums and products do not count: a + b + c + ... is one level.",
     "input x\ny = "
     "----------------------------------------------------------------------------------"
     "--------------------------------------------------------------------------------------------"
     "--------------------------------------------------------------------------------------------x"
     "\n"},
    {code::expected, "something else was expected",
     "The statement began in a way that the language knows, and then something else stood where "
     "the\n"
     "message points. It says what was expected there. One statement a line; brackets let a "
     "statement\n"
     "go on over several.",
     "input x\ny = x +\n"},
    {code::too_large, "the file is too large",
     "A file may have 16 MiB. Statements never need so much; data does, and belongs into a .csv or "
     ".npy\n"
     "file that the text loads: const X = load(\"data.csv\").",
     ""},
    {code::unknown_name, "a name without a value",
     "A name means what a line before has declared or bound: a dim, an input, a const, a binding, "
     "or a\n"
     "parameter inside its def. Check the spelling and the order of the lines. A def of a file "
     "that is\n"
     "used sees nothing but its parameters.",
     "input x\ny = x * xx\n"},
    {code::redefinition, "a name is taken twice",
     "A name is assigned once (test blocks excepted), so that it means the same on every line "
     "below.\n"
     "Functions have names of their own: a def and a value may share one. The message shows the "
     "first\n"
     "place.",
     "input x\ny = x + 1\ny = y * 2\n"},
    {code::unknown_function, "unknown function",
     "Functions carry PyTorch's names; 'gradcheck ops' lists the operations. Others are defined "
     "in\n"
     "the file, def f(x) = x ** 2, or in one that it uses. Methods such as y.backward() are "
     "called\n"
     "with a dot; a few functions, such as int and SGD, stand only in test blocks.",
     "input x\ny = sigmod(x)\n"},
    {code::call, "arguments do not fit the function",
     "The call gives too many arguments, leaves out one that has no default, names one that the "
     "function\n"
     "does not have, or gives one of the wrong kind. The message shows the function's own form.",
     "input x : [3]\ny = sum(x, axis=0)\n"},
    {code::shape_mismatch, "shapes do not fit",
     "Shapes broadcast as in NumPy: aligned at the last dim, sizes must be equal or 1. matmul and "
     "the\n"
     "other operations have the rules of PyTorch. The notes show the shape of every operand. A "
     "leaf's\n"
     "value must broadcast to its stated shape, a claim to the shape of the derivative.",
     "input x : [2]\ninput w : [3]\ny = sum(x * w)\n"},
    {code::not_constant, "a constant is needed",
     "Sizes, dims, indices, bounds of domains and tolerances are fixed when the file is read: "
     "numbers,\n"
     "dims and arithmetic on them. Sizes, dims and indices are whole. They cannot depend on an "
     "input.",
     "input x\ninput y in [0, x]\nz = x * y\n"},
    {code::out_of_range, "a dim or an index is out of range",
     "A tensor with r dims has dims 0 to r - 1, also counted from the end as -1 to -r; a dim of "
     "size n\n"
     "has indices 0 to n - 1, or -1 to -n. A slice's step is positive.",
     "input x : [3]\ny = sum(x, dim=1)\n"},
    {code::ragged, "a ragged list",
     "A list is a tensor when all its entries have the same shape: the rows of a matrix have "
     "equal\n"
     "lengths.",
     "const A = [[1, 2], [3]]\ny = sum(A)\n"},
    {code::wrong_kind, "a value of another kind is needed",
     "Strings, True, False and None stand as arguments (reduction=\"sum\", keepdim=True) and in "
     "messages.\n"
     "They are neither numbers nor tensors, so nothing is computed with them.",
     "input x\ny = x + \"1\"\n"},
    {code::recursion, "a def calls itself",
     "A def is expanded where it is called, so it can call neither itself nor a def that leads "
     "back to\n"
     "it: the expansion would have no end. The message shows the chain of calls.",
     "def f(a) = g(a) + 1\ndef g(a) = f(a)\ninput x\ny = f(x)\n"},
    {code::too_many_entries, "a tensor has too many entries",
     "The limit, 2^24 entries for one tensor, keeps a slip in a shape from taking all memory.\n"
     "--max-entries N sets another.",
     "input x : [1000000, 1000000]\ny = sum(x)\n"},
    {code::too_much_work, "the file expands to too much",
     "Defs are expanded where they are called. When each calls the former one twice, the size "
     "doubles with\n"
     "every def. The limits are 65536 calls of defs, 2^20 operations, 2^24 expressions and 1000 "
     "levels\n"
     "of nesting. A test executes at most 1000000 statements.",
     "def f0(a) = a + a\n"
     "def f1(a) = f0(f0(a))\n"
     "def f2(a) = f1(f1(a))\n"
     "def f3(a) = f2(f2(a))\n"
     "def f4(a) = f3(f3(a))\n"
     "def f5(a) = f4(f4(a))\n"
     "def f6(a) = f5(f5(a))\n"
     "def f7(a) = f6(f6(a))\n"
     "def f8(a) = f7(f7(a))\n"
     "def f9(a) = f8(f8(a))\n"
     "def f10(a) = f9(f9(a))\n"
     "def f11(a) = f10(f10(a))\n"
     "def f12(a) = f11(f11(a))\n"
     "def f13(a) = f12(f12(a))\n"
     "def f14(a) = f13(f13(a))\n"
     "def f15(a) = f14(f14(a))\n"
     "def f16(a) = f15(f15(a))\n"
     "def f17(a) = f16(f16(a))\n"
     "def f18(a) = f17(f17(a))\n"
     "def f19(a) = f18(f18(a))\n"
     "def f20(a) = f19(f19(a))\n"
     "def f21(a) = f20(f20(a))\n"
     "def f22(a) = f21(f21(a))\n"
     "def f23(a) = f22(f22(a))\n"
     "def f24(a) = f23(f23(a))\n"
     "input x\ny = f24(x)\n"},
    {code::domain_values, "the domain has impossible bounds",
     "An interval needs a < b, or a = b with both ends closed ([3, 3] is the one point 3),\n"
     "normal(mean, sd) a positive sd, logrange(a, b) and signed_logrange(a, b) 0 < a < b, all\n"
     "finite but the ends of an interval. A tolerance is finite and not negative.",
     "input x in [2, -2]\ny = x\n"},
    {code::size, "an impossible size",
     "Sizes are whole and not negative (0 makes an empty tensor), a tensor has at most 8 dims, and "
     "a\n"
     "range of sizes begins with the smaller one.",
     "dim n in 8..1\ninput x : [n]\ny = sum(x)\n"},
    {code::nan_data, "NaN as data",
     "NaN is neither an entry of data nor a domain's bound: no derivative is defined there, and "
     "every\n"
     "comparison with it is false. Choose how missing entries should count, for instance by "
     "leaving\n"
     "their rows out.",
     "const x = [1, nan]\ny = sum(x)\n"},
    {code::claim, "a claim that cannot be judged",
     "Derivatives are taken with respect to an input (a const takes no gradient) and, for "
     "gradients and\n"
     "Hessians, of a scalar. A vector output has a jacobian(Y, X), and products vjp(Y, X, V), "
     "jvp(Y, X,\n"
     "U).",
     "input x : [3]\ny = x ** 2\ngrad x = 2 * x\n"},
    {code::setting, "an impossible setting",
     "'set' knows samples, seed, rtol, max_ulps, method (auto, enclosure or\n"
     "finite-difference) and bits.\n"
     "They hold for the statements below; the command line's options win.",
     "set sample = 5\ninput x\ny = x\n"},
    {code::use_file, "a file cannot be used",
     "'use \"lib.grad\"' takes the defs of another file, named relative to this one. The file must "
     "exist\n"
     "and must not lead back to this one. 'use fpcore \"FILE\" name \"NAME\"' needs a core of that "
     "name.",
     "use \"no_such_file.grad\"\ninput x\ny = x\n"},
    {code::data_file, "a data file cannot be read",
     "load(\"file.csv\") reads comma-separated numbers, load(\"file.npy\") NumPy's format; the "
     "name is\n"
     "relative to the file that says so. Rows have equal lengths, cells are numbers, and NaN is "
     "refused.",
     "const X = load(\"no_such_file.csv\")\ny = sum(X)\n"},
    {code::no_output, "there is no output",
     "Checks and claims without an explicit Y are about the file's output: the binding that "
     "'output NAME'\n"
     "chooses, else the last one. This file has no binding.",
     "input x\ncheck\n"},
    {code::not_a_statement, "this line is not a statement",
     "A line is a binding (NAME = EXPR), a declaration (dim, input, const, def), a check, a claim, "
     "an\n"
     "expect, or one of the other statements of the language; in a test block also a call for its "
     "effect.\n"
     "A value that stands alone does nothing. A name is assigned once, so there is no x += 1.",
     "let x = 3\n"},
    {code::reserved_word, "this word cannot be assigned",
     "pi, inf, nan, True, False, None, in, wrt and within have a fixed meaning and cannot be names "
     "of\n"
     "values, inputs, dims, functions or parameters. Words of statements such as input or dim can.",
     "True = 1\n"},
    {code::comparison, "a comparison may not stand here",
     "Comparisons (< <= > >= == !=) stand only inside where( ) and expect, one at a time: a < b < "
     "c is\n"
     "written as two. ~= stands only in expect. Elsewhere a value that jumps between 0 and 1 would "
     "have\n"
     "no useful derivative.",
     "input x\ny = x > 0\n"},
    {code::range, "a range may not stand here",
     "a..b is the integers from a to b, both included. It stands only after 'dim NAME in' and in "
     "the\n"
     "'for' of a test block. A slice is written x[a:b], an interval of a domain [a, b].",
     "input x : [4]\ny = x[0..2]\n"},
    {code::data_after_in, "data after 'in'",
     "'in' names the domain that values are drawn from, such as the interval [a, b]. The value "
     "itself\n"
     "follows '='. So x in [1, 2] is an interval, and a list that cannot be one is refused rather "
     "than\n"
     "guessed at; a finite set is written {1, 2, 3}.",
     "input x in [1, 2, 3]\n"},
    {code::domain, "malformed domain",
     "A domain is [a, b], (a, b), [a, b) or (a, b], a finite set {a, b, c}, normal(mean, sd),\n"
     "logrange(a, b) (log-uniform, 0 < a < b) or signed_logrange(a, b).",
     "input x in uniform(0, 1)\n"},
    {code::shape, "malformed shape",
     "A shape is a list of sizes in square brackets: whole numbers and dims, with + - and *. Sizes "
     "cannot\n"
     "be divided, since the quotient need not be whole: declare the smaller dim and multiply.",
     "dim n = 4\ninput x : [n / 2]\n"},
    {code::wrong_place, "this may not stand here",
     "Declarations, checks and claims stand at top level; print, with, for and calls for their "
     "effect in\n"
     "test blocks. In a test block grad(y, x) is a call; at top level grad(y, x) = EXPR is a "
     "claim.",
     "input x\nprint x\n"},
    {code::dtype, "malformed or late 'dtype'",
     "dtype f32 or dtype f64 chooses the precision under test. It stands before every "
     "declaration,\n"
     "because inputs and constants are rounded to it.",
     "dtype float16\n"},
    {code::within, "'within' may not stand here",
     "within TOL gives a tolerance to a claim, grad x = EXPR within 1e-6, or to an approximate\n"
     "comparison, expect A ~= B within 1e-6. == is exact in shape and value.",
     "expect 1 == 1 within 0.1\n"},
    {code::argument, "wrong arguments",
     "The arguments themselves are malformed: one is given twice, a positional one follows a "
     "keyword, or\n"
     "a claim has too few or too many.",
     "input x\ny = sum(x, dim=0, dim=0)\n"},
    {code::refused, "the operation is refused",
     "The shapes fit, but the operation does not accept these arguments: a reduction that is not a "
     "known\n"
     "word, a dim that is named twice. The message is the engine's own.",
     "input x : [2, 2]\ny = sum(x, dim=[0, 0])\n"},
    {code::override_, "the command line names what is not there",
     "--set NAME=VALUE gives a value to an input or const of the file, --dim NAME=N a size to one "
     "of its\n"
     "dims. The file has none of this name, or the size is negative. Or --repro names a point "
     "that\n"
     "is not among those that are drawn: it needs the options of the run that printed it.",
     ""},
    {code::fpcore, "an FPCore file cannot be used",
     "FPCore is the format of fpbench.org. The brackets must match and every core must be well "
     "formed; a\n"
     "core that is used must not contain what the language cannot say, such as loops or tensors.",
     ""},
};

}  // namespace

std::span<const CodeInfo> all_codes() { return table; }

const CodeInfo* find_code(std::string_view code) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  const auto found = std::find_if(std::begin(table), std::end(table), [&](const CodeInfo& row) {
    return std::ranges::equal(row.code, code, {}, lower, lower);
  });
  return found == std::end(table) ? nullptr : found;
}

}  // namespace verigrad::expressions
