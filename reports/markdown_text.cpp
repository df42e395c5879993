#include "reports/markdown_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "reports/display.hpp"

namespace verigrad::reports {
namespace {

// What begins something in HTML, and what does in Markdown or ends a table's cell.
constexpr std::string_view html_signs = "&<>";
constexpr std::string_view markdown_signs = "&<>`*_[]\\|~:@";

// `text` with these signs as character references.
std::string referenced(std::string_view text, std::string_view signs) {
  std::string result;
  for (const char c : printable(text))
    result += signs.find(c) == std::string_view::npos ? std::string(1, c)
                                                      : fmt::format("&#{};", static_cast<int>(c));
  return result;
}

std::size_t longest_run(std::string_view text, char sign) {
  std::size_t longest = 0, run = 0;
  for (const char c : text) {
    run = c == sign ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

}  // namespace

std::string html_text(std::string_view text) { return referenced(text, html_signs); }

std::string markdown_code(std::string_view text) {
  const std::string plain = printable(text);
  if (plain.empty()) return "";
  const bool simple = plain.find_first_of("`|\\") == std::string::npos && plain.front() != ' ' &&
                      plain.back() != ' ';
  return simple ? "`" + plain + "`" : "<code>" + referenced(text, markdown_signs) + "</code>";
}

std::string markdown_fenced(std::string_view text) {
  const std::string fence(std::max<std::size_t>(3, longest_run(text, '`') + 1), '`');
  return fmt::format("{}text\n{}{}\n", fence, text, fence);
}

std::string markdown_row(const std::vector<std::string>& cells) {
  return fmt::format("| {} |\n", fmt::join(cells, " | "));
}

}  // namespace verigrad::reports
