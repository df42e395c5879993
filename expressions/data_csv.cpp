#include <fmt/format.h>

#include <cmath>
#include <string_view>

#include "expressions/data_impl.hpp"
#include "expressions/diagnostic.hpp"
#include "expressions/lexer.hpp"

namespace verigrad::expressions {
namespace {

/// No number needs more characters, and no header should.
constexpr std::size_t max_cell = 4096;

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool same_word(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if ((text[i] | 0x20) != lower[i]) return false;
  return true;
}

/// Whether the text is digits with an optional point and exponent.
bool is_decimal(std::string_view text) {
  std::size_t i = 0;
  const auto digits = [&] {
    const std::size_t from = i;
    while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
    return i - from;
  };
  std::size_t mantissa = digits();
  if (i < text.size() && text[i] == '.') {
    ++i;
    mantissa += digits();
  }
  if (mantissa == 0) return false;
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (digits() == 0) return false;
  }
  return i == text.size();
}

enum class CellKind { empty, text, number, nan, too_large };

struct Cell {
  CellKind kind;
  double value = 0;
};

Cell read_cell(std::string_view text) {
  if (text.empty()) return {CellKind::empty};
  const bool negative = text.front() == '-';
  if (negative || text.front() == '+') text.remove_prefix(1);
  if (same_word(text, "nan")) return {CellKind::nan};
  double value = 0;
  if (same_word(text, "inf") || same_word(text, "infinity")) {
    value = HUGE_VAL;
  } else {
    if (!is_decimal(text)) return {CellKind::text};
    value = literal_value(text);
    if (std::isinf(value)) return {CellKind::too_large};
  }
  return {CellKind::number, negative ? -value : value};
}

/// Takes the file character by character, so that memory is bounded by the entries.
class CsvReader {
 public:
  explicit CsvReader(const DataFile& file) : file_(file) {}

  LoadedData read() {
    std::vector<char> block(1 << 16);
    bool first = true;
    while (const std::size_t got = file_.read(block.data(), block.size())) {
      std::string_view text(block.data(), got);
      if (first && text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
      first = false;
      for (char c : text) take(c);
    }
    if (first) file_.fail("is empty");
    if (after_return_) put('\r');
    end_line();
    if (rows_ == 0) file_.fail(had_header_ ? "has a header but no numbers" : "has no numbers");
    LoadedData data;
    data.shape.push_back(rows_);
    if (columns_ != 1) data.shape.push_back(static_cast<std::int64_t>(columns_));
    data.entries = std::move(entries_);
    return data;
  }

 private:
  enum class Quote { none, open, closed };

  /// One character; a line feed, and a carriage return only before one, ends the line.
  void take(char c) {
    if (after_return_ && c != '\n') put('\r');
    after_return_ = c == '\r';
    if (c == '\n') {
      end_line();
      ++line_;
      column_ = 1;
      cell_column_ = 1;
    } else if (c != '\r') {
      put(c);
    }
  }

  void put(char c) {
    if (!comment_) put_in_cell(c);
    if ((static_cast<unsigned char>(c) & 0xC0u) != 0x80u) ++column_;
  }

  void put_in_cell(char c) {
    if (static_cast<unsigned char>(c) < 0x20 && c != '\t')
      file_.fail("has a control character; is this a text file?", line_, column_);
    if (quote_ == Quote::open) {
      if (c == '"')
        quote_ = Quote::closed;
      else
        keep(c);
    } else if (c == '#') {
      comment_ = true;
    } else if (c == ',') {
      end_cell();
      line_has_cells_ = true;
      cell_column_ = column_ + 1;
    } else if (c == '"' && quote_ == Quote::closed) {
      quote_ = Quote::open;
      keep(c);
    } else if (c == '"' && cell_.empty()) {
      quote_ = Quote::open;
    } else if (quote_ == Quote::closed && !is_blank(c)) {
      file_.fail("expected a comma after the closing quote", line_, column_);
    } else if (cell_.empty() && is_blank(c)) {
      cell_column_ = column_ + 1;
    } else {
      keep(c);
    }
  }

  void keep(char c) {
    if (cell_.size() == max_cell)
      file_.fail(fmt::format("this cell has more than {} characters", max_cell), line_,
                 cell_column_);
    cell_ += c;
  }

  void end_cell() {
    const Cell cell = read_cell(trimmed(cell_));
    if (cell.kind != CellKind::number && !complaint_) {
      complaint_ = true;
      complaint_column_ = cell_column_;
      complaint_text_ = complaint(cell.kind);
    }
    any_number_ = any_number_ || cell.kind >= CellKind::number;
    ++cells_;
    quote_ = Quote::none;
    cell_.clear();
    if (static_cast<std::int64_t>(entries_.size()) < file_.max_entries)
      entries_.push_back(cell.value);
    else
      over_limit_ = true;
  }

  [[nodiscard]] std::string complaint(CellKind kind) const {
    const std::string shown = quoted(trimmed(cell_));
    switch (kind) {
      case CellKind::empty:
        return "this cell is empty";
      case CellKind::nan:
        return "NaN is refused as data";
      case CellKind::too_large:
        return fmt::format("the number {} is too large for a double", shown);
      default:
        break;
    }
    const bool other = cell_.find_first_of(";\t") != std::string::npos;
    return fmt::format("{} is not a number{}", shown,
                       other ? "; cells are separated by commas" : "");
  }

  void end_line() {
    if (quote_ == Quote::open) file_.fail("this quote is not closed", line_, cell_column_);
    const bool blank = !line_has_cells_ && cell_.empty() && quote_ == Quote::none;
    if (!blank) {
      end_cell();
      end_row();
    }
    comment_ = line_has_cells_ = any_number_ = complaint_ = false;
    cells_ = 0;
  }

  void end_row() {
    const bool is_header = rows_ == 0 && !had_header_ && !any_number_;
    if (is_header) {
      had_header_ = true;
      entries_.clear();
      over_limit_ = false;
      columns_ = cells_;
      return;
    }
    if (complaint_) file_.fail(complaint_text_, line_, complaint_column_);
    if (over_limit_)
      file_.fail(fmt::format("has more than {} entries", file_.max_entries), line_, 1);
    if (rows_ == 0 && !had_header_) columns_ = cells_;
    if (cells_ != columns_)
      file_.fail(fmt::format("this row has {} cell{} and the first {} has {}", cells_,
                             cells_ == 1 ? "" : "s", had_header_ ? "line" : "row", columns_),
                 line_, 1);
    ++rows_;
  }

  const DataFile& file_;
  std::size_t line_ = 1, column_ = 1, cell_column_ = 1;
  std::string cell_;
  Quote quote_ = Quote::none;
  bool comment_ = false, after_return_ = false;

  // the line at hand
  bool line_has_cells_ = false, any_number_ = false, complaint_ = false, over_limit_ = false;
  std::size_t cells_ = 0, complaint_column_ = 0;
  std::string complaint_text_;

  std::int64_t rows_ = 0;
  std::size_t columns_ = 0;
  bool had_header_ = false;
  std::vector<double> entries_;
};

}  // namespace

LoadedData load_csv(const DataFile& file) { return CsvReader(file).read(); }

}  // namespace verigrad::expressions
