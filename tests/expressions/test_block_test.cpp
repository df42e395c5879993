#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/expressions/test_block_support.hpp"

namespace verigrad::expressions {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string square = "dtype f32\ninput x = [1, 2, 3]\ny = sum(x ** 2)\n";

/// The printed lines of a test that passes.
std::vector<std::string> printed(const std::string& declarations, const std::string& lines) {
  const TestOutcome outcome = run_lines(declarations, lines);
  EXPECT_EQ(summary(outcome), "passed");
  return outcome.printed;
}

void expect_passes(const std::string& declarations, const std::string& lines,
                   std::int64_t expectations) {
  const TestOutcome outcome = run_lines(declarations, lines);
  EXPECT_EQ(summary(outcome), "passed");
  EXPECT_EQ(outcome.expectations, expectations);
}

TEST(TestBlock, RunsTheExamplesOfTheLanguage) {
  const auto outcomes = run_tests(R"grad(input x = [1, 2, 3]
y = sum(x ** 2)

test "backward adds into .grad":
    y.backward(retain_graph=True)
    expect x.grad == [2, 4, 6]
    y.backward()
    expect x.grad == [4, 8, 12]
    x.grad.zero_()
    expect x.grad == [0, 0, 0]

test "a freed graph cannot be walked twice":
    y.backward()
    expect error "second time": y.backward()

test "the printed form":
    expect str(y) == "tensor(14., grad_fn=<SumBackward0>)"
)grad");
  ASSERT_EQ(outcomes.size(), 3u);
  EXPECT_EQ(summary(outcomes[0]), "passed");
  EXPECT_EQ(outcomes[0].expectations, 3);
  EXPECT_EQ(summary(outcomes[1]), "passed");
  EXPECT_EQ(outcomes[1].expectations, 1);
  EXPECT_EQ(summary(outcomes[2]), "passed");
}

TEST(TestBlock, EachTestStartsFromFreshLeavesAndAFreshGraph) {
  const auto outcomes = run_tests(square + R"(
test "first":
    y.backward()
    with no_grad():
        x.zero_()
    x = 5

test "second":
    expect x.grad == None
    expect x == [1, 2, 3]
    y.backward()
    expect x.grad == [2, 4, 6]
)");
  EXPECT_EQ(summary(outcomes.at(0)), "passed");
  EXPECT_EQ(summary(outcomes.at(1)), "passed");
}

TEST(TestBlock, NamesMayBeReassignedAndDefsDimsAndConstsAreKnown) {
  expect_passes("dim n = 3\nconst c = [1, 1, 1]\ndef f(a) = a * 2\ninput x : [n] = 1\nk = 2\n",
                "z = f(x)\n"
                "z = f(z) + c\n"
                "expect z == [5, 5, 5]\n"
                "expect sum(x) == n\n"
                "expect k * n == 6\n"
                "n = 7\n"
                "expect n == 7\n",
                4);
}

TEST(TestBlock, InputsRequireGradientsAndConstsDoNot) {
  expect_passes("input x = 2\nconst c = 3\ny = x * c\n",
                "expect x.requires_grad\n"
                "expect x.is_leaf\n"
                "expect c.requires_grad == False\n"
                "expect y.requires_grad\n"
                "expect y.is_leaf == False\n"
                "y.backward()\n"
                "expect x.grad == 3\n"
                "expect c.grad == None\n",
                7);
}

TEST(TestBlock, AttributesAreSpelledAsInPyTorch) {
  expect_passes("dtype f32\ninput x : [2, 3] = 1\ny = x * 2\n",
                "expect x.shape == [2, 3]\n"
                "expect x.shape[1] == 3\n"
                "expect sum(x).shape == []\n"
                "expect x.dtype == \"float32\"\n"
                "expect x.grad_fn == None\n"
                "expect y.grad_fn == \"MulBackward0\"\n"
                "expect x.T.shape == [3, 2]\n",
                7);
}

TEST(TestBlock, OperationsAreMethodsToo) {
  expect_passes("input x = [[1, 2], [3, 4]]\n",
                "expect x.sum() == 10\n"
                "expect x.sum(dim=0) == [4, 6]\n"
                "expect x.mean(dim=1, keepdim=True) == [[1.5], [3.5]]\n"
                "expect x.transpose(0, 1) == [[1, 3], [2, 4]]\n"
                "expect x.reshape([4]) == [1, 2, 3, 4]\n"
                "expect x.exp() == exp(x)\n"
                "expect x.T[0] == [1, 3]\n",
                7);
}

TEST(TestBlock, BackwardTakesACotangentAsATensorOrAList) {
  expect_passes("dtype f32\ninput x = [0.1929, -0.2860, 2.6335]\n",
                "y = x + 2\n"
                "z = y * y * 2\n"
                "z.mean().backward()\n"
                "expect x.grad ~= [2.9238, 2.2853, 6.1779]\n"
                "z = y * y * 2\n"
                "v = [0.1, 1.0, 0.001]\n"
                "z.backward(v)\n"
                "expect x.grad ~= [3.8010, 9.1412, 6.1965]\n"
                "expect error \"only for scalar outputs\": (x * 2).backward()\n"
                "(x * 2).backward([1, 1, 1])\n"
                "(x * 2).backward(gradient=x.detach())\n",
                3);
}

TEST(TestBlock, CreateGraphRecordsTheBackwardPass) {
  expect_passes("input x = 3\n",
                "y = x ** 3\n"
                "g = grad(y, x, create_graph=True)[0]\n"
                "expect g == 27\n"
                "expect g.requires_grad\n"
                "g.backward()\n"
                "expect x.grad == 18\n"
                "x.zero_grad()\n"
                "expect x.grad == 0\n"
                "(x ** 3).backward(create_graph=True)\n"
                "expect x.grad.requires_grad\n",
                5);
}

TEST(TestBlock, GradReturnsAListAndTouchesNoGrad) {
  expect_passes("input a = 2\ninput b = 3\ninput c = 4\n",
                "y = a * b\n"
                "g = grad(y, [a, b])\n"
                "expect g[0] == 3\n"
                "expect g[1] == 2\n"
                "expect g[-1] == 2\n"
                "expect g == [3, 2]\n"
                "expect a.grad == None\n"
                "expect error \"second time\": grad(y, a)\n"
                "y = a * b\n"
                "expect error \"allow_unused=True\": grad(y, [a, c], retain_graph=True)\n"
                "g = grad(y, [a, c], allow_unused=True)\n"
                "expect g == [3, None]\n"
                "expect g[1] == None\n"
                "g = grad(a * [1, 2], a, grad_outputs=[10, 1])\n"
                "expect g[0] == 12\n",
                10);
}

TEST(TestBlock, DerivativesAreFunctions) {
  expect_passes("input x = [1, 2]\n",
                "y = [x[0] ** 2, x[0] * x[1], x[1]]\n"
                "expect jacobian(y, x) == [[2, 0], [2, 1], [0, 1]]\n"
                "expect vjp(y, x, [1, 1, 1]) == [4, 2]\n"
                "expect jvp(y, x, [1, 10]) == [2, 12, 10]\n"
                "s = x[0] ** 2 * x[1]\n"
                "expect hessian(s, x) == [[4, 2], [2, 0]]\n"
                "expect hvp(s, x, [1, 1]) == [6, 2]\n",
                5);
}

TEST(TestBlock, InPlaceMethodsChangeTheirTensor) {
  expect_passes("input x = [1, 2]\nconst c = [1, 1]\n",
                "c.add_(2)\n"
                "expect c == [3, 3]\n"
                "c.sub_([1, 0])\n"
                "expect c == [2, 3]\n"
                "c.mul_(c)\n"
                "expect c == [4, 9]\n"
                "c.copy_(x.detach())\n"
                "expect c == [1, 2]\n"
                "d = c\n"
                "d.fill_(7)\n"
                "expect c == [7, 7]\n"
                "expect c.zero_() == [0, 0]\n"
                "expect error \"a leaf Variable that requires grad\": x.add_(1)\n"
                "expect x == [1, 2]\n"
                "with no_grad():\n"
                "    x.sub_(0.5)\n"
                "expect x == [0.5, 1.5]\n",
                9);
}

TEST(TestBlock, ASavedValueChangedInPlaceIsAnError) {
  expect_passes("input x = [1, 2]\nconst c = [1, 1]\n",
                "y = sum(x * c)\n"
                "c.zero_()\n"
                "expect error \"modified by an inplace operation\": y.backward()\n",
                1);
}

TEST(TestBlock, NoGradRecordsNothingAndNests) {
  expect_passes("input x = 2\n",
                "with no_grad():\n"
                "    y = x ** 2\n"
                "    expect y.requires_grad == False\n"
                "    expect y.grad_fn == None\n"
                "    with no_grad():\n"
                "        z = x * 2\n"
                "    expect (z * x).requires_grad == False\n"
                "expect (x ** 2).requires_grad\n"
                "expect error \"does not require grad\": y.backward()\n",
                5);
}

TEST(TestBlock, NoGradEndsWithItsBlockAfterAnError) {
  const auto outcomes = run_tests(square + R"(
test "fails inside":
    with no_grad():
        y.item(3)

test "records again":
    expect (x * 2).requires_grad
)");
  EXPECT_TRUE(outcomes.at(0).failure.has_value());
  EXPECT_EQ(summary(outcomes.at(1)), "passed");
}

TEST(TestBlock, ForCountsBothEnds) {
  const TestOutcome outcome = run_lines("dtype f32\ndim n = 3\nconst weights = ones([4])\n",
                                        "weights.requires_grad_()\n"
                                        "for epoch in 1..n:\n"
                                        "    (weights * 3).sum().backward()\n"
                                        "    print weights.grad\n"
                                        "    expect weights.grad == 3 * epoch * ones([4])\n"
                                        "    for i in 2..1:\n"
                                        "        print \"never\"\n"
                                        "expect epoch == 3\n");
  EXPECT_EQ(summary(outcome), "passed");
  EXPECT_EQ(outcome.expectations, 4);
  EXPECT_THAT(outcome.printed, ElementsAre("tensor([3., 3., 3., 3.])", "tensor([6., 6., 6., 6.])",
                                           "tensor([9., 9., 9., 9.])"));
}

TEST(TestBlock, PrintShowsThePrintedFormOfPyTorch) {
  EXPECT_THAT(printed(square,
                      "print x\n"
                      "print y\n"
                      "print x.grad\n"
                      "y.backward()\n"
                      "print x.grad\n"
                      "print sin(x[2] ** 2)\n"
                      "print x.detach()\n"),
              ElementsAre("tensor([1., 2., 3.], requires_grad=True)",
                          "tensor(14., grad_fn=<SumBackward0>)", "None", "tensor([2., 4., 6.])",
                          "tensor(0.4121, grad_fn=<SinBackward0>)", "tensor([1., 2., 3.])"));
}

TEST(TestBlock, TheFilesDtypeGoesWithoutSaying) {
  EXPECT_THAT(printed("dtype f64\ninput x = 1.5\n", "print x\nprint x.dtype\n"),
              ElementsAre("tensor(1.5000, requires_grad=True)", "float64"));
  EXPECT_THAT(printed("dtype f32\ninput x = 1.5\n", "print x\nprint x.dtype\n"),
              ElementsAre("tensor(1.5000, requires_grad=True)", "float32"));
}

TEST(TestBlock, PrintShowsOtherValuesAsPythonDoes) {
  EXPECT_THAT(printed(square,
                      "print \"text\"\n"
                      "print x.requires_grad\n"
                      "print 3\n"
                      "print 2 * 3\n"
                      "print 1 / 4\n"
                      "print 3.\n"
                      "print x.shape\n"
                      "print y.item()\n"
                      "print [1, 2]\n"
                      "print grad(y, [x])\n"
                      "print y.grad_fn\n"
                      "for i in 1..1:\n"
                      "    print i\n"),
              ElementsAre("text", "True", "3", "6", "0.25", "3.0", "[3]", "14.0",
                          "tensor([1., 2.])", "[tensor([2., 4., 6.])]", "SumBackward0", "1"));
}

TEST(TestBlock, ItemIsTheNumber) {
  expect_passes("dtype f32\ninput x = 6.7\n",
                "expect x.item() == 6.7\n"
                "expect str(x.item()) == \"6.699999809265137\"\n"
                "expect (x * 2).item() > 13\n"
                "expect error \"cannot be converted to Scalar\": zeros([2]).item()\n",
                4);
}

TEST(TestBlock, EqualityIsExactInShapeAndValueAfterRounding) {
  expect_passes("dtype f32\ninput x = 0.1\ninput z : [1] = 0.1\n",
                "expect x == 0.1\n"
                "expect z == [0.1]\n"
                "expect z != 0.1\n"
                "expect z ~= 0.1\n"
                "expect [x, x] == [0.1, 0.1]\n"
                "expect x * nan == nan\n"
                "expect x / 0 == inf\n",
                7);
}

TEST(TestBlock, ApproximateEqualityIsAbsoluteOrRelative) {
  expect_passes("input x = [1e-5, 1e6]\n",
                "expect x ~= [0, 1000099]\n"
                "expect x ~= [0.5, 1.2e6] within 0.5\n"
                "expect error \"does not hold\": expect x ~= [0, 1000101]\n"
                "expect error \"does not hold\": expect x ~= [2e-4, 1e6]\n"
                "expect error \"does not hold\": expect x ~= [0, 1e6] within 1e-6\n",
                5);
}

TEST(TestBlock, OrderingsHoldForAllEntriesAndBroadcast) {
  expect_passes("input x = [[1, 2], [3, 4]]\n",
                "expect x > 0\n"
                "expect x <= [3, 4]\n"
                "expect x >= x\n"
                "expect x < 5\n"
                "expect error \"does not hold\": expect x < 4\n"
                "expect x != 2 * x\n"
                "expect (x > 0)\n"
                "expect error \"does not hold\": expect (x > 1)\n",
                8);
}

TEST(TestBlock, ExpectErrorNeedsAnErrorThatContainsTheText) {
  expect_passes("input X = ones([2, 2])\nconst Y = ones([3, 2])\n",
                "expect error \"mat1 and mat2 shapes cannot be multiplied (2x2 and 3x2)\": X @ Y\n"
                "expect error \"unknown function 'sigmod'\": z = sigmod(X)\n"
                "expect error \"unknown name 'z'\": print z\n",
                3);
}

TEST(TestBlock, ExpectWarningCatchesTheWarningAndTheRestAreReported) {
  const TestOutcome outcome =
      run_lines(square,
                "expect warning \".grad attribute of a Tensor that is not a leaf\": g = y.grad\n"
                "expect g == None\n"
                "y.retain_grad()\n"
                "y.backward()\n"
                "expect y.grad == 1\n"
                "z = x * 2\n"
                "print z.grad\n");
  EXPECT_EQ(summary(outcome), "passed");
  EXPECT_EQ(outcome.expectations, 3);
  ASSERT_EQ(outcome.warnings.size(), 1u);
  EXPECT_THAT(outcome.warnings[0], HasSubstr("is not a leaf Tensor is being accessed"));
}

TEST(TestBlock, DetachSharesTheValuesAndRequiresGradCanBeSwitched) {
  expect_passes("input x = 2\n",
                "d = x.detach()\n"
                "expect d == 2\n"
                "expect d.requires_grad == False\n"
                "d.requires_grad_()\n"
                "(d * 3).backward()\n"
                "expect d.grad == 3\n"
                "expect x.grad == None\n"
                "x.requires_grad_(False)\n"
                "expect (x * 2).requires_grad == False\n"
                "x.requires_grad_(requires_grad=True)\n"
                "y = x * 2\n"
                "expect error \"you can only change requires_grad flags of leaf variables\": "
                "y.requires_grad_(False)\n",
                6);
}

TEST(TestBlock, AListAssignedInATestIsATensor) {
  expect_passes("dtype f32\ninput a = 1\n",
                "x = [1., 2., 3.]\n"
                "x.requires_grad_()\n"
                "m = (x ** 2).mean()\n"
                "expect str(m) == \"tensor(4.6667, grad_fn=<MeanBackward0>)\"\n"
                "m.backward()\n"
                "expect str(x.grad) == \"tensor([0.6667, 1.3333, 2.0000])\"\n"
                "y = [a, 2 * a]\n"
                "y.retain_grad()\n"
                "y.sum().backward()\n"
                "expect y.grad == [1, 1]\n"
                "expect a.grad == 3\n",
                4);
}

TEST(TestBlock, IntegerTensorsRefuseGradients) {
  expect_passes("dtype f32\ninput x = [1.5, 2.5]\n",
                "n = int(3)\n"
                "expect str(n) == \"tensor(3)\"\n"
                "expect n.dtype == \"int64\"\n"
                "expect n.item() == 3\n"
                "expect n == 3\n"
                "v = int([[1, 2], [3, 4]])\n"
                "expect v.shape == [2, 2]\n"
                "expect v == [[1, 2], [3, 4]]\n"
                "expect v < 5\n"
                "expect int(x) == [1, 2]\n"
                "expect v.requires_grad == False\n"
                "expect error \"Only Tensors of floating point and complex dtype can require "
                "gradients\": v.requires_grad_(True)\n"
                "expect error \"whole number\": int(1.5)\n"
                "expect error \"ragged\": int([[1], [2, 3]])\n"
                "expect error \"take no part in arithmetic\": v * 2\n",
                13);
}

TEST(TestBlock, SgdUpdatesItsParameters) {
  expect_passes("input w = [1, 2]\ninput b = 1\nconst frozen = 5\n",
                "lr = 0.5\n"
                "opt = SGD([w, b, frozen], lr=lr)\n"
                "(sum(w * w) + 3 * b).backward()\n"
                "opt.step()\n"
                "expect w == [0, 0]\n"
                "expect b == -0.5\n"
                "expect frozen == 5\n"
                "opt.zero_grad()\n"
                "expect w.grad == [0, 0]\n"
                "expect error \"should be an iterable of Tensors or dicts\": SGD(w)\n"
                "expect error \"'SGD' needs the argument 'lr'\": SGD([w])\n"
                "params = [w, b]\n"
                "opt = SGD(params, 0.1)\n"
                "expect warning \"duplicate parameters\": SGD([w, w], 0.1)\n",
                7);
}

/// Steps by hand from the documented rules: buffers 2, 2 + 1; Nesterov's d is g + b / 2.
TEST(TestBlock, SgdTakesPyTorchsOptions) {
  expect_passes("input w = 10\ninput v = 10\n",
                "opt = SGD([w], lr=0.5, momentum=0.5)\n"
                "other = SGD([v], 0.5, momentum=0.5, nesterov=True, weight_decay=0.1)\n"
                "for i in 1..2:\n"
                "    opt.zero_grad()\n"
                "    (2 * w).backward()\n"
                "    opt.step()\n"
                "expect w == 10 - 0.5 * 2 - 0.5 * 3\n"
                "(2 * v).backward()\n"
                "other.step()\n"
                "expect v == 10 - 0.5 * (3 + 0.5 * 3)\n"
                "expect error \"Invalid momentum value: -1\": SGD([w], 0.1, momentum=-1)\n"
                "expect error \"requires a momentum\": SGD([w], 0.1, nesterov=True)\n"
                "expect error \"'momentum' must be a number\": SGD([w], 0.1, \"much\")\n",
                5);
}

TEST(TestBlock, AdamTakesPyTorchsOptions) {
  expect_passes("input w = 1\ninput v = 1\n",
                "opt = Adam([w])\n"
                "other = Adam([v], lr=0.1, betas=[0.5, 0.5], eps=0, amsgrad=True)\n"
                "(3 * w - 5 * v).backward()\n"
                "opt.step()\n"
                "other.step()\n"
                "expect w ~= 0.999\n"
                "expect v ~= 1.1\n"
                "opt.zero_grad()\n"
                "expect w.grad == 0\n"
                "expect error \"Invalid beta parameter at index 1: 1\": "
                "Adam([w], betas=[0.5, 1])\n"
                "expect error \"'betas' must be a list of two numbers\": Adam([w], betas=0.9)\n"
                "expect error \"Invalid epsilon value: -1\": Adam([w], eps=-1)\n"
                "expect error \"iterable of Tensors\": Adam(w)\n",
                7);
}

TEST(TestBlock, StepLRLowersTheRate) {
  expect_passes("input w = 0\n",
                "opt = SGD([w], lr=8)\n"
                "sched = StepLR(opt, step_size=2, gamma=0.5)\n"
                "(-w).backward()\n"
                "for i in 1..5:\n"
                "    opt.step()\n"
                "    sched.step()\n"
                "expect w == 8 + 8 + 4 + 4 + 2\n"
                "expect str(sched.get_last_lr()) == \"[2.0]\"\n"
                "expect sched.get_last_lr()[0] == 2\n"
                "opt = 3\n"
                "sched.step()\n"
                "expect sched.get_last_lr()[0] == 1\n"
                "other = SGD([w], lr=1)\n"
                "expect warning \"before `optimizer.step()`\": StepLR(other, 1).step()\n"
                "expect error \"Invalid step_size value: 0\": StepLR(other, 0)\n"
                "expect error \"needs an optimiser, not\": StepLR(w, 1)\n"
                "expect error \"needs an optimiser, not a schedule\": StepLR(sched, 1)\n"
                "expect error \"a schedule has no method\": sched.zero_grad()\n",
                9);
}

TEST(TestBlock, ATrainingLoopLowersTheLoss) {
  expect_passes(
      "dtype f32\nconst X = [[1, 2], [2, 1], [-1, -2], [-2, -1]]\n"
      "const t = [1, 1, 0, 0]\ninput w = [0, 0]\ninput b = 0\n"
      "def loss() = bce_with_logits(X @ w + b, t)\n",
      "opt = SGD([w, b], lr=0.5)\n"
      "first = loss().item()\n"
      "for i in 1..50:\n"
      "    opt.zero_grad()\n"
      "    l = loss()\n"
      "    l.backward()\n"
      "    opt.step()\n"
      "expect first ~= 0.6931\n"
      "expect l < 0.1 * first\n",
      2);
}

TEST(TestBlock, RandomTensorsAreDecidedByTheSeedAndTheTest) {
  const std::string text = R"(dtype f32
test "a":
    r = rand([100])
    expect r >= 0
    expect r < 1
    expect r.requires_grad == False
    print r[0].item()
    print randn([2])[0].item()
    print rand_like(r)[0].item()

test "b":
    print rand([100])[0].item()
)";
  const auto once = run_tests(text, 7), again = run_tests(text, 7), other = run_tests(text, 8);
  EXPECT_EQ(summary(once[0]), "passed");
  EXPECT_EQ(once[0].printed, again[0].printed);
  EXPECT_NE(once[0].printed, other[0].printed);
  EXPECT_NE(once[0].printed[0], once[1].printed[0]);
  EXPECT_NE(once[0].printed[0], once[0].printed[2]);
}

TEST(TestBlock, TopLevelBindingsAreRecordedOnceAndShared) {
  expect_passes("input x = 3\ny = x ** 2\nz = sin(y)\n",
                "y.retain_grad()\n"
                "z.backward()\n"
                "expect y.grad == cos(y.detach())\n"
                "expect error \"second time\": y.backward()\n",
                2);
}

}  // namespace
}  // namespace verigrad::expressions
