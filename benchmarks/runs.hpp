#pragma once

#include "benchmarks/engine.hpp"

// What is timed of Verigrad, and what the tests compare with the floors. Each step clears the
// gradients, builds the graph, walks it back and frees it.

namespace verigrad::benchmarks::engine {

struct Pointwise {
  using Problem = benchmarks::Pointwise;

  explicit Pointwise(const Problem& problem)
      : x(leaf(problem.x, {static_cast<std::int64_t>(problem.x.size())})) {}
  void step() {
    x.set_grad({});
    tensors::pointwise(x).backward();
  }
  Numbers gradient() const { return gradients({x}); }

  Tensor<double> x;
};

struct Logistic {
  using Problem = benchmarks::Logistic;

  explicit Logistic(const Problem& problem)
      : X(constant(problem.X, {Problem::rows, Problem::columns})),
        y(constant(problem.y, {Problem::rows})),
        w(leaf(problem.w, {Problem::columns})) {}
  Tensor<double> loss() const { return bce_with_logits(matmul(X, w), y); }
  void step() {
    w.set_grad({});
    loss().backward();
  }
  Numbers gradient() const { return gradients({w}); }

  Tensor<double> X, y, w;
};

struct Perceptron {
  using Problem = benchmarks::Perceptron;

  explicit Perceptron(const Problem& problem)
      : X(constant(problem.X, {Problem::batch, Problem::inputs})),
        y(constant(problem.y, {Problem::batch, 1})),
        W1(leaf(problem.W1, {Problem::inputs, Problem::hidden})),
        b1(leaf(problem.b1, {Problem::hidden})),
        W2(leaf(problem.W2, {Problem::hidden, 1})),
        b2(leaf(problem.b2, {1})) {}
  Tensor<double> loss() const { return bce(tensors::perceptron(X, W1, b1, W2, b2), y); }
  void step() {
    for (Tensor<double>* each : {&W1, &b1, &W2, &b2}) each->set_grad({});
    loss().backward();
  }
  Numbers gradient() const { return gradients({W1, b1, W2, b2}); }

  Tensor<double> X, y, W1, b1, W2, b2;
};

/// Speelpenning's product as a chain of multiplications of 0-dim leaves.
struct ScalarProduct {
  using Problem = Product;

  explicit ScalarProduct(const Problem& problem) {
    for (const double each : problem.x) factors.push_back(leaf({each}, {}));
  }
  void step() {
    for (Tensor<double>& each : factors) each.set_grad({});
    tensors::product(factors).backward();
  }
  Numbers gradient() const {
    Numbers all;
    for (const Tensor<double>& each : factors) all.push_back(each.grad().item());
    return all;
  }

  std::vector<Tensor<double>> factors;
};

/// The same by `prod` of one vector.
struct VectorProduct {
  using Problem = Product;

  explicit VectorProduct(const Problem& problem)
      : x(leaf(problem.x, {static_cast<std::int64_t>(problem.x.size())})) {}
  void step() {
    x.set_grad({});
    prod(x).backward();
  }
  Numbers gradient() const { return gradients({x}); }

  Tensor<double> x;
};

struct Chain {
  using Problem = benchmarks::Chain;

  explicit Chain(const Problem& problem)
      : link(problem.link),
        length(problem.length),
        x(leaf(problem.x, shape(problem))),
        c(constant(problem.c, shape(problem))),
        cotangent(ones_like(x)) {}
  Tensor<double> result() const { return tensors::chain(link, x, c, length); }
  void step() {
    x.set_grad({});
    result().backward(cotangent);
  }
  Numbers gradient() const { return gradients({x}); }

  static Shape shape(const Problem& problem) {
    const auto size = static_cast<std::int64_t>(problem.x.size());
    return size == 1 ? Shape() : Shape{size};
  }

  Link link;
  std::size_t length;
  Tensor<double> x, c, cotangent;
};

struct Euler {
  using Problem = benchmarks::Euler;

  explicit Euler(const Problem& problem)
      : steps(problem.steps), h(problem.h), x(leaf({problem.start}, {})), cotangent(1) {}
  Tensor<double> result() const { return tensors::euler(x, h, steps); }
  void step() {
    x.set_grad({});
    result().backward(cotangent);
  }
  Numbers gradient() const { return gradients({x}); }

  std::size_t steps;
  double h;
  Tensor<double> x, cotangent;
};

/// The graph built and freed, without a way back.
template <class Whole>
struct Forward {
  using Problem = typename Whole::Problem;

  explicit Forward(const Problem& problem) : whole(problem) {}
  void step() { benchmark::DoNotOptimize(whole.result()); }

  Whole whole;
};

/// The way back alone, over a graph that is kept.
template <class Whole>
struct Backward {
  using Problem = typename Whole::Problem;

  explicit Backward(const Problem& problem) : whole(problem), result(whole.result()) {}
  void step() {
    whole.x.set_grad({});
    result.backward(whole.cotangent, {.retain_graph = true});
  }
  Numbers gradient() const { return whole.gradient(); }

  Whole whole;
  Tensor<double> result;
};

/// A step of training by gradient descent, with its heap allocations.
template <class Whole>
struct Training {
  using Problem = typename Whole::Problem;

  explicit Training(const Problem& problem);
  void step() {
    optimiser.zero_grad();
    whole.loss().backward();
    optimiser.step();
  }
  void finish(benchmark::State& state) {
    report_allocations(state, [this] { step(); });
  }

  Whole whole;
  SGD<double> optimiser;
};

template <>
inline Training<Logistic>::Training(const Problem& problem)
    : whole(problem), optimiser({whole.w}, 0.01) {}
template <>
inline Training<Perceptron>::Training(const Problem& problem)
    : whole(problem), optimiser({whole.W1, whole.b1, whole.W2, whole.b2}, 0.01) {}

}  // namespace verigrad::benchmarks::engine
