#include <gmock/gmock.h>

#include "tests/cli/command.hpp"

namespace verigrad::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class Compare : public CommandTest {
 protected:
  Compare() {
    save("input x = 0.7\ny = sin(x ** 2)\ngrad x = 2 * x * cos(x ** 2)\n", "right.json");
    save("# one line more\ninput x = 0.7\ny = sin(x ** 2)\ngrad x = cos(x ** 2)\n", "wrong.json");
  }

  void save(const std::string& text, const std::string& name) const {
    write("a.grad", text);
    run({"check", "a.grad", "--report", "json=" + name});
  }
};

TEST_F(Compare, FindsWhatGotWorse) {
  const Result result = run({"compare", "right.json", "wrong.json"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.out,
            "worse        a.grad:4  grad(y, x)  pass -> fail\n\n"
            "1 worse, 0 better, 0 appeared, 0 disappeared, 0 as before\n");
}

TEST_F(Compare, ExitsZeroWhenNothingGotWorse) {
  const Result better = run({"compare", "wrong.json", "right.json"});
  EXPECT_EQ(better.exit_code, 0);
  EXPECT_THAT(better.out, StartsWith("better       a.grad:3  grad(y, x)  fail -> pass\n"));
  EXPECT_EQ(run({"compare", "wrong.json", "wrong.json"}).exit_code, 0);
}

TEST_F(Compare, TakesAThresholdOfDigits) {
  const std::string json = read("right.json");
  const std::size_t at = json.find("\"digits\": ");
  ASSERT_NE(at, std::string::npos);
  std::string fewer = json;
  fewer.replace(at, json.find('\n', at) - at, "\"digits\": 14.0");
  write("fewer.json", fewer);
  EXPECT_EQ(run({"compare", "right.json", "fewer.json"}).exit_code, 1);
  EXPECT_EQ(run({"compare", "right.json", "fewer.json", "--digits", "3"}).exit_code, 0);
}

TEST_F(Compare, ReadsOneRunFromStandardInput) {
  EXPECT_EQ(run({"compare", "right.json", "-"}, {.standard_input = read("wrong.json")}).exit_code,
            1);
}

TEST_F(Compare, HasThreeFormats) {
  EXPECT_THAT(run({"compare", "right.json", "wrong.json", "--format", "json"}).out,
              HasSubstr("\"schema\": \"verigrad-compare/1\""));
  EXPECT_THAT(run({"compare", "right.json", "wrong.json", "--format", "markdown"}).out,
              HasSubstr("| worse | `a.grad:4` | `grad(y, x)` | `pass -> fail` |"));
}

TEST_F(Compare, RefusesACheckBesideAnAccuracyRun) {
  run({"accuracy", "a.grad", "--samples", "5", "--report", "json=accuracy.json"});
  for (const bool swapped : {false, true}) {
    const Result result = swapped ? run({"compare", "accuracy.json", "right.json"})
                                  : run({"compare", "right.json", "accuracy.json"});
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_THAT(result.err, StartsWith("error: 'accuracy.json' is a run of 'gradcheck accuracy', "
                                       "and 'right.json' is not"));
  }
  EXPECT_EQ(run({"compare", "accuracy.json", "accuracy.json"}).exit_code, 0);
}

TEST_F(Compare, TellsWhatIsWrongWithItsArguments) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"compare"},
        {"compare", "right.json"},
        {"compare", "-", "-"},
        {"compare", "right.json", "none.json"},
        {"compare", "right.json", "a.grad"},
        {"compare", "right.json", "wrong.json", "--digits", "-1"},
        {"compare", "right.json", "wrong.json", "--format", "csv"}}) {
    const Result result = run(arguments);
    EXPECT_EQ(result.exit_code, 2) << ::testing::PrintToString(arguments);
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, StartsWith("error: "));
  }
}

}  // namespace
}  // namespace verigrad::cli
