// The engine from C++: PyTorch's autograd semantics on dense tensors.
#include <fmt/core.h>

#include "engine/eigen.hpp"
#include "engine/verigrad.hpp"

using namespace verigrad;

static void leaves_and_backward() {
  Tensor<float> w = tensor<float>({0.5, -0.5}).requires_grad_();
  const Tensor<float> X = tensor<float>({{1, 2}, {3, 4}, {5, 6}});
  const Tensor<float> y = tensor<float>({1, 0, 1});

  const Tensor<float> z = matmul(X, w);
  const Tensor<float> loss = bce_with_logits(z, y);
  loss.backward();

  fmt::print("{}\n", to_string(loss));
  fmt::print("{}\n", to_string(w.grad()));
  fmt::print("{} {}\n", z.grad_fn(), w.is_leaf());
}

static void accumulation() {
  Tensor<float> x = tensor<float>({1, 2, 3}).requires_grad_();
  const Tensor<float> y = sum(pow(x, 2));
  y.backward({}, {.retain_graph = true});
  y.backward();
  fmt::print("{}\n", to_string(x.grad()));
  x.zero_grad();
  fmt::print("{}\n", to_string(x.grad()));
  try {
    y.backward();
  } catch (const Error& error) {
    fmt::print("{}\n", error.what());
  }
}

static void vector_jacobian_product() {
  Tensor<float> x = tensor<float>({0.1929, -0.2860, 2.6335}).requires_grad_();
  const Tensor<float> y = x * x * 2;
  y.backward(tensor<float>({0.1, 1, 0.001}));
  fmt::print("{}\n", to_string(x.grad()));
}

static void products_and_higher_orders() {
  Tensor<double> x = tensor<double>({1, 2}).requires_grad_();
  const Tensor<double> f = sum(pow(x, 3));
  const Tensor<double> g = grad(f, {x}, {.create_graph = true})[0];  // 3 x²
  const Tensor<double> h = grad(sum(g), {x})[0];                     // 6 x
  fmt::print("{}\n", to_string(h, {.default_dtype = "float64"}));
  fmt::print("{}\n", to_string(hessian(f, x), {.default_dtype = "float64"}));
  fmt::print("{}\n", to_string(jvp(x * x, x, tensor<double>({1, 10}))));
}

static void training() {
  Tensor<double> w = tensor<double>(0).requires_grad_();
  SGD optimiser({w}, 0.25);
  for (int i = 0; i < 20; ++i) {
    optimiser.zero_grad();
    square(w - 3).backward();
    optimiser.step();
  }
  fmt::print("{:.4f}\n", w.item());
}

static void adam_and_a_schedule() {
  Tensor<double> w = tensor<double>({5, -5}).requires_grad_();
  Adam optimiser({w}, 0.5, {.betas = {0.8, 0.9}});
  StepLR schedule(optimiser, 30, 0.5);
  for (int epoch = 0; epoch < 90; ++epoch) {
    optimiser.zero_grad();
    sum(square(w - 3)).backward();
    optimiser.step();
    schedule.step();
  }
  fmt::print("rate {}, loss below 1e-6: {}\n", schedule.lr(), sum(square(w - 3)).item() < 1e-6);

  SGD heavy({w}, 0.1, {.momentum = 0.9, .weight_decay = 1e-4, .nesterov = true});
  fmt::print("{}\n", heavy.options().nesterov);
}

static void eigen() {
  Eigen::MatrixXd A(2, 3);
  A << 1, 2, 3, 4, 5, 6;
  Tensor<double> X = from_eigen(A.transpose() * A).requires_grad_();
  sum(square(X)).backward();

  const Tensor<double> gradient = X.grad();  // a name of its own: views do not own
  const Eigen::MatrixXd expected = 2 * A.transpose() * A;
  fmt::print("{} {}\n", to_string(X.shape()), as_matrix(gradient) == expected);
}

static void hooks_and_roots() {
  Tensor<double> x = tensor<double>({1, 2}).requires_grad_();
  const Tensor<double> y = x * x;
  Tensor<double> seen = y;
  HookHandle<double> handle = seen.register_hook([](const Tensor<double>& gradient) {
    fmt::print("dL/dy = {}\n", to_string(gradient));
    return gradient * 10;  // what everything before y gets to see
  });
  backward<double>({sum(y), y * 3}, {{}, tensor<double>({1, 0})});
  fmt::print("{}\n", to_string(x.grad()));
  handle.remove();

  const DetectAnomaly detect;
  try {
    (sqrt(sum(x * 0)) * 0).backward();  // 0 * infinity
  } catch (const Error& error) {
    fmt::print("{}\n", error.what());
  }
}

static void in_place() {
  Tensor<float> w = tensor<float>({1, 2}).requires_grad_();
  const Tensor<float> y = sum(w * w);
  {
    const NoGrad no_grad;
    w.add_(1);
    fmt::print("{}\n", (w * 2).requires_grad());
  }
  try {
    y.backward();  // w * w has saved a w that is no longer there
  } catch (const Error& error) {
    fmt::print("{}\n", error.what());
  }
}

int main() {
  leaves_and_backward();
  accumulation();
  vector_jacobian_product();
  products_and_higher_orders();
  training();
  adam_and_a_schedule();
  hooks_and_roots();
  in_place();
  eigen();
}
