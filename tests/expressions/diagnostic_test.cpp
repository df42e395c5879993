#include "expressions/diagnostic.hpp"

#include "tests/expressions/helpers.hpp"

namespace verigrad::expressions {
namespace {

Diagnostic about(const std::string& text, Span span, std::string label = "here") {
  return {"E012",
          Severity::error,
          "unknown function 'sigmod'",
          span,
          std::move(label),
          {},
          {},
          SourceFile::from_text("logistic.grad", text)};
}

TEST(Diagnostic, HasTheDocumentedLayout) {
  std::string text(8, '\n');
  text += "p    = sigmod(X @ w + b)\n";
  EXPECT_EQ(render(about(text, {15, 21}, "did you mean 'sigmoid'?")),
            "error[E012]: unknown function 'sigmod'\n"
            " --> logistic.grad:9:8\n"
            "  |\n"
            "9 | p    = sigmod(X @ w + b)\n"
            "  |        ^^^^^^ did you mean 'sigmoid'?\n");
}

TEST(Diagnostic, WidensTheGutterAndListsNotesAndHelp) {
  std::string text(11, '\n');
  text += "y = x\n";
  Diagnostic d = about(text, {15, 16}, "");
  d.severity = Severity::warning;
  d.notes = {"the left operand has shape [3]", "the right one [4]"};
  d.help = "write x.T";
  EXPECT_EQ(render(d),
            "warning[E012]: unknown function 'sigmod'\n"
            "  --> logistic.grad:12:5\n"
            "   |\n"
            "12 | y = x\n"
            "   |     ^\n"
            "   |\n"
            "   = note: the left operand has shape [3]\n"
            "   = note: the right one [4]\n"
            "   = help: write x.T\n");
}

std::string caret_line(const Diagnostic& d) {
  const std::string text = render(d);
  const std::size_t end = text.rfind('\n');
  return text.substr(text.rfind('\n', end - 1) + 1, end - text.rfind('\n', end - 1) - 1);
}

TEST(Diagnostic, PutsCaretsUnderTabsAndWideCharacters) {
  EXPECT_EQ(caret_line(about("\tx", {1, 2})), "  |     ^ here");
  EXPECT_EQ(caret_line(about("\xE4\xBD\xA0\xE5\xA5\xBDx", {3, 6})), "  |   ^^ here");
  EXPECT_EQ(caret_line(about("e\xCC\x81x", {3, 4})), "  |  ^ here");
}

TEST(Diagnostic, ShowsAnEmptySpanAtTheEndOfALineWithOneCaret) {
  EXPECT_EQ(caret_line(about("y =\n", {3, 3})), "  |    ^ here");
  EXPECT_EQ(caret_line(about("", {0, 0})), "  | ^ here");
  EXPECT_EQ(caret_line(about("y", {500, 600})), "  |  ^ here");
}

TEST(Diagnostic, ShowsTheFirstLineOfALongSpan) {
  EXPECT_EQ(caret_line(about("y = (a\n+ b)\n", {4, 11})), "  |     ^^ here");
}

TEST(Diagnostic, CutsLongLinesAroundTheSpan) {
  std::string text(5000, 'a');
  text.replace(3000, 3, "XYZ");
  const std::string shown = render(about(text, {3000, 3003}));
  EXPECT_LT(shown.size(), 600u);
  EXPECT_THAT(shown, testing::HasSubstr("XYZ"));
  EXPECT_THAT(shown, testing::HasSubstr("…"));
  EXPECT_THAT(shown, testing::HasSubstr(":1:3001\n"));
  const std::size_t line = shown.find("1 | …") + 4;
  const std::size_t x = shown.find("XYZ") - line - 2;  // the ellipsis is three bytes and one column
  EXPECT_EQ(caret_line(about(text, {3000, 3003})), "  | " + std::string(x, ' ') + "^^^ here");
}

TEST(Diagnostic, ShowsControlCharactersAsReplacements) {
  const std::string shown = render(about("a\x1b[31m\xff", {0, 1}));
  EXPECT_EQ(shown.find('\x1b'), std::string::npos);
  EXPECT_EQ(quoted("a\x1b\n"), "'a\xEF\xBF\xBD\\n'");
}

TEST(Diagnostic, ColoursOnlyWhenAsked) {
  EXPECT_THAT(render(about("x", {0, 1}), Styles::ansi()), testing::HasSubstr("\033[1;31merror"));
  EXPECT_EQ(render(about("x", {0, 1})).find('\033'), std::string::npos);
}

TEST(Diagnostics, KeepsTwentyErrorsAndSaysThatItStopped) {
  Diagnostics all(SourceFile::from_text("f", "x"));
  for (int i = 0; i < 30; ++i) {
    EXPECT_EQ(all.full(), i >= 20);
    all.add({"E008", Severity::error, "message " + std::to_string(i), {0, 1}});
  }
  EXPECT_EQ(all.error_count(), 20u);
  EXPECT_THAT(all.render_all(), testing::HasSubstr("stopped after 20 errors"));
  EXPECT_EQ(all.all()[0].source->path(), "f");
}

TEST(Diagnostics, SaysTheSameThingOnce) {
  Diagnostics all;
  all.add({"E008", Severity::error, "message", {0, 1}});
  all.add({"E008", Severity::error, "message", {0, 1}});
  all.add({"E008", Severity::warning, "other", {0, 1}});
  EXPECT_EQ(all.all().size(), 2u);
  EXPECT_EQ(all.error_count(), 1u);
}

}  // namespace
}  // namespace verigrad::expressions
