#include "reports/html_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/display.hpp"

namespace verigrad::reports {

std::string escaped(std::string_view text) {
  std::string result;
  for (char c : printable(text)) switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += c;
    }
  return result;
}

std::string json_string(std::string_view text) {
  std::string result = "\"";
  for (char c : printable(text)) {
    if (c == '<') {
      result += "\\u003c";
      continue;
    }
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

std::string compact(double value, int digits) {
  if (!std::isfinite(value)) return number(value);
  std::string result = fmt::format("{:.{}g}", value == 0 ? 0.0 : value, digits);
  const std::size_t exponent = result.find('e');
  if (exponent == std::string::npos) return result;
  if (result[exponent + 2] == '0') result.erase(exponent + 2, 1);
  if (result[exponent + 1] == '+') result.erase(exponent + 1, 1);
  return result;
}

std::string compact(const std::optional<double>& value) { return value ? compact(*value) : ""; }

std::string digits_cell(double digits) {
  if (!std::isfinite(digits)) return number(digits);
  return fmt::format("{:.1f}", std::floor(digits * 10) / 10);
}

std::string grouped(std::int64_t count, std::string_view singular) {
  std::string digits = fmt::format("{}", count);
  for (std::size_t end = digits.size(); end > 3;) digits.insert(end -= 3, ",");
  return fmt::format("{} {}{}", digits, singular, count == 1 ? "" : "s");
}

std::string entries_text(const std::vector<double>& entries, std::string (*shown)(double),
                         std::size_t most) {
  std::string result;
  for (std::size_t i = 0; i < std::min(entries.size(), most); ++i)
    result += (i > 0 ? ", " : "") + shown(entries[i]);
  if (entries.size() > most) result += fmt::format(", … {} more", entries.size() - most);
  return entries.size() == 1 ? result : "[" + result + "]";
}

void append_fact(std::string& out, std::string_view name, std::string_view text) {
  out += fmt::format("<div><dt>{}</dt><dd>", escaped(name));
  while (true) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out += escaped(text.substr(0, end));
    if (end + 1 >= text.size()) break;
    out += "<br>";
    text.remove_prefix(end + 1);
  }
  out += "</dd></div>\n";
}

void append_excerpt(std::string& out, const Snippet& snippet) {
  if (snippet.line == 0 || !snippet.line_text) {
    if (!snippet.label.empty()) out += fmt::format("<p>{}</p>\n", escaped(snippet.label));
    return;
  }
  Snippet excerpt = snippet;
  excerpt.path.clear();
  excerpt.facts.clear();
  const std::string text = render(excerpt);
  out += "<pre class=\"source\" tabindex=\"0\">";
  std::string_view rest = std::string_view(text).substr(text.find('\n') + 1);
  for (; !rest.empty(); rest.remove_prefix(std::min(rest.find('\n') + 1, rest.size())))
    out += escaped(rest.substr(0, rest.find('\n'))) + "\n";
  out += "</pre>\n";
}

void append_command(std::string& out, std::string_view command) {
  out += fmt::format("<pre class=\"command\" tabindex=\"0\"><code>{}</code></pre>\n",
                     escaped(command));
}

std::string index_text(const std::vector<std::int64_t>& index) {
  return index.empty() ? "" : fmt::format("[{}]", fmt::join(index, ", "));
}

}  // namespace verigrad::reports
