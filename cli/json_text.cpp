#include "cli/json_text.hpp"

#include <fmt/format.h>

#include <cmath>

#include "reports/display.hpp"

namespace verigrad::cli {
namespace {

std::string block(char open, const std::vector<std::string>& items, char close) {
  if (items.empty()) return {open, close};
  std::string out(1, open);
  for (std::size_t i = 0; i < items.size(); ++i) {
    out += i == 0 ? "\n  " : ",\n  ";
    for (const char c : items[i]) {
      out += c;
      if (c == '\n') out += "  ";
    }
  }
  return out + "\n" + close;
}

}  // namespace

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      out += {'\\', c};
    else if (static_cast<unsigned char>(c) < 0x20)
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      out += c;
  }
  return out + "\"";
}

std::string json_number(double value) {
  return std::isfinite(value) ? reports::number(value) : json_string(reports::number(value));
}

std::string json_line(const std::vector<std::string>& items) {
  return fmt::format("[{}]", fmt::join(items, ", "));
}

std::string json_list(const std::vector<std::string>& items) { return block('[', items, ']'); }

std::string json_object(const std::vector<std::pair<std::string, std::string>>& members) {
  std::vector<std::string> lines;
  for (const auto& [key, value] : members) lines.push_back(json_string(key) + ": " + value);
  return block('{', lines, '}');
}

}  // namespace verigrad::cli
