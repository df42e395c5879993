#include "tests/docs/alike.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <regex>
#include <string_view>
#include <vector>

#include "tests/docs/blocks.hpp"

namespace verigrad::docs {
namespace {

struct Piece {
  std::string text;
  bool is_number = false;
};

// Numbers with a fraction or an exponent, and what lies between them.
std::vector<Piece> pieces_of(const std::string& line) {
  static const std::regex real(R"((\d+\.\d*([eE][-+]?\d+)?|\d+[eE][-+]?\d+))");
  std::vector<Piece> pieces;
  std::size_t end = 0;
  for (std::sregex_iterator it(line.begin(), line.end(), real), last; it != last; ++it) {
    const auto start = static_cast<std::size_t>(it->position());
    pieces.push_back({line.substr(end, start - end), false});
    pieces.push_back({it->str(), true});
    end = start + static_cast<std::size_t>(it->length());
  }
  pieces.push_back({line.substr(end), false});
  return pieces;
}

bool close(double a, double b, std::string_view before, std::string_view after) {
  if (a == b) return true;
  if (before.ends_with("± ") || before.ends_with("\"error_bar\": "))
    return a > 0 && b > 0 && std::abs(std::log10(a / b)) <= 2;
  if (after.starts_with(" digits") || before.ends_with("\"digits\": "))
    return std::abs(a - b) <= 1.5;
  if (after.starts_with(" s)") || before.ends_with("\"elapsed_s\": ")) return true;
  return std::abs(a - b) <= 1e-9 * std::max(std::abs(a), std::abs(b));
}

bool same_line(const std::string& stated, const std::string& actual) {
  if (stated == actual) return true;
  const std::vector<Piece> a = pieces_of(stated), b = pieces_of(actual);
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].text == b[i].text) continue;
    if (!a[i].is_number || !b[i].is_number) return false;
    if (!close(std::strtod(a[i].text.c_str(), nullptr), std::strtod(b[i].text.c_str(), nullptr),
               a[i - 1].text, a[i + 1].text))
      return false;
  }
  return true;
}

using Lines = std::vector<std::string>;

// Where the lines [first, last) of `stated` stand in `actual` from `from` on, or its size + 1.
std::size_t find_lines(const Lines& stated, std::size_t first, std::size_t last,
                       const Lines& actual, std::size_t from) {
  for (std::size_t at = from; at + (last - first) <= actual.size(); ++at) {
    std::size_t same = 0;
    while (first + same < last && same_line(stated[first + same], actual[at + same])) ++same;
    if (first + same == last) return at;
  }
  return actual.size() + 1;
}

std::string shown(const std::string& what, const std::string& line) {
  return what + "\n    " + line + "\n";
}

}  // namespace

std::string difference(const std::string& stated_text, const std::string& actual_text) {
  const Lines stated = lines_of(stated_text), actual = lines_of(actual_text);
  std::size_t at = 0;
  bool gap = false;
  for (std::size_t first = 0; first < stated.size();) {
    if (stated[first] == "…") {
      gap = true;
      ++first;
      continue;
    }
    const auto next =
        std::find(stated.begin() + static_cast<std::ptrdiff_t>(first), stated.end(), "…");
    const auto last = static_cast<std::size_t>(next - stated.begin());
    if (gap) {
      // The last part must reach the end of the output.
      const std::size_t length = last - first;
      const std::size_t from = last == stated.size()
                                   ? std::max(at, actual.size() - std::min(actual.size(), length))
                                   : at;
      const std::size_t found = find_lines(stated, first, last, actual, from);
      if (found > actual.size()) return shown("the output lacks", stated[first]);
      at = found + length;
    } else {
      for (std::size_t i = first; i < last; ++i, ++at) {
        if (at == actual.size()) return shown("the output ends before", stated[i]);
        if (!same_line(stated[i], actual[at]))
          return shown("the page has", stated[i]) + shown("the output has", actual[at]);
      }
    }
    gap = false;
    first = last;
  }
  if (!gap && at < actual.size()) return shown("the page lacks", actual[at]);
  return "";
}

}  // namespace verigrad::docs
