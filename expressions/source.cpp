#include "expressions/source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>
#include <utility>

namespace verigrad::expressions {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// Of a file that is too large, so much is kept to show where it begins.
constexpr std::size_t kept_of_oversized = 200;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

std::string read_bytes(const std::filesystem::path& path, const std::string& shown) {
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rb"));
  if (!file) throw SourceError(fmt::format("cannot open '{}': {}", shown, std::strerror(errno)));
  std::string text;
  std::vector<char> block(1 << 16);
  while (text.size() <= max_file_bytes) {
    const std::size_t wanted = std::min(block.size(), max_file_bytes + 1 - text.size());
    const std::size_t got = std::fread(block.data(), 1, wanted, file.get());
    text.append(block.data(), got);
    if (got < wanted) break;
  }
  if (std::ferror(file.get())) throw SourceError(fmt::format("cannot read '{}'", shown));
  return text;
}

}  // namespace

SourceFile::SourceFile(std::string path, std::string text)
    : path_(std::move(path)), text_(std::move(text)) {
  oversized_ = text_.size() > max_file_bytes;
  if (oversized_) {
    text_.resize(kept_of_oversized);
    text_.shrink_to_fit();
  }
  if (text_.starts_with(byte_order_mark)) text_.erase(0, byte_order_mark.size());
  line_starts_.push_back(0);
  for (std::size_t i = 0; i < text_.size(); ++i)
    if (text_[i] == '\n') line_starts_.push_back(static_cast<std::uint32_t>(i + 1));
}

std::shared_ptr<const SourceFile> SourceFile::read(const std::filesystem::path& path,
                                                   std::string shown_path) {
  std::string shown = shown_path.empty() ? path.string() : std::move(shown_path);
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found)
    throw SourceError(fmt::format("there is no file '{}'", shown));
  if (std::filesystem::is_directory(status))
    throw SourceError(fmt::format("'{}' is a directory, not a file", shown));
  std::string text = read_bytes(path, shown);
  return from_text(std::move(shown), std::move(text));
}

std::shared_ptr<const SourceFile> SourceFile::from_text(std::string path, std::string text) {
  return std::make_shared<const SourceFile>(std::move(path), std::move(text));
}

std::string_view SourceFile::text(Span span) const {
  const std::size_t begin = std::min<std::size_t>(span.begin, text_.size());
  const std::size_t end = std::clamp<std::size_t>(span.end, begin, text_.size());
  return std::string_view(text_).substr(begin, end - begin);
}

std::string_view SourceFile::line(std::size_t number) const {
  const std::size_t begin = line_starts_.at(number - 1);
  std::size_t end = number < line_starts_.size() ? line_starts_[number] - 1 : text_.size();
  if (end > begin && text_[end - 1] == '\r') --end;
  return std::string_view(text_).substr(begin, end - begin);
}

std::uint32_t SourceFile::line_start(std::size_t number) const {
  return line_starts_.at(number - 1);
}

Position SourceFile::position(std::uint32_t offset) const {
  const auto end = static_cast<std::uint32_t>(std::min<std::size_t>(offset, text_.size()));
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), end);
  Position found;
  found.line = static_cast<std::size_t>(after - line_starts_.begin());
  std::size_t at = *(after - 1);
  while (at < end) {
    at += decode_utf8(text_, at).length;
    if (at <= end) ++found.column;
  }
  return found;
}

std::string SourceFile::where(Span span) const {
  const Position at = position(span.begin);
  return fmt::format("{}:{}:{}", path_, at.line, at.column);
}

CodePoint decode_utf8(std::string_view text, std::size_t offset) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[offset + i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const CodePoint malformed{0xFFFD, 1, false};
  const int length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4) return malformed;
  if (text.size() - offset < static_cast<std::size_t>(length)) return malformed;
  char32_t value = lead & (0x7Fu >> length);
  for (std::size_t i = 1; i < static_cast<std::size_t>(length); ++i) {
    if ((byte(i) & 0xC0u) != 0x80u) return malformed;
    value = (value << 6) | (byte(i) & 0x3Fu);
  }
  const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (overlong || surrogate || value > 0x10FFFF) return malformed;
  return {value, static_cast<std::uint8_t>(length), true};
}

}  // namespace verigrad::expressions
