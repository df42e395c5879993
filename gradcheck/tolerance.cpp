#include "gradcheck/tolerance.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace verigrad::gradcheck {

Tolerance Tolerance::standard(DType dtype) {
  return {.max_ulps = dtype == DType::f32 ? 0x1p12 : 0x1p26, .relative = std::nullopt};
}

double ulp(DType dtype, double x) {
  x = std::abs(x);
  if (dtype == DType::f32) {
    const auto f = static_cast<float>(std::min(x, 0x1p127));
    return static_cast<double>(
        std::max(std::nextafter(f, std::numeric_limits<float>::infinity()) - f, 0x1p-149F));
  }
  const double bounded = std::min(x, 0x1p1023);
  return std::nextafter(bounded, std::numeric_limits<double>::infinity()) - bounded;
}

double full_digits(DType dtype) { return -std::log10(unit_roundoff(dtype)); }

double smallest_positive(DType dtype) { return dtype == DType::f64 ? 0x1p-1074 : 0x1p-149; }

double allowance(const Tolerance& tolerance, double truth, DType dtype) {
  if (tolerance.relative) return *tolerance.relative * std::abs(truth);
  return tolerance.max_ulps * ulp(dtype, truth);
}

double digits_of(double error, double size, DType dtype) {
  const double most = full_digits(dtype);
  if (error <= 0) return most;
  if (size <= 0 || !std::isfinite(error)) return 0;
  return std::clamp(0 - std::log10(error / size), 0.0, most);
}

}  // namespace verigrad::gradcheck
