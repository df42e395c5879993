#include <gmock/gmock.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/cli/command.hpp"

namespace verigrad::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

using Grad = CommandTest;

TEST_F(Grad, ShowsValueGradientAndVerifiedDigits) {
  const Result result = run({"grad", "-e", "sin(x**2)", "x=2"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, MatchesRegex("value  -0\\.7568024953079282[0-9]*\n"
                                       "d/dx   -2\\.61457448345444[0-9]+  "
                                       "[0-9.]+ digits verified \\(enclosure\\)\n"));
}

TEST_F(Grad, TakesSeveralVariablesAndTensors) {
  const Result result = run({"grad", "-e", "dot(a, b) * c", "a=[1, 2]", "b=[3,4]", "c=-2"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("value  -22\n"));
  EXPECT_THAT(result.out, HasSubstr("d/da   [-6, -8]"));
  EXPECT_THAT(result.out, HasSubstr("d/db   [-2, -4]"));
  EXPECT_THAT(result.out, HasSubstr("d/dc   11"));
}

TEST_F(Grad, JsonHasTheSame) {
  const Result result = run({"grad", "-e", "x ** 3", "x=2", "--format", "json"});
  EXPECT_EQ(result.exit_code, 0);
  const auto json = nlohmann::json::parse(result.out);
  EXPECT_EQ(json["expression"], "x ** 3");
  EXPECT_EQ(json["value"], 8);
  EXPECT_EQ(json["gradients"]["x"]["data"], nlohmann::json::array({12}));
  EXPECT_EQ(json["gradients"]["x"]["shape"], nlohmann::json::array());
  EXPECT_EQ(json["gradients"]["x"]["verdict"], "pass");
  EXPECT_GT(json["gradients"]["x"]["digits"].get<double>(), 6);
  EXPECT_EQ(json["gradients"]["x"]["method"], "enclosure");
}

TEST_F(Grad, AWrongDerivativeOfTheEngineIsExit1) {
  // Slope 0 on both sides of 0; the branch that is not taken gives 0 times infinity.
  const Result result = run({"grad", "-e", "where(x == 0, 1, sin(x) / x)", "x=0"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, HasSubstr("error[G103]"));
}

TEST_F(Grad, AKinkIsInconclusiveAndFailsUnderStrict) {
  const Result result = run({"grad", "-e", "floor(x)", "x=0"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, HasSubstr("inconclusive"));
  EXPECT_EQ(run({"grad", "-e", "floor(x)", "x=0", "--strict"}).exit_code, 1);
}

TEST_F(Grad, AnErrorHasACaretInTheExpression) {
  const Result result = run({"grad", "-e", "1 + sni(x)", "x=2"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, HasSubstr(" --> -e:1:5\n"));
  EXPECT_THAT(result.err, HasSubstr("1 | 1 + sni(x)\n  |     ^^^ did you mean 'sin'?\n"));
}

TEST_F(Grad, ASyntaxErrorHasACaretToo) {
  const Result result = run({"grad", "-e", "sin(x", "x=2"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr(" --> -e:1:4\n"));
}

TEST_F(Grad, AnErrorInAValueNamesTheVariable) {
  const Result syntax = run({"grad", "-e", "x", "x=[1,"});
  EXPECT_EQ(syntax.exit_code, 2);
  EXPECT_THAT(syntax.err, HasSubstr(" --> x:1:1\n"));
  const Result unknown = run({"grad", "-e", "x", "x=1 + q"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.err, HasSubstr(" --> x:1:5\n"));
}

TEST_F(Grad, AnExpressionIsNoPlaceForStatements) {
  EXPECT_EQ(run({"grad", "-e", "x\ninput z = 3", "x=2"}).exit_code, 2);
}

TEST_F(Grad, OnlyAScalarHasAGradient) {
  const Result result = run({"grad", "-e", "x * 2", "x=[1, 2]"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, StartsWith("error: the expression has shape [2], and only a scalar"));
  EXPECT_THAT(result.err, HasSubstr("such as sum(x * 2)"));
}

TEST_F(Grad, NeedsAnExpressionAndVariables) {
  EXPECT_THAT(run({"grad"}).err, HasSubstr("no expression given"));
  EXPECT_THAT(run({"grad", "-e", "x"}).err, HasSubstr("no variable to differentiate"));
  EXPECT_THAT(run({"grad", "-e", "x", "x"}).err, HasSubstr("variables as NAME=VALUE, not 'x'"));
  EXPECT_THAT(run({"grad", "-e", "x", "x=1", "x=2"}).err, HasSubstr("'x' is given twice"));
  EXPECT_EQ(run({"grad", "-e", "x", "x=1", "x=2"}).exit_code, 2);
}

TEST_F(Grad, AnExpressionMayBeginWithASign) {
  EXPECT_THAT(run({"grad", "-e", "-x", "x=-3"}).out, StartsWith("value  3\n"));
}

TEST_F(Grad, AVariableMayHaveAnyName) {
  EXPECT_THAT(run({"grad", "-e", "expression * 2", "expression=3"}).out,
              StartsWith("value          6\nd/dexpression  2  "));
}

TEST_F(Grad, TakesThePrecision) {
  EXPECT_THAT(run({"grad", "-e", "x / 3", "x=1", "--dtype", "f32"}).out,
              StartsWith("value  0.3333333432674408\n"));
}

}  // namespace
}  // namespace verigrad::cli
