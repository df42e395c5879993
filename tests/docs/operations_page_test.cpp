#include "tests/docs/operations_page.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "tests/docs/blocks.hpp"

namespace verigrad::docs {
namespace {

// With VERIGRAD_UPDATE_GOLDEN=1 in the environment the page is first written anew.
TEST(OperationsPage, SaysWhatTheTableSays) {
  const std::string path = VERIGRAD_SOURCE_DIR "/docs/operations.md";
  if (const char* update = std::getenv("VERIGRAD_UPDATE_GOLDEN"); update && *update == '1')
    std::ofstream(path, std::ios::binary) << operations_page();
  EXPECT_EQ(file_text("docs/operations.md"), operations_page())
      << "'scripts/operations-page' writes it anew";
}

}  // namespace
}  // namespace verigrad::docs
