// SARIF against the parts that the standard (SARIF 2.1.0 with errata 01) requires of a log.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "reports/formats.hpp"
#include "tests/reports/golden.hpp"
#include "tests/reports/sample_runs.hpp"

namespace verigrad::reports {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

void check_keys(const json& object, const std::set<std::string>& required,
                const std::set<std::string>& optional) {
  ASSERT_TRUE(object.is_object());
  for (const std::string& key : required) EXPECT_TRUE(object.contains(key)) << key;
  for (const auto& [key, value] : object.items())
    EXPECT_TRUE(required.count(key) || optional.count(key)) << key;
}

// 3.11.5: a brace that begins no placeholder stands twice.
void check_message(const json& message) {
  check_keys(message, {"text"}, {});
  std::string text = message["text"];
  EXPECT_FALSE(text.empty());
  text = std::regex_replace(text, std::regex(R"(\{\{|\}\})"), "");
  EXPECT_EQ(text.find_first_of("{}"), std::string::npos) << text;
}

// 3.28, 3.30, 3.4.3
void check_location(const json& location) {
  check_keys(location, {"physicalLocation"}, {"message"});
  if (location.contains("message")) check_message(location["message"]);
  const json& place = location["physicalLocation"];
  check_keys(place, {"artifactLocation"}, {"region"});
  check_keys(place["artifactLocation"], {"uri"}, {});
  EXPECT_TRUE(std::regex_match(place["artifactLocation"]["uri"].get<std::string>(),
                               std::regex("(file://)?([A-Za-z0-9._~/-]|%[0-9A-F]{2})+")));
  if (!place.contains("region")) return;
  const json& region = place["region"];
  check_keys(region, {"startLine"}, {"startColumn", "endColumn"});
  EXPECT_GE(region["startLine"], 1);
  EXPECT_GE(region.value("startColumn", 1), 1);
  EXPECT_GT(region.value("endColumn", 1 << 20), region.value("startColumn", 1));
}

// 3.27
void check_result(const json& result, const json& rules) {
  check_keys(result, {"ruleId", "ruleIndex", "level", "message", "partialFingerprints"},
             {"locations", "relatedLocations"});
  EXPECT_EQ(rules.at(result["ruleIndex"].get<std::size_t>())["id"], result["ruleId"]);
  EXPECT_THAT(result["level"].get<std::string>(), ::testing::AnyOf("note", "warning", "error"));
  check_message(result["message"]);
  if (result.contains("locations")) {
    ASSERT_EQ(result["locations"].size(), 1);
    check_location(result["locations"][0]);
  }
  if (result.contains("relatedLocations")) check_location(result["relatedLocations"][0]);
  for (const json& value : result["partialFingerprints"]) EXPECT_TRUE(value.is_string());
}

// 3.18 to 3.20, 3.49
void check_driver(const json& driver) {
  check_keys(driver, {"name", "rules"}, {"version"});
  EXPECT_FALSE(driver["name"].get<std::string>().empty());
  std::set<std::string> ids;
  for (const json& rule : driver["rules"]) {
    check_keys(rule, {"id", "shortDescription"}, {"help"});
    EXPECT_TRUE(ids.insert(rule["id"]).second) << rule["id"];
    check_message(rule["shortDescription"]);
  }
}

json log_of(const reports::Run& run) {
  json log = json::parse(render_sarif(run));
  check_keys(log, {"$schema", "version", "runs"}, {});
  EXPECT_EQ(log["version"], "2.1.0");
  EXPECT_THAT(log["$schema"].get<std::string>(), HasSubstr("sarif-schema-2.1.0.json"));
  EXPECT_EQ(log["runs"].size(), 1);
  const json& only = log["runs"][0];
  check_keys(only, {"tool", "results", "columnKind", "invocations"}, {});
  EXPECT_EQ(only["columnKind"], "unicodeCodePoints");
  EXPECT_TRUE(only["invocations"][0]["executionSuccessful"].is_boolean());
  check_driver(only["tool"]["driver"]);
  for (const json& result : only["results"]) check_result(result, only["tool"]["driver"]["rules"]);
  return log;
}

json results_of(const reports::Run& run) { return log_of(run)["runs"][0]["results"]; }

TEST(Sarif, IsAsApproved) {
  const std::pair<const char*, reports::Run> runs[] = {{"passing.sarif", passing_run()},
                                                       {"mixed.sarif", mixed_run()},
                                                       {"hostile.sarif", hostile_run()},
                                                       {"accuracy.sarif", accuracy_run()}};
  for (const auto& [name, run] : runs) {
    const std::string text = render_sarif(run);
    EXPECT_EQ(text, golden(name, text));
    log_of(run);
  }
}

TEST(Sarif, SaysWhereAndWhat) {
  const json result = results_of(mixed_run())[0];
  EXPECT_EQ(result["ruleId"], "G101");
  EXPECT_EQ(result["level"], "error");
  const json& place = result["locations"][0]["physicalLocation"];
  EXPECT_EQ(place["artifactLocation"]["uri"], "examples/broken/wrong_claim.grad");
  EXPECT_EQ(place["region"], json({{"startLine", 5}, {"startColumn", 10}, {"endColumn", 29}}));
  EXPECT_THAT(result["message"]["text"].get<std::string>(),
              HasSubstr("entry [3] of 4 is off by a factor 3.39"));
}

TEST(Sarif, HasNoResultForAPass) {
  EXPECT_EQ(results_of(passing_run()).size(), 0);
  EXPECT_EQ(results_of(mixed_run()).size(), 5);
  EXPECT_EQ(results_of(accuracy_run()).size(), 5);
}

TEST(Sarif, KeepsItsFingerprintsWhenLinesAreAdded) {
  reports::Run run = mixed_run();
  const json before = results_of(run)[0]["partialFingerprints"];
  run.files[2].checks[1].line += 10;
  EXPECT_EQ(results_of(run)[0]["partialFingerprints"], before);
  run.files[2].checks[1].wrt = {"y"};
  EXPECT_NE(results_of(run)[0]["partialFingerprints"], before);
}

// The statement of the row is on line 3, the operation that loses most in line 4.
TEST(Sarif, LocatesARowWhereDigitsAreLost) {
  reports::Run run = accuracy_run();
  json unstable = results_of(run)[1];
  const auto region = [](const json& location) { return location["physicalLocation"]["region"]; };
  EXPECT_EQ(region(unstable["locations"][0]),
            json({{"startLine", 4}, {"startColumn", 21}, {"endColumn", 29}}));
  EXPECT_EQ(region(unstable["relatedLocations"][0]), json({{"startLine", 3}, {"startColumn", 1}}));
  EXPECT_THAT(unstable["message"]["text"].get<std::string>(),
              HasSubstr("\ncounts: 1 not finite, 1 underflows, 2 of the wrong sign\n"));
  run.files[1].accuracy[0].line = 0;
  EXPECT_FALSE(results_of(run)[1].contains("relatedLocations"));
  run.files[1].accuracy[0].blame.clear();
  EXPECT_FALSE(results_of(run)[1]["locations"][0]["physicalLocation"].contains("region"));
}

TEST(Sarif, SaysWhatEachVerdictOfAccuracyMeans) {
  std::set<std::string> descriptions;
  const json log = log_of(accuracy_run());
  for (const json& rule : log["runs"][0]["tool"]["driver"]["rules"])
    descriptions.insert(rule["shortDescription"]["text"]);
  EXPECT_EQ(descriptions.size(), 5U);
  EXPECT_EQ(descriptions.count("A result other than pass"), 0U);
}

TEST(Sarif, EncodesPaths) {
  const auto uri = [](const std::string& path) {
    reports::Run run = mixed_run();
    run.files[2].path = path;
    return results_of(run)[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
  };
  EXPECT_EQ(uri("a b/c:d%\xC3\xA4.grad"), "a%20b/c%3Ad%25%C3%A4.grad");
  EXPECT_EQ(uri("/tmp/a#b?.grad"), "file:///tmp/a%23b%3F.grad");
}

TEST(Sarif, HasNoLocationOnStandardInput) {
  reports::Run run = mixed_run();
  run.files[2].path = "-";
  EXPECT_FALSE(results_of(run)[0].contains("locations"));
}

TEST(Sarif, DoublesBraces) {
  reports::Run run = mixed_run();
  run.files[2].checks[1].explanation.label = "in {0, 1}";
  EXPECT_THAT(results_of(run)[0]["message"]["text"].get<std::string>(), HasSubstr("in {{0, 1}}"));
}

TEST(Sarif, SaysWhetherTheToolCouldJudge) {
  const auto successful = [](int exit_code) {
    reports::Run run = passing_run();
    run.exit_code = exit_code;
    return log_of(run)["runs"][0]["invocations"][0]["executionSuccessful"].get<bool>();
  };
  for (const int code : {0, 1, 4}) EXPECT_TRUE(successful(code)) << code;
  for (const int code : {2, 3, 130}) EXPECT_FALSE(successful(code)) << code;
}

TEST(Sarif, RanksByStrictness) {
  reports::Run run = mixed_run();
  EXPECT_EQ(results_of(run)[3]["level"], "warning");
  EXPECT_EQ(results_of(run)[4]["level"], "note");
  run.strict = true;
  EXPECT_EQ(results_of(run)[4]["level"], "error");
}

}  // namespace
}  // namespace verigrad::reports
