#include "tests/expressions/helpers.hpp"

namespace verigrad::expressions {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Recovery, GoesOnAtTheNextStatement) {
  const Parsed p = parse_text("a = +\nb = 1\nc = (1\nd = 2\ne = f(x]\ng = \"x\nh = 3\n");
  EXPECT_THAT(p.codes(), ElementsAre("E008", "E005", "E005", "E003"));
  ASSERT_EQ(p.tree.statements.size(), 3u);
  EXPECT_EQ(p.get<BindingStatement>(2).name.text, "h");
}

TEST(Recovery, ABrokenHeaderDoesNotMakeItsBlockWrong) {
  EXPECT_THAT(parse_text("test \"t:\n    f()\n    y.backward()\n").codes(), ElementsAre("E003"));
  EXPECT_THAT(parse_text("test t:\n    f()\n    y.backward()\n").codes(), ElementsAre("E008"));
  EXPECT_THAT(parse_text("tset \"t\":\n    f()\n    g.h()\ny = 1").codes(), ElementsAre("E030"));
  EXPECT_THAT(parse_text("test t:\n    f(\n    y = )\n").codes(), ElementsAre("E008", "E008"));
}

TEST(Recovery, StopsAfterTwentyErrors) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "a = +\n";
  EXPECT_EQ(parse_text(text).codes().size(), 20u);
}

TEST(Recovery, OneErrorALine) { EXPECT_EQ(parse_text("a = 1 $ 2 $ 3 ^ 4x\n").codes().size(), 1u); }

TEST(Message, AMissingBracketPointsAtTheOpeningOne) {
  EXPECT_EQ(parse_text("y = exp(sin(x)\nz = 1\n").report(),
            "error[E005]: '(' is never closed\n"
            " --> test.grad:1:8\n"
            "  |\n"
            "1 | y = exp(sin(x)\n"
            "  |        ^ expected a matching ')' further on\n");
  EXPECT_THAT(parse_text("y = f(a b)").report(), HasSubstr("'(' was opened at line 1, column 6"));
}

TEST(Message, OffersTheFixForHabitsOfOtherLanguages) {
  const auto says = [](const std::string& text) { return parse_text(text).report(); };
  EXPECT_THAT(says("y = x ^ 2"), HasSubstr("did you mean '**'?"));
  EXPECT_THAT(says("y = 1 − x"), HasSubstr("did you mean '-'?"));
  EXPECT_THAT(says("y = a × b"), HasSubstr("did you mean '*'?"));
  EXPECT_THAT(says("import numpy"), HasSubstr("use \"lib.grad\""));
  EXPECT_THAT(says("let y = 1"), HasSubstr("NAME = EXPR"));
  EXPECT_THAT(says("f = lambda x: x"), HasSubstr("def f(x) = x ** 2"));
  EXPECT_THAT(says("y = a if b else c"), HasSubstr("where(condition, a, b)"));
  EXPECT_THAT(says("y = a // b"), HasSubstr("floor(a / b)"));
  EXPECT_THAT(says("y += 1"), HasSubstr("assigned once"));
  EXPECT_THAT(says("y == 1"), HasSubstr("expect y =="));
  EXPECT_THAT(says("inptu x"), HasSubstr("did you mean 'input'?"));
  EXPECT_THAT(says("y = 2x"), HasSubstr("2 * x"));
  EXPECT_THAT(says("y = {1, 2}"), HasSubstr("[a, b]"));
  EXPECT_THAT(says("y = (1, 2)"), HasSubstr("[a, b]"));
  EXPECT_THAT(says("dtype float32"), HasSubstr("did you mean 'f32'?"));
  EXPECT_THAT(says("input x[3]"), HasSubstr("input x : [n]"));
  EXPECT_THAT(says("y = x[0..2]"), HasSubstr("x[a:b]"));
  EXPECT_THAT(says("print x"), HasSubstr("test \"NAME\":"));
}

TEST(Message, CountsColumnsInCodePoints) {
  EXPECT_THAT(parse_text("expect error \"äöü€\": y = )").report(), HasSubstr("test.grad:1:26\n"));
}

