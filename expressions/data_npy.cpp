#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <optional>
#include <string_view>

#include "expressions/data_impl.hpp"
#include "expressions/diagnostic.hpp"

namespace verigrad::expressions {
namespace {

static_assert(std::endian::native == std::endian::little, "entries are read as they lie");

constexpr std::size_t max_header = std::size_t{1} << 20;
constexpr std::size_t max_rank = 8;

struct Header {
  std::string descr;
  bool fortran_order = false;
  std::vector<std::int64_t> shape;
};

/// The header's Python literal: `{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }`.
class HeaderParser {
 public:
  HeaderParser(const DataFile& file, std::string_view text) : file_(file), text_(text) {}

  Header parse() {
    Header header;
    bool descr = false, order = false, shape = false;
    expect('{');
    while (!accept('}')) {
      const std::string key = string();
      expect(':');
      bool* seen = key == "descr"           ? &descr
                   : key == "fortran_order" ? &order
                   : key == "shape"         ? &shape
                                            : nullptr;
      if (!seen || *seen) malformed(fmt::format("unexpected key {}", expressions::quoted(key)));
      *seen = true;
      if (seen == &descr)
        header.descr = descr_string();
      else if (seen == &order)
        header.fortran_order = boolean();
      else
        header.shape = sizes();
      if (accept('}')) break;
      expect(',');
    }
    if (peek() != '\0' || at_ < text_.size()) malformed("text after the dictionary");
    if (!descr || !order || !shape)
      malformed("one of 'descr', 'fortran_order' and 'shape' is missing");
    return header;
  }

 private:
  [[noreturn]] void malformed(const std::string& what) const {
    file_.fail(fmt::format("malformed .npy header: {}", what));
  }

  char peek() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  bool accept(char c) {
    if (peek() != c || at_ >= text_.size()) return false;
    ++at_;
    return true;
  }

  void expect(char c) {
    if (!accept(c)) malformed(fmt::format("expected '{}' at byte {}", c, at_));
  }

  std::string string() {
    const char quote = peek();
    if (quote != '\'' && quote != '"') malformed(fmt::format("expected a string at byte {}", at_));
    const std::size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) malformed("a string is not closed");
    std::string value(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return value;
  }

  std::string descr_string() {
    if (peek() == '[') file_.fail("structured .npy dtypes are not supported");
    return string();
  }

  bool boolean() {
    peek();
    for (const std::string_view word : {"True", "False"})
      if (text_.substr(at_).starts_with(word)) {
        at_ += word.size();
        return word == "True";
      }
    malformed(fmt::format("expected True or False at byte {}", at_));
  }

  std::vector<std::int64_t> sizes() {
    std::vector<std::int64_t> shape;
    expect('(');
    while (!accept(')')) {
      if (shape.size() == max_rank)
        file_.fail(fmt::format("the array has more than {} dims", max_rank));
      shape.push_back(size());
      if (accept(')')) break;
      expect(',');
    }
    return shape;
  }

  std::int64_t size() {
    std::int64_t value = 0;
    peek();
    const std::size_t from = at_;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') {
      const int digit = text_[at_++] - '0';
      if (value > (INT64_MAX - digit) / 10) malformed("a size does not fit in 64 bits");
      value = value * 10 + digit;
    }
    if (at_ == from) malformed(fmt::format("expected a size at byte {}", at_));
    if (at_ < text_.size() && text_[at_] == 'L') ++at_;  // written by Python 2
    return value;
  }

  const DataFile& file_;
  std::string_view text_;
  std::size_t at_ = 0;
};

struct Dtype {
  char kind;  ///< f, i, u or b
  std::size_t bytes;
};

Dtype read_dtype(const DataFile& file, const std::string& descr) {
  const auto is = [&](std::string_view list) {
    return list.find(fmt::format(" {} ", descr)) != std::string_view::npos;
  };
  const bool known = descr.size() == 3 && is(" <f4 <f8 |i1 <i1 |u1 <u1 |b1 <b1 <i2 <i4 <i8 <u2 "
                                             "<u4 <u8 =f4 =f8 =i1 =i2 =i4 =i8 =u1 =u2 =u4 =u8 ");
  if (!known)
    file.fail(fmt::format("the .npy dtype {} is not supported{}", expressions::quoted(descr),
                          descr.starts_with('>') ? ": it is big-endian" : ""));
  return {descr[1], static_cast<std::size_t>(descr[2] - '0')};
}

template <class T>
double entry_as(const char* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof value);
  return static_cast<double>(value);
}

template <class T>
std::optional<double> exact(const char* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof value);
  const auto as_double = static_cast<double>(value);
  const bool fits = as_double < (std::is_signed_v<T> ? 0x1p63 : 0x1p64);
  if (!fits || static_cast<T>(as_double) != value) return std::nullopt;
  return as_double;
}

/// The entry, or nothing when no double equals it.
std::optional<double> read_entry(Dtype dtype, const char* bytes) {
  if (dtype.kind == 'f') return dtype.bytes == 4 ? entry_as<float>(bytes) : entry_as<double>(bytes);
  if (dtype.kind == 'b') return bytes[0] != 0 ? 1.0 : 0.0;
  const bool is_signed = dtype.kind == 'i';
  switch (dtype.bytes) {
    case 1:
      return is_signed ? entry_as<std::int8_t>(bytes) : entry_as<std::uint8_t>(bytes);
    case 2:
      return is_signed ? entry_as<std::int16_t>(bytes) : entry_as<std::uint16_t>(bytes);
    case 4:
      return is_signed ? entry_as<std::int32_t>(bytes) : entry_as<std::uint32_t>(bytes);
    default:
      return is_signed ? exact<std::int64_t>(bytes) : exact<std::uint64_t>(bytes);
  }
}

