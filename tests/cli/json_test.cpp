#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "reports/json.hpp"
#include "tests/cli/command.hpp"

namespace verigrad::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class Json : public CommandTest {
 protected:
  Json() {
    write("d/drawn.grad", files::drawn);
    write("d/fail.grad", files::fail);
    write("d/wrong.grad", files::wrong);
    write("d/tests.grad",
          "input x = [1, 2]\ny = sum(x ** 2)\ncheck y\ntest \"print\":\n    print y\n");
  }

  // Without the parts that differ from run to run.
  std::string stable(std::vector<std::string> options) const {
    options.insert(options.begin(), {"check", "d", "--format", "json"});
    auto json = nlohmann::ordered_json::parse(run(options).out);
    for (const char* key : {"started", "elapsed_s", "command", "environment"}) json.erase(key);
    return json.dump(2);
  }
};

TEST_F(Json, ARunReadsBackAsItself) {
  const Result result = run({"check", "d", "--format", "json"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(reports::to_json(reports::run_from_json(result.out)), result.out);
}

TEST_F(Json, ARunSaysWhatWasRunAndWhere) {
  const auto run_json = nlohmann::json::parse(
      run({"check", "d/drawn.grad", "--set", "x=[1, 2, 3]", "--format", "json"}).out);
  EXPECT_EQ(run_json["schema"], "verigrad-run/1");
  EXPECT_EQ(run_json["tool"]["name"], "verigrad");
  EXPECT_THAT(run_json["started"].get<std::string>(),
              MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"));
  EXPECT_GT(run_json["elapsed_s"].get<double>(), 0);
  EXPECT_THAT(run_json["command"].get<std::string>(),
              HasSubstr("check d/drawn.grad --set 'x=[1, 2, 3]' --format json"));
  for (const char* key : {"compiler", "build_type", "flags", "cpu", "eigen", "system"})
    EXPECT_TRUE(run_json["environment"][key].is_string()) << key;
  EXPECT_THAT(run_json["environment"]["flags"].get<std::string>(), HasSubstr("-ffp-contract=off"));
}

TEST_F(Json, TheSameRunGivesTheSameBytesWithAnyNumberOfThreads) {
  const std::string one = stable({"-j", "1"});
  EXPECT_EQ(stable({"-j", "1"}), one);
  EXPECT_EQ(stable({"-j", "2"}), one);
  EXPECT_EQ(stable({"-j", "7"}), one);
}

TEST_F(Json, ErrorsOfAFileAreItsEntry) {
  const auto json = nlohmann::json::parse(run({"check", "d/wrong.grad", "--format", "json"}).out);
  const auto& error = json["files"][0]["errors"][0];
  EXPECT_EQ(error["line"], 2);
  EXPECT_EQ(error["column"], 5);
  EXPECT_EQ(json["summary"]["error"], 1);
}

TEST_F(Json, StandardInputHasTheNameDash) {
  const auto json = nlohmann::json::parse(
      run({"check", "-", "--format", "json"}, {.standard_input = files::pass}).out);
  EXPECT_EQ(json["files"][0]["path"], "-");
}

}  // namespace
}  // namespace verigrad::cli
