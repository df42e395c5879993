#include <gmock/gmock.h>

#include <filesystem>

#include "tests/cli/command.hpp"

namespace verigrad::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class Fmt : public CommandTest {
 protected:
  Fmt() {
    write("d/bad.grad", "y=(\n");
    write("d/tidy.grad", tidy);
    write("d/untidy.grad", untidy);
  }
  static constexpr const char* tidy = "input x = 2\ny = x ** 2\n";
  static constexpr const char* untidy = "input x=2\n\n\ny  =x**2";
};

TEST_F(Fmt, RewritesFilesAndNamesThoseThatChanged) {
  const Result result = run({"fmt", "d/tidy.grad", "d/untidy.grad"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out, "d/untidy.grad\n");
  EXPECT_EQ(read("d/untidy.grad"), "input x = 2\n\ny = x ** 2\n");
  EXPECT_EQ(read("d/tidy.grad"), tidy);
  EXPECT_EQ(run({"fmt", "d/untidy.grad"}).out, "");
}

TEST_F(Fmt, CheckOnlyNamesThem) {
  const Result result = run({"fmt", "--check", "d/tidy.grad", "d/untidy.grad"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.out, "d/untidy.grad\n");
  EXPECT_EQ(read("d/untidy.grad"), untidy);
  EXPECT_EQ(run({"fmt", "--check", "d/tidy.grad"}).exit_code, 0);
}

TEST_F(Fmt, FormatsStandardInputToStandardOutput) {
  const Result result = run({"fmt", "-"}, {.standard_input = untidy});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out, "input x = 2\n\ny = x ** 2\n");
  EXPECT_EQ(run({"fmt", "--check", "-"}, {.standard_input = untidy}).exit_code, 1);
  EXPECT_EQ(run({"fmt", "--check", "-"}, {.standard_input = tidy}).exit_code, 0);
}

TEST_F(Fmt, AFileWithErrorsIsLeftAloneAndDoesNotStopTheOthers) {
  const Result result = run({"fmt", "d"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(read("d/bad.grad"), "y=(\n");
  EXPECT_EQ(result.out, "d/untidy.grad\n");
  EXPECT_THAT(result.err, HasSubstr(" --> d/bad.grad:1:3"));
}

TEST_F(Fmt, DropsAByteOrderMarkAndCarriageReturns) {
  write("bom.grad", "\xEF\xBB\xBFinput x = 2\ny = x ** 2\n");
  write("crlf.grad", "input x = 2\r\ny = x ** 2\r\n");
  EXPECT_EQ(run({"fmt", "bom.grad", "crlf.grad"}).out, "bom.grad\ncrlf.grad\n");
  EXPECT_EQ(read("bom.grad"), tidy);
  EXPECT_EQ(read("crlf.grad"), tidy);
}

TEST_F(Fmt, AMissingFileIsExit2) {
  const Result result = run({"fmt", "absent.grad"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("absent.grad"));
}

TEST_F(Fmt, OnlyGradFilesHaveALayout) {
  write("a.fpcore", "(FPCore (x) x)\n");
  const Result result = run({"fmt", "a.fpcore"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, StartsWith("error: only .grad files have a canonical layout"));
}

TEST_F(Fmt, AnEmptyDirectoryIsExit4) {
  std::filesystem::create_directory(directory() / "empty");
  EXPECT_EQ(run({"fmt", "empty"}).exit_code, 4);
}

TEST_F(Fmt, KeepsTheModeOfAFile) {
  namespace fs = std::filesystem;
  fs::permissions(directory() / "d/untidy.grad", fs::perms::owner_read | fs::perms::owner_write);
  run({"fmt", "d/untidy.grad"});
  EXPECT_EQ(fs::status(directory() / "d/untidy.grad").permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
}

}  // namespace
}  // namespace verigrad::cli
