#include "engine/print.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <vector>

namespace verigrad {
namespace {

constexpr std::int64_t summary_threshold = 1000;
constexpr std::int64_t edge_items = 3;
constexpr std::size_t line_width = 80;
constexpr std::string_view prefix = "tensor(";

/// A part of a tensor: `size` entries blocks from `data` on, along the dims from `dim` to the last.
template <class T>
struct Block {
  const T* data;
  const Shape& shape;
  std::size_t dim;

  std::size_t rank() const { return shape.rank() - dim; }
  std::int64_t size() const { return shape[dim]; }
  Block operator[](std::int64_t i) const {
    std::int64_t stride = 1;
    for (std::size_t d = dim + 1; d < shape.rank(); ++d) stride *= shape[d];
    return {data + i * stride, shape, dim + 1};
  }
};

/// Calls f(i) for each index that is shown, and skip() where some are left out.
template <class F, class Skip>
void for_shown(std::int64_t size, bool summarise, F&& f, Skip&& skip) {
  const bool abridged = summarise && size > 2 * edge_items;
  for (std::int64_t i = 0; i < (abridged ? edge_items : size); ++i) f(i);
  if (!abridged) return;
  skip();
  for (std::int64_t i = size - edge_items; i < size; ++i) f(i);
}

template <class T>
void collect_shown(const Block<T>& block, bool summarise, std::vector<T>& shown) {
  if (block.rank() == 0) {
    shown.push_back(*block.data);
    return;
  }
  for_shown(
      block.size(), summarise, [&](auto i) { collect_shown(block[i], summarise, shown); }, [] {});
}

/// Python's `format`, which has no negative NaN.
std::string fixed(double value, int precision) {
  return std::isnan(value) ? "nan" : fmt::format("{:.{}f}", value, precision);
}

std::string scientific(double value) {
  return std::isnan(value) ? "nan" : fmt::format("{:.4e}", value);
}

/// The one notation and width that all entries of a tensor share.
template <class T>
class Notation {
 public:
  explicit Notation(const std::vector<T>& shown) {
    if constexpr (std::is_floating_point_v<T>) {
      choose(shown);
    } else {
      for (T value : shown) widen(format(value));
    }
  }

  std::size_t width() const { return width_; }

  std::string operator()(T value) const { return fmt::format("{:>{}}", format(value), width_); }

 private:
  void choose(const std::vector<T>& shown) {
    std::vector<T> finite;
    std::copy_if(shown.begin(), shown.end(), std::back_inserter(finite),
                 [](T x) { return std::isfinite(x) && x != 0; });
    if (finite.empty()) return;
    double smallest = INFINITY, largest = 0;
    for (T value : finite) {
      integral_ = integral_ && value == std::ceil(value);
      smallest = std::min(smallest, std::abs(static_cast<double>(value)));
      largest = std::max(largest, std::abs(static_cast<double>(value)));
    }
    scientific_ = largest / smallest > 1000 || largest > 1e8 || (!integral_ && smallest < 1e-4);
    for (T value : finite) widen(format(value));
  }

  void widen(const std::string& text) { width_ = std::max(width_, text.size()); }

  std::string format(T value) const {
    if constexpr (std::is_floating_point_v<T>) {
      const double number = static_cast<double>(value);
      if (scientific_) return scientific(number);
      if (!integral_) return fixed(number, 4);
      return fixed(number, 0) + (std::isfinite(number) ? "." : "");
    } else {
      return fmt::format("{}", value);
    }
  }

  bool integral_ = true, scientific_ = false;
  std::size_t width_ = 1;
};

template <class T>
std::string vector_string(const Block<T>& block, std::size_t indent, bool summarise,
                          const Notation<T>& notation) {
  std::vector<std::string> items;
  for_shown(
      block.size(), summarise, [&](auto i) { items.push_back(notation(block.data[i])); },
      [&] { items.emplace_back(" ..."); });
  const std::size_t room = indent < line_width ? line_width - indent : 0;
  const std::size_t per_line = std::max<std::size_t>(1, room / (notation.width() + 2));
  std::string text = "[";
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) text += i % per_line == 0 ? std::string(",\n").append(indent + 1, ' ') : ", ";
    text += items[i];
  }
  return text + "]";
}

template <class T>
std::string block_string(const Block<T>& block, std::size_t indent, bool summarise,
                         const Notation<T>& notation) {
  if (block.rank() == 0) return notation(*block.data);
  if (block.rank() == 1) return vector_string(block, indent, summarise, notation);
  std::vector<std::string> items;
  for_shown(
      block.size(), summarise,
      [&](auto i) { items.push_back(block_string(block[i], indent + 1, summarise, notation)); },
      [&] { items.emplace_back("..."); });
  const std::string separator =
      std::string(",").append(block.rank() - 1, '\n').append(indent + 1, ' ');
  return fmt::format("[{}]", fmt::join(items, separator));
}

template <class T>
std::vector<std::string> suffixes_of(const Tensor<T>& tensor, PrintOptions options) {
  std::vector<std::string> suffixes;
  const bool empty = tensor.numel() == 0;
  if (empty && tensor.shape().rank() != 1)
    suffixes.push_back(fmt::format("size=({})", fmt::join(tensor.shape(), ", ")));
  // An empty list would be read back as floating point, so there the integers are named too.
  if (dtype_name<T>() != options.default_dtype && (empty || std::is_floating_point_v<T>))
    suffixes.push_back(fmt::format("dtype={}", dtype_name<T>()));
  if (!tensor.is_leaf()) {
    suffixes.push_back(fmt::format("grad_fn=<{}>", tensor.grad_fn()));
  } else if (tensor.requires_grad()) {
    suffixes.emplace_back("requires_grad=True");
  }
  return suffixes;
}

/// Appends what follows the entries, on a new line where it would not fit.
std::string with_suffixes(std::string text, const std::vector<std::string>& suffixes) {
  // PyTorch counts two columns more than the last line has.
  std::size_t length = text.size() - (text.rfind('\n') + 1) + 2;
  for (const std::string& suffix : suffixes) {
    if (length + suffix.size() + 2 > line_width) {
      text.append(",\n").append(prefix.size(), ' ').append(suffix);
      length = prefix.size() + suffix.size();
    } else {
      text += ", " + suffix;
      length += suffix.size() + 2;
    }
  }
  return text + ")";
}

}  // namespace

template <class T>
std::string to_string(const Tensor<T>& tensor, PrintOptions options) {
  if (!tensor.defined()) return "None";
  std::string text(prefix);
  if (tensor.numel() == 0) {
    text += "[]";
  } else {
    const bool summarise = tensor.numel() > summary_threshold;
    const Block<T> whole{tensor.data(), tensor.shape(), 0};
    std::vector<T> shown;
    collect_shown(whole, summarise, shown);
    text += block_string(whole, prefix.size(), summarise, Notation<T>(shown));
  }
  return with_suffixes(std::move(text), suffixes_of(tensor, options));
}

template std::string to_string(const Tensor<float>&, PrintOptions);
template std::string to_string(const Tensor<double>&, PrintOptions);
template std::string to_string(const Tensor<std::int64_t>&, PrintOptions);

}  // namespace verigrad
