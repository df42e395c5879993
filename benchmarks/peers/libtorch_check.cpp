// torch.autograd.gradcheck's two modes by LibTorch's C++ interface, one thread, float64: central
// differences of step 1e-6, |numeric - analytic| <= 1e-5 + 1e-3 |numeric|.
#include <torch/torch.h>

#include <string>
#include <vector>

#include "benchmarks/measure.hpp"
#include "benchmarks/network.hpp"

namespace verigrad::benchmarks {
namespace {

using torch::Tensor;

constexpr double step_size = 1e-6, absolute = 1e-5, relative = 1e-3;

struct TorchNetwork {
  explicit TorchNetwork(const Network& problem) {
    const Point& point = problem.points[0];
    for (std::size_t leaf = 0; leaf < point.size(); ++leaf) {
      const Leaf& declared = problem.program.leaves()[leaf];
      const std::vector<std::int64_t> shape(declared.shape.begin(), declared.shape.end());
      values.push_back(
          torch::from_blob(const_cast<double*>(point[leaf].data()), shape, torch::kFloat64)
              .clone()
              .requires_grad_(declared.differentiable));
      if (declared.differentiable) inputs.push_back(values.back());
    }
  }
  Tensor loss() const {
    const Tensor units = tanh(matmul(values[0], values[2]) + values[3]);
    return at::binary_cross_entropy(sigmoid(matmul(units, values[4]) + values[5]), values[1]);
  }
  double value() const {
    const torch::NoGradGuard values_only;
    return loss().item<double>();
  }

  std::vector<Tensor> values, inputs;
};

bool close(double numeric, double analytic) {
  return std::abs(numeric - analytic) <= absolute + relative * std::abs(numeric);
}

/// Every entry of every input.
struct TorchCheck {
  using Problem = Network;
  explicit TorchCheck(const Problem& problem) : network(problem) {}
  void step() {
    const auto gradients = torch::autograd::grad({network.loss()}, network.inputs);
    for (std::size_t k = 0; k < network.inputs.size(); ++k) {
      double* const x = network.inputs[k].data_ptr<double>();
      const Tensor gradient = gradients[k].contiguous();
      for (std::int64_t i = 0; i < gradient.numel(); ++i) {
        const double here = x[i];
        x[i] = here + step_size;
        const double above = network.value();
        x[i] = here - step_size;
        const double below = network.value();
        x[i] = here;
        wrong += !close((above - below) / (2 * step_size), gradient.data_ptr<double>()[i]);
      }
    }
  }
  void finish(benchmark::State& state) const {
    if (wrong != 0) state.SkipWithError("a right gradient did not pass");
  }

  TorchNetwork network;
  std::size_t wrong = 0;
};

/// Fast mode: one random direction for each input.
struct TorchFastCheck {
  using Problem = Network;
  explicit TorchFastCheck(const Problem& problem) : network(problem) {}
  void step() {
    const auto gradients = torch::autograd::grad({network.loss()}, network.inputs);
    for (std::size_t k = 0; k < network.inputs.size(); ++k) {
      Tensor& x = network.inputs[k];
      Tensor u = torch::rand(x.sizes(), torch::kFloat64);
      u /= u.norm();
      const double above = moved(x, u, step_size), below = moved(x, u, -2 * step_size);
      moved(x, u, step_size, false);
      wrong += !close((above - below) / (2 * step_size), (gradients[k] * u).sum().item<double>());
    }
  }
  void finish(benchmark::State& state) const {
    if (wrong != 0) state.SkipWithError("a right gradient did not pass");
  }

 private:
  double moved(Tensor& x, const Tensor& u, double by, bool evaluate = true) const {
    const torch::NoGradGuard values_only;
    x.add_(u, by);
    return evaluate ? network.value() : 0;
  }

  TorchNetwork network;
  std::size_t wrong = 0;
};

}  // namespace

void add_libtorch_checks() {
  for (const NetworkSize& size : network_sizes) {
    const std::string name = std::string("check/") + size.parameters + "/LibTorch";
    add<TorchCheck>(name, size.inputs, size.hidden);
    add<TorchFastCheck>(name + "/fast", size.inputs, size.hidden);
  }
}

}  // namespace verigrad::benchmarks
