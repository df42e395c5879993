#include "expressions/lexer.hpp"

#include <limits>

#include "tests/expressions/helpers.hpp"

namespace verigrad::expressions {
namespace {

std::vector<std::string> tokens(const std::string& text) {
  const SourcePtr source = SourceFile::from_text("f", text);
  Diagnostics diagnostics(source);
  Lexer lexer(source, diagnostics);
  std::vector<std::string> found;
  LogicalLine line;
  while (lexer.next(line)) {
    for (const Token& t : line.tokens)
      found.emplace_back(t.kind == TokenKind::end ? std::string("$")
                                                  : std::string(source->text(t.span)));
  }
  for (const Diagnostic& d : diagnostics.all()) found.push_back(d.code);
  return found;
}

using testing::ElementsAre;

TEST(Lexer, SplitsOperatorsByTheLongestMatch) {
  EXPECT_THAT(tokens("a**b*c..d==e=f<=g~=h!=i"),
              ElementsAre("a", "**", "b", "*", "c", "..", "d", "==", "e", "=", "f", "<=", "g",
                          "~=", "h", "!=", "i", "$"));
}

TEST(Lexer, ARangeOfNumbersIsNeverTwoNumbers) {
  EXPECT_THAT(tokens("1..8"), ElementsAre("1", "..", "8", "$"));
  EXPECT_THAT(tokens("1.5..2."), ElementsAre("1.5", "..", "2.", "$"));
  EXPECT_THAT(tokens("0x1..0x2"), ElementsAre("0x1", "..", "0x2", "$"));
}

TEST(Lexer, ReadsEveryFormOfNumber) {
  EXPECT_THAT(tokens("1 1. 1.5 .5 1e-3 1.e5 .5E+2 0x1.8p3 0X.8P-1 0xff"),
              ElementsAre("1", "1.", "1.5", ".5", "1e-3", "1.e5", ".5E+2", "0x1.8p3", "0X.8P-1",
                          "0xff", "$"));
}

TEST(Lexer, LiteralsAreCorrectlyRounded) {
  EXPECT_EQ(literal_value("0.1"), 0.1);
  EXPECT_EQ(literal_value("1."), 1.0);
  EXPECT_EQ(literal_value(".5"), 0.5);
  EXPECT_EQ(literal_value("0x1.8p3"), 12.0);
  EXPECT_EQ(literal_value("0X.8P-1"), 0.25);
  EXPECT_EQ(literal_value("0xff"), 255.0);
  EXPECT_EQ(literal_value("9007199254740993"), 9007199254740992.0);
  EXPECT_EQ(literal_value("2.2250738585072011e-308"), 2.2250738585072011e-308);
  EXPECT_EQ(literal_value("1.7976931348623157e308"), std::numeric_limits<double>::max());
  EXPECT_EQ(literal_value("1e999"), std::numeric_limits<double>::infinity());
  EXPECT_EQ(literal_value("1e99999999999999999999"), std::numeric_limits<double>::infinity());
  EXPECT_EQ(literal_value("1e-999"), 0.0);
  EXPECT_EQ(literal_value("0e999"), 0.0);
  EXPECT_EQ(literal_value("0." + std::string(400, '0') + "1"), 0.0);
  EXPECT_EQ(literal_value("1" + std::string(400, '0')), std::numeric_limits<double>::infinity());
  EXPECT_EQ(literal_value("0x1p-2000"), 0.0);
  EXPECT_EQ(literal_value("0x1p2000"), std::numeric_limits<double>::infinity());
}

TEST(Lexer, RefusesMalformedNumbers) {
  for (const char* bad :
       {"2x", "1e", "1e+", "0x", "0xp1", "1.5.2", "1_000", "1e999", "1.x", "0x1p"})
    EXPECT_EQ(tokens(bad).back(), "E004") << bad;
}

TEST(Lexer, JoinsLinesInsideBracketsOfAnyKind) {
  EXPECT_THAT(tokens("a = [1, # one\n\n 2)\nb"),
              ElementsAre("a", "=", "[", "1", ",", "2", ")", "$", "b", "$"));
  EXPECT_THAT(tokens("f(\r\n x)\r\n"), ElementsAre("f", "(", "x", ")", "$"));
}

TEST(Lexer, ReadsEscapesInStrings) {
  EXPECT_EQ(unescape(R"("a \"b\" \\ \n")"), "a \"b\" \\ \n");
  EXPECT_THAT(tokens(R"("a # \" b" c)"), ElementsAre(R"("a # \" b")", "c", "$"));
  EXPECT_EQ(tokens("\"\\t\"").back(), "E003");
  EXPECT_EQ(tokens("\"abc\\").back(), "E003");
  EXPECT_EQ(tokens("\"abc\n").back(), "E003");
}

TEST(Lexer, ABracketThatIsNeverClosedDoesNotSwallowTheFile) {
  EXPECT_THAT(tokens("a = (1\nb = 2\nc = 3"),
              ElementsAre("a", "=", "(", "1", "$", "b", "=", "2", "$", "c", "=", "3", "$", "E005"));
}

TEST(Lexer, MeasuresIndentation) {
  const SourcePtr source = SourceFile::from_text("f", "a\n  b\n\n   # c\n\td");
  Diagnostics diagnostics(source);
  Lexer lexer(source, diagnostics);
  LogicalLine line;
  ASSERT_TRUE(lexer.next(line));
  EXPECT_EQ(line.indent, 0u);
  ASSERT_TRUE(lexer.next(line));
  EXPECT_EQ(line.indent, 2u);
  EXPECT_FALSE(line.has_tab);
  ASSERT_TRUE(lexer.next(line));
  EXPECT_TRUE(line.has_tab);
  EXPECT_FALSE(lexer.next(line));
}

}  // namespace
}  // namespace verigrad::expressions
