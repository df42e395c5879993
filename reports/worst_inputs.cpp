#include "reports/worst_inputs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include "reports/display.hpp"
#include "reports/file.hpp"

namespace verigrad::reports {
namespace {

/// The whole of a word as a number.
double number(const std::string& word) {
  char* end = nullptr;
  const double x = std::strtod(word.c_str(), &end);
  if (word.empty() || *end != '\0') throw std::runtime_error("not a number: '" + word + "'");
  return x;
}

double operand(const std::string& word, bool single) {
  const double x = number(word);
  if (!std::isfinite(x) || (single && static_cast<double>(static_cast<float>(x)) != x))
    throw std::runtime_error("not a finite number of its type: '" + word + "'");
  return x;
}

WorstInput parsed(const std::string& line) {
  std::istringstream words(line);
  std::string type, ulps, word;
  WorstInput input;
  words >> type >> input.target >> ulps;
  if (type != "f32" && type != "f64") throw std::runtime_error("neither f32 nor f64");
  input.single = type == "f32";
  input.ulps = number(ulps);
  if (!(input.ulps >= 0)) throw std::runtime_error("not an error in ulp: '" + ulps + "'");
  while (words >> word) input.operands.push_back(operand(word, input.single));
  return input;
}

void require_operation(const WorstInput& input, std::size_t operands) {
  if (input.target != "value" && !(input.target.starts_with("d/") && input.target.size() > 2))
    throw std::runtime_error("neither 'value' nor 'd/OPERAND': '" + input.target + "'");
  if (input.operands.size() != operands)
    throw std::runtime_error(
        fmt::format("{} numbers instead of {}", input.operands.size(), operands));
}

/// Nothing when there is no such file.
std::string contents_of(const std::string& path) {
  const auto fail = [&](std::error_code why) {
    throw std::system_error(why, fmt::format("cannot read '{}'", printable(path)));
  };
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) return {};
  if (error) fail(error);
  if (is_directory(status)) fail(std::make_error_code(std::errc::is_a_directory));
  std::ifstream file(path, std::ios::binary);
  if (!file) fail({errno, std::generic_category()});
  return {std::istreambuf_iterator<char>(file), {}};
}

template <class Check>
std::vector<WorstInput> read_lines(const std::string& path, Check check) {
  std::vector<WorstInput> inputs;
  std::istringstream file(contents_of(path));
  std::size_t number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line.empty() || line[0] == '#') continue;
    try {
      inputs.push_back(parsed(line));
      inputs.back().line = number;
      check(inputs.back());
    } catch (const std::runtime_error& error) {
      throw BadWorstInput(fmt::format("{}:{}: {}", path, number, error.what()));
    }
  }
  return inputs;
}

}  // namespace

bool is_worse_than_stored(double ulps, double stored) {
  return ulps > stored + std::max(0.5, stored / 8);
}

bool is_worth_storing(double ulps, double stored) { return ulps > std::max(stored + 0.0005, 0.5); }

void make_corpus(const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error)
    throw std::system_error(error,
                            fmt::format("cannot make the directory '{}'", printable(directory)));
}

std::string worst_inputs_name(std::string_view operation) {
  std::string name(operation);
  std::erase_if(name, [](char c) { return c == '"' || c == ')'; });
  std::ranges::replace_if(
      name, [](char c) { return c == '(' || c == '='; }, '_');
  return name + ".txt";
}

std::vector<WorstInput> read_worst_inputs(const std::string& path, std::size_t operands) {
  return read_lines(path, [&](const WorstInput& input) { require_operation(input, operands); });
}

std::vector<WorstInput> read_worst_inputs(const std::string& path) {
  return read_lines(path, [](const WorstInput&) {});
}

void extend_worst_inputs(const std::string& path, std::string_view of,
                         std::span<const WorstInput> more) {
  if (more.empty()) return;
  std::string text = contents_of(path);
  if (text.empty())
    text = fmt::format(
        "# Worst inputs of {} known so far: type, value or derivative, its error in ulp when the\n"
        "# line was added, operands. Surveys add lines; none is removed.\n",
        of);
  if (text.back() != '\n') text += '\n';
  for (const WorstInput& input : more) {
    text += fmt::format("{} {} {:.3f}", input.single ? "f32" : "f64", input.target, input.ulps);
    for (const double x : input.operands) text += ' ' + hexadecimal(x);
    text += '\n';
  }
  write_file_atomically(path, text);
}

}  // namespace verigrad::reports
