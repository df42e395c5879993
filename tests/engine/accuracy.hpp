#pragma once

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "engine/creation.hpp"
#include "engine/random.hpp"
#include "tests/engine/structural.hpp"
#include "tests/gradcheck/ball.hpp"

// Sweeps of an operation's value and derivative against Arb.
namespace verigrad::accuracy {

using structural::D;
using structural::Tensors;
using test::Ball;
using Operand = std::array<double, 2>;
using Truth = std::function<Ball(const Ball&, const Ball&)>;

/// An operation of one or two operands, its value and its derivative by one of them.
struct Sweep {
  std::string name;
  std::size_t arity = 1;
  std::size_t by = 0;  ///< the operand of the derivative
  std::function<D(const D&, const D&)> function;
  Truth value;
  Truth derivative;
  /// For a derivative that is a sum of terms which cancel: its largest term. Within 2^-10 |x| of
  /// its zeros, errors are measured in this term's ulps.
  Truth largest_term = nullptr;
  /// For a value likewise.
  Truth largest_value_term = nullptr;
  double value_ulps = 2;
  double smallest = 1e-310, largest = 1e308;     ///< magnitudes of the whole sweep,
  double central_smallest = 1e-3, central = 40;  ///< and of the half spent where it matters most
  bool negative = true;
  bool second_negative = true;
};

constexpr double normal = std::numeric_limits<double>::min();

inline double ulp(double x) {
  const double size = std::max(std::abs(x), normal);
  return size - std::nextafter(size, 0.0);
}

/// The enclosure at as many bits as it takes.
inline Ball sharp(const Truth& truth, double x, double y) {
  Ball result;
  for (Ball::bits = 320; Ball::bits <= 40960; Ball::bits *= 2) {
    result = truth(Ball(x), Ball(y));
    if (result.sharp()) break;
  }
  EXPECT_TRUE(result.sharp()) << x << ", " << y;
  Ball::bits = 320;
  return result;
}

/// Whether the derivative changes its sign within 2^-10 of x.
inline bool near_zero(const Sweep& sweep, const Operand& at) {
  if (std::abs(at[0]) > 512) return true;
  Operand below = at, above = at;
  below[0] *= 1 - 0x1p-10;
  above[0] *= 1 + 0x1p-10;
  const double a = sharp(sweep.derivative, below[0], below[1]).value();
  const double b = sharp(sweep.derivative, above[0], above[1]).value();
  return (a < 0) != (b < 0);
}

inline std::vector<Operand> points_of(const Sweep& sweep, int count) {
  Random random = Random::stream(20240229, 1 + sweep.by);
  const auto draw = [&](bool central, bool negative) {
    const double size = central ? random.log_uniform(sweep.central_smallest, sweep.central)
                                : random.log_uniform(sweep.smallest, sweep.largest);
    return negative && random.uniform() < 0.5 ? -size : size;
  };
  std::vector<Operand> points;
  for (int k = 0; k < count; ++k)
    points.push_back({draw(k % 2 == 0, sweep.negative), draw(k % 4 < 3, sweep.second_negative)});
  return points;
}

/// The error in `unit`s. A truth that is no normal number asks only that no NaN or other magnitude
/// stands for it.
inline double error_in_ulps(double got, const Ball& truth, double unit) {
  const double expected = truth.value();
  if (!std::isfinite(expected)) return std::isnan(got) ? structural::inf : 0;
  if (!std::isfinite(got))
    return std::abs(expected) < std::numeric_limits<double>::max() * 0.999999 ? structural::inf : 0;
  if (std::abs(expected) < normal) return std::abs(got) < 2 * normal ? 0 : structural::inf;
  return truth.distance(got) / unit;
}

struct Worst {
  double error = 0;
  Operand at{};
  void see(double candidate, const Operand& point) {
    if (!(candidate > error)) return;
    error = candidate;
    at = point;
  }
};

/// Asserts at most 4 ulp of derivatives, by the fused and the recorded backward pass, and the
/// sweep's bound of values. With VERIGRAD_PRINT_ULPS in the environment it prints the worst errors.
inline void run(const Sweep& sweep, int count = 2000) {
  const std::vector<Operand> points = points_of(sweep, count);
  Tensors operands(2);
  for (std::size_t i = 0; i < 2; ++i) {
    operands[i] = D::uninitialised(Shape{count});
    for (std::size_t k = 0; k < points.size(); ++k) operands[i].mutable_data()[k] = points[k][i];
  }
  D& x = operands[sweep.by];
  x.requires_grad_();
  const D y = sweep.function(operands[0], operands[1]);
  const D again = sweep.function(operands[0], operands[1]);
  const D one = ones<double>(Shape{count});
  const D fused = structural::gradient_of(y, x, one);
  const D recorded = grad<double>(sum(again), {x}, {.create_graph = true})[0];
  Worst value, derivative, recorded_derivative;
  for (std::size_t k = 0; k < points.size(); ++k) {
    const auto& [a, b] = points[k];
    const auto at = static_cast<std::int64_t>(k);
    const Ball truth = sharp(sweep.value, a, b);
    const double term =
        sweep.largest_value_term ? sharp(sweep.largest_value_term, a, b).value() : truth.value();
    value.see(error_in_ulps(y[at], truth, std::max(ulp(truth.value()), ulp(term))), points[k]);
    const Ball slope = sharp(sweep.derivative, a, b);
    double unit = ulp(slope.value());
    if (sweep.largest_term && near_zero(sweep, points[k]))
      unit = std::max(unit, ulp(sharp(sweep.largest_term, a, b).value()));
    derivative.see(error_in_ulps(fused[at], slope, unit), points[k]);
    recorded_derivative.see(error_in_ulps(recorded[at], slope, unit), points[k]);
  }
  const auto where = [&](const Worst& worst) {
    return sweep.name + " at " + testing::PrintToString(worst.at);
  };
  EXPECT_LE(value.error, sweep.value_ulps) << "value of " << where(value);
  EXPECT_LE(derivative.error, 4) << "derivative of " << where(derivative);
  EXPECT_LE(recorded_derivative.error, 4) << "recorded " << where(recorded_derivative);
  if (std::getenv("VERIGRAD_PRINT_ULPS") != nullptr)
    std::printf("%-24s value %6.2f  derivative %6.2f  recorded %6.2f\n", sweep.name.c_str(),
                value.error, derivative.error, recorded_derivative.error);
}

}  // namespace verigrad::accuracy
