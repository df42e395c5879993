#include "expressions/format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "expressions/codes.hpp"
#include "expressions/parser.hpp"

namespace verigrad::expressions {
namespace {

constexpr std::size_t indent_width = 4;
constexpr std::size_t comment_gap = 2;

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u;
  }));
}

/// A token on its line.
struct Piece {
  std::string_view text;
  std::size_t before = 0;
};

/// One line of the result.
struct Row {
  std::size_t indent = 0;
  std::vector<Piece> pieces;
  std::size_t line = 0;  // of the original text
  bool blank_before = false;

  struct Place {
    std::uint32_t piece = 0;   // 0: there is none
    std::uint32_t column = 0;  // in the original text
  };
  std::array<Place, 5> places = {};  // by Anchor

  [[nodiscard]] const Place& place(Anchor a) const { return places[static_cast<std::size_t>(a)]; }
  /// Columns up to the end of the piece before `piece`.
  [[nodiscard]] std::size_t width(std::size_t piece) const {
    std::size_t sum = indent;
    for (std::size_t i = 0; i < piece; ++i) sum += pieces[i].before + columns(pieces[i].text);
    return sum;
  }
};

class Formatter {
 public:
  explicit Formatter(const SourcePtr& source) : source_(*source) {
    Diagnostics none(source);
    Lexer lexer(source, none, true);
    LogicalLine line;
    while (lexer.next(line)) {
      lines_.push_back(std::move(line));
      line = {};
    }
  }

  std::string run() {
    find_next_indents();
    for (std::size_t i = 0; i < lines_.size(); ++i) add_line(i);
    for (const Anchor anchor : {Anchor::colon, Anchor::in, Anchor::equals, Anchor::comment})
      align(anchor);
    return text();
  }

 private:
  static bool is_comment_line(const LogicalLine& line) {
    return line.tokens.front().kind == TokenKind::comment;
  }

  void find_next_indents() {
    next_indent_.assign(lines_.size(), 0);
    std::uint32_t next = 0;
    for (std::size_t i = lines_.size(); i-- > 0;) {
      next_indent_[i] = next;
      if (!is_comment_line(lines_[i])) next = lines_[i].indent;
    }
  }

  /// The indentation in the result of line `i`. A comment line belongs to the deepest of the blocks
  /// around it that begins no further to the right.
  std::size_t indent_of(std::size_t i) {
    const std::uint32_t indent = lines_[i].indent;
    if (!is_comment_line(lines_[i])) {
      while (blocks_.size() > 1 && indent < blocks_.back()) blocks_.pop_back();
      if (indent > blocks_.back()) blocks_.push_back(indent);
      return indent_width * (blocks_.size() - 1);
    }
    const std::uint32_t next = next_indent_[i];
    if (next > blocks_.back() && next <= indent) return indent_width * blocks_.size();
    std::size_t level = blocks_.size() - 1;
    while (level > 0 && blocks_[level] > indent) --level;
    return indent_width * level;
  }

  void add_line(std::size_t i) {
    const LogicalLine& line = lines_[i];
    const std::size_t indent = indent_of(i);
    const std::vector<Spacing> spacing = space_tokens(source_, line);
    for (std::size_t t = 0; t + 1 < line.tokens.size(); ++t) {
      const Token& token = line.tokens[t];
      while (line_ < source_.line_count() && source_.line_start(line_ + 1) <= token.span.begin)
        ++line_;
      if (t == 0 || rows_.back().line != line_) begin_row(t == 0, indent, line.indent);
      add_piece(token, spacing[t]);
    }
  }

  void begin_row(bool first, std::size_t indent, std::size_t original_indent) {
    Row row;
    row.line = line_;
    row.blank_before = !rows_.empty() && line_ > rows_.back().line + 1;
    row.indent = indent;
    if (!first) {
      const std::size_t own = leading_columns();
      row.indent = own + indent > original_indent ? own + indent - original_indent : 0;
    }
    rows_.push_back(std::move(row));
  }

  [[nodiscard]] std::size_t leading_columns() const {
    std::size_t count = 0;
    for (const char c : source_.line(line_)) {
      if (c != ' ' && c != '\t') break;
      count += c == '\t' ? indent_width : 1;
    }
    return count;
  }

  void add_piece(const Token& token, Spacing spacing) {
    Row& row = rows_.back();
    Piece piece{source_.text(token.span), row.pieces.empty() ? 0u : spacing.before};
    if (token.kind == TokenKind::comment)
      piece.text = piece.text.substr(0, piece.text.find_last_not_of(" \t") + 1);
    Row::Place& place = row.places[static_cast<std::size_t>(spacing.anchor)];
    if (spacing.anchor != Anchor::none && place.piece == 0 && !row.pieces.empty()) {
      const std::uint32_t start = source_.line_start(line_);
      place = {static_cast<std::uint32_t>(row.pieces.size()),
               static_cast<std::uint32_t>(columns(source_.text({start, token.span.begin})))};
    }
    row.pieces.push_back(piece);
  }

  /// Puts each run of adjacent rows whose anchors share a column into one column.
  void align(Anchor anchor) {
    for (std::size_t first = 0; first < rows_.size();) {
      std::size_t last = first + 1;
      const Row::Place& place = rows_[first].place(anchor);
      if (place.piece == 0) {
        first = last;
        continue;
      }
      const auto joins = [&](const Row& row) {
        return !row.blank_before && row.place(anchor).piece > 0 &&
               row.place(anchor).column == place.column;
      };
      while (last < rows_.size() && joins(rows_[last])) ++last;
      align_run(anchor, first, last, place.column);
      first = last;
    }
  }

  void align_run(Anchor anchor, std::size_t first, std::size_t last, std::size_t column) {
    const std::size_t gap = anchor == Anchor::comment ? comment_gap : 1;
    std::size_t target = anchor == Anchor::comment ? column : 0;
    for (std::size_t i = first; i < last; ++i)
      target = std::max(target, rows_[i].width(rows_[i].place(anchor).piece) + gap);
    for (std::size_t i = first; i < last; ++i) {
      const std::size_t piece = rows_[i].place(anchor).piece;
      rows_[i].pieces[piece].before = target - rows_[i].width(piece);
    }
  }

  std::string text() {
    std::string out;
    for (const Row& row : rows_) {
      if (row.blank_before) out += '\n';
      out.append(row.indent, ' ');
      for (const Piece& piece : row.pieces) {
        out.append(piece.before, ' ');
        out += piece.text;
      }
      out += '\n';
    }
    return out;
  }

  const SourceFile& source_;
  std::vector<LogicalLine> lines_;
  std::vector<std::uint32_t> next_indent_;
  std::vector<std::uint32_t> blocks_{0};
  std::vector<Row> rows_;
  std::size_t line_ = 1;
};

}  // namespace

std::optional<std::string> format(const SourcePtr& source, Diagnostics& diagnostics) {
  const std::size_t before = diagnostics.error_count();
  parse(source, diagnostics);
  if (diagnostics.error_count() > before || diagnostics.full()) return std::nullopt;
  std::string text = Formatter(source).run();
  if (text.size() <= max_file_bytes) return text;
  diagnostics.add({code::too_large,
                   Severity::error,
                   fmt::format("in canonical layout the file would exceed the limit of {} MiB",
                               max_file_bytes >> 20),
                   Span{0, 1},
                   "",
                   {},
                   "",
                   source});
  return std::nullopt;
}

}  // namespace verigrad::expressions