TEST(Message, LimitsAreNamed) {
  EXPECT_THAT(parse_text("y = " + std::string(300, '-') + "x").report(),
              HasSubstr("the limit of 256 levels"));
  EXPECT_THAT(parse_text(std::string(max_file_bytes + 1, ' ')).report(),
              HasSubstr("the limit of 16 MiB"));
}

TEST(Limit, NestingOf256IsAllowedAnd257IsNot) {
  const auto nested = [](const std::string& open, const std::string& close, std::size_t n) {
    std::string text = "y = ";
    for (std::size_t i = 0; i < n; ++i) text += open;
    text += "x";
    for (std::size_t i = 0; i < n; ++i) text += close;
    return parse_text(text).codes();
  };
  const std::pair<const char*, const char*> forms[] = {{"(", ")"},  {"[", "]"},    {"-", ""},
                                                       {"f(", ")"}, {"x ** ", ""}, {"", ".T"},
                                                       {"", "[0]"}, {"", ".f()"}};
  for (const auto& [open, close] : forms) {
    EXPECT_THAT(nested(open, close, 256), testing::IsEmpty()) << open << close;
    EXPECT_THAT(nested(open, close, 257), ElementsAre("E007")) << open << close;
  }
}

TEST(Limit, BlocksNest256Deep) {
  const auto nested = [](int n) {
    std::string text = "test \"t\":\n";
    for (int i = 1; i < n; ++i)
      text += std::string(static_cast<std::size_t>(i), ' ') + "with no_grad():\n";
    return parse_text(text + std::string(static_cast<std::size_t>(n), ' ') + "f()\n").codes();
  };
  EXPECT_THAT(nested(256), testing::IsEmpty());
  EXPECT_THAT(nested(257), ElementsAre("E007"));
  EXPECT_THAT(nested(400), ElementsAre("E007"));
}

TEST(Limit, LongSumsAreNotDeep) {
  std::string text = "y = 1";
  for (int i = 0; i < 100000; ++i) text += " + x * 2";
  const Parsed p = parse_text(text);
  EXPECT_THAT(p.codes(), testing::IsEmpty());
  EXPECT_EQ(p.get<BindingStatement>().value->children.size(), 100001u);
  EXPECT_LT(p.get<BindingStatement>().value->depth, 10);
}

TEST(Message, AWrongCloserIsBlamedOnTheInnermostBracket) {
  EXPECT_EQ(parse_text("y = (1 + [2)\nz = 1\n").report(),
            "error[E005]: '[' is closed by ')'\n"
            " --> test.grad:1:10\n"
            "  |\n"
            "1 | y = (1 + [2)\n"
            "  |          ^ expected a matching ']' further on\n"
            "  |\n"
            "  = note: ')' stands at test.grad:1:12\n");
  EXPECT_THAT(parse_text("y = f(1 + (2]\nz = [\n").report(), HasSubstr("'(' is closed by ']'"));
  EXPECT_THAT(parse_text("y = (1 +\n     [2)\nz = 1\n").report(), HasSubstr("test.grad:2:6"));
  EXPECT_TRUE(parse_text("input x in [1, 2)\ninput z in (1, 2]\ny = x\n").codes().empty());
  EXPECT_THAT(parse_text("y = (1\ninput x in [1, 2)\n").report(), HasSubstr("'(' is never closed"));
}

TEST(Message, RangesOfDimsAndLoopsAreExplained) {
  const auto says = [](const std::string& text) { return parse_text(text).report(); };
  EXPECT_THAT(says("dim n = 3 in 1..2\n"), HasSubstr("drawn from a range, dim n in 1..8"));
  EXPECT_THAT(says("test \"t\":\n    for 3 in 1..2:\n        print 1\n"),
              testing::Not(HasSubstr("help")));
  EXPECT_THAT(says("y = x[..., 0]\n"), HasSubstr("'...' (ellipsis) is not supported"));
}

TEST(Message, TheTwentiethErrorSaysThatTheRestIsNotRead) {
  std::string text;
  for (int i = 0; i < 30; ++i) text += "a = +\n";
  const Parsed parsed = parse_text(text);
  EXPECT_THAT(parsed.diagnostics.all().back().notes,
              testing::Contains(std::string("stopped after 20 errors")));
  EXPECT_TRUE(parsed.diagnostics.all().front().notes.empty());
}

}  // namespace
}  // namespace verigrad::expressions
