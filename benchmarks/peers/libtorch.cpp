// LibTorch by its C++ autograd interface, one thread, float64.
#include <torch/torch.h>

#include "benchmarks/formulas.hpp"
#include "benchmarks/measure.hpp"

namespace verigrad::benchmarks {
namespace {

using torch::Tensor;

Tensor constant(const Numbers& entries, at::IntArrayRef shape) {
  return torch::from_blob(const_cast<double*>(entries.data()), shape, torch::kFloat64).clone();
}

Tensor leaf(const Numbers& entries, at::IntArrayRef shape) {
  return constant(entries, shape).requires_grad_();
}

std::int64_t length_of(const Numbers& numbers) { return static_cast<std::int64_t>(numbers.size()); }

Numbers gradients(std::initializer_list<Tensor> leaves) {
  Numbers all;
  for (const Tensor& each : leaves) {
    const Tensor gradient = each.grad().contiguous();
    all.insert(all.end(), gradient.data_ptr<double>(),
               gradient.data_ptr<double>() + gradient.numel());
  }
  return all;
}

struct TorchPointwise {
  using Problem = Pointwise;
  explicit TorchPointwise(const Problem& problem) : x(leaf(problem.x, {length_of(problem.x)})) {}
  void step() {
    x.mutable_grad().reset();
    tensors::pointwise(x).backward();
  }
  Numbers gradient() const { return gradients({x}); }
  Tensor x;
};

struct TorchLogistic {
  using Problem = Logistic;
  explicit TorchLogistic(const Problem& problem)
      : X(constant(problem.X, {Problem::rows, Problem::columns})),
        y(constant(problem.y, {Problem::rows})),
        w(leaf(problem.w, {Problem::columns})) {}
  Tensor loss() const { return at::binary_cross_entropy_with_logits(matmul(X, w), y); }
  void step() {
    w.mutable_grad().reset();
    loss().backward();
  }
  Numbers gradient() const { return gradients({w}); }
  std::vector<Tensor> parameters() const { return {w}; }
  Tensor X, y, w;
};

struct TorchPerceptron {
  using Problem = Perceptron;
  explicit TorchPerceptron(const Problem& problem)
      : X(constant(problem.X, {Problem::batch, Problem::inputs})),
        y(constant(problem.y, {Problem::batch, 1})),
        W1(leaf(problem.W1, {Problem::inputs, Problem::hidden})),
        b1(leaf(problem.b1, {Problem::hidden})),
        W2(leaf(problem.W2, {Problem::hidden, 1})),
        b2(leaf(problem.b2, {1})) {}
  Tensor loss() const {
    return at::binary_cross_entropy(tensors::perceptron(X, W1, b1, W2, b2), y);
  }
  void step() {
    for (Tensor* each : {&W1, &b1, &W2, &b2}) each->mutable_grad().reset();
    loss().backward();
  }
  Numbers gradient() const { return gradients({W1, b1, W2, b2}); }
  std::vector<Tensor> parameters() const { return {W1, b1, W2, b2}; }
  Tensor X, y, W1, b1, W2, b2;
};

struct TorchScalarProduct {
  using Problem = Product;
  explicit TorchScalarProduct(const Problem& problem) {
    for (const double each : problem.x) factors.push_back(leaf({each}, {}));
  }
  void step() {
    for (Tensor& each : factors) each.mutable_grad().reset();
    tensors::product(factors).backward();
  }
  Numbers gradient() const {
    Numbers all;
    for (const Tensor& each : factors) all.push_back(each.grad().item<double>());
    return all;
  }
  std::vector<Tensor> factors;
};

struct TorchVectorProduct {
  using Problem = Product;
  explicit TorchVectorProduct(const Problem& problem)
      : x(leaf(problem.x, {length_of(problem.x)})) {}
  void step() {
    x.mutable_grad().reset();
    prod(x).backward();
  }
  Numbers gradient() const { return gradients({x}); }
  Tensor x;
};

struct TorchChain {
  using Problem = Chain;
  explicit TorchChain(const Problem& problem)
      : link(problem.link),
        length(problem.length),
        x(problem.x.size() == 1 ? leaf(problem.x, {}) : leaf(problem.x, {length_of(problem.x)})),
        c(constant(problem.c, x.sizes())),
        cotangent(ones_like(x)) {}
  Tensor result() const { return tensors::chain(link, x, c, length); }
  void step() {
    x.mutable_grad().reset();
    result().backward(cotangent);
  }
  Numbers gradient() const { return gradients({x}); }
  Link link;
  std::size_t length;
  Tensor x, c, cotangent;
};

struct TorchEuler {
  using Problem = Euler;
  explicit TorchEuler(const Problem& problem)
      : steps(problem.steps), h(problem.h), x(leaf({problem.start}, {})), cotangent(ones_like(x)) {}
  Tensor result() const { return tensors::euler(x, h, steps); }
  void step() {
    x.mutable_grad().reset();
    result().backward(cotangent);
  }
  Numbers gradient() const { return gradients({x}); }
  std::size_t steps;
  double h;
  Tensor x, cotangent;
};

template <class Whole>
struct Forward {
  using Problem = typename Whole::Problem;
  explicit Forward(const Problem& problem) : whole(problem) {}
  void step() { benchmark::DoNotOptimize(whole.result()); }
  Whole whole;
};

template <class Whole>
struct Backward {
  using Problem = typename Whole::Problem;
  explicit Backward(const Problem& problem) : whole(problem), result(whole.result()) {}
  void step() {
    whole.x.mutable_grad().reset();
    result.backward(whole.cotangent, /*retain_graph=*/true);
  }
  Numbers gradient() const { return whole.gradient(); }
  Whole whole;
  Tensor result;
};

template <class Whole>
struct Training {
  using Problem = typename Whole::Problem;
  explicit Training(const Problem& problem)
      : whole(problem), optimiser(whole.parameters(), torch::optim::SGDOptions(0.01)) {}
  void step() {
    optimiser.zero_grad();
    whole.loss().backward();
    optimiser.step();
  }
  void finish(benchmark::State& state) {
    report_allocations(state, [this] { step(); });
  }
  Whole whole;
  torch::optim::SGD optimiser;
};

}  // namespace

void add_libtorch() {
  at::set_num_threads(1);
  const std::string name = "LibTorch";
  add_sizes<TorchPointwise>("pointwise", name, 10, 1'000'000);
  add<TorchLogistic>("logistic/" + name);
  add<Training<TorchLogistic>>("logistic/" + name + "/training");
  add<TorchPerceptron>("perceptron/" + name);
  add<Training<TorchPerceptron>>("perceptron/" + name + "/training");
  add<TorchScalarProduct>("product/" + name + "/scalars", 1000);
  add<TorchVectorProduct>("product/" + name + "/vector", 1000);
  add_chains<TorchChain>(name);
  add_chains<Forward<TorchChain>>(name + "/forward");
  add_chains<Backward<TorchChain>>(name + "/backward");
  add_sizes<TorchEuler>("euler", name, 1000, 1'000'000);
  add_sizes<Forward<TorchEuler>>("euler", name + "/forward", 1000, 1'000'000);
  add_sizes<Backward<TorchEuler>>("euler", name + "/backward", 1000, 1'000'000);
}

}  // namespace verigrad::benchmarks
