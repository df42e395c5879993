// usage: plant SOURCES OUTPUT FILE…
// Writes a copy of each FILE (below SOURCES) to OUTPUT in which every text of `line_faults` stands
// beside its faulty text, behind a question which of them is active. Fails when a text does not
// stand exactly once in its file, or a fault names a file that is not among FILE….
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>

#include "tests/faults/lines.hpp"

namespace verigrad::faults {
namespace {

struct Faulty {
  int number;
  std::string_view text;
};
/// By the right text, so that faults in one place ask one after the other.
using Places = std::map<std::string_view, std::vector<Faulty>>;

bool is_statement(std::string_view text) { return text.ends_with(';') || text.ends_with('}'); }

std::string planted(std::string_view right, const std::vector<Faulty>& wrong) {
  const bool statement = is_statement(right);
  std::string text = statement ? "{ " : "(";
  for (const auto& [number, faulty] : wrong) {
    if (is_statement(faulty) != statement)
      throw std::runtime_error(fmt::format("statement for expression or vice versa: {}", faulty));
    text += statement
                ? fmt::format("if (::verigrad::faults::active({})) {{ {} }} else ", number, faulty)
                : fmt::format("::verigrad::faults::active({}) ? ({}) : ", number, faulty);
  }
  return text + (statement ? fmt::format("{{ {} }} }}", right) : fmt::format("({}))", right));
}

Places places_in(std::string_view file) {
  Places places;
  int number = 0;
  for (const LineFault& fault : line_faults()) {
    ++number;
    if (fault.file != file) continue;
    for (const Edit& edit : fault.edits) places[edit.right].push_back({number, edit.faulty});
  }
  return places;
}

std::string with_faults(const std::string& source, std::string_view file) {
  std::map<std::size_t, std::pair<std::string_view, std::string>> edits;  // by where they stand
  for (const auto& [right, wrong] : places_in(file)) {
    const std::size_t at = source.find(right);
    if (at == std::string::npos || source.find(right, at + 1) != std::string::npos)
      throw std::runtime_error(fmt::format("{}: this text stands {} in the file:\n{}", file,
                                           at == std::string::npos ? "nowhere" : "more than once",
                                           right));
    edits[at] = {right, planted(right, wrong)};
  }
  if (edits.empty()) throw std::runtime_error(fmt::format("{}: no fault names this file", file));
  std::string result = "#include \"tests/faults/active.hpp\"\n";
  std::size_t done = 0;
  for (const auto& [at, edit] : edits) {
    if (at < done)
      throw std::runtime_error(fmt::format("{}: two texts overlap:\n{}", file, edit.first));
    result += source.substr(done, at - done) + edit.second;
    done = at + edit.first.size();
  }
  return result + source.substr(done);
}

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error(fmt::format("cannot read {}", path.string()));
  return {std::istreambuf_iterator<char>(in), {}};
}

void write(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.close();
  if (!out) throw std::runtime_error(fmt::format("cannot write {}", path.string()));
}

void plant(const std::filesystem::path& sources, const std::filesystem::path& output,
           const std::vector<std::string>& files) {
  for (const LineFault& fault : line_faults())
    if (std::find(files.begin(), files.end(), fault.file) == files.end())
      throw std::runtime_error(
          fmt::format("'{}' is in {}, which is not built", fault.name, fault.file));
  for (const std::string& file : files)
    write(output / file, with_faults(read(sources / file), file));
}

}  // namespace
}  // namespace verigrad::faults

int main(int count, char** arguments) {
  try {
    if (count < 4) throw std::runtime_error("usage: plant SOURCES OUTPUT FILE...");
    verigrad::faults::plant(arguments[1], arguments[2], {arguments + 3, arguments + count});
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "plant: {}\n", error.what());
    return 1;
  }
}
