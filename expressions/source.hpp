// The text of one file, and where each byte of it stands.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace verigrad::expressions {

/// A file larger than this many bytes (16 MiB) is refused.
inline constexpr std::size_t max_file_bytes = std::size_t{1} << 24;

/// A half-open range [begin, end) of byte offsets into SourceFile::text().
struct Span {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  [[nodiscard]] std::uint32_t size() const { return end - begin; }
  friend bool operator==(const Span&, const Span&) = default;
};

/// The smallest span that covers both.
inline Span join(Span a, Span b) {
  return {a.begin < b.begin ? a.begin : b.begin, a.end > b.end ? a.end : b.end};
}

/// A place as a person counts it: line and column start at 1, columns are code points.
struct Position {
  std::size_t line = 1;
  std::size_t column = 1;
  friend bool operator==(const Position&, const Position&) = default;
};

/// A file that cannot be opened, is a directory, or cannot be read to its end.
class SourceError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The text of one file with an index of its lines.
///
/// A leading byte order mark is dropped. Line ends are LF or CRLF; the text keeps them as they are,
/// and line() leaves them out. The text may be anything: check_text() says whether it is text that
/// the lexer accepts.
class SourceFile {
 public:
  /// `path` is only shown, never opened. Text beyond max_file_bytes is not kept (see oversized()).
  SourceFile(std::string path, std::string text);

  /// Reads a file; `shown_path` is the name in messages (empty: the path as given).
  /// Reads at most max_file_bytes + 1 bytes. Throws SourceError when it does not exist, is a
  /// directory or cannot be read.
  static std::shared_ptr<const SourceFile> read(const std::filesystem::path& path,
                                                std::string shown_path = "");

  /// A file that exists only in memory (standard input, an expression on the command line, a test).
  static std::shared_ptr<const SourceFile> from_text(std::string path, std::string text);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] std::string_view text(Span span) const;
  /// True when the file exceeds max_file_bytes; its text is then empty.
  [[nodiscard]] bool oversized() const { return oversized_; }

  [[nodiscard]] std::size_t line_count() const { return line_starts_.size(); }
  /// Line `number` (from 1) without its line end.
  [[nodiscard]] std::string_view line(std::size_t number) const;
  /// Byte offset of the first byte of line `number` (from 1).
  [[nodiscard]] std::uint32_t line_start(std::size_t number) const;
  /// Line and column of a byte; offsets beyond the end count as the end.
  [[nodiscard]] Position position(std::uint32_t offset) const;
  /// `path:line:column` of the span's first character.
  [[nodiscard]] std::string where(Span span) const;

 private:
  std::string path_;
  std::string text_;
  std::vector<std::uint32_t> line_starts_;
  bool oversized_ = false;
};

using SourcePtr = std::shared_ptr<const SourceFile>;

/// One code point of UTF-8 text: its value and its length in bytes.
/// Malformed bytes (overlong forms, surrogates and values above U+10FFFF included) give
/// valid = false and length 1.
struct CodePoint {
  char32_t value = 0;
  std::uint8_t length = 1;
  bool valid = false;
};

/// Decodes the code point at `offset`, which must lie inside `text`.
CodePoint decode_utf8(std::string_view text, std::size_t offset);

}  // namespace verigrad::expressions
