// usage: performance_page RESULTS.json MEMORY.json COMMAND    prints docs/performance.md
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>

#include "benchmarks/page.hpp"

namespace {

nlohmann::json read(const char* path) {
  std::ifstream file(path);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  // Google Benchmark writes the relative spread of counters that are all 0 as NaN, which is no
  // JSON.
  static const std::regex nan(R"(": -?NaN)");
  return nlohmann::json::parse(std::regex_replace(text, nan, "\": null"));
}

std::string processor() {
  std::ifstream lines("/proc/cpuinfo");
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  return "unknown";
}

std::string compiler() {
#ifdef __clang__
  return fmt::format("clang {}", __clang_version__);
#else
  return fmt::format("g++ {}", __VERSION__);
#endif
}

/// Debian's choice among its implementations.
std::string blas() {
  std::error_code error;
  const auto target =
      std::filesystem::read_symlink("/etc/alternatives/libblas.so.3-x86_64-linux-gnu", error);
  return error ? "libblas.so.3" : target.string();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    fmt::print(stderr, "usage: performance_page RESULTS.json MEMORY.json COMMAND\n");
    return 2;
  }
  try {
    fmt::print("{}", verigrad::benchmarks::performance_page(read(argv[1]), read(argv[2]),
                                                            {.command = argv[3],
                                                             .processor = processor(),
                                                             .compiler = compiler(),
                                                             .blas = blas()}));
  } catch (const std::exception& error) {
    fmt::print(stderr, "performance_page: {}\n", error.what());
    return 1;
  }
}
