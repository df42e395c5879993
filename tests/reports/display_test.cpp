#include "reports/display.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>

namespace verigrad::reports {
namespace {

using namespace std::string_view_literals;

TEST(Printable, LeavesOrdinaryTextAlone) {
  EXPECT_EQ(printable("loss = \"naïve\" 梯度 🙂"), "loss = \"naïve\" 梯度 🙂");
}

TEST(Printable, EscapesWhatWouldSteerATerminal) {
  EXPECT_EQ(printable("\x1b[31m"), "\\x1b[31m");
  EXPECT_EQ(printable("a\0b\r\n\x7f"sv), "a\\x00b\\x0d\\x0a\\x7f");
  EXPECT_EQ(printable("\u009b31m"), "\\x9b31m");
}

TEST(Printable, EscapesBidirectionalOverrides) {
  EXPECT_EQ(printable("a\u202Eb\u2066c"), "a\\u{202e}b\\u{2066}c");
}

TEST(Printable, EscapesInvalidUtf8ByteByByte) {
  EXPECT_EQ(printable("\xff"), "\\xff");
  EXPECT_EQ(printable("\xc3"), "\\xc3");
  EXPECT_EQ(printable("\xc0\xaf"), "\\xc0\\xaf");
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");
  EXPECT_EQ(printable("\xe6\xa2x"), "\\xe6\\xa2x");
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
}

TEST(DisplayWidth, CountsTerminalColumns) {
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("梯度"), 4U);
  EXPECT_EQ(display_width("e\u0301"), 1U);
  EXPECT_EQ(display_width("\t"), 4U);
  EXPECT_EQ(display_width("\x1b"), 4U);
}

TEST(Padded, FillsUpToTheWidthAndNeverCuts) {
  EXPECT_EQ(padded("梯", 4), "梯  ");
  EXPECT_EQ(padded("abcdef", 4), "abcdef");
}

TEST(ShellWord, QuotesOnlyWhereNeeded) {
  EXPECT_EQ(shell_word("examples/a-b_1.grad"), "examples/a-b_1.grad");
  EXPECT_EQ(shell_word(""), "''");
  EXPECT_EQ(shell_word("a b"), "'a b'");
  EXPECT_EQ(shell_word("it's $HOME"), "'it'\\''s $HOME'");
  EXPECT_EQ(shell_word("it's\n\x1b\\\xff 梯"), "$'it\\'s\\x0a\\x1b\\\\\\xff 梯'");
}

TEST(Number, ReadsBackTheSame) {
  for (double value : {0.1, -1.833692914431962, 1e300, 5e-324, 0.30000000000000004,
                       std::numeric_limits<double>::max(), 1.0 / 3.0, 9007199254740993.0})
    EXPECT_EQ(std::strtod(number(value).c_str(), nullptr), value) << number(value);
}

TEST(Number, IsTheShortestForm) {
  EXPECT_EQ(number(0.1), "0.1");
  EXPECT_EQ(number(-0.0), "-0");
  EXPECT_EQ(number(14), "14");
  EXPECT_EQ(number(1e22), "1e+22");
}

TEST(Number, NamesWhatIsNotFinite) {
  EXPECT_EQ(number(-std::nan("")), "nan");
  EXPECT_EQ(number(HUGE_VAL), "inf");
  EXPECT_EQ(number(-HUGE_VAL), "-inf");
}

}  // namespace
}  // namespace verigrad::reports
