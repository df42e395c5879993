#include "reports/snippet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/display.hpp"

namespace verigrad::reports {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Snippet sample() {
  Snippet snippet;
  snippet.code = "E012";
  snippet.message = "unknown function 'sigmod'";
  snippet.path = "logistic.grad";
  snippet.line = 9;
  snippet.column = 8;
  snippet.line_text = "p    = sigmod(X @ w + b)";
  snippet.length = 6;
  snippet.label = "did you mean 'sigmoid'?";
  return snippet;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

TEST(Snippet, HasTheLayoutOfADiagnostic) {
  EXPECT_EQ(render(sample()),
            "error[E012]: unknown function 'sigmod'\n"
            " --> logistic.grad:9:8\n"
            "  |\n"
            "9 | p    = sigmod(X @ w + b)\n"
            "  |        ^^^^^^ did you mean 'sigmoid'?\n");
}

TEST(Snippet, WidensTheMarginForLongLineNumbers) {
  Snippet snippet = sample();
  snippet.line = 1234;
  snippet.facts = {{"a", "[3]"}};
  EXPECT_EQ(render(snippet),
            "error[E012]: unknown function 'sigmod'\n"
            "    --> logistic.grad:1234:8\n"
            "     |\n"
            "1234 | p    = sigmod(X @ w + b)\n"
            "     |        ^^^^^^ did you mean 'sigmoid'?\n"
            "     |\n"
            "     = a          [3]\n");
}

TEST(Snippet, AlignsTheLinesOfAFact) {
  Snippet snippet = sample();
  snippet.facts = {{"try", "one\ntwo"}, {"a longer label", "x"}, {"", "no label"}};
  EXPECT_THAT(render(snippet), HasSubstr("  |\n"
                                         "  = try            one\n"
                                         "                   two\n"
                                         "  = a longer label x\n"
                                         "  = no label\n"));
}

TEST(Snippet, NamesTheSeverity) {
  Snippet snippet = sample();
  snippet.severity = Severity::warning;
  EXPECT_THAT(render(snippet), ::testing::StartsWith("warning[E012]: "));
  snippet.severity = Severity::note;
  snippet.code = "";
  EXPECT_THAT(render(snippet), ::testing::StartsWith("note: "));
}

TEST(Snippet, WithoutALineShowsTheFileAndTheLabel) {
  Snippet snippet = sample();
  snippet.line = 0;
  snippet.column = 0;
  EXPECT_EQ(render(snippet),
            "error[E012]: unknown function 'sigmod'\n"
            " --> logistic.grad\n"
            "  |\n"
            "  = did you mean 'sigmoid'?\n");
}

TEST(Snippet, WithoutTheLineTextShowsNoExcerpt) {
  Snippet snippet = sample();
  snippet.line_text.reset();
  snippet.label = "";
  EXPECT_EQ(render(snippet),
            "error[E012]: unknown function 'sigmod'\n"
            " --> logistic.grad:9:8\n");
}

TEST(Snippet, PointsBehindTheEndOfAnEmptyLine) {
  Snippet snippet = sample();
  snippet.line_text = "";
  snippet.column = 1;
  snippet.length = 0;
  EXPECT_EQ(lines_of(render(snippet))[3], "9 |");
  EXPECT_EQ(lines_of(render(snippet))[4], "  | ^ did you mean 'sigmoid'?");
}

TEST(Snippet, CaretsStandUnderWhatATerminalShows) {
  Snippet snippet = sample();
  snippet.line_text = "\t梯e\u0301\x1b = 度x";
  snippet.column = 9;
  snippet.length = 2;
  snippet.label = "";
  const auto lines = lines_of(render(snippet));
  EXPECT_EQ(lines[3], "9 |     梯e\u0301\\x1b = 度x");
  EXPECT_EQ(lines[4], "  |               ^^^");
}

TEST(Snippet, SpansEndWithTheLine) {
  Snippet snippet = sample();
  snippet.length = 1000000;
  EXPECT_EQ(lines_of(render(snippet))[4], "  |        ^^^^^^^^^^^^^^^^^ did you mean 'sigmoid'?");
  snippet.length = static_cast<std::size_t>(-1);
  EXPECT_EQ(lines_of(render(snippet))[4], "  |        ^^^^^^^^^^^^^^^^^ did you mean 'sigmoid'?");
}

TEST(Snippet, ShowsThePartOfALongLineAroundTheSpan) {
  Snippet snippet = sample();
  snippet.line_text = std::string(1 << 20, '(');
  snippet.column = 500000;
  snippet.length = 3;
  const auto lines = lines_of(render(snippet));
  EXPECT_EQ(lines[3], "9 | …" + std::string(160, '(') + "…");
  EXPECT_EQ(lines[4], "  | " + std::string(61, ' ') + "^^^ did you mean 'sigmoid'?");
}

TEST(Snippet, ShowsTheBeginOfALongLineForAnEarlySpan) {
  Snippet snippet = sample();
  snippet.line_text = std::string(1000, 'x');
  const auto lines = lines_of(render(snippet));
  EXPECT_EQ(lines[3], "9 | " + std::string(160, 'x') + "…");
  EXPECT_EQ(lines[4], "  |        ^^^^^^ did you mean 'sigmoid'?");
}

TEST(Snippet, EscapesControlCharactersEverywhere) {
  Snippet snippet = sample();
  for (std::string* text : {&snippet.code, &snippet.message, &snippet.path, &snippet.label})
    *text += "\x1b[2J\n";
  snippet.facts = {{"\x1b", "\x1b"}};
  const std::string text = render(snippet);
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_EQ(lines_of(text).size(), 7U);
}

TEST(Snippet, ColoursTheHeadAndTheCarets) {
  const Style style = Style::ansi();
  const std::string text = render(sample(), style);
  EXPECT_THAT(text, HasSubstr(style.paint(style.error, "error[E012]")));
  EXPECT_THAT(text, HasSubstr(style.paint(style.error, "^^^^^^ did you mean 'sigmoid'?")));
}

}  // namespace
}  // namespace verigrad::reports
