// Expressions mean what NumPy's and PyTorch's readers expect.
#include <numbers>

#include "tests/expressions/elaborate_helpers.hpp"

namespace verigrad::expressions {
namespace {

using testing::ElementsAre;

TEST(Lowering, FollowsPythonsPrecedence) {
  EXPECT_THAT(value_of("y = -2 ** 2\n"), ElementsAre(-4));
  EXPECT_THAT(value_of("y = 2 ** 3 ** 2\n"), ElementsAre(512));
  EXPECT_THAT(value_of("y = 2 ** -1\n"), ElementsAre(0.5));
  EXPECT_THAT(value_of("y = 7 - 2 - 3 * 2 / 4\n"), ElementsAre(3.5));
  EXPECT_THAT(value_of("y = + - -3\n"), ElementsAre(3));
}

TEST(Lowering, KnowsTheConstants) {
  EXPECT_THAT(value_of("y = pi\n"), ElementsAre(std::numbers::pi));
  EXPECT_THAT(value_of("y = -inf\n"), ElementsAre(-INFINITY));
  EXPECT_TRUE(std::isnan(value_of("y = nan\n")[0]));
}

TEST(Lowering, KeepsTheDecimalTextOfLiterals) {
  const Elaborated result = elaborate_text("input x\ny = x * 0.1 + -0.25\n");
  std::vector<std::string> texts;
  for (const Value& value : result.instance->program.values())
    if (value.kind == Value::Kind::number) texts.push_back(value.text);
  EXPECT_THAT(texts, ElementsAre("0.1", "-0.25"));
}

TEST(Lowering, EmitsConstantArithmeticAsOperationsOnLiterals) {
  const Elaborated result = elaborate_text("input x\ny = x * (0.1 + 0.2)\n");
  const Program& program = result.instance->program;
  const Value& product = program[result.named("y")];
  EXPECT_EQ(program[product.operands[1]].operation->name(), "add");
  EXPECT_TRUE(program[product.operands[1]].is_number);
}

TEST(Lowering, ConstantsThatOnlyChooseLeaveNoTrace) {
  const Elaborated result =
      elaborate_text("dim n = 2\ninput x : [2 * n]\ny = sum(x[n - 1:2 * n], dim=1 - 1)\n");
  EXPECT_EQ(result.instance->program.values().size(), 3u);
}

TEST(Lowering, AListOfNumbersIsDataAndAListOfTensorsIsStacked) {
  EXPECT_EQ(shape_of("y = [[1, 2], [3, 4], [5, 6]]\n"), (Shape{3, 2}));
  EXPECT_EQ(shape_of("y = []\n"), (Shape{0}));
  EXPECT_EQ(shape_of("y = [[], []]\n"), (Shape{2, 0}));
  const Elaborated result = elaborate_text("input x = 3\ny = [x, 2 * x, 1]\n");
  EXPECT_THAT(result.entries("y"), ElementsAre(3, 6, 1));
  EXPECT_EQ(result.instance->program[result.named("y")].operation->name(), "stack");
  EXPECT_THAT(value_of("input x = [1, 2]\ny = [x, [3, 4]]\n"), ElementsAre(1, 2, 3, 4));
}

TEST(Lowering, AListIsPassedAsElementsWhereAParameterIsOne) {
  EXPECT_THAT(value_of("input x = [1, 2]\ny = concat([x, [3], x])\n"), ElementsAre(1, 2, 3, 1, 2));
  EXPECT_EQ(shape_of("input x = [1, 2]\ny = stack([x, x, x], dim=1)\n"), (Shape{2, 3}));
  EXPECT_EQ(shape_of("y = sum(ones(2, 3, 4), dim=[0, 2])\n"), (Shape{3}));
}

TEST(Lowering, IndexesAndSlicesAsPython) {
  const std::string x = "input x = [[1, 2, 3], [4, 5, 6]]\n";
  EXPECT_THAT(value_of(x + "y = x[1]\n"), ElementsAre(4, 5, 6));
  EXPECT_THAT(value_of(x + "y = x[-1, 0]\n"), ElementsAre(4));
  EXPECT_THAT(value_of(x + "y = x[:, 2]\n"), ElementsAre(3, 6));
  EXPECT_THAT(value_of(x + "y = x[1, :]\n"), ElementsAre(4, 5, 6));
  EXPECT_THAT(value_of(x + "y = x[0, 1:]\n"), ElementsAre(2, 3));
  EXPECT_THAT(value_of(x + "y = x[0, ::2]\n"), ElementsAre(1, 3));
  EXPECT_THAT(value_of(x + "y = x[0, :-1]\n"), ElementsAre(1, 2));
  EXPECT_EQ(shape_of(x + "y = x[:, 5:9]\n"), (Shape{2, 0}));
}

TEST(Lowering, AFullSliceAddsNoOperation) {
  EXPECT_EQ(elaborate_text("input x : [2, 3]\ny = x[:, :] + 0\n").instance->program.values().size(),
            3u);
}

TEST(Lowering, TransposesByReversingDims) {
  EXPECT_EQ(shape_of("input x : [2, 3, 4]\ny = x.T\n"), (Shape{4, 3, 2}));
  EXPECT_EQ(shape_of("input x : [5]\ny = x.T + 0\n"), (Shape{5}));
}

TEST(Lowering, MethodsAreOperationsOnTheirObject) {
  EXPECT_THAT(value_of("input x = [1, 2, 3]\ny = (x ** 2).mean()\n"), ElementsAre(14.0 / 3));
  EXPECT_EQ(shape_of("input x : [2, 3]\ny = x.sum(dim=0, keepdim=True)\n"), (Shape{1, 3}));
  EXPECT_EQ(shape_of("input x : [6]\ny = x.reshape(2, 3)\n"), (Shape{2, 3}));
  EXPECT_EQ(shape_of("input x : [2, 3, 4]\ny = x.permute(2, 0, 1)\n"), (Shape{4, 2, 3}));
}

TEST(Lowering, ShapesAreKnownNumbers) {
  EXPECT_EQ(shape_of("input x : [2, 3]\ny = zeros(x.shape)\n"), (Shape{2, 3}));
  EXPECT_THAT(value_of("input x : [2, 3]\ny = x.shape[1]\n"), ElementsAre(3));
}

TEST(Lowering, FillsInDefaultsAndTakesKeywords) {
  EXPECT_THAT(value_of("input x = [-1]\ny = leaky_relu(x)\n"), ElementsAre(-0.01));
  EXPECT_THAT(value_of("input x = [-1]\ny = leaky_relu(x, 0.5)\n"), ElementsAre(-0.5));
  EXPECT_THAT(value_of("input x = [5]\ny = clamp(x, max=2)\n"), ElementsAre(2));
  EXPECT_THAT(value_of("input x = [5]\ny = clamp(x, None, 2)\n"), ElementsAre(2));
  EXPECT_THAT(value_of("input x = [1, 3]\ny = mse(x, 0, reduction=\"sum\")\n"), ElementsAre(10));
  EXPECT_THAT(value_of("input x = [1, 3]\ny = sum(x, dim=None)\n"), ElementsAre(4));
}

TEST(Lowering, AWordMayStandForSizesWhereTheDefaultIsOne) {
  const std::string call = "input x = [[1, 2, 3, 4]]\ny = conv1d(x, [[[1, 10]]], padding=";
  EXPECT_THAT(value_of(call + "\"same\")\n"), ElementsAre(21, 32, 43, 4));
  EXPECT_THAT(value_of(call + "\"valid\")\n"), ElementsAre(21, 32, 43));
  EXPECT_THAT(value_of(call + "1)\n"), ElementsAre(10, 21, 32, 43, 4));
  EXPECT_THAT(value_of(call + "[0])\n"), ElementsAre(21, 32, 43));
}

TEST(Lowering, KnowsPyTorchsLongNames) {
  EXPECT_EQ(elaborate_text("input p = 0.5\ny = binary_cross_entropy(p, 1)\n")
                .instance->program.values()
                .back()
                .operation->name(),
            "bce");
}

TEST(Lowering, MakesConstants) {
  EXPECT_THAT(value_of("y = zeros(2)\n"), ElementsAre(0, 0));
  EXPECT_THAT(value_of("y = ones([2])\n"), ElementsAre(1, 1));
  EXPECT_THAT(value_of("y = eye(2)\n"), ElementsAre(1, 0, 0, 1));
  EXPECT_THAT(value_of("y = full([2], 7)\n"), ElementsAre(7, 7));
  EXPECT_THAT(value_of("input x = 4\ny = full([2], x)\n"), ElementsAre(4, 4));
  EXPECT_THAT(value_of("y = arange(3)\n"), ElementsAre(0, 1, 2));
  EXPECT_THAT(value_of("y = arange(1, 2, 0.5)\n"), ElementsAre(1, 1.5));
  EXPECT_THAT(value_of("y = linspace(0, 1, 3)\n"), ElementsAre(0, 0.5, 1));
  EXPECT_EQ(shape_of("input x : [3]\ny = ones_like(x)\n"), (Shape{3}));
  EXPECT_EQ(shape_of("y = zeros() + 1\n"), (Shape{}));
}

TEST(Lowering, RandomConstantsAreLeavesOfTheProgram) {
  const Elaborated result = elaborate_text("const X = randn(2, 3)\ny = sum(X * rand(3))\n");
  const auto leaves = result.instance->program.leaves();
  ASSERT_EQ(leaves.size(), 3u);
  EXPECT_TRUE(is_anonymous(leaves[0]));
  EXPECT_FALSE(leaves[0].differentiable);
  EXPECT_EQ(leaves[0].domain.kind, verigrad::Domain::Kind::normal);
  EXPECT_EQ(leaves[1].name, "X");
  EXPECT_EQ(leaves[1].initial, result.instance->program.leaf_value(0));
  EXPECT_EQ(leaves[2].domain.to_string(), "[0, 1)");
  EXPECT_FALSE(result.instance->single_point);
}

TEST(Lowering, ComparisonsAreMasks) {
  EXPECT_THAT(value_of("input x = [-1, 2]\ny = where(x > 0, x, 10 * x)\n"), ElementsAre(-10, 2));
}

TEST(Defs, AreExpandedWithTheirOwnScope) {
  EXPECT_THAT(value_of("def f(a, b) = a - b\nx = 5\ny = f(b=x, a=1)\n"), ElementsAre(-4));
  EXPECT_THAT(value_of("def f(x) = x * k\nk = 3\nx = 5\ny = f(x + 1)\n"), ElementsAre(18));
  EXPECT_THAT(value_of("def f(a) = g(a) + 1\ndef g(a) = a * a\ny = f(3)\n"), ElementsAre(10));
  EXPECT_EQ(shape_of("def total(a, k) = sum(a, dim=k)\ninput x : [2, 3]\ny = total(x, 1)\n"),
            (Shape{2}));
}

TEST(Defs, MayShareTheirNameWithAValueAndHideOperations) {
  EXPECT_THAT(value_of("def f(a) = a + 1\nf = 2\ny = f(f)\n"), ElementsAre(3));
  EXPECT_THAT(value_of("def relu(a) = 7 * a\ny = relu(-1)\n"), ElementsAre(-7));
}

TEST(Defs, LowerAnArgumentOnce) {
  const Elaborated result = elaborate_text("def f(a) = a * a\ninput x\ny = f(sin(x))\n");
  EXPECT_EQ(result.instance->program.values().size(), 3u);
}

}  // namespace
}  // namespace verigrad::expressions
