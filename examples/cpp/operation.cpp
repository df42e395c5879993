// An operation of one's own: recorded, differentiated twice, judged, and a word of the language.
#include <fmt/core.h>

#include "engine/custom_operation.hpp"
#include "engine/program.hpp"
#include "engine/verigrad.hpp"
#include "gradcheck/engine_derivatives.hpp"
#include "gradcheck/judge.hpp"
#include "gradcheck/reference.hpp"
#include "runner/run.hpp"

using namespace verigrad;

/// x / (1 + |x|), a cheap relative of tanh; its derivative is 1 / (1 + |x|)².
struct Squash {
  static constexpr OperationInfo info{
      .signature = "squash(input)",
      .grad_fn = "SquashBackward0",
      .value = "input / (1 + abs(input))",
      .derivative = {"1 / (1 + abs(input)) ** 2"},
      .latex = R"(\frac{x}{1 + |x|})",
      .needs = {first},
  };
  template <class T>
  static T value(T x) {
    return x / (1 + abs(x));
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    const V scale = 1 + abs(x);
    return g / (scale * scale);
  }
};

template <class T>
Tensor<T> squash(const Tensor<T>& input) {
  return apply<T>(operation<Squash>(), {input});
}

static void use() {
  Tensor<float> x = tensor<float>({-1, 0, 3}).requires_grad_();
  const Tensor<float> y = squash(x);
  fmt::print("{}\n", to_string(y));
  const Tensor<float> slope = grad(sum(y), {x}, {.create_graph = true})[0];
  fmt::print("{}\n", to_string(slope.detach()));
  fmt::print("{}\n", to_string(grad(sum(slope), {x})[0]));
}

static void check() {
  using namespace verigrad::gradcheck;
  Program program;
  const ValueId x = program.add_leaf({.name = "x", .shape = {5}});
  const ValueId y = program.add(operation<Squash>(), {x});
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

static void in_the_language() {
  register_operation<Squash>();
  const std::string text =
      "input x : [4] in [-3, 3]\n"
      "y = sum(squash(x) * x)\n"
      "check\n"
      "grad x = x * (2 + abs(x)) / (1 + abs(x)) ** 2\n";
  const runner::Input input{.path = "squash.grad", .text = text};
  const reports::Run run = runner::check({&input, 1}, {});
  for (const reports::CheckResult& result : run.files[0].checks)
    fmt::print("line {}: {}\n", result.line, to_string(result.verdict));
}

static void with_a_wrong_rule() {
  Operation wrong = *find_operation("squash");
  wrong.f64.vjp = [](const Saved<double>& saved, const Tensor<double>& g, std::size_t) {
    return g / (1 + abs(saved.operand(0)));  // the square is missing
  };
  const OperationTable faulty = operation_table().replace("squash", wrong);
  runner::Options options;
  options.overrides.operations = &faulty;
  const runner::Input input{.path = "-", .text = "input x = 2\ny = squash(x)\ncheck\n"};
  fmt::print("{}\n", to_string(runner::check({&input, 1}, options).files[0].checks[0].verdict));
}

int main() {
  use();
  check();
  in_the_language();
  with_a_wrong_rule();
}
