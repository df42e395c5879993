// Hand-written gradients of C++ functions, right and broken, checked and proven.
#include <fmt/core.h>

#include <Eigen/Core>
#include <cmath>

#include "gradcheck/prove.hpp"

using namespace verigrad::gradcheck;
using Eigen::MatrixXd;
using Eigen::VectorXd;

static double rosenbrock(const VectorXd& x) {
  return 100 * std::pow(x[1] - x[0] * x[0], 2) + std::pow(1 - x[0], 2);
}

static VectorXd rosenbrock_gradient(const VectorXd& x) {
  const double bend = x[1] - x[0] * x[0];
  return Eigen::Vector2d(-400 * x[0] * bend - 2 * (1 - x[0]), 200 * bend);
}

static void a_gradient() {
  const VectorXd x = Eigen::Vector2d(-1.2, 1);
  const Report report = check_gradient(rosenbrock, rosenbrock_gradient, x);
  fmt::print("{}, more than 9 digits: {}\n", to_string(report.verdict), report.digits > 9);

  const auto broken = [](const VectorXd& at) -> VectorXd {
    const double bend = at[1] - at[0] * at[0];
    return Eigen::Vector2d(-400 * at[0] * bend + 2 * (1 - at[0]), 200 * bend);
  };
  fmt::print("{}", to_string(check_gradient(rosenbrock, broken, x)));
}

/// A layer of one's own: Y = scale tanh(X + b), with b added to every row of the batch X.
struct ScaledTanh {
  MatrixXd X;
  double scale = 1.5;

  MatrixXd forward(const VectorXd& b) const {
    return scale * (X.rowwise() + b.transpose()).array().tanh();
  }
  /// The cotangent of b for the cotangent V of Y.
  VectorXd backward(const VectorXd& b, const MatrixXd& V) const {
    const auto tanh = (X.rowwise() + b.transpose()).array().tanh();
    return (scale * (1 - tanh.square()) * V.array()).colwise().sum();
  }
  /// The same with the sum over the batch forgotten.
  VectorXd broken_backward(const VectorXd& b, const MatrixXd& V) const {
    const auto tanh = (X.rowwise() + b.transpose()).array().tanh();
    return (scale * (1 - tanh.square()) * V.array()).row(0);
  }
};

static void a_layer() {
  const ScaledTanh layer{.X = (MatrixXd(3, 2) << 1, -2, 0.5, 0, -1, 3).finished()};
  const VectorXd b = Eigen::Vector2d(0.3, -0.1);
  const MatrixXd V = (MatrixXd(3, 2) << 1, 2, -1, 0.5, 0.25, -2).finished();

  const auto forward = [&](const VectorXd& at) { return layer.forward(at); };
  const auto backward = [&](const VectorXd& at, const MatrixXd& v) {
    return layer.backward(at, v);
  };
  fmt::print("{}\n", to_string(check_vjp(forward, backward, b, V).verdict));

  const auto broken = [&](const VectorXd& at, const MatrixXd& v) {
    return layer.broken_backward(at, v);
  };
  const Report report = check_vjp(forward, broken, b, V, {.input = "b"});
  fmt::print("{}: {}\n", to_string(report.verdict), report.pattern->text);
}

static void a_large_gradient() {
  const VectorXd x = VectorXd::LinSpaced(1000, -1, 2);
  const auto f = [](const VectorXd& at) { return at.array().sin().sum(); };
  VectorXd gradient = x.array().cos();
  fmt::print("{}\n", to_string(check_gradient(f, gradient, x, {.fast = true}).verdict));
  gradient[700] += 1e-5;
  const Report report = check_gradient(f, gradient, x, {.fast = true});
  fmt::print("{}: entry {} of {}\n", to_string(report.verdict), report.entries[0].index,
             report.size);
}

static void a_proof() {
  const auto softplus = [](const auto& x) {
    using std::exp, std::log;
    return log(1 + exp(x[0]));
  };
  const auto slope = [](const auto& x) {
    using std::exp;
    using T = std::decay_t<decltype(x[0])>;
    return Eigen::Vector<T, 1>(1 / (1 + exp(-x[0])));
  };
  const auto truncated = [](const auto& x) {
    using std::exp;
    using T = std::decay_t<decltype(x[0])>;
    return Eigen::Vector<T, 1>(1 - exp(-x[0]));  // 4e-11 from right at 12
  };
  const VectorXd x = VectorXd::Constant(1, 12);
  fmt::print("proven: {}, {}\n", to_string(prove_gradient(softplus, slope, x).verdict),
             to_string(prove_gradient(softplus, truncated, x).verdict));
  fmt::print("as black boxes: {}, {}\n", to_string(check_gradient(softplus, slope, x).verdict),
             to_string(check_gradient(softplus, truncated, x).verdict));
}

int main() {
  a_gradient();
  a_layer();
  a_large_gradient();
  a_proof();
}
