#include "reports/display.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace verigrad::reports {
namespace {

struct Range {
  char32_t first, last;
};

// Unicode 15, general category Mn, Me and Cf, as far as editors produce them.
constexpr std::array combining{Range{0x0300, 0x036F}, Range{0x0483, 0x0489}, Range{0x0591, 0x05BD},
                               Range{0x0610, 0x061A}, Range{0x064B, 0x065F}, Range{0x0E34, 0x0E3A},
                               Range{0x1AB0, 0x1AFF}, Range{0x1DC0, 0x1DFF}, Range{0x200B, 0x200D},
                               Range{0x2060, 0x2060}, Range{0x20D0, 0x20FF}, Range{0xFE00, 0xFE0F},
                               Range{0xFE20, 0xFE2F}, Range{0xFEFF, 0xFEFF}};

// Unicode 15, East Asian Width W and F.
constexpr std::array wide{Range{0x1100, 0x115F},   Range{0x2E80, 0x303E},   Range{0x3041, 0x4DBF},
                          Range{0x4E00, 0xA4CF},   Range{0xA960, 0xA97F},   Range{0xAC00, 0xD7A3},
                          Range{0xF900, 0xFAFF},   Range{0xFE30, 0xFE6F},   Range{0xFF00, 0xFF60},
                          Range{0xFFE0, 0xFFE6},   Range{0x1F300, 0x1F64F}, Range{0x1F680, 0x1F6FF},
                          Range{0x1F900, 0x1F9FF}, Range{0x20000, 0x3FFFD}};

constexpr std::array bidirectional{Range{0x061C, 0x061C}, Range{0x200E, 0x200F},
                                   Range{0x2028, 0x202E}, Range{0x2066, 0x2069}};

template <std::size_t n>
bool contains(const std::array<Range, n>& ranges, char32_t code) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [code](Range range) { return range.first <= code && code <= range.last; });
}

struct Decoded {
  char32_t code;
  std::size_t bytes;
};

// Well-formed sequences only: no surrogates, no overlong forms, nothing above U+10FFFF.
std::optional<Decoded> decode(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char head = byte(0);
  if (head < 0x80) return Decoded{head, 1};
  const std::size_t length = head >= 0xF0 ? 4 : head >= 0xE0 ? 3 : 2;
  if (head < 0xC2 || head > 0xF4 || text.size() < length) return std::nullopt;
  char32_t code = head & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return std::nullopt;
    code = (code << 6U) | (byte(i) & 0x3FU);
  }
  constexpr std::array<char32_t, 5> smallest{0, 0, 0x80, 0x800, 0x10000};
  if (code < smallest[length] || code > 0x10FFFF || (0xD800 <= code && code <= 0xDFFF))
    return std::nullopt;
  return Decoded{code, length};
}

Glyph escape(char32_t code, std::string text, std::size_t bytes) {
  const std::size_t width = text.size();
  return {code, std::move(text), true, width, bytes};
}

}  // namespace

Glyph first_glyph(std::string_view text) {
  const std::optional<Decoded> decoded = decode(text);
  if (!decoded)
    return escape(0xFFFD, fmt::format("\\x{:02x}", static_cast<unsigned char>(text[0])), 1);
  const auto [code, bytes] = *decoded;
  if (code == '\t') return {code, "    ", false, 4, 1};
  if (code < 0x20 || (0x7F <= code && code < 0xA0))
    return escape(code, fmt::format("\\x{:02x}", static_cast<unsigned>(code)), bytes);
  if (contains(bidirectional, code))
    return escape(code, fmt::format("\\u{{{:04x}}}", static_cast<unsigned>(code)), bytes);
  const std::size_t width = contains(combining, code) ? 0 : contains(wide, code) ? 2 : 1;
  return {code, std::string(text.substr(0, bytes)), false, width, bytes};
}

std::string printable(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const Glyph glyph = first_glyph(text);
    result += glyph.text;
    text.remove_prefix(glyph.bytes);
  }
  return result;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const Glyph glyph = first_glyph(text);
    width += glyph.width;
    text.remove_prefix(glyph.bytes);
  }
  return width;
}

std::string padded(std::string_view text, std::size_t width) {
  const std::size_t used = display_width(text);
  return printable(text) + std::string(width > used ? width - used : 0, ' ');
}

std::string shortened(std::string_view text, std::size_t columns) {
  if (display_width(text) <= columns) return std::string(text);
  std::string result;
  for (std::size_t width = 0;;) {
    const Glyph glyph = first_glyph(text);
    if ((width += glyph.width) >= columns) return result + "…";
    result += text.substr(0, glyph.bytes);
    text.remove_prefix(glyph.bytes);
  }
}

std::string shell_word(std::string_view text) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%";
  if (!text.empty() && text.find_first_not_of(plain) == std::string_view::npos)
    return std::string(text);
  if (printable(text) == text) {
    std::string result = "'";
    for (char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return result + "'";
  }
  std::string result = "$'";
  while (!text.empty()) {
    const Glyph glyph = first_glyph(text);
    const std::string_view bytes = text.substr(0, glyph.bytes);
    if (glyph.text == bytes) {
      if (bytes == "'" || bytes == "\\") result += '\\';
      result += bytes;
    } else {
      for (char c : bytes) result += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
    text.remove_prefix(glyph.bytes);
  }
  return result + "'";
}

std::string number(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  return fmt::format("{}", value);
}

std::string hexadecimal(double value) {
  return std::isfinite(value) ? fmt::format("{:a}", value) : number(value);
}

}  // namespace verigrad::reports
