// A row whose verdict is ok, but whose error at a stored point has grown.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/findings.hpp"
#include "reports/wording.hpp"
#include "reports/writer.hpp"

namespace verigrad::reports {
namespace {

using testing::HasSubstr;
using testing::Not;

Run worsened_run() {
  reports::Run run;
  AccuracyRow row;
  row.output = "y";
  row.wrt = "x";
  row.line = 3;
  row.worsened = {"12 ulp at the point in line 3 of the corpus, which had 2"};
  run.files.push_back({.path = "a.grad", .checks = {}, .errors = {}});
  run.files[0].accuracy.push_back(row);
  run.accuracy.emplace();
  return run;
}

std::string rendered(const char* format, const Run& run) { return writer(format)->render(run); }

TEST(Worsened, IsAFindingOfItsOwnCode) {
  const reports::Run run = worsened_run();
  const auto findings = findings_of(run);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(rule_of(findings[0]), "accuracy-worsened");
  EXPECT_EQ(severity_of(findings[0]), Severity::warning);
}

TEST(Worsened, FailsAStrictRunInEveryFormatThatCanSay) {
  reports::Run run = worsened_run();
  EXPECT_THAT(rendered("junit", run), Not(HasSubstr("<failure")));
  run.strict = true;
  EXPECT_THAT(rendered("junit", run), HasSubstr("<failure"));
  EXPECT_THAT(rendered("github", run), HasSubstr("::error file=a.grad,line=3"));
}

TEST(Worsened, IsSaidInEveryFormatForPeople) {
  for (const char* format : {"text", "markdown", "github", "junit", "sarif", "html"})
    EXPECT_THAT(rendered(format, worsened_run()), HasSubstr("12 ulp at the point in line 3"))
        << format;
}

TEST(Worsened, WeighsAsMuchAsLostDigits) {
  AccuracyRow row = worsened_run().files[0].accuracy[0];
  EXPECT_EQ(as_verdict(row), Verdict::inaccurate);
  row.verdict = AccuracyVerdict::wrong;
  EXPECT_EQ(as_verdict(row), Verdict::fail);
  row.worsened.clear();
  row.verdict = AccuracyVerdict::ok;
  EXPECT_EQ(as_verdict(row), Verdict::pass);
}

}  // namespace
}  // namespace verigrad::reports
