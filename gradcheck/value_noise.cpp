#include "gradcheck/value_noise.hpp"

#include <cmath>

#include "engine/error.hpp"
#include "engine/functions.hpp"
#include "gradcheck/sums.hpp"

namespace verigrad::gradcheck {
namespace {

constexpr std::int64_t most_outputs = 64;

/// A recorded evaluation: the output, and the values between it and the leaves through which a
/// derivative flows.
struct Recorded {
  std::vector<Tensor<double>> leaves;
  std::vector<Tensor<double>> between;
  Tensor<double> result;
};

Recorded record(const Program& program, const Point& point, ValueId output) {
  const std::vector<bool> reached = program.reachable(std::span<const ValueId>(&output, 1));
  std::vector<ValueId> roots{output};
  for (std::size_t i = 0; i < reached.size(); ++i)
    if (reached[i] && program.values()[i].kind == Value::Kind::operation)
      roots.push_back(static_cast<ValueId>(i));
  Recorded recorded;
  recorded.leaves = leaf_tensors<double>(program, point, true);
  const std::vector<Tensor<double>> values = run<double>(program, recorded.leaves, roots);
  recorded.result = values.front();
  for (std::size_t i = 1; i < values.size(); ++i)
    if (values[i].requires_grad()) recorded.between.push_back(values[i]);
  return recorded;
}

Tensor<double> as_tensor(const std::vector<double>& entries, const Shape& shape) {
  return Tensor<double>(shape, std::span<const double>(entries));
}

/// u * sum |adjoint| |value| of one differentiated quantity.
double rounding_of(const Tensor<double>& quantity, const Tensor<double>& cotangent,
                   const std::vector<Tensor<double>>& between) {
  const std::vector<Tensor<double>> adjoints =
      grad<double>({&quantity, 1}, between, {&cotangent, 1}, {.retain_graph = true}, true);
  double sum = 0;
  for (std::size_t k = 0; k < between.size(); ++k) {
    if (!adjoints[k].defined()) continue;
    const std::span<const double> slopes = adjoints[k].entries(), sizes = between[k].entries();
    sum += detail::sum_of(sizes.size(),
                          [&](auto load) { return abs(load(slopes.data()) * load(sizes.data())); });
  }
  return std::isfinite(sum) ? unit_roundoff(DType::f64) * sum : 0;
}

std::vector<double> noise_of(const Recorded& recorded) {
  std::vector<double> noise(static_cast<std::size_t>(recorded.result.numel()), 0.0);
  if (noise.empty() || noise.size() > most_outputs || recorded.between.empty()) return noise;
  try {
    for (std::size_t i = 0; i < noise.size(); ++i) {
      std::vector<double> unit(noise.size(), 0.0);
      unit[i] = 1;
      noise[i] =
          rounding_of(recorded.result, as_tensor(unit, recorded.result.shape()), recorded.between);
    }
  } catch (const Error&) {  // no derivative here: the function's own values tell its noise
  }
  return noise;
}

}  // namespace

std::vector<double> value_noise(const Program& program, const Point& point, ValueId output) {
  try {
    return noise_of(record(program, point, output));
  } catch (const Error&) {  // no value here
    return std::vector<double>(static_cast<std::size_t>(program.shape(output).numel()), 0.0);
  }
}

std::vector<double> value_noise(const Program& program, std::span<const Tensor<double>> values,
                                ValueId output) {
  Recorded recorded;
  recorded.result = values[static_cast<std::size_t>(output)];
  for (std::size_t i = 0; i < values.size(); ++i)
    if (program.values()[i].kind == Value::Kind::operation && values[i].defined() &&
        values[i].requires_grad())
      recorded.between.push_back(values[i]);
  return noise_of(recorded);
}

double gradient_noise(const Program& program, const Point& point, ValueId output,
                      const std::vector<double>& v, std::size_t leaf, std::size_t entry) {
  try {
    const Recorded recorded = record(program, point, output);
    const Tensor<double> cotangent = as_tensor(v, recorded.result.shape());
    const Tensor<double> gradient = grad<double>({&recorded.result, 1}, {&recorded.leaves[leaf], 1},
                                                 {&cotangent, 1}, {.create_graph = true}, true)[0];
    if (!gradient.defined() || !gradient.requires_grad()) return 0;
    std::vector<double> unit(static_cast<std::size_t>(gradient.numel()), 0.0);
    unit[entry] = 1;
    return rounding_of(gradient, as_tensor(unit, gradient.shape()), recorded.between);
  } catch (const Error&) {
    return 0;
  }
}

}  // namespace verigrad::gradcheck
