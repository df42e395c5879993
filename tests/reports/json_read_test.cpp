#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "reports/json.hpp"
#include "tests/reports/sample_runs.hpp"

namespace verigrad::reports {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

template <typename Read>
std::string error_of(Read read, const std::string& text) {
  try {
    read(text);
  } catch (const JsonError& error) {
    return error.what();
  }
  return "no error";
}

std::string run_error(const std::string& text) {
  return error_of([](const std::string& each) { return run_from_json(each); }, text);
}

// The saved mixed run with the first `old` replaced.
std::string edited(const std::string& old, const std::string& replacement) {
  std::string text = to_json(mixed_run());
  const std::size_t at = text.find(old);
  EXPECT_NE(at, std::string::npos) << old;
  return text.replace(at, old.size(), replacement);
}

TEST(JsonReader, SaysWhereATextStopsBeingJson) {
  EXPECT_THAT(run_error("{\n  \"schema\": }"), StartsWith("not JSON: line 2, column 13"));
  EXPECT_EQ(run_error("path,line\n"), "not JSON: line 1, column 1");
  EXPECT_EQ(run_error("{\"seed\": 1,\n"),
            "not JSON: line 2, column 1, where the text ends too early");
  EXPECT_THAT(run_error(""), StartsWith("not JSON: "));
  EXPECT_THAT(run_error("\xff\xfe"), StartsWith("not JSON: "));
  EXPECT_THAT(run_error("{\"seed\": 1e999}"), StartsWith("not JSON: "));
}

TEST(JsonReader, RefusesDeepNestingWithoutOverflow) {
  EXPECT_THAT(run_error(std::string(1 << 20, '[')), StartsWith("not JSON: "));
  const std::string deep = std::string(1 << 20, '[') + std::string(1 << 20, ']');
  EXPECT_EQ(run_error(deep), "the document: expected an object, got a list");
}

TEST(JsonReader, ReadsAStream) {
  for (const reports::Run& run : {passing_run(), accuracy_run()}) {
    std::istringstream text(to_json(run));
    EXPECT_EQ(to_json(run_from_json(text)), to_json(run));
  }
  EXPECT_EQ(run_from_json(to_json(accuracy_run())), accuracy_run());
}

TEST(JsonReader, ReadsWhetherTheRunWasStrict) {
  reports::Run run = passing_run();
  EXPECT_EQ(to_json(run).find("strict"), std::string::npos);
  run.strict = true;
  EXPECT_TRUE(run_from_json(to_json(run)).strict);
}

TEST(JsonReader, TakesTheLastOfEqualKeys) {
  std::string text = to_json(passing_run());
  text.insert(text.find("\"files\""), "\"files\": [{\"path\": \"x\", \"checks\": []}],\n");
  text.insert(text.find("\"checks\": [\n"), "\"checks\": [],");
  EXPECT_EQ(to_json(run_from_json(text)), to_json(passing_run()));
}

TEST(JsonReader, NamesTheElementThatIsNoCheckOrFile) {
  EXPECT_EQ(run_error(edited("\"checks\": [", "\"checks\": [3, ")),
            "files[0].checks[0]: expected an object, got a number");
  EXPECT_EQ(run_error(edited("\"files\": [", "\"files\": [[], ")),
            "files[0]: expected an object, got a list");
  EXPECT_EQ(run_error(edited("\"checks\": [", "\"checks\": {\"a\": [{}]}, \"b\": [")),
            "files[0].checks: expected a list, got an object");
  EXPECT_EQ(run_error(edited("\"files\": [", "\"files\": null, \"b\": [")),
            "files: expected a list, got null");
}

TEST(JsonReader, RefusesAnotherSchema) {
  EXPECT_EQ(run_error(edited("verigrad-run/1", "verigrad-run/2")),
            "schema: expected \"verigrad-run/1\", got \"verigrad-run/2\"");
  EXPECT_EQ(run_error("{}"), "the document: the key \"schema\" is missing");
  EXPECT_EQ(run_error("[1]"), "the document: expected an object, got a list");
}

TEST(JsonReader, NamesThePathOfAWrongType) {
  EXPECT_EQ(run_error(edited("\"seed\": 42", "\"seed\": \"42\"")),
            "seed: expected an integer that is not negative, got a string");
  EXPECT_EQ(run_error(edited("\"seed\": 42", "\"seed\": -1")),
            "seed: expected an integer that is not negative, got a number");
  EXPECT_EQ(run_error(edited("\"line\": 0", "\"line\": 0.5")),
            "files[0].checks[0].line: expected an integer, got a number");
  EXPECT_EQ(run_error(edited("\"line\": 0", "\"line\": 18446744073709551615")),
            "files[0].checks[0].line: the number is too large");
  EXPECT_EQ(run_error(edited("\"wrt\": [\"x\"]", "\"wrt\": [\"x\", null]")),
            "files[0].checks[0].wrt[1]: expected a string, got null");
  EXPECT_EQ(run_error(edited("\"wrt\": [\"x\"]", "\"wrt\": \"x\"")),
            "files[0].checks[0].wrt: expected a list, got a string");
  EXPECT_EQ(run_error(edited("\"worst\": null", "\"worst\": true")),
            "files[0].checks[0].worst: expected an object, got a boolean");
}

TEST(JsonReader, NamesThePathOfAMissingKey) {
  EXPECT_EQ(run_error(edited("\"id\": \"examples/jump.grad:0\",", "")),
            "files[0].checks[0]: the key \"id\" is missing");
}

TEST(JsonReader, RefusesUnknownVerdictsKindsAndNumbers) {
  EXPECT_EQ(run_error(edited("\"verdict\": \"inconclusive\"", "\"verdict\": \"maybe\"")),
            "files[0].checks[0].verdict: no such verdict: \"maybe\"");
  EXPECT_EQ(run_error(edited("\"kind\": \"check\"", "\"kind\": \"\\u001b[31m\"")),
            "files[0].checks[0].kind: no such kind: \"\\x1b[31m\"");
  EXPECT_EQ(run_error(edited("\"inf\"", "\"infinity\"")),
            "files[1].checks[0].worst.analytic: expected a number, \"nan\", \"inf\" or \"-inf\"");
  EXPECT_THAT(run_error(edited("\"exit_code\": 2", "\"exit_code\": 256")),
              StartsWith("exit_code: "));
}

TEST(JsonReader, RefusesRaggedAndTooDeepValues) {
  const std::string vector = "[-1.25, 0.5, 2.0, 0.294644]";
  EXPECT_EQ(run_error(edited(vector, "[[1, 2], [3]]")),
            "files[2].checks[1].worst.inputs.x[1]: the lists are not equally long");
  EXPECT_EQ(run_error(edited(vector, "[[1], 2]")),
            "files[2].checks[1].worst.inputs.x[1]: the lists are not equally deep");
  EXPECT_EQ(run_error(edited(vector, "[1, [2]]")),
            "files[2].checks[1].worst.inputs.x[1]: the lists are not equally deep");
  EXPECT_THAT(run_error(edited(vector, "[[[[[[[[[1]]]]]]]]]")),
              HasSubstr("more than 8 dimensions"));
}

TEST(JsonReader, ReadsNestedListsAsShapes) {
  const std::string vector = "[-1.25, 0.5, 2.0, 0.294644]";
  const reports::Run run = run_from_json(edited(vector, "[[1, \"nan\", 3], [4, 5, -0.5]]"));
  const TensorValue& x = run.files.at(2).checks.at(1).worst->inputs.at(0).second;
  EXPECT_THAT(x.shape, ::testing::ElementsAre(2, 3));
  EXPECT_THAT(x.data, ::testing::ElementsAre(1, ::testing::IsNan(), 3, 4, 5, -0.5));
}

TEST(JsonReader, PassesOverKeysThatItDoesNotKnow) {
  const std::string text = edited("\"seed\": 42,", "\"seed\": 42, \"new\": {\"a\": [1]},");
  EXPECT_EQ(to_json(run_from_json(text)), to_json(mixed_run()));
}

TEST(JsonReader, RefusesEvaluationsWhoseDataDoNotFitTheShape) {
  const auto with_shape = [](const std::string& shape) {
    return "{\"files\": [{\"path\": \"a\", \"points\": [{\"values\": {\"x\": {\"shape\": " + shape +
           ", \"data\": [1, 2]}}, \"gradients\": {}}]}]}";
  };
  EXPECT_EQ(error_of(eval_from_json, with_shape("[2]")), "no error");
  for (const char* shape : {"[3]", "[]", "[0]", "[-2, -1]", "[4294967296, 4294967296, 2]"})
    EXPECT_EQ(error_of(eval_from_json, with_shape(shape)),
              "files[0].points[0].values.x: the data do not fit the shape")
        << shape;
}

}  // namespace
}  // namespace verigrad::reports
