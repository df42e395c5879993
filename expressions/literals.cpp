#include <algorithm>
#include <charconv>
#include <limits>
#include <system_error>

#include "expressions/lexer.hpp"

namespace verigrad::expressions {
namespace {

/// Whether a decimal or hexadecimal literal that no double can hold lies above 1 (else it is near
/// 0).
bool is_huge(std::string_view digits, bool hex) {
  const std::size_t mark = digits.find_first_of(hex ? "pP" : "eE");
  const std::string_view mantissa = digits.substr(0, mark);
  long long exponent = 0;
  if (mark != std::string_view::npos) {
    std::string_view text = digits.substr(mark + 1);
    if (text.starts_with('+')) text.remove_prefix(1);
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), exponent);
    if (parsed.ec == std::errc::result_out_of_range) return !text.starts_with('-');
  }
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  const std::size_t first = mantissa.find_first_not_of("0.");
  if (first == std::string_view::npos) return false;
  const auto leading = static_cast<long long>(point) - static_cast<long long>(first);
  return exponent + (hex ? 4 : 1) * leading > 0;
}

}  // namespace

double literal_value(std::string_view text) {
  const bool hex = text.size() > 2 && (text[1] == 'x' || text[1] == 'X');
  if (hex) text.remove_prefix(2);
  double value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value,
                                      hex ? std::chars_format::hex : std::chars_format::general);
  if (parsed.ec != std::errc::result_out_of_range) return value;
  return is_huge(text, hex) ? std::numeric_limits<double>::infinity() : 0.0;
}

std::string unescape(std::string_view literal) {
  const std::string_view inner = literal.substr(1, literal.size() - 2);
  std::string text;
  for (std::size_t i = 0; i < inner.size(); ++i) {
    if (inner[i] == '\\' && i + 1 < inner.size()) {
      ++i;
      text += inner[i] == 'n' ? '\n' : inner[i];
    } else {
      text += inner[i];
    }
  }
  return text;
}

}  // namespace verigrad::expressions
