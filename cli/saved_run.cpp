#include "cli/saved_run.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <system_error>

#include "cli/usage.hpp"
#include "cli/values.hpp"
#include "reports/json.hpp"

namespace verigrad::cli {
namespace {

std::ifstream opened(const std::string& path) {
  std::error_code ignored;
  const bool directory = std::filesystem::is_directory(path, ignored);
  std::ifstream file(path, std::ios::binary);
  if (directory || !file)
    throw UsageError(fmt::format("cannot read {}: {}", quote(path),
                                 std::generic_category().message(directory ? EISDIR : errno)));
  return file;
}

}  // namespace

reports::Run read_saved_run(const std::string& path) {
  try {
    if (path == "-") return reports::run_from_json(std::cin);
    std::ifstream file = opened(path);
    return reports::run_from_json(file);
  } catch (const reports::JsonError& error) {
    throw UsageError(fmt::format("{} holds no saved run: {}",
                                 path == "-" ? "standard input" : quote(path), error.what()),
                     "'gradcheck check … --report json=RUN.json' saves one");
  }
}

}  // namespace verigrad::cli
