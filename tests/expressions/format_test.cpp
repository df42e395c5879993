#include "expressions/format.hpp"

#include <random>

#include "tests/expressions/helpers.hpp"

namespace verigrad::expressions {
namespace {

std::string formatted(const std::string& text) {
  Diagnostics diagnostics;
  const auto result = format(SourceFile::from_text("f", text), diagnostics);
  return result ? *result : diagnostics.render_all();
}

TEST(Format, LeavesTheExamplesOfTheManualUnchanged) {
  for (const char* name : {"logistic.grad", "accumulation.grad"}) {
    const std::string text = read_bytes(test_data(std::string("expressions/data/") + name));
    EXPECT_EQ(formatted(text), text);
  }
}

TEST(Format, SetsSpacesAroundOperators) {
  EXPECT_EQ(formatted("y=a+b*c**-d@e.T-  -f"), "y = a + b * c ** -d @ e.T - -f\n");
  EXPECT_EQ(formatted("y = f ( a,b , dim = 0,k= [ 1,2 ,] ) [ 1 : , :: 2 ]"),
            "y = f(a, b, dim=0, k=[1, 2,])[1:, ::2]\n");
  EXPECT_EQ(formatted("y = ( - a ) . T"), "y = (-a).T\n");
  EXPECT_EQ(formatted("y = -  - a"), "y = --a\n");
  EXPECT_EQ(formatted("y = where(a>=b,1,2)"), "y = where(a >= b, 1, 2)\n");
  EXPECT_EQ(formatted("y = 2 .T"), "y = 2 .T\n");
}

TEST(Format, SetsEveryStatement) {
  EXPECT_EQ(formatted("dim  n  in 1 .. 8,m=3"), "dim n in 1..8, m = 3\n");
  EXPECT_EQ(formatted("dim n in 1. .. .5"), "dim n in 1. ...5\n");
  EXPECT_EQ(formatted("input x:[n,2*d]in(0,1]=3"), "input x : [n, 2 * d] in (0, 1] = 3\n");
  EXPECT_EQ(formatted("const y in{0,1}"), "const y in {0, 1}\n");
  EXPECT_EQ(formatted("input z in normal (0,-1)"), "input z in normal(0, -1)\n");
  EXPECT_EQ(formatted("def f (a,b)=a"), "def f(a, b) = a\n");
  EXPECT_EQ(formatted("grad (y,x)=-x within -1"), "grad(y, x) = -x within -1\n");
  EXPECT_EQ(formatted("check(a)wrt b,c"), "check (a) wrt b, c\n");
  EXPECT_EQ(formatted("expect(a)==-b"), "expect (a) == -b\n");
  EXPECT_EQ(formatted("expect -a~=[1]within 1"), "expect -a ~= [1] within 1\n");
  EXPECT_EQ(formatted("expect error\"a\" :input x:[1]"), "expect error \"a\": input x : [1]\n");
  EXPECT_EQ(formatted("expect fail :grad x=1"), "expect fail: grad x = 1\n");
  EXPECT_EQ(formatted("set method=finite-difference,seed=-1"),
            "set method = finite-difference, seed = -1\n");
  EXPECT_EQ(formatted("use fpcore\"a\"name\"b\""), "use fpcore \"a\" name \"b\"\n");
  EXPECT_EQ(formatted("test\"a\" :\n  print(-x)\n  print -x\n  with no_grad( ) :\n     f ( )\n"
                      "  for i in 1 .. n-1 :\n   f()"),
            "test \"a\":\n    print (-x)\n    print -x\n    with no_grad():\n        f()\n"
            "    for i in 1..n - 1:\n        f()\n");
}

TEST(Format, KeepsAlignedColumnsAlignedAsFarLeftAsPossible) {
  EXPECT_EQ(formatted("p      = 1\nloss   = 2\n\nq    = 3"), "p    = 1\nloss = 2\n\nq = 3\n");
  EXPECT_EQ(formatted("a=1\nbc=2"), "a = 1\nbc = 2\n");
  EXPECT_EQ(formatted("input w:[d]  in [0,1]\ninput b      in [0,1]"),
            "input w : [d] in [0, 1]\ninput b       in [0, 1]\n");
}

TEST(Format, KeepsCommentsAndTheirColumns) {
  EXPECT_EQ(formatted("a = 1 # one\nb = 2        # two  \n#three"),
            "a = 1  # one\nb = 2        # two\n#three\n");
  EXPECT_EQ(formatted("test \"t\":\n  f()\n  # of the block\n# of the file\n"),
            "test \"t\":\n    f()\n    # of the block\n# of the file\n");
  EXPECT_EQ(formatted("test \"t\":\n  # first\n  f()\n"), "test \"t\":\n    # first\n    f()\n");
}

TEST(Format, KeepsLineEndsInsideBrackets) {
  EXPECT_EQ(formatted("y=[\n  1,# one\n\n\n  2\n]"), "y = [\n  1,  # one\n\n  2\n]\n");
  EXPECT_EQ(formatted("test \"t\":\n  f(1,\n    2)"), "test \"t\":\n    f(1,\n      2)\n");
}

TEST(Format, JoinsEmptyLinesAndEndsWithOneLineEnd) {
  EXPECT_EQ(formatted("\n\na = 1\r\n\r\n\r\nb = 2  \n\n\n"), "a = 1\n\nb = 2\n");
  EXPECT_EQ(formatted(""), "");
  EXPECT_EQ(formatted("\n  \n"), "");
}

TEST(Format, RefusesATextWithErrors) {
  EXPECT_THAT(formatted("a = ^"), testing::HasSubstr("E002"));
}

void expect_stable(const std::string& text) {
  const Parsed before = parse_text(text);
  ASSERT_FALSE(before.diagnostics.has_errors()) << before.report();
  const std::string once = formatted(text);
  const Parsed after = parse_text(once);
  ASSERT_TRUE(same(before.tree, after.tree)) << text << "\n---\n" << once << after.report();
  ASSERT_EQ(formatted(once), once) << text;
}

TEST(Format, IsIdempotentAndKeepsTheTree) {
  for (const auto& path : grad_files(test_data("expressions/data")))
    expect_stable(read_bytes(path));
}

/// Changes the white space of a text at random places, which may or may not leave it valid.
std::string shaken(const std::string& text, std::mt19937& random) {
  std::string out;
  for (const char c : text) {
    const auto dice = random() % 40;
    if (c == ' ' && dice == 0) continue;
    out += c;
    if (dice == 1) out += ' ';
    if (dice == 2 && c == ' ') out += std::string(random() % 9, ' ');
    if (dice == 3 && c == '\n') out += "\n\n";
    if (dice == 4 && c == '\n') out += "   # comment\n";
    if (dice == 5 && c == ',') out += "\n";
    if (dice == 6 && c == '\n') out += "a  = 1\nbcd= 2 # x\n";
  }
  return out;
}

TEST(Format, IsIdempotentOnTextsWithShakenWhiteSpace) {
  const std::string text = read_bytes(test_data("expressions/data/everything.grad"));
  std::vector<std::string> parts;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = text.find("\n\n", at + 200);
    while (end != std::string::npos && end + 2 < text.size() && text[end + 2] == ' ')
      end = text.find("\n\n", end + 1);
    end = std::min(end, text.size());
    parts.push_back(text.substr(at, end - at) + "\n");
    at = end;
  }
  std::mt19937 random(20240611);
  int valid = 0;
  for (int i = 0; i < 6000; ++i) {
    const std::string candidate = shaken(parts[random() % parts.size()], random);
    if (parse_text(candidate).diagnostics.has_errors()) continue;
    ++valid;
    expect_stable(candidate);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(valid, 500);
}

}  // namespace
}  // namespace verigrad::expressions
