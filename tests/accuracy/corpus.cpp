#include "tests/accuracy/corpus.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace verigrad::accuracy {
namespace {

std::string path_of(const Formula& formula) {
  std::string name = label(formula);
  std::erase(name, '"');
  std::ranges::replace(name, '(', '_');
  std::ranges::replace(name, '=', '_');
  std::erase(name, ')');
  return fmt::format("{}/tests/accuracy/worst/{}.txt", VERIGRAD_SOURCE_DIR, name);
}

std::size_t arity_of(const Formula& formula) {
  return find_operation(formula.operation)->signature.operand_count();
}

Entry parse(const std::string& line, std::size_t arity) {
  std::istringstream words(line);
  std::string type, ulps, number;
  Entry entry;
  words >> type >> entry.target >> ulps;
  entry.single = type == "f32";
  entry.ulps = std::strtod(ulps.c_str(), nullptr);
  for (std::size_t i = 0; i < arity; ++i) {
    if (!(words >> number)) throw std::runtime_error("worst inputs: too few operands: " + line);
    entry.x[i] = std::strtod(number.c_str(), nullptr);
  }
  if ((type != "f32" && type != "f64") || words >> number)
    throw std::runtime_error("worst inputs: not a line of the format: " + line);
  return entry;
}

}  // namespace

std::string hexadecimal(double x) { return fmt::format("{:a}", x); }

std::vector<Entry> read_corpus(const Formula& formula) {
  std::vector<Entry> entries;
  std::ifstream file(path_of(formula));
  for (std::string line; std::getline(file, line);)
    if (!line.empty() && line[0] != '#') entries.push_back(parse(line, arity_of(formula)));
  return entries;
}

void extend_corpus(const Formula& formula, const std::vector<Entry>& entries) {
  if (entries.empty()) return;
  const std::string path = path_of(formula);
  const bool fresh = !std::filesystem::exists(path);
  std::ofstream file(path, std::ios::app);
  if (fresh)
    file << fmt::format(
        "# Worst inputs of {} known so far: type, value or derivative, its error in ulp when the\n"
        "# line was added, operands. scripts/accuracy-page adds lines; none is removed.\n",
        label(formula));
  for (const Entry& entry : entries) {
    file << fmt::format("{} {} {:.3f}", entry.single ? "f32" : "f64", entry.target, entry.ulps);
    for (std::size_t i = 0; i < arity_of(formula); ++i) file << ' ' << hexadecimal(entry.x[i]);
    file << '\n';
  }
  if (!file) throw std::runtime_error("cannot write " + path);
}

std::vector<Point> corpus_points(const std::vector<Entry>& entries, bool single) {
  std::vector<Point> points;
  for (const Entry& entry : entries)
    if (entry.single == single && std::ranges::find(points, entry.x) == points.end())
      points.push_back(entry.x);
  return points;
}

}  // namespace verigrad::accuracy
