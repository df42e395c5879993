#include "reports/file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace verigrad::reports {
namespace {

namespace fs = std::filesystem;

// A directory of its own for every test, removed afterwards.
class WriteFileAtomically : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "verigrad_file_XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override { fs::remove_all(directory_); }

  std::string path(const std::string& name) const { return directory_ / name; }

  std::size_t entries() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(directory_), fs::directory_iterator()));
  }

  static std::string contents(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  static std::string error_of(const std::string& path, std::string_view text) {
    try {
      write_file_atomically(path, text);
    } catch (const std::system_error& error) {
      return error.what();
    }
    return "no error";
  }

  fs::path directory_;
};

TEST_F(WriteFileAtomically, WritesEveryByteAndLeavesNothingElse) {
  const std::string text("a\0\r\n\xff", 5);
  write_file_atomically(path("run.json"), text);
  EXPECT_EQ(contents(path("run.json")), text);
  EXPECT_EQ(entries(), 1U);
}

TEST_F(WriteFileAtomically, WritesAnEmptyFile) {
  write_file_atomically(path("empty"), "");
  EXPECT_EQ(fs::file_size(path("empty")), 0U);
}

TEST_F(WriteFileAtomically, ReplacesAFileAndKeepsItsMode) {
  std::ofstream(path("run.json")) << "a much longer text than the new one";
  ASSERT_EQ(::chmod(path("run.json").c_str(), 0640), 0);
  write_file_atomically(path("run.json"), "new");
  EXPECT_EQ(contents(path("run.json")), "new");
  EXPECT_EQ(fs::status(path("run.json")).permissions(), static_cast<fs::perms>(0640));
}

TEST_F(WriteFileAtomically, GivesANewFileTheModeThatTheUserAskedFor) {
  const mode_t before = ::umask(027);
  write_file_atomically(path("run.json"), "x");
  ::umask(before);
  EXPECT_EQ(fs::status(path("run.json")).permissions(), static_cast<fs::perms>(0640));
}

TEST_F(WriteFileAtomically, WritesThroughASymbolicLink) {
  fs::create_directory(path("target"));
  fs::create_symlink("target/run.json", path("link"));
  write_file_atomically(path("link"), "first");
  write_file_atomically(path("link"), "second");
  EXPECT_TRUE(fs::is_symlink(path("link")));
  EXPECT_EQ(contents(path("target/run.json")), "second");
}

TEST_F(WriteFileAtomically, ReportsALinkThatLeadsToItself) {
  fs::create_symlink("loop", path("loop"));
  EXPECT_EQ(error_of(path("loop"), "x"),
            "cannot write '" + path("loop") + "': Too many levels of symbolic links");
}

TEST_F(WriteFileAtomically, LeavesDevicesInPlace) {
  write_file_atomically("/dev/null", "x");
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_F(WriteFileAtomically, ReportsAFullDisk) {
  EXPECT_EQ(error_of("/dev/full", "x"), "cannot write '/dev/full': No space left on device");
  EXPECT_TRUE(fs::is_character_file("/dev/full"));
}

TEST_F(WriteFileAtomically, KeepsTheOldFileWhenTheNewOneDoesNotFit) {
  std::ofstream(path("run.json")) << "old";
  struct rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  struct rlimit small = before;
  small.rlim_cur = 1000;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::string error = error_of(path("run.json"), std::string(5000, 'x'));
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_EQ(error, "cannot write '" + path("run.json") + "': File too large");
  EXPECT_EQ(contents(path("run.json")), "old");
  EXPECT_EQ(entries(), 1U);
}

TEST_F(WriteFileAtomically, ReportsAMissingDirectory) {
  EXPECT_EQ(error_of(path("none/run.json"), "x"),
            "cannot write '" + path("none/run.json") + "': No such file or directory");
}

TEST_F(WriteFileAtomically, ReportsADirectoryInTheWay) {
  fs::create_directory(path("run.json"));
  EXPECT_EQ(error_of(path("run.json"), "x"),
            "cannot write '" + path("run.json") + "': Is a directory");
  EXPECT_EQ(entries(), 1U);
}

TEST_F(WriteFileAtomically, ReportsAFileWhereADirectoryShouldBe) {
  std::ofstream(path("file")) << "x";
  EXPECT_EQ(error_of(path("file/run.json"), "x"),
            "cannot write '" + path("file/run.json") + "': Not a directory");
}

TEST_F(WriteFileAtomically, ReportsAFileSystemThatCannotBeWrittenTo) {
  const std::string error = error_of("/proc/verigrad.json", "x");
  EXPECT_THAT(error, ::testing::StartsWith("cannot write '/proc/verigrad.json': "));
}

// Permissions do not bind root, so the child gives them up first.
TEST_F(WriteFileAtomically, RespectsReadOnlyFilesAndDirectories) {
  std::ofstream(path("run.json")) << "old";
  ASSERT_EQ(::chmod(path("run.json").c_str(), 0444), 0);
  ASSERT_EQ(::chmod(directory_.c_str(), 0555), 0);
  const auto try_both = [this] {
    if (::geteuid() == 0 && ::setuid(65534) != 0) std::_Exit(2);
    const std::string reason = "': Permission denied";
    const bool ok =
        error_of(path("run.json"), "x") == "cannot write '" + path("run.json") + reason &&
        error_of(path("new.json"), "x") == "cannot write '" + path("new.json") + reason;
    std::_Exit(ok ? 0 : 1);
  };
  EXPECT_EXIT(try_both(), ::testing::ExitedWithCode(0), "");
  ASSERT_EQ(::chmod(directory_.c_str(), 0755), 0);
  EXPECT_EQ(contents(path("run.json")), "old");
  EXPECT_EQ(entries(), 1U);
}

TEST_F(WriteFileAtomically, IsRefusedBeforehandWhereItWouldFail) {
  fs::create_directory(path("directory"));
  fs::create_symlink("loop", path("loop"));
  for (const std::string& name :
       {path("none/run.json"), path("directory"), path("loop"), std::string("/proc/a.json")}) {
    std::string refused;
    try {
      require_writable(name);
    } catch (const std::system_error& error) {
      refused = error.what();
    }
    EXPECT_NE(refused, "") << name;
    EXPECT_EQ(refused, error_of(name, "x"));
  }
}

TEST_F(WriteFileAtomically, ChangesNothingWhenItIsAskedBeforehand) {
  std::ofstream(path("old.json")) << "old";
  require_writable(path("old.json"));
  require_writable(path("new.json"));
  require_writable("/dev/null");
  EXPECT_EQ(contents(path("old.json")), "old");
  EXPECT_EQ(entries(), 1U);
}

}  // namespace
}  // namespace verigrad::reports
