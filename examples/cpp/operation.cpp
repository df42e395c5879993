// An operation of one's own, outside the table: recorded, differentiated twice, and judged.
#include <fmt/core.h>

#include "engine/elementwise.hpp"
#include "engine/program.hpp"
#include "engine/verigrad.hpp"
#include "gradcheck/engine_derivatives.hpp"
#include "gradcheck/judge.hpp"
#include "gradcheck/reference.hpp"

using namespace verigrad;

/// x / (1 + |x|), a cheap relative of tanh; its derivative is 1 / (1 + |x|)².
struct Softsign {
  static constexpr OperationInfo info{
      .signature = "softsign(input)",
      .grad_fn = "SoftsignBackward0",
      .value = "input / (1 + abs(input))",
      .derivative = {"1 / (1 + abs(input)) ** 2"},
      .latex = R"(\frac{x}{1 + |x|})",
      .needs = {first},
  };
  template <class T>
  static T value(T x) {
    return x / (1 + std::abs(x));
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    using std::abs;
    const V scale = 1 + abs(x);
    return g / (scale * scale);
  }
};

template <class T>
Tensor<T> softsign(const Tensor<T>& input) {
  return apply<T>(operation<Softsign>(), {input});
}

static void use() {
  Tensor<float> x = tensor<float>({-1, 0, 3}).requires_grad_();
  const Tensor<float> y = softsign(x);
  fmt::print("{}\n", to_string(y));
  const Tensor<float> slope = grad(sum(y), {x}, {.create_graph = true})[0];
  fmt::print("{}\n", to_string(slope.detach()));
  fmt::print("{}\n", to_string(grad(sum(slope), {x})[0]));
}

static void check() {
  using namespace verigrad::gradcheck;
  Program program;
  const ValueId x = program.add_leaf({.name = "x", .shape = {5}});
  const ValueId y = program.add(operation<Softsign>(), {x});
  const Point point{{-1e6, -1, 1e-8, 3, 1e5}};
  const auto reference = finite_difference_reference(program, point);
  const auto engine = engine_derivatives(program, point, std::vector{y}, DType::f64);
  const std::vector<double> slopes = engine->jacobian(y, 0);
  int right = 0;
  for (std::size_t i = 0; i < 5; ++i) {
    const std::size_t diagonal = i * 5 + i;  // row-major
    const EntryVerdict verdict =
        judge({.value = slopes[diagonal], .in_double = slopes[diagonal], .is_engine = true},
              reference->jacobian(y, 0)[diagonal], Tolerance::standard(DType::f64), DType::f64);
    right += verdict.verdict == Verdict::pass;
  }
  fmt::print("{} of 5 derivatives pass\n", right);
}

int main() {
  use();
  check();
}
