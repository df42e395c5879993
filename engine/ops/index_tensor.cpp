#include "engine/ops/index_tensor.hpp"

#include <fmt/format.h>

#include <cmath>

#include "engine/error.hpp"

namespace verigrad {
namespace {

std::string where_it_stands(std::int64_t entry, const Shape& index, const Shape& input) {
  return fmt::format("entry {} of an index of shape {}, with an input of shape {}",
                     index.rank() == 0 ? "[]" : index_text(entry, index), to_string(index),
                     to_string(input));
}

}  // namespace

template <class T>
std::vector<std::int64_t> checked_indices(std::string_view operation, const Tensor<T>& index,
                                          std::size_t dim, std::int64_t size, const Shape& input) {
  std::vector<std::int64_t> result(static_cast<std::size_t>(index.numel()));
  for (std::int64_t i = 0; i < index.numel(); ++i) {
    const auto entry = static_cast<double>(index[i]);
    if (std::isnan(entry) || entry != std::floor(entry))
      throw IndexError(fmt::format("{}: index {} is not an integer: {}", operation, entry,
                                   where_it_stands(i, index.shape(), input)));
    if (!(entry >= 0 && entry < static_cast<double>(size)))
      throw IndexError(
          fmt::format("{}: index {} is out of bounds for dimension {} with size {}: {}", operation,
                      entry, dim, size, where_it_stands(i, index.shape(), input)));
    result[static_cast<std::size_t>(i)] = static_cast<std::int64_t>(entry);
  }
  return result;
}

template std::vector<std::int64_t> checked_indices(std::string_view, const Tensor<float>&,
                                                   std::size_t, std::int64_t, const Shape&);
template std::vector<std::int64_t> checked_indices(std::string_view, const Tensor<double>&,
                                                   std::size_t, std::int64_t, const Shape&);

}  // namespace verigrad
