// Operations of one's own, and replaced rules, in files that are checked.
#include "engine/custom_operation.hpp"
#include "engine/functions.hpp"
#include "tests/runner/support.hpp"

namespace verigrad::runner {
namespace {

using testing::HasSubstr;

/// x² exp(x); `factor` is what its derivative is multiplied by.
template <int factor>
struct Bump {
  static constexpr OperationInfo info{
      .signature = "bump(input)",
      .grad_fn = "BumpBackward0",
      .value = "input ** 2 * exp(input)",
      .derivative = {"(2 * input + input ** 2) * exp(input)"},
      .latex = "x^2 e^x",
      .needs = {first},
  };
  template <class T>
  static T value(T x) {
    return x * x * exp(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    return g * ((x * 2 + x * x) * exp(x) * factor);
  }
};

Options with_table(const OperationTable& table) {
  Options options;
  options.overrides.operations = &table;
  return options;
}

const std::string use = "input x : [3] in [-1, 1]\ny = sum(bump(x))\ncheck\n";

TEST(CustomOperation, IsAFunctionOfTheLanguageOnceRegistered) {
  const auto before = check_text(use);
  EXPECT_EQ(before.exit_code, 2);
  EXPECT_THAT(shown(before), HasSubstr("unknown function 'bump'"));

  register_operation<Bump<1>>();
  EXPECT_EQ(verdict_of_text(use), Verdict::pass);
  const auto run = check_text(
      "input x = 0.5\n"
      "y = x.bump()\n"
      "hessian(y, x) = (2 + 4 * x + x ** 2) * exp(x)\n"
      "test \"in a test block\":\n"
      "    expect y.grad_fn == \"BumpBackward0\"\n"
      "    y.backward()\n"
      "    expect x.grad ~= 2.0609\n");
  EXPECT_EQ(run.exit_code, 0) << shown(run);
  EXPECT_THAT(shown(check_text("input x\ny = bumb(x)\n")), HasSubstr("did you mean 'bump'?"));
}

TEST(CustomOperation, IsJudgedWrongWhenItsRuleIsWrong) {
  const OperationTable table = OperationTable::standard().with(operation<Bump<2>>());
  EXPECT_EQ(verdict_of_text(use, with_table(table)), Verdict::fail);
  const OperationTable right = OperationTable::standard().with(operation<Bump<1>>());
  EXPECT_EQ(verdict_of_text(use, with_table(right)), Verdict::pass);
}

TEST(ReplacedRule, IsUsedByOperatorsMethodsDefsAndTestBlocks) {
  Operation wrong = *OperationTable::standard().find("mul");
  wrong.f64.vjp = [](const Saved<double>&, const Tensor<double>& g, std::size_t) { return g; };
  const OperationTable faulty = OperationTable::standard().replace("mul", wrong);
  for (const std::string y : {"x * 3", "mul(x, 3)", "x.mul(3)", "f(x)"}) {
    const std::string text = "input x = 2\ndef f(a) = 3 * a\ny = " + y + "\ncheck\n";
    EXPECT_EQ(verdict_of_text(text, with_table(faulty)), Verdict::fail) << y;
    EXPECT_EQ(verdict_of_text(text), Verdict::pass) << y;
  }
  const std::string block =
      "input x = 2\ntest \"t\":\n    (x * 3).backward()\n    expect x.grad == 3\n";
  EXPECT_EQ(verdict_of_text(block, with_table(faulty)), Verdict::fail);
  EXPECT_EQ(verdict_of_text(block), Verdict::pass);
}

TEST(ReplacedRule, ASlipFarBelowTheToleranceIsProvenWrongAndTheOperationNamed) {
  Operation slipped = *OperationTable::standard().find("sin");
  slipped.f64.vjp = [](const Saved<double>& saved, const Tensor<double>& g, std::size_t) {
    return g * cos(saved.operand(0)) * (1 + 1e-13);
  };
  const OperationTable faulty = OperationTable::standard().replace("sin", slipped);
  const auto run = check_text("input x = 0.7\ny = sin(exp(x))\ncheck\n", with_table(faulty));
  EXPECT_EQ(at_line(run, 3).verdict, Verdict::fail) << shown(run);
  const std::string numerically = "set method = finite-difference\n";
  EXPECT_EQ(verdict_of_text(numerically + "input x = 0.7\ny = sin(exp(x))\n", with_table(faulty)),
            Verdict::pass)
      << "half of the digits are right";
}

TEST(ReplacedRule, TheOperationWhoseRuleIsWrongIsNamed) {
  Operation wrong = *OperationTable::standard().find("tanh");
  wrong.f64.vjp = [](const Saved<double>&, const Tensor<double>& g, std::size_t) { return g; };
  const OperationTable faulty = OperationTable::standard().replace("tanh", wrong);
  const auto run = check_text("input x = 0.7\ny = sin(tanh(x) * 2)\ncheck\n", with_table(faulty));
  EXPECT_EQ(at_line(run, 3).verdict, Verdict::fail);
  EXPECT_THAT(shown(run), HasSubstr("= operation  the rule of tanh(x) by its operand 1 gives"));
}

}  // namespace
}  // namespace verigrad::runner
