#pragma once

#include <cstdint>

namespace verigrad::detail {

/// A matrix in row-major order, read as it is or transposed.
template <class T>
struct Factor {
  const T* entries;
  bool transposed = false;
};

/// y = a b in row-major order, where a is rows x inner and b inner x columns after transposition;
/// sizes may be 0.
template <class T>
void multiply(Factor<T> a, Factor<T> b, std::int64_t rows, std::int64_t inner, std::int64_t columns,
              T* y);

}  // namespace verigrad::detail
