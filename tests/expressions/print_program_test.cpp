// parse(print(p)) gives p again.
#include "expressions/print_program.hpp"

#include <algorithm>
#include <fstream>

#include "tests/expressions/elaborate_helpers.hpp"

namespace verigrad::expressions {
namespace {

void expect_round_trip(const Program& program, ValueId output) {
  const std::string text = print(program, output);
  const Elaborated again = elaborate_text(text);
  ASSERT_TRUE(again.instance) << text << again.report();
  const CanonicalProgram before = canonical(program, output);
  const CanonicalProgram after = canonical(again.instance->program, again.instance->output);
  EXPECT_TRUE(before.program == after.program)
      << text << "\nbecomes\n"
      << print(again.instance->program, again.instance->output);
  EXPECT_EQ(before.output, after.output) << text;
  EXPECT_EQ(print(after.program, after.output), text);
}

std::string printed(const std::string& text) {
  const Elaborated result = elaborate_text(text);
  EXPECT_TRUE(result.instance) << result.report();
  if (!result.instance) return "";
  expect_round_trip(result.instance->program, result.instance->output);
  return print(result.instance->program, result.instance->output);
}

TEST(PrintProgram, WritesWhatAPersonWouldWrite) {
  EXPECT_EQ(printed("input X : [3, 2]\nconst t : [3] in {0, 1}\ninput w : [2] in [-2, 2]\n"
                    "p = sigmoid(X @ w - 0.5)\nloss = -mean(t * log(p) + (1 - t) * log(1 - p))\n"),
            "input X : [3, 2]\nconst t : [3] in {0, 1}\ninput w : [2] in [-2, 2]\n"
            "p = sigmoid(X @ w - 0.5)\nloss = -mean(t * log(p) + (1 - t) * log(1 - p))\n");
  EXPECT_EQ(printed("dtype f32\ninput x : [4]\ny = softmax(x[1:], dim=0).sum()\nz = x.T + y\n"
                    "output y\n"),
            "dtype f32\n\ninput x : [4]\ny = sum(softmax(x[1:], dim=0))\n");
}

TEST(PrintProgram, KeepsSpellingsWithTheirMeaning) {
  for (const char* line : {"y = where(x > 0, x, -x)",
                           "y = lt(x, 0) * x",
                           "y = (-2) ** 2 * x",
                           "y = -2 ** 2 * x",
                           "y = x - (x - 1)",
                           "y = x / (x / 2)",
                           "y = (x ** 2) ** 3",
                           "y = x ** 2 ** 3",
                           "y = x * -0.1",
                           "y = [x, [1, 2, 3]]",
                           "y = stack([[1, 2], [3, 4]])",
                           "y = x + [[1, 2, 3], [-4, inf, -0.5]]",
                           "y = x + full([3], 2.5) + zeros(4, 3)",
                           "y = sum(x, dim=[0], keepdim=True)",
                           "y = leaky_relu(x, 0.2)",
                           "y = clamp(x, max=2)",
                           "y = bce_with_logits(x, 1, pos_weight=3)",
                           "y = mse(x, 1, \"none\")",
                           "y = x.reshape(3, 1).T",
                           "y = concat([x, x], dim=-1)",
                           "y = x[-1] + x[::2][0] + x[0:3]",
                           "y = transpose(reshape(x, [1, 3]), 0, 1)",
                           "y = broadcast_to(x, [2, 3])",
                           "y = x * randn(3) + rand(2, 1)",
                           "y = [[x[0], 1], [2, 3]]",
                           "y = x * 0x1.8p3",
                           "y = conv1d(reshape(x, [1, 3]), ones(2, 1, 2), padding=\"same\")",
                           "k = 3\ny = x * k * k",
                           "u = x * 2\ny = u * u\nz = y + 1\noutput u"})
    printed(std::string("input x : [3] in (0, 2]\n") + line + "\n");
}

TEST(PrintProgram, NamesWhatIsUsedTwiceOrNestsTooDeep) {
  EXPECT_EQ(printed("input x\ndef f(a) = a * a\ny = f(sin(x))\n"),
            "input x\nt1 = sin(x)\ny = t1 * t1\n");
  std::string deep = "x";
  for (int i = 0; i < 100; ++i) deep = "sin(" + deep + ")";
  printed("input x\ny = " + deep + "\n");
}

TEST(PrintProgram, KeepsInitialValues) {
  EXPECT_EQ(printed("input x = [1, 2]\ninput s : [2, 2] = 1\nconst r = 2 * x\ny = sum(s * r)\n"),
            "input x = [1, 2]\ninput s = broadcast_to(1, [2, 2])\nconst r = 2 * x\n"
            "y = sum(s * r)\n");
}

/// The shapes of operands where they cannot all be [2, 3].
std::vector<Shape> shapes_of(std::string_view name) {
  for (const std::string_view vectors : {"dot", "outer"})
    if (name == vectors) return {Shape{3}, Shape{3}};
  for (const std::string_view square :
       {"matmul", "det", "logdet", "inverse", "solve", "cholesky", "triangular_solve"})
    if (name == square) return {Shape{3, 3}, Shape{3, 3}};
  if (name == "bmm") return {Shape{3, 3, 3}, Shape{3, 3, 3}};
  if (name == "norm") return {Shape{2, 3}, Shape{}};
  if (name == "index_select") return {Shape{2, 3}, Shape{2}};
  if (name == "pad") return {Shape{2, 3}, Shape{}};
  if (name == "nll_loss") return {Shape{2, 3}, Shape{2}, Shape{3}};
  if (name == "cross_entropy") return {Shape{2, 3}, Shape{2}, Shape{3}, Shape{}};
  if (name == "cosine_similarity") return {Shape{2, 3}, Shape{2, 3}, Shape{}};
  if (name == "layer_norm") return {Shape{2, 3}, Shape{3}, Shape{3}, Shape{}};
  if (name == "linear") return {Shape{2, 3}, Shape{2, 3}, Shape{2}};
  if (name == "conv1d") return {Shape{2, 4}, Shape{3, 2, 2}, Shape{3}};
  if (name == "conv2d") return {Shape{2, 4, 4}, Shape{3, 2, 2, 2}, Shape{3}};
  return {};
}

std::vector<ValueId> operands_for(Program& program, const Operation& operation) {
  const std::vector<Shape> shapes = shapes_of(operation.name());
  std::vector<ValueId> operands;
  const std::size_t count =
      operation.signature.variadic() ? 3 : operation.signature.operand_count();
  for (std::size_t i = 0; i < count; ++i)
    operands.push_back(program.add_leaf(
        {std::string("x") + std::to_string(i), shapes.empty() ? Shape{2, 3} : shapes[i]}));
  return operands;
}

Integers sizes_for(std::string_view operation, std::string_view parameter) {
  if (operation == "reshape") return {3, 2};
  if (parameter == "normalized_shape") return {3};
  if (parameter == "pad") return {1, 0, 2, 1};
  if (parameter == "shifts") return {1};
  if (operation == "conv1d" || operation == "conv2d") return {1};
  return {4, 2, 3};
}

std::vector<AttributeValue> attributes_for(const Operation& operation) {
  std::vector<AttributeValue> values(operation.signature.attribute_count());
  for (const Parameter& parameter : operation.signature.parameters()) {
    switch (parameter.kind) {
      case Parameter::Kind::flag:
        values[parameter.position] = true;
        break;
      case Parameter::Kind::integer:
        values[parameter.position] = std::int64_t{parameter.name == "dim0" ? 0 : 1};
        break;
      case Parameter::Kind::dims:
        values[parameter.position] = operation.name() == "permute" ? Integers{1, 0} : Integers{1};
        break;
      case Parameter::Kind::sizes:
        values[parameter.position] = sizes_for(operation.name(), parameter.name);
        break;
      case Parameter::Kind::word:
        values[parameter.position] = std::string(operation.name() == "einsum"      ? "ij,ik,ij->jk"
                                                 : parameter.name == "mode"        ? "constant"
                                                 : parameter.name == "approximate" ? "tanh"
                                                                                   : "sum");
        break;
      default:
        break;
    }
  }
  return values;
}

TEST(PrintProgram, RoundTripsEveryOperation) {
  int count = 0;
  for (const Operation* operation : operations()) {
    if (operation->info.internal) continue;
    SCOPED_TRACE(operation->name());
    Program program;
    const std::vector<ValueId> operands = operands_for(program, *operation);
    const ValueId y =
        program.add(*operation, operands, make_attributes(attributes_for(*operation)));
    program.set_name(y, "y");
    expect_round_trip(program, y);
    ++count;
  }
  EXPECT_GT(count, 60);
}

TEST(PrintProgram, RoundTripsEveryExample) {
  int count = 0;
  for (const char* folder : {"examples", "examples/broken"})
    for (const auto& path : grad_files(std::filesystem::path(VERIGRAD_SOURCE_DIR) / folder)) {
      SCOPED_TRACE(path.string());
      const Elaborated result = elaborate_source(SourceFile::read(path));
      if (!result.instance) continue;
      expect_round_trip(result.instance->program, result.instance->output);
      ++count;
    }
  EXPECT_GE(count, 8);
}

TEST(Canonical, IsAProjection) {
  const Elaborated result = elaborate_text(
      "input x : [2]\nconst c = randn(2)\nu = x * c\ny = sum(u * u * [1, 2]) + -(-3)\n");
  const CanonicalProgram once = canonical(result.instance->program, result.instance->output);
  const CanonicalProgram twice = canonical(once.program, once.output);
  EXPECT_TRUE(once.program == twice.program);
  EXPECT_EQ(once.output, twice.output);
}

}  // namespace
}  // namespace verigrad::expressions
