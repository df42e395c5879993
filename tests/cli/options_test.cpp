// Command lines that are wrong: exit 2, one message, nothing on standard output.
#include <gmock/gmock.h>

#include "tests/cli/command.hpp"

namespace verigrad::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class Options : public CommandTest {
 protected:
  Options() { write("a.grad", files::pass); }

  // What `check a.grad` with these options says.
  std::string error_of(std::vector<std::string> options) const {
    options.insert(options.begin(), {"check", "a.grad"});
    const Result result = run(options);
    EXPECT_EQ(result.exit_code, 2) << ::testing::PrintToString(options);
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, ::testing::EndsWith("  see 'gradcheck check --help'\n"));
    return result.err;
  }
};

TEST_F(Options, SamplesTakesAWholeNumberFromOne) {
  for (const char* text : {"abc", "0", "-3", "1.5", "1e3", "1000001", "99999999999999999999", " 5"})
    EXPECT_THAT(error_of({"--samples", text}),
                StartsWith("error: --samples expects a whole number from 1 to 1000000, not '" +
                           std::string(text) + "'\n"));
}

TEST_F(Options, SeedTakesAWholeNumberFromZero) {
  for (const char* text : {"x", "-1", "18446744073709551616"})
    EXPECT_THAT(error_of({"--seed", text}),
                HasSubstr("--seed expects a whole number from 0 to 18446744073709551615, not '" +
                          std::string(text) + "'"));
}

TEST_F(Options, NumbersOfOtherOptionsAreValidatedToo) {
  for (const auto& [option, text, range] :
       {std::array{"-j", "0", "a whole number from 1 to 1024"},
        std::array{"--bits", "1", "a whole number from 128 to 1048576"},
        std::array{"--rtol", "-1", "a number from 0 to 1"},
        std::array{"--rtol", "nan", "a number from 0 to 1"},
        std::array{"--max-ulps", "inf", "a number from 0 to 1e+18"},
        std::array{"--timeout", "0", "a number above 0 and up to 1000000000"},
        std::array{"--max-entries", "0", "a whole number from 1 to 1099511627776"}})
    EXPECT_THAT(error_of({option, text}),
                HasSubstr(std::string(option) + " expects " + range + ", not '" + text + "'"));
}

TEST_F(Options, WordsOfOtherOptionsAreValidated) {
  EXPECT_THAT(error_of({"--dtype", "f16"}), HasSubstr("--dtype expects f32 or f64, not 'f16'"));
  EXPECT_THAT(error_of({"--color", "alway"}),
              HasSubstr("--color expects auto, always or never, not 'alway'\n"
                        "  did you mean 'always'?"));
  EXPECT_THAT(error_of({"--method", "exact"}),
              HasSubstr("--method expects auto, enclosure or finite-difference, not 'exact'"));
}

TEST_F(Options, AFormatThatDoesNotExistListsThoseThatDo) {
  EXPECT_THAT(error_of({"--format", "xml"}), HasSubstr("--format expects text, json"));
  EXPECT_THAT(error_of({"--report", "xml=a.xml"}), HasSubstr("--report expects text, json"));
}

TEST_F(Options, AReportHasAFormatAndAPath) {
  for (const char* text : {"json", "json=", "=a"}) {
    const std::string error = error_of({"--report", text});
    EXPECT_THAT(error, HasSubstr("--report expects"));
  }
}

TEST_F(Options, AssignmentsHaveANameAndAValue) {
  EXPECT_THAT(error_of({"--set", "x"}), HasSubstr("--set expects NAME=VALUE, not 'x'"));
  EXPECT_THAT(error_of({"--set", "x="}), HasSubstr("--set expects NAME=VALUE, not 'x='"));
  EXPECT_THAT(error_of({"--set", "2=x"}), HasSubstr("--set expects NAME=VALUE, not '2=x'"));
  EXPECT_THAT(error_of({"--dim", "n"}), HasSubstr("--dim expects NAME=N, not 'n'"));
  EXPECT_THAT(error_of({"--dim", "n=-1"}), HasSubstr("--dim n expects a whole number from 0 to"));
  EXPECT_THAT(error_of({"--set", "x=1", "--set", "x=2"}), HasSubstr("--set gives 'x' twice"));
}

TEST_F(Options, ATokenHasItsForm) {
  for (const char* text : {"5", "5:3:42", "a:k1:2", "5:k-1:42"})
    EXPECT_THAT(error_of({"--repro", text}), HasSubstr("--repro expects LINE:kPOINT:SEED, not"));
}

TEST_F(Options, AnUnknownOptionSuggestsTheNearest) {
  EXPECT_THAT(error_of({"--sampels", "5"}),
              StartsWith("error: unknown option '--sampels'\n  did you mean '--samples'?\n"));
  EXPECT_THAT(error_of({"-x"}), StartsWith("error: unknown option '-x'\n"));
}

TEST_F(Options, AnUnknownOptionFarFromAllOthersSuggestsNone) {
  for (const char* option : {"-x", "-q", "--zz", "--dm", "--lisd-all"})
    EXPECT_THAT(error_of({option}), Not(HasSubstr("did you mean"))) << option;
}

TEST_F(Options, AnOptionWithoutItsValueSaysWhatIsMissing) {
  EXPECT_THAT(error_of({"--samples"}), HasSubstr("--samples expects a value: --samples N"));
  EXPECT_THAT(error_of({"--filter="}), HasSubstr("--filter expects FILE:LINE|NAME behind the '='"));
}

TEST_F(Options, AFlagTakesNoValue) {
  EXPECT_THAT(error_of({"--quiet=yes"}), HasSubstr("--quiet takes no value"));
}

TEST_F(Options, SomeOptionsExcludeEachOther) {
  EXPECT_THAT(error_of({"--quiet", "--verbose"}), HasSubstr("exclude each other"));
  EXPECT_THAT(error_of({"--list", "--format", "json"}), HasSubstr("--list prints lines of text"));
  EXPECT_THAT(error_of({"--repro", "3:k0:42", "--seed", "1"}), HasSubstr("leave out --seed"));
  EXPECT_THAT(error_of({"b.grad", "--repro", "3:k0:42"}), HasSubstr("there are 2"));
}

TEST_F(Options, NoFileIsAnError) {
  const Result result = run({"check"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, StartsWith("error: no file given\n"));
}

TEST_F(Options, ValuesMayStandBehindAnEqualsSignAndTheLastOneCounts) {
  const Result result = run({"check", "a.grad", "--seed=1", "--seed", "7", "-j2"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("(seed 7)"));
}

TEST_F(Options, BehindTwoDashesEverythingIsAFile) {
  write("--quiet", files::pass);
  const Result result = run({"check", "--", "--quiet"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, StartsWith("--quiet  ok"));
}

TEST_F(Options, AFileMayBeCalledLikeACommandOrAList) {
  write("eval", files::pass);
  write("[a,b]", files::pass);
  const Result result = run({"check", "eval", "[a,b]"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("[a,b]"));
}

}  // namespace
}  // namespace verigrad::cli
