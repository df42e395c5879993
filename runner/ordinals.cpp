#include "runner/ordinals.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace verigrad::runner {
namespace {

/// The bits of |x|, which count the numbers from 0 on.
std::int64_t bits_of(DType dtype, double size) {
  return dtype == DType::f64 ? std::bit_cast<std::int64_t>(size)
                             : std::bit_cast<std::int32_t>(static_cast<float>(size));
}

}  // namespace

std::int64_t ordinal_of(DType dtype, double x) {
  const std::int64_t bits = bits_of(dtype, std::abs(x));
  return x < 0 ? -bits : bits;
}

double number_at(DType dtype, std::int64_t ordinal) {
  const std::int64_t last = bits_of(dtype, std::numeric_limits<double>::infinity());
  const std::int64_t bits = std::min(std::abs(ordinal), last);
  const double size = dtype == DType::f64 ? std::bit_cast<double>(bits)
                                          : std::bit_cast<float>(static_cast<std::int32_t>(bits));
  return ordinal < 0 ? -size : size;
}

}  // namespace verigrad::runner