/// Maps positions in the file to positions in row-major order.
class Order {
 public:
  explicit Order(const Header& header) : shape_(header.shape), fortran_(header.fortran_order) {}

  /// The row-major position of the entry that comes `position`-th in the file.
  [[nodiscard]] std::size_t row_major(std::size_t position) const {
    if (!fortran_) return position;
    std::size_t target = 0, stride = 1;
    for (const std::int64_t size : shape_) stride *= static_cast<std::size_t>(size);
    for (const std::int64_t size : shape_) {
      const auto n = static_cast<std::size_t>(size);
      stride /= n;
      target += position % n * stride;
      position /= n;
    }
    return target;
  }

  [[nodiscard]] std::string index(std::size_t position) const {
    std::size_t at = row_major(position);
    std::vector<std::size_t> indices(shape_.size());
    for (std::size_t d = shape_.size(); d-- > 0;) {
      const auto n = static_cast<std::size_t>(shape_[d]);
      indices[d] = at % n;
      at /= n;
    }
    return fmt::format("[{}]", fmt::join(indices, ", "));
  }

 private:
  const std::vector<std::int64_t>& shape_;
  bool fortran_;
};

Header read_header(const DataFile& file, std::uintmax_t& data_begin) {
  unsigned char start[12] = {};
  char* bytes = reinterpret_cast<char*>(start);
  if (file.size == 0) file.fail("is empty");
  if (file.read(bytes, 8) < 8 || std::memcmp(start, "\x93NUMPY", 6) != 0)
    file.fail("is not a .npy file: it does not begin with \\x93NUMPY and a version");
  if (start[6] < 1 || start[6] > 3 || start[7] != 0)
    file.fail(fmt::format(".npy version {}.{} is not one of 1.0, 2.0 and 3.0", start[6], start[7]));
  const std::size_t width = start[6] == 1 ? 2 : 4;
  if (file.read(bytes + 8, width) < width) file.fail("the .npy header is cut off");
  std::size_t length = 0;
  for (std::size_t i = 0; i < width; ++i) length |= std::size_t{start[8 + i]} << (8 * i);
  data_begin = 8 + width + length;
  if (data_begin > file.size)
    file.fail(fmt::format("the .npy header is cut off: it claims {} bytes", length));
  if (length > max_header)
    file.fail(
        fmt::format("the .npy header of {} bytes is too large (limit {})", length, max_header));
  std::string text(length, '\0');
  if (file.read(text.data(), length) < length) file.fail("the .npy header is cut off");
  return HeaderParser(file, text).parse();
}

/// The number of entries, which agrees with the file's size and the limit.
std::size_t count_entries(const DataFile& file, const Header& header, Dtype dtype,
                          std::uintmax_t available) {
  const std::int64_t limit = std::max<std::int64_t>(file.max_entries, 0);
  const bool empty = std::find(header.shape.begin(), header.shape.end(), 0) != header.shape.end();
  std::int64_t count = empty ? 0 : 1;
  for (const std::int64_t size : header.shape) {
    if (size > limit || (size != 0 && count > limit / size))
      file.fail(fmt::format("the array of shape [{}] has more than {} entries",
                            fmt::join(header.shape, ", "), file.max_entries));
    count *= size;
  }
  const auto entries = static_cast<std::size_t>(count);
  const std::uintmax_t needed = static_cast<std::uintmax_t>(entries) * dtype.bytes;
  if (count > limit) file.fail(fmt::format("has more than {} entries", file.max_entries));
  if (needed != available)
    file.fail(fmt::format("shape [{}] of {} takes {} bytes after the header and the file has {}",
                          fmt::join(header.shape, ", "), header.descr, needed, available));
  return entries;
}

}  // namespace

LoadedData load_npy(const DataFile& file) {
  std::uintmax_t data_begin = 0;
  const Header header = read_header(file, data_begin);
  const Dtype dtype = read_dtype(file, header.descr);
  const std::size_t count = count_entries(file, header, dtype, file.size - data_begin);
  const Order order(header);
  LoadedData data{header.shape, std::vector<double>(count)};
  std::vector<char> block(dtype.bytes * 8192);
  for (std::size_t at = 0; at < count;) {
    const std::size_t here = std::min<std::size_t>(8192, count - at);
    if (file.read(block.data(), here * dtype.bytes) < here * dtype.bytes)
      file.fail("ends before its last entry");
    for (std::size_t i = 0; i < here; ++i, ++at) {
      const std::optional<double> value = read_entry(dtype, block.data() + i * dtype.bytes);
      if (!value)
        file.fail(fmt::format("the integer at {} is not a double exactly", order.index(at)));
      if (std::isnan(*value))
        file.fail(fmt::format("NaN is refused as data: at {}", order.index(at)));
      data.entries[order.row_major(at)] = *value;
    }
  }
  return data;
}

}  // namespace verigrad::expressions
