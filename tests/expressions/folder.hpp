// A directory with files that use each other.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/expressions/elaborate_helpers.hpp"

namespace verigrad::expressions {

/// A directory of the running test, removed at its end.
class Folder {
 public:
  Folder() {
    path_ = std::filesystem::temp_directory_path() /
            (std::string("verigrad_folder_") +
             testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
  }
  [[nodiscard]] Elaborated elaborate(const std::string& name,
                                     const Overrides& overrides = {}) const {
    return elaborate_source(SourceFile::read(path_ / name), overrides);
  }

 private:
  std::filesystem::path path_;
};

}  // namespace verigrad::expressions
