// The floors against the engine: what is measured must be the same function. Their values are
// compared with plain double formulas as well, since the benchmarks compare gradients alone.
#include "benchmarks/floors/floors.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "benchmarks/runs.hpp"

namespace verigrad::benchmarks {
namespace {

template <class Run>
void expect_floor_gradient(const typename Run::Problem& problem) {
  Run run(problem);
  run.step();
  const Numbers floor = problem.gradient(), engine = run.gradient();
  EXPECT_TRUE(agree(engine, floor, problem.roundings));
}

void expect_near(double value, double expected, double roundings) {
  EXPECT_NEAR(value, expected,
              roundings * std::numeric_limits<double>::epsilon() * std::abs(expected));
}

TEST(Agree, IsRelativeToTheLargestEntry) {
  const double unit = std::numeric_limits<double>::epsilon() / 2;
  const Numbers a{4, 1e-3}, near{4, 1e-3 + 12 * unit}, far{4, 1e-3 + 20 * unit};
  EXPECT_TRUE(agree(a, near, 4));
  EXPECT_FALSE(agree(a, far, 4));
}

TEST(Agree, RefusesOtherSizesAndWhatIsNotFinite) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(agree(Numbers{1, 2}, Numbers{1}, 1e9));
  EXPECT_FALSE(agree(Numbers{}, Numbers{}, 1e9));
  EXPECT_FALSE(agree(Numbers{nan}, Numbers{nan}, 1e9));
  EXPECT_FALSE(agree(Numbers{nan}, Numbers{1}, 1e9));
}

TEST(Floor, Pointwise) {
  for (const std::size_t size : {1u, 2u, 7u, 8u, 9u, 10u, 100u, 1003u}) {
    const Pointwise problem(size);
    expect_floor_gradient<engine::Pointwise>(problem);
    Numbers g(size);
    const double value = floors::pointwise(problem.x, g);
    expect_near(value, floors::plain_pointwise(problem.x), 100);
    expect_near(value, tensors::pointwise(engine::Pointwise(problem).x).item(), 100);
  }
}

TEST(Floor, Logistic) {
  const Logistic problem;
  expect_floor_gradient<engine::Logistic>(problem);
  Numbers g(Logistic::columns);
  expect_near(floors::logistic(problem, g), engine::Logistic(problem).loss().item(), 100);
}

TEST(Floor, Perceptron) {
  const Perceptron problem;
  expect_floor_gradient<engine::Perceptron>(problem);
  Numbers g(Perceptron::parameters);
  expect_near(floors::Perceptron()(problem, g), engine::Perceptron(problem).loss().item(), 100);
}

TEST(Floor, Product) {
  for (const std::size_t size : {1u, 5u, 32u, 33u, 63u, 64u, 1000u}) {
    const Product problem(size);
    expect_floor_gradient<engine::ScalarProduct>(problem);
    expect_floor_gradient<engine::VectorProduct>(problem);
    double plain = 1;
    for (const double each : problem.x) plain *= each;
    Numbers g(size);
    expect_near(floors::product(problem.x, g), plain, problem.roundings);
  }
}

TEST(Floor, Chains) {
  for (const Link link : {Link::multiplication, Link::sine})
    for (const std::size_t size : {std::size_t{1}, std::size_t{37}, chain_vector})
      for (const std::size_t length : {1u, 10u, 100u}) {
        const Chain problem(link, size, length);
        expect_floor_gradient<engine::Chain>(problem);
        expect_floor_gradient<engine::Backward<engine::Chain>>(problem);
        Numbers y(size), g(size);
        floors::chain(problem, y, g);
        const Tensor<double> result = engine::Chain(problem).result();
        EXPECT_TRUE(agree(y, result.entries(), problem.roundings));
      }
}

/// The flow of y' = sin(y) has dy(T)/dy(0) = sin(y(T)) / sin(y(0)); Euler's method nears it.
TEST(Floor, Euler) {
  for (const std::size_t nodes : {3u, 1000u, 30000u}) {
    const Euler problem(nodes);
    expect_floor_gradient<engine::Euler>(problem);
    double slope = 0;
    const double y = floors::euler(problem, slope);
    EXPECT_NEAR(slope, std::sin(y) / std::sin(problem.start), 1.5 * problem.h);
  }
}

}  // namespace
}  // namespace verigrad::benchmarks
