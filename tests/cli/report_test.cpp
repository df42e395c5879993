#include <gmock/gmock.h>

#include "reports/json.hpp"
#include "reports/writer.hpp"
#include "tests/cli/command.hpp"

namespace verigrad::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class Report : public CommandTest {
 protected:
  Report() {
    write("d/drawn.grad", files::drawn);
    write("d/fail.grad", files::fail);
    write("d/wrong.grad", files::wrong);
    write("pass.grad", files::pass);
  }

  std::string saved(const std::string& what, const std::string& name = "run.json") const {
    run({"check", what, "--report", "json=" + name});
    return name;
  }

  std::string error_of(const std::string& json) const {
    write("bad.json", json);
    const Result result = run({"report", "bad.json", "--to", "csv"});
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(result.out, "");
    return result.err;
  }
};

TEST_F(Report, IsWhatTheRunWroteWhereNothingHasToBeExplained) {
  const std::string json = saved("pass.grad");
  for (const char* format : {"csv", "markdown", "github", "text"})
    EXPECT_EQ(run({"report", json, "--to", format}).out,
              run({"check", "pass.grad", "--format", format}).out)
        << format;
}

TEST_F(Report, IsTheRunsOwnCsvWhateverItCameTo) {
  const Result result = run({"report", saved("d"), "--to", "csv"});
  EXPECT_EQ(result.exit_code, 0) << "whatever the run came to";
  EXPECT_EQ(result.out, run({"check", "d", "--format", "csv"}).out);
  EXPECT_THAT(result.out, HasSubstr(",fail,G101,"));
}

TEST_F(Report, GivesJsonBackByteForByte) {
  saved("d");
  EXPECT_EQ(run({"report", "run.json", "--to", "json"}).out, read("run.json"));
}

TEST_F(Report, ReadsStandardInput) {
  const std::string json = read(saved("d"));
  EXPECT_EQ(run({"report", "-", "--to", "csv"}, {.standard_input = json}).out,
            run({"report", "run.json", "--to", "csv"}).out);
}

TEST_F(Report, WritesFilesOfEveryFormat) {
  saved("d");
  std::vector<std::string> arguments{"report", "run.json", "--to", "csv", "-o", "out.csv"};
  for (const std::string_view format : reports::writer_names()) {
    arguments.push_back("--report");
    arguments.push_back(std::string(format) + "=all." + std::string(format));
  }
  const Result result = run(arguments);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(read("out.csv"), read("all.csv"));
  const reports::Run saved_run = reports::run_from_json(read("run.json"));
  for (const std::string_view format : reports::writer_names())
    EXPECT_EQ(read("all." + std::string(format)), reports::writer(format)->render(saved_run));
}

TEST_F(Report, KeepsFailingWhatFailedAStrictRun) {
  write("jump.grad", files::inconclusive);
  run({"check", "jump.grad", "--strict", "--report", "json=strict.json"});
  EXPECT_THAT(run({"report", "strict.json", "--to", "junit"}).out, HasSubstr("failures=\"1\""));
  EXPECT_THAT(run({"report", saved("jump.grad"), "--to", "junit"}).out,
              HasSubstr("failures=\"0\""));
}

/// Two cores of one file are told apart by their places.
TEST_F(Report, ShowsACoreAgainByItsPlace) {
  write("two.fpcore",
        "(FPCore f (x) :pre (<= 1 x 2) (log x))\n"
        "(FPCore g (x) :pre (<= 1e-15 x 1e-14) (/ (log (+ 1 x)) x))\n");
  const std::string text = run({"report", saved("two.fpcore")}).out;
  EXPECT_THAT(text, HasSubstr("gradcheck check two.fpcore --filter 2:1 --repro 0:k"));
}

TEST_F(Report, TellsWhatIsWrongWithASavedRun) {
  EXPECT_THAT(error_of(""), StartsWith("error: 'bad.json' holds no saved run: not JSON: "));
  EXPECT_THAT(error_of("{\"schema\": \"verigrad-run/9\"}"),
              HasSubstr("schema: expected \"verigrad-run/1\", got \"verigrad-run/9\""));
  std::string text = read(saved("d"));
  const std::string kind = "\"kind\": \"check\"";
  text.replace(text.find(kind), kind.size(), "\"kind\": \"chekc\"");
  EXPECT_THAT(error_of(text), HasSubstr("checks[0].kind: no such kind: \"chekc\""));
}

TEST_F(Report, TellsWhenThereIsNoFile) {
  const Result missing = run({"report", "none.json", "--to", "csv"});
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_THAT(missing.err, StartsWith("error: cannot read 'none.json': No such file"));
  EXPECT_THAT(run({"report", "d"}).err, HasSubstr("cannot read 'd': Is a directory"));
}

TEST_F(Report, TakesOneRunAndAKnownFormat) {
  EXPECT_THAT(run({"report"}).err, StartsWith("error: no saved run given"));
  EXPECT_THAT(run({"report", "a.json", "b.json"}).err, HasSubstr("there is 'b.json' as well"));
  const Result result = run({"report", "run.json", "--to", "yaml"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("--to expects text, json, csv, markdown"));
}

TEST_F(Report, ThatCannotBeWrittenIsExit3) {
  saved("d");
  const Result result = run({"report", "run.json", "--to", "csv", "-o", "none/out.csv"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.err, HasSubstr("cannot write 'none/out.csv'"));
}

TEST_F(Report, OfCheckAndFuzzComesInEveryFormat) {
  for (const std::string_view format : reports::writer_names()) {
    EXPECT_EQ(run({"check", "pass.grad", "--format", std::string(format)}).exit_code, 0) << format;
    const Result fuzz =
        run({"fuzz", "--cases", "10", "--ops", "sin,mul", "--format", std::string(format)});
    EXPECT_NE(fuzz.exit_code, 2) << fuzz.err;
    EXPECT_NE(fuzz.out, "") << format;
  }
}

}  // namespace
}  // namespace verigrad::cli
