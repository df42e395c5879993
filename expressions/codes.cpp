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
