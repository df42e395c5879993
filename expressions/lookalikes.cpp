#include "expressions/lookalikes.hpp"

#include <algorithm>
#include <vector>

namespace verigrad::expressions {

const Lookalike* find_lookalike(char32_t character) {
  static const std::vector<Lookalike> table = {
      {U'^', "did you mean '**'?", "a power is written x ** 2"},
      {U'\'', "did you mean '\"'?", "strings stand in double quotes"},
      {U';', "", "one statement a line"},
      {U'\\', "", "a statement goes on over line ends inside ( ), [ ] and { } without a backslash"},
      {U'%', "", "the language has no remainder operator; see gradcheck ops"},
      {U'!', "", "not equal is written !="},
      {U'~', "", "approximately equal is written ~= (in expect)"},
      {U'&', "", "where(a, where(b, x, y), y) states two conditions"},
      {U'|', "", "where(a, x, where(b, x, y)) states two conditions"},
      {U'\r', "a carriage return without a line feed", "end lines with LF or CRLF"},
      {U'\u00A0', "a no-break space", "use an ordinary space"},
      {U'\u200B', "an invisible space", "delete it"},
      {U'\uFEFF', "a byte order mark", "it may stand only at the start of the file"},
      {U'\u2212', "did you mean '-'?", "the minus sign is the ASCII hyphen"},
      {U'\u2013', "did you mean '-'?", "the minus sign is the ASCII hyphen"},
      {U'\u2014', "did you mean '-'?", "the minus sign is the ASCII hyphen"},
      {U'\u2010', "did you mean '-'?", "the minus sign is the ASCII hyphen"},
      {U'\u00D7', "did you mean '*'?", "a product is written a * b, a matrix product a @ b"},
      {U'\u00B7', "did you mean '*'?", "a product is written a * b, a matrix product a @ b"},
      {U'\u22C5', "did you mean '*'?", "a product is written a * b, a matrix product a @ b"},
      {U'\u2217', "did you mean '*'?", "a product is written a * b, a matrix product a @ b"},
      {U'\u00F7', "did you mean '/'?", "a quotient is written a / b"},
      {U'\u2215', "did you mean '/'?", "a quotient is written a / b"},
      {U'\u00B2', "did you mean '** 2'?", "a power is written x ** 2"},
      {U'\u00B3', "did you mean '** 3'?", "a power is written x ** 3"},
      {U'\u221A', "did you mean 'sqrt'?", "a root is written sqrt(x)"},
      {U'\u03C0', "did you mean 'pi'?", "the constant is written pi"},
      {U'\u221E', "did you mean 'inf'?", "infinity is written inf"},
      {U'\u2264', "did you mean '<='?", "less or equal is written <="},
      {U'\u2265', "did you mean '>='?", "greater or equal is written >="},
      {U'\u2260', "did you mean '!='?", "not equal is written !="},
      {U'\u2248', "did you mean '~='?", "approximately equal is written ~= (in expect)"},
      {U'\u2208', "did you mean 'in'?", "a domain is written x in [0, 1]"},
      {U'\u22A4', "did you mean '.T'?", "the transpose is written x.T"},
      {U'\u2026', "did you mean '..'?", "a range is written a..b"},
      {U'\u201C', "did you mean '\"'?", "strings stand in straight double quotes"},
      {U'\u201D', "did you mean '\"'?", "strings stand in straight double quotes"},
      {U'\u201E', "did you mean '\"'?", "strings stand in straight double quotes"},
      {U'\u2018', "did you mean '\"'?", "strings stand in straight double quotes"},
      {U'\u2019', "did you mean '\"'?", "strings stand in straight double quotes"},
      {U'\uFF08', "did you mean '('?", "brackets are ASCII"},
      {U'\uFF09', "did you mean ')'?", "brackets are ASCII"},
      {U'\uFF0C', "did you mean ','?", "the comma is ASCII"},
      {U'\uFF1A', "did you mean ':'?", "the colon is ASCII"},
      {U'\uFF1D', "did you mean '='?", "the equals sign is ASCII"}};
  const auto found = std::find_if(table.begin(), table.end(),
                                  [&](const Lookalike& row) { return row.character == character; });
  return found == table.end() ? nullptr : &*found;
}

}  // namespace verigrad::expressions
