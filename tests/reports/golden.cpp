#include "tests/reports/golden.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace verigrad::reports {

std::string golden(const std::string& name, std::string_view actual) {
  const std::string path = VERIGRAD_SOURCE_DIR "/tests/reports/golden/" + name;
  if (const char* update = std::getenv("VERIGRAD_UPDATE_GOLDEN"); update && *update == '1')
    std::ofstream(path, std::ios::binary) << actual;
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << "no golden file " << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace verigrad::reports
