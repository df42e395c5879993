#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/cli/command.hpp"

namespace verigrad::cli {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

using Ops = CommandTest;

TEST_F(Ops, ListsEveryOperationOnALine) {
  const Result result = run({"ops"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, StartsWith("name "));
  EXPECT_THAT(result.out,
              ContainsRegex("\nlog1p +log\\(1 \\+ input\\) +Log1PBackward0 +input > -1\n"));
  EXPECT_THAT(result.out,
              ContainsRegex("\nrelu +maximum\\(input, 0\\) +ReluBackward0 +input = 0\n"));
  EXPECT_THAT(result.out, Not(HasSubstr("sum_to")));
}

TEST_F(Ops, TellsAllAboutOne) {
  const Result result = run({"ops", "atan2"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, StartsWith("atan2(input, other)\n"));
  for (const char* word : {"formula", "d/d input", "d/d other", "domain", "all reals", "kinks",
                           "input = 0 and other < 0", "Atan2Backward0", "latex", "special points",
                           "also called", "arctan2"})
    EXPECT_THAT(result.out, HasSubstr(word));
}

TEST_F(Ops, KnowsTheOtherNames) { EXPECT_EQ(run({"ops", "cat"}).out, run({"ops", "concat"}).out); }

TEST_F(Ops, AnUnknownNameSuggestsTheNearest) {
  const Result result = run({"ops", "sigmod"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, StartsWith("error: no operation is called 'sigmod'\n"
                                     "  did you mean 'sigmoid'?\n"));
  EXPECT_EQ(run({"ops", "sum_to"}).exit_code, 2);
}

TEST_F(Ops, JsonHasEveryOperationWithAllItSays) {
  const auto json = nlohmann::json::parse(run({"ops", "--format", "json"}).out);
  const auto& operations = json["operations"];
  ASSERT_GT(operations.size(), 50U);
  for (const auto& each : operations) {
    EXPECT_TRUE(each["name"].is_string());
    EXPECT_TRUE(each["signature"].get<std::string>().starts_with(each["name"].get<std::string>()));
    EXPECT_TRUE(each["derivative"].is_object());
  }
  const auto one = nlohmann::json::parse(run({"ops", "asin", "--format", "json"}).out);
  EXPECT_EQ(one["operations"][0]["domain"], "-1 <= input <= 1");
}

}  // namespace
}  // namespace verigrad::cli
