// Data files: `const X = load("points.csv")`, comma-separated text or NumPy's .npy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace verigrad::expressions {

/// A file's numbers: `entries` in row-major order, as many as the product of `shape`.
struct LoadedData {
  std::vector<std::int64_t> shape;
  std::vector<double> entries;
};

/// A data file that cannot be read or is not what it claims to be. what() begins with the file's
/// path, and with `path:line:column` where a place in a text is known.
class DataError : public std::runtime_error {
 public:
  explicit DataError(const std::string& message, std::size_t line = 0, std::size_t column = 0)
      : std::runtime_error(message), line_(line), column_(column) {}

  /// Line and column of a .csv file's cell, from 1 and in code points; 0 when the error has none.
  [[nodiscard]] std::size_t line() const { return line_; }
  [[nodiscard]] std::size_t column() const { return column_; }

 private:
  std::size_t line_;
  std::size_t column_;
};

/// Reads a data file of at most `max_entries` entries; its name's ending (any case) says how.
///
/// `.csv`: numbers between commas, in double quotes or not; blank lines and everything from a `#`
/// on are skipped, and so is a first line in which no cell is a number. One column gives shape [n],
/// otherwise [n, m]. LF or CRLF, with or without a byte order mark. Errors: rows of different
/// length, a cell that is empty, not a number or too large for a double, no row at all.
///
/// `.npy`: format 1.0, 2.0 and 3.0, little-endian f4 f8 i1 i2 i4 i8 u1 u2 u4 u8 and bool, in C or
/// Fortran order, up to 8 dims. The header is checked against the file's size before anything is
/// allocated. Errors also: an integer that no double holds exactly, bytes after the array.
///
/// NaN is refused in both. Throws DataError; memory is bounded by max_entries.
LoadedData load_data(const std::filesystem::path& path, std::int64_t max_entries);

}  // namespace verigrad::expressions
