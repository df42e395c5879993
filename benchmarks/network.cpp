#include "benchmarks/network.hpp"

#include <cmath>
#include <string>

#include "engine/operation.hpp"

namespace verigrad::benchmarks {
namespace {

std::vector<double> entries(std::size_t count, double low, double high, double phase) {
  const Numbers numbers = spread(count, low, high, phase);
  return {numbers.begin(), numbers.end()};
}

}  // namespace

Network::Network(std::size_t inputs_, std::size_t hidden_) : inputs(inputs_), hidden(hidden_) {
  const auto d = static_cast<std::int64_t>(inputs), h = static_cast<std::int64_t>(hidden);
  const auto rows = static_cast<std::int64_t>(batch);
  const auto leaf = [&](const char* name, const Shape& shape, bool differentiable) {
    return program.add_leaf({.name = name, .shape = shape, .differentiable = differentiable});
  };
  const auto apply = [&](const char* name, std::vector<ValueId> operands,
                         AttributesRef attributes = nullptr) {
    return program.add(*find_operation(name), std::move(operands), std::move(attributes));
  };
  const ValueId X = leaf("X", {rows, d}, false), y = leaf("y", {rows, 1}, false);
  const ValueId W1 = leaf("W1", {d, h}, true), b1 = leaf("b1", {h}, true);
  const ValueId W2 = leaf("W2", {h, 1}, true), b2 = leaf("b2", {1}, true);
  const ValueId units = apply("tanh", {apply("add", {apply("matmul", {X, W1}), b1})});
  const ValueId p = apply("sigmoid", {apply("add", {apply("matmul", {units, W2}), b2})});
  loss = apply("bce", {p, y, program.add_number("1", 1)}, make_attributes({std::string("mean")}));

  const double first = 1 / std::sqrt(static_cast<double>(inputs)),
               second = 1 / std::sqrt(static_cast<double>(hidden));
  for (int i = 0; i < 8; ++i) {
    const double phase = 0.1 * i;
    points.push_back({entries(batch * inputs, -1, 1, phase), entries(batch, 0, 1, 0.7 + phase),
                      entries(inputs * hidden, -first, first, 0.3 + phase),
                      entries(hidden, -first, first, 0.1 + phase),
                      entries(hidden, -second, second, 0.9 + phase),
                      entries(1, -second, second, 0.4 + phase)});
  }
}

}  // namespace verigrad::benchmarks
