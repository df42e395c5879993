// No input crashes, hangs or exhausts memory. Run under the sanitizers as well.
#include <algorithm>
#include <ctime>
#include <limits>
#include <random>

#include "expressions/format.hpp"
#include "tests/expressions/helpers.hpp"

namespace verigrad::expressions {
namespace {

/// Parses, renders and, when it is valid, formats; the report must not be empty when there are
/// errors.
void survive(const std::string& text) {
  const SourcePtr source = SourceFile::from_text("f", text);
  Diagnostics diagnostics;
  const SyntaxTree tree = parse(source, diagnostics);
  ASSERT_LE(diagnostics.error_count(), Diagnostics::max_errors);
  const std::string report = diagnostics.render_all(Styles::ansi());
  for (const Diagnostic& d : diagnostics.all()) {
    ASSERT_LE(d.span.begin, d.span.end) << report;
    ASSERT_LE(d.span.begin, source->text().size()) << report;
    ASSERT_FALSE(d.message.empty());
  }
  if (diagnostics.has_errors()) {
    ASSERT_NE(report.find('^'), std::string::npos);
    return;
  }
  Diagnostics again;
  const auto formatted = format(source, again);
  ASSERT_TRUE(formatted.has_value());
  const Parsed reparsed = parse_text(*formatted);
  ASSERT_TRUE(same(tree, reparsed.tree)) << text << "\n---\n" << *formatted;
  Diagnostics third;
  ASSERT_EQ(format(SourceFile::from_text("f", *formatted), third), formatted) << text;
}

std::string rich() { return read_bytes(test_data("expressions/data/everything.grad")); }

TEST(Robustness, EveryPrefixOfARichExample) {
  const std::string text = rich();
  for (std::size_t n = 0; n <= text.size(); ++n) {
    survive(text.substr(0, n));
    if (HasFatalFailure()) return;
  }
}

TEST(Robustness, RandomBytes) {
  std::mt19937 random(1);
  for (int i = 0; i < 5000; ++i) {
    std::string text(random() % 200, ' ');
    for (char& c : text) c = static_cast<char>(random() % 256);
    survive(text);
    if (HasFatalFailure()) return;
  }
}

TEST(Robustness, RandomPrintableBytes) {
  std::mt19937 random(2);
  for (int i = 0; i < 10000; ++i) {
    std::string text(random() % 120, ' ');
    for (char& c : text) c = random() % 12 == 0 ? '\n' : static_cast<char>(32 + random() % 95);
    survive(text);
    if (HasFatalFailure()) return;
  }
}

TEST(Robustness, RandomTokens) {
  const char* words[] = {
      "dtype",  "dim",   "input",   "const",   "def", "output", "check",  "grad",  "vjp",
      "expect", "error", "warning", "fail",    "set", "use",    "fpcore", "name",  "test",
      "print",  "with",  "for",     "no_grad", "in",  "wrt",    "within", "where", "normal",
      "True",   "None",  "pi",      "x",       "y",   "f32",    "1",      "2.",    ".5",
      "1e3",    "\"s\"", "\"",      "+",       "-",   "*",      "/",      "**",    "@",
      "(",      ")",     "[",       "]",       "{",   "}",      ",",      ":",     ".",
      "..",     "=",     "==",      "<",       "~=",  "#",      "\n",     "\n",    "\n    ",
      "\n  ",   "\t",    " ",       "\r\n"};
  std::mt19937 random(3);
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    const std::size_t length = random() % 40;
    for (std::size_t t = 0; t < length; ++t) {
      text += words[random() % std::size(words)];
      if (random() % 3 > 0) text += ' ';
    }
    survive(text);
    if (HasFatalFailure()) return;
  }
}

TEST(Robustness, MutatedExamples) {
  const std::string text = rich();
  std::mt19937 random(4);
  for (int i = 0; i < 4000; ++i) {
    const std::size_t from = random() % text.size();
    std::string part = text.substr(text.rfind('\n', from) + 1, 300);
    for (std::size_t n = random() % 4; n > 0 && !part.empty(); --n) {
      const std::size_t at = random() % part.size();
      switch (random() % 4) {
        case 0:
          part.erase(at, 1 + random() % 3);
          break;
        case 1:
          part.insert(at, part.substr(random() % part.size(), random() % 8));
          break;
        case 2:
          part[at] = "()[]{},:=.*-+\"# \nx1"[random() % 19];
          break;
        default:
          std::swap(part[at], part[random() % part.size()]);
      }
    }
    survive(part);
    if (HasFatalFailure()) return;
  }
}

/// This process's own time, the least of three.
double cpu_seconds_for(const std::string& text) {
  double least = std::numeric_limits<double>::infinity();
  for (int i = 0; i < 3; ++i) {
    const std::clock_t start = std::clock();
    survive(text);
    least = std::min(least, static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  }
  return least;
}

std::string repeated(const std::string& unit, std::size_t bytes) {
  std::string text;
  text.reserve(bytes + unit.size());
  while (text.size() < bytes) text += unit;
  return text;
}

/// Four times the text takes some four times as long; in a quadratic parser it takes sixteen.
void expect_linear(const std::string& start, const std::string& unit, const std::string& end) {
  constexpr std::size_t large = 1 << 20;
  const double whole = cpu_seconds_for(start + repeated(unit, large) + end);
  const double quarter = cpu_seconds_for(start + repeated(unit, large / 4) + end);
  EXPECT_LT(whole / quarter, 8) << testing::PrintToString(unit);
}

constexpr std::size_t megabyte = 1 << 20;

TEST(Robustness, AMegabyteOfOneThing) {
  for (const char* unit : {"(",
                           "[",
                           "{",
                           ")",
                           "-",
                           "+",
                           "- ",
                           "**",
                           "x**",
                           "x ** ",
                           "x.T",
                           ".T",
                           "x+",
                           "x*",
                           "f(",
                           "f(x)(",
                           "x[",
                           "x[0]",
                           "[0]",
                           "[1,",
                           "1,",
                           "1 ",
                           "x",
                           "x ",
                           "\"",
                           "\\",
                           "\\\"",
                           "#",
                           "\n",
                           "\r",
                           "\t",
                           " ",
                           "=",
                           "a=",
                           "a=1\n",
                           "..",
                           "1..",
                           "=1..",
                           ".",
                           ":",
                           ",",
                           "in ",
                           "(\n",
                           ")\n",
                           "[\n",
                           "\"\n",
                           "1e",
                           "0x",
                           "9",
                           "1.1.",
                           "$",
                           "\xC3\xA9",
                           "(\"",
                           "where(",
                           "f(a=",
                           "expect ",
                           "expect error \"a\": ",
                           "test \"a\":\n",
                           "test \"a\":\n ",
                           "\n ",
                           "def f(",
                           "input x : [",
                           "set a=b-",
                           "check wrt a, ",
                           "a = (1\n",
                           "a = (1,\n"}) {
    for (const char* prefix : {"", "y = ", "test \"t\":\n    "}) {
      survive(prefix + repeated(unit, megabyte / 4));
      if (HasFatalFailure()) return;
    }
  }
}

TEST(Robustness, AMegabyteOfBracketsNamesTheLimit) {
  for (const char* unit : {"(", "[", "-", "x ** ", "f("}) {
    const Parsed p = parse_text("y = " + repeated(unit, megabyte));
    EXPECT_THAT(p.report(), testing::HasSubstr("256")) << unit;
  }
  EXPECT_THAT(parse_text("y = x" + repeated(".T", megabyte)).report(), testing::HasSubstr("256"));
  EXPECT_THAT(parse_text(repeated("(", megabyte)).report(), testing::HasSubstr("256"));
}

TEST(Robustness, ALargeValidFileIsLinear) {
  const std::string unit = "input x1 : [n, 2] in [0, 1]  # comment\n\ny = sum(x ** 2, dim=0)\n";
  expect_linear("", unit, "");
  expect_linear("y = [", "1, ", "]");
  expect_linear("y = [", "1,\n", "]");
  expect_linear("y = f(", "[1, 2], ", "a=1)");
}

TEST(Robustness, DeepIndentation) {
  std::string text = "test \"t\":\n";
  for (std::size_t i = 1; i < 1200; ++i) text += std::string(i, ' ') + "with no_grad():\n";
  survive(text + std::string(1200, ' ') + "f()\n");
  survive(std::string(megabyte, ' ') + "y = 1");
  survive("test \"t\":\n" + std::string(megabyte, ' ') + "f()");
}

TEST(Robustness, ManyKeywordsAndParameters) {
  std::string call = "y = f(";
  std::string def = "def f(";
  for (int i = 0; i < 50000; ++i) {
    call += "a" + std::to_string(i) + "=1,";
    def += "a" + std::to_string(i) + ",";
  }
  EXPECT_THAT(parse_text(call + ")").report(), testing::HasSubstr("the limit of 32"));
  survive(def + ") = 1");
}

TEST(Robustness, SizeLimitAndBytesThatAreNoText) {
  EXPECT_THAT(parse_text(std::string(max_file_bytes + 1, '(')).codes(),
              testing::ElementsAre("E009"));
  survive(std::string(max_file_bytes - 1, '#'));
  Diagnostics diagnostics;
  const auto grown = SourceFile::from_text("f", std::string(max_file_bytes, '#'));
  EXPECT_FALSE(format(grown, diagnostics).has_value());
  EXPECT_TRUE(diagnostics.has_errors());
  EXPECT_THAT(parse_text(std::string(100, '\0')).codes(), testing::ElementsAre("E001"));
  EXPECT_THAT(parse_text("y = 1 # \xFF").codes(), testing::ElementsAre("E001"));
  EXPECT_THAT(parse_text(std::string("y = \"a\0b\"", 9)).codes(), testing::ElementsAre("E001"));
}

}  // namespace
}  // namespace verigrad::expressions
