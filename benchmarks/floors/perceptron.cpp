#include "benchmarks/floors/floors.hpp"
#include "benchmarks/floors/vector_math.hpp"

namespace verigrad::benchmarks::floors {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using ConstMap = Eigen::Map<const Matrix, Eigen::AlignedMax>;
using Map = Eigen::Map<Matrix>;

constexpr std::size_t batch = benchmarks::Perceptron::batch;
constexpr std::size_t inputs = benchmarks::Perceptron::inputs;
constexpr std::size_t hidden = benchmarks::Perceptron::hidden;
constexpr std::size_t packs = hidden / lanes;
static_assert(batch % lanes == 0 && hidden % lanes == 0 && batch / lanes < 1000);

/// tanh(z + b1) of one row, and its product with W2.
double activate(const double* z, const double* b1, const double* W2, double* activation) {
  Pack sum{};
  for (std::size_t k = 0; k < hidden; k += lanes) {
    const Pack h = tanh(load(z + k) + load(b1 + k));
    store(activation + k, h);
    sum += h * load(W2 + k);
  }
  return total(sum);
}

/// The mean loss; replaces the logits by its slopes. As in (b), one logarithm serves all rows.
double loss_and_slopes(std::span<double> logits, double b2, std::span<const double> targets) {
  constexpr double scale = 1.0 / batch;
  Pack loss{}, factors = broadcast(1);
  for (std::size_t i = 0; i < batch; i += lanes) {
    const Pack z = load(&logits[i]) + b2, y = load(&targets[i]);
    const Pack magnitude = z < 0 ? -z : z;
    const Pack e = exp(-magnitude), inverse = 1 / (1 + e);
    loss += (z + magnitude) * 0.5 - y * z;
    factors *= 1 + e;
    store(&logits[i], ((z < 0 ? e * inverse : inverse) - y) * scale);
  }
  return total(loss + log(factors)) * scale;
}

}  // namespace

double Perceptron::operator()(const benchmarks::Perceptron& problem, std::span<double> gradient) {
  const ConstMap X(problem.X.data(), batch, inputs), W1(problem.W1.data(), inputs, hidden);
  Map z(z_.data(), batch, hidden);
  z.noalias() = X * W1;
  for (std::size_t i = 0; i < batch; ++i)
    logit_[i] =
        activate(&z_[i * hidden], problem.b1.data(), problem.W2.data(), &activation_[i * hidden]);
  const double loss = loss_and_slopes(logit_, problem.b2[0], problem.y);

  double* const dW1 = gradient.data();
  double* const db1 = dW1 + inputs * hidden;
  double* const dW2 = db1 + hidden;
  double& db2 = dW2[hidden];
  Pack b1_sum[packs] = {}, W2_sum[packs] = {};
  db2 = 0;
  for (std::size_t i = 0; i < batch; ++i) {
    const double slope = logit_[i];
    db2 += slope;
    for (std::size_t k = 0; k < packs; ++k) {
      const Pack h = load(&activation_[i * hidden + k * lanes]);
      const Pack dz = slope * load(&problem.W2[k * lanes]) * (1 - h * h);
      store(&z_[i * hidden + k * lanes], dz);
      b1_sum[k] += dz;
      W2_sum[k] += slope * h;
    }
  }
  for (std::size_t k = 0; k < packs; ++k) {
    store(db1 + k * lanes, b1_sum[k]);
    store(dW2 + k * lanes, W2_sum[k]);
  }
  Map(dW1, inputs, hidden).noalias() = X.transpose() * z;
  return loss;
}

}  // namespace verigrad::benchmarks::floors
