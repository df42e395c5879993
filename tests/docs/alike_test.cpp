// What the comparison of pages with outputs lets through, and what it does not.
#include "tests/docs/alike.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace verigrad::docs {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

TEST(Alike, TextMustAgreeToTheCharacter) {
  EXPECT_THAT(difference("a  b\n", "a  b\n"), IsEmpty());
  EXPECT_THAT(difference("a  b\n", "a b\n"), HasSubstr("the page has"));
  EXPECT_THAT(difference("31 passed\n", "30 passed\n"), HasSubstr("30 passed"));
  EXPECT_THAT(difference("a\n", "a\nb\n"), HasSubstr("the page lacks"));
  EXPECT_THAT(difference("a\nb\n", "a\n"), HasSubstr("ends before"));
}

TEST(Alike, NumbersMustAgreeToNineDigits) {
  EXPECT_THAT(difference("x = -1.2345678901\n", "x = -1.2345678902\n"), IsEmpty());
  EXPECT_THAT(difference("x = -1.23456789\n", "x = -1.23456780\n"), HasSubstr("1.23456780"));
  EXPECT_THAT(difference("x = -1.5\n", "x = 1.5\n"), HasSubstr("the page has"));
}

TEST(Alike, EstimatesMustAgreeRoughly) {
  EXPECT_THAT(difference("1.5  (± 3e-12)\n", "1.5  (± 1e-11)\n"), IsEmpty());
  EXPECT_THAT(difference("1.5  (± 3e-12)\n", "1.5  (± 1e-9)\n"), HasSubstr("1e-9"));
  EXPECT_THAT(difference("at least 9.7 digits\n", "at least 10.1 digits\n"), IsEmpty());
  EXPECT_THAT(difference("at least 9.7 digits\n", "at least 4.1 digits\n"), HasSubstr("4.1"));
  EXPECT_THAT(difference("1 file (seed 42, 0.01 s)\n", "1 file (seed 42, 7.25 s)\n"), IsEmpty());
}

TEST(Alike, AnEllipsisStandsForAnyLines) {
  EXPECT_THAT(difference("a\n…\nd\n", "a\nb\nc\nd\n"), IsEmpty());
  EXPECT_THAT(difference("a\n…\n", "a\nb\nc\n"), IsEmpty());
  EXPECT_THAT(difference("…\nc\n", "a\nb\nc\n"), IsEmpty());
  EXPECT_THAT(difference("a\n…\nc\n", "a\nb\nc\nd\n"), HasSubstr("lacks"));
  EXPECT_THAT(difference("a\n…\nx\n…\n", "a\nb\nc\nd\n"), HasSubstr("lacks"));
}

}  // namespace
}  // namespace verigrad::docs
