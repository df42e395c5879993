#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace verigrad::reports {

/// One code point of a text as a terminal may show it.
struct Glyph {
  char32_t code = 0;      ///< U+FFFD for a byte that is not UTF-8
  std::string text;       ///< the code point itself, spaces for a tab, or an escape such as `\x1b`
  bool escaped = false;   ///< `text` is an escape
  std::size_t width = 0;  ///< columns: 0 for combining marks, 2 for East Asian wide characters
  std::size_t bytes = 0;  ///< consumed from the input; 1 for a byte that is not UTF-8
};

/// The first code point of `text`, which must not be empty. Control characters, bidirectional
/// overrides (which could make a text look like another) and invalid UTF-8 become escapes.
Glyph first_glyph(std::string_view text);

/// `text` made of such glyphs: safe to print, on one line.
std::string printable(std::string_view text);

/// Columns that `printable(text)` takes.
std::size_t display_width(std::string_view text);

/// `printable(text)` with spaces up to `width` columns.
std::string padded(std::string_view text, std::size_t width);

/// `text` where it takes at most `columns`, else as much of its beginning as leaves one for "…".
std::string shortened(std::string_view text, std::size_t columns);

/// `text` as one word of a shell command on one line: as it is where that is safe, in single
/// quotes, or, when it is not printable, in `$'…'` with `\xNN` for the bytes that are not (bash,
/// zsh, ksh).
std::string shell_word(std::string_view text);

/// The shortest decimal that reads back as `value`; integers up to 2^53 without exponent; "nan",
/// "inf", "-inf".
std::string number(double value);

/// Exactly `value`, as C, C++ and Python write it in hexadecimal: "0x1.8p+1"; "nan", "inf", "-inf".
std::string hexadecimal(double value);

}  // namespace verigrad::reports
