#include "gradcheck/value_noise.hpp"

#include <cmath>

#include "engine/error.hpp"
#include "engine/functions.hpp"

namespace verigrad::gradcheck {
namespace {

constexpr std::int64_t most_outputs = 64;

/// The values between the leaves and the output through which a derivative flows.
std::vector<Tensor<double>> intermediates(const Program& program, const Point& point,
                                          ValueId output, Tensor<double>& result) {
  const std::vector<bool> reached = program.reachable(std::span<const ValueId>(&output, 1));
  std::vector<ValueId> roots{output};
  for (std::size_t i = 0; i < reached.size(); ++i)
    if (reached[i] && program.values()[i].kind == Value::Kind::operation)
      roots.push_back(static_cast<ValueId>(i));
  const std::vector<Tensor<double>> leaves = leaf_tensors<double>(program, point, true);
  const std::vector<Tensor<double>> values = run<double>(program, leaves, roots);
  result = values.front();
  std::vector<Tensor<double>> between;
  for (std::size_t i = 1; i < values.size(); ++i)
    if (values[i].requires_grad()) between.push_back(values[i]);
  return between;
}

double weighted(const Tensor<double>& adjoint, const Tensor<double>& value) {
  double sum = 0;
  for (std::int64_t i = 0; i < value.numel(); ++i) sum += std::abs(adjoint[i] * value[i]);
  return sum;
}

}  // namespace

std::vector<double> value_noise(const Program& program, const Point& point, ValueId output) {
  std::vector<double> noise(static_cast<std::size_t>(program.shape(output).numel()), 0.0);
  if (noise.empty() || noise.size() > most_outputs) return noise;
  try {
    Tensor<double> result;
    const std::vector<Tensor<double>> between = intermediates(program, point, output, result);
    if (between.empty()) return noise;
    for (std::size_t i = 0; i < noise.size(); ++i) {
      std::vector<double> unit(noise.size(), 0.0);
      unit[i] = 1;
      const Tensor<double> cotangent(result.shape(), unit);
      const std::vector<Tensor<double>> adjoints =
          grad<double>({&result, 1}, between, {&cotangent, 1}, {.retain_graph = true}, true);
      double sum = 0;
      for (std::size_t k = 0; k < between.size(); ++k)
        if (adjoints[k].defined()) sum += weighted(adjoints[k], between[k]);
      if (std::isfinite(sum)) noise[i] = unit_roundoff(DType::f64) * sum;
    }
  } catch (const Error&) {  // no derivative here: the function's own values tell its noise
  }
  return noise;
}

}  // namespace verigrad::gradcheck
