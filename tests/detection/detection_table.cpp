// Writes docs/detection.md.
#include <fmt/format.h>

#include <fstream>
#include <future>

#include "tests/detection/survey.hpp"

using namespace verigrad;
using namespace verigrad::detection;

int main() {
  constexpr std::size_t points = 200;
  constexpr std::uint64_t seed = 42;
  auto in_float = std::async(std::launch::async, survey, DType::f32, points, seed);
  const Survey in_double = survey(DType::f64, points, seed);
  const std::string text =
      detection_page(in_double, in_float.get(), survey_zoo(seed), points, seed);
  std::ofstream page(VERIGRAD_SOURCE_DIR "/docs/detection.md", std::ios::binary);
  page << text;
  page.close();
  if (page) return 0;
  fmt::print(stderr, "detection_table: cannot write docs/detection.md\n");
  return 1;
}
