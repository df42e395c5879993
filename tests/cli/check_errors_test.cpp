// Files that cannot be checked: each is told, and none stops the others.
#include <gmock/gmock.h>

#include <filesystem>

#include "tests/cli/command.hpp"

namespace verigrad::cli {
namespace {

using ::testing::HasSubstr;

using CheckErrors = CommandTest;

TEST_F(CheckErrors, AnErrorHasACaretUnderItsSpan) {
  write("wrong.grad", files::wrong);
  const Result result = run({"check", "wrong.grad"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.out, HasSubstr(" --> wrong.grad:2:5\n"));
  EXPECT_THAT(result.out, HasSubstr("2 | y = sni(x)\n  |     ^^^ did you mean 'sin'?\n"));
}

TEST_F(CheckErrors, OneFileWithErrorsDoesNotStopTheOthers) {
  write("fail.grad", files::fail);
  write("pass.grad", files::pass);
  const Result result = run({"check", "absent.grad", "fail.grad", "pass.grad"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.out, HasSubstr("1 failed, 1 passed, 1 file with errors in 3 files"));
}

TEST_F(CheckErrors, AMissingFileIsNamed) {
  const Result result = run({"check", "absent.grad"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.out, HasSubstr("absent.grad"));
}

TEST_F(CheckErrors, AFileThatCannotBeReadIsAnError) {
  // Opening a process's own memory works; reading its first page does not, not even for root.
  std::filesystem::create_symlink("/proc/self/mem", directory() / "memory.grad");
  const Result result = run({"check", "memory.grad"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.out, HasSubstr("memory.grad"));
}

TEST_F(CheckErrors, ABrokenLinkInADirectoryIsAnError) {
  write("d/a.grad", files::pass);
  std::filesystem::create_symlink("nowhere", directory() / "d/b.grad");
  const Result result = run({"check", "d"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.out, HasSubstr("d/b.grad"));
  EXPECT_THAT(result.out, HasSubstr("1 passed"));
}

TEST_F(CheckErrors, BinaryStandardInputIsAnErrorOfTheFile) {
  const Result result = run({"check", "-"}, {.standard_input = "y = \xff\xfe\n"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.out, HasSubstr("error[E001]"));
}

TEST_F(CheckErrors, AnOptionThatNamesNothingOfTheFileIsAnError) {
  write("a.grad", files::pass);
  const Result set = run({"check", "a.grad", "--set", "q=1"});
  EXPECT_EQ(set.exit_code, 2);
  EXPECT_THAT(set.out + set.err, HasSubstr("'q'"));
  const Result dim = run({"check", "a.grad", "--dim", "n=1"});
  EXPECT_EQ(dim.exit_code, 2);
  EXPECT_THAT(dim.out + dim.err, HasSubstr("'n'"));
}

TEST_F(CheckErrors, ATensorBeyondMaxEntriesIsAnError) {
  write("a.grad", "input x : [100] in [0, 1]\ny = sum(x)\n");
  EXPECT_EQ(run({"check", "a.grad", "--max-entries", "100"}).exit_code, 0);
  const Result result = run({"check", "a.grad", "--max-entries", "99"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.out, HasSubstr("99"));
}

}  // namespace
}  // namespace verigrad::cli
