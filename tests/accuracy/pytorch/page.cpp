// usage: pytorch_page    writes the tables of docs/pytorch.md anew, between its two marks
// Fails, and writes nothing, where Verigrad is off by more than a row's bound (4 ulp), where rows
// that are to agree differ, and where the others do not.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "tests/accuracy/pytorch/comparison.hpp"
#include "tests/accuracy/ulp.hpp"

namespace verigrad::accuracy {

double Comparison::ulps(double computed) const {
  return single ? distance(static_cast<float>(computed), *truth).ulps
                : distance(computed, *truth).ulps;
}

namespace {

constexpr std::string_view page = VERIGRAD_SOURCE_DIR "/docs/pytorch.md";
constexpr std::string_view first_mark = "<!-- scripts/pytorch-page writes this part -->\n";
constexpr std::string_view last_mark = "<!-- end of what scripts/pytorch-page writes -->\n";

/// The shortest digits that are this number and no other of its type.
std::string number(double x, bool single) {
  if (std::isnan(x)) return "NaN";
  return single ? fmt::format("{}", static_cast<float>(x)) : fmt::format("{}", x);
}

double rounded(const Real& x, bool single) {
  arf_t result;
  arf_init(result);
  arf_set_round(result, arb_midref(x.ball()), single ? 24 : 53, ARF_RND_NEAR);
  const double number = arf_get_d(result, ARF_RND_NEAR);
  arf_clear(result);
  return number;
}

/// In ulp up to a million, then relative to the truth.
std::string error(const Comparison& row, double computed) {
  if (std::isnan(computed)) return "NaN";
  const double ulps = row.ulps(computed);
  if (ulps == 0) return "0";
  if (std::isinf(ulps)) return "infinite";
  const double relative = rounded(abs((Real(computed) - *row.truth) / *row.truth), false);
  if (relative > 0.001) return fmt::format("{:.{}f} %", 100 * relative, relative < 0.1 ? 1 : 0);
  if (ulps > 1e6) return fmt::format("{:.1e}", relative);
  return fmt::format("{:.{}f} ulp", ulps, ulps < 10 ? 1 : 0);
}

std::string operation(const Comparison& row) {
  return fmt::format("`{}`{}", row.call, row.single ? ", float32" : "");
}

/// The heading and the text, in lines of at most 118 characters.
std::string introduction(const Section& section) {
  std::string text = fmt::format("### {}\n\n", section.title);
  std::size_t line = 0;
  for (std::string_view rest = section.text; !rest.empty();) {
    const std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
    if (line > 0) text += line + word.size() < 118 ? " " : "\n";
    line = text.back() == '\n' ? word.size() : line + word.size() + 1;
    text += word;
  }
  return text + "\n\n";
}

std::string table(const Section& section) {
  std::string text = introduction(section);
  text +=
      "| operation | at | d by | PyTorch | Verigrad | truth, rounded | PyTorch's error | "
      "Verigrad's error |\n|---|---|---|--:|--:|--:|--:|--:|\n";
  for (const Comparison& row : section.rows)
    text += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} |\n", operation(row), row.point,
                        row.by, number(row.pytorch, row.single), number(row.verigrad, row.single),
                        number(rounded(*row.truth, row.single), row.single),
                        error(row, row.pytorch), error(row, row.verigrad));
  return text + "\n";
}

std::string conventions(const Section& section) {
  std::string text = introduction(section);
  text += "| operation | at | d by | PyTorch | Verigrad | |\n|---|---|---|--:|--:|---|\n";
  for (const Comparison& row : section.rows) {
    const bool same =
        row.pytorch == row.verigrad || (std::isnan(row.pytorch) && std::isnan(row.verigrad));
    text += fmt::format("| {} | {} | {} | {} | {} | {} |\n", operation(row), row.point, row.by,
                        number(row.pytorch, row.single), number(row.verigrad, row.single),
                        same ? "" : "differs");
  }
  return text + "\n";
}

/// What is wrong with the rows.
std::string objections(const std::vector<Section>& sections) {
  std::string text;
  for (const Section& section : sections)
    for (const Comparison& row : section.rows) {
      const double ours = row.ulps(row.verigrad), theirs = row.ulps(row.pytorch);
      const char* why = ours > row.bound                               ? "Verigrad is wrong"
                        : row.agree && theirs > derivative_bound       ? "PyTorch is wrong"
                        : !row.agree && theirs <= 2 * derivative_bound ? "the two agree"
                                                                       : nullptr;
      if (why)
        text += fmt::format("  {} at {}: {} ({:.3g} and {:.3g} ulp)\n", operation(row), row.point,
                            why, theirs, ours);
    }
  return text;
}

std::string read() {
  std::ifstream file{std::string(page), std::ios::binary};
  return {std::istreambuf_iterator<char>(file), {}};
}

int write(const std::string& tables) {
  std::string text = read();
  const std::size_t first = text.find(first_mark), last = text.find(last_mark);
  if (first == std::string::npos || last == std::string::npos || last < first)
    throw std::runtime_error("docs/pytorch.md lacks the marks between which the tables stand");
  const std::size_t start = first + first_mark.size();
  text.replace(start, last - start, "\n" + tables);
  std::ofstream file{std::string(page), std::ios::binary};
  file << text;
  file.close();
  if (!file) throw std::runtime_error("cannot write docs/pytorch.md");
  return 0;
}

int run() {
  const std::vector<Section> sections = compare_with_truth();
  std::string tables = fmt::format("Measured with LibTorch {} on the CPU.\n\n", pytorch_version());
  for (const Section& section : sections) tables += table(section);
  tables += conventions(compare_conventions());
  if (const std::string wrong = objections(sections); !wrong.empty()) {
    fmt::print(stderr, "pytorch_page: docs/pytorch.md is not written, because of\n{}", wrong);
    return 1;
  }
  return write(tables);
}

}  // namespace
}  // namespace verigrad::accuracy

int main() {
  try {
    return verigrad::accuracy::run();
  } catch (const std::exception& error) {
    fmt::print(stderr, "pytorch_page: {}\n", error.what());
    return 1;
  }
}
