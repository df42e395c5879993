// evaluate(): values with their grad_fn, gradients of a scalar output, points, errors.
#include "tests/runner/support.hpp"

namespace verigrad::runner {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

reports::EvalFile evaluate_text(const std::string& text, const Options& options = {}) {
  return evaluate(Input{"t.grad", text}, options);
}

TEST(Evaluate, GivesEveryValueAndEveryGradient) {
  const auto file =
      evaluate_text("input x = [1, 2]\nconst c = 3\ninput z = 4\nu = c * x\ny = sum(u ** 2)\n");
  ASSERT_TRUE(file.errors.empty());
  ASSERT_THAT(file.points, SizeIs(1));
  const auto& point = file.points[0];
  ASSERT_THAT(point.values, SizeIs(5));
  EXPECT_EQ(point.values[0].name, "x");
  EXPECT_EQ(point.values[0].value, (reports::TensorValue{{2}, {1, 2}}));
  EXPECT_FALSE(point.values[0].grad_fn);
  EXPECT_EQ(point.values[3].name, "u");
  EXPECT_EQ(point.values[3].grad_fn, "MulBackward0");
  EXPECT_EQ(point.values[4].value, (reports::TensorValue{{}, {45}}));
  EXPECT_EQ(point.values[4].grad_fn, "SumBackward0");
  ASSERT_THAT(point.gradients, SizeIs(2));
  EXPECT_EQ(point.gradients[0].name, "x");
  EXPECT_THAT(point.gradients[0].value.data, ElementsAre(18, 36));
  EXPECT_THAT(point.gradients[1].value.data, ElementsAre(0)) << "y does not depend on z";
}

TEST(Evaluate, AnErrorOfEveryPointIsOne) {
  const auto file =
      evaluate_text("input x : [2] in [1, 2]\ny = cholesky(-outer(x, x))\n", with_samples(3));
  ASSERT_THAT(file.errors, SizeIs(1));
  EXPECT_THAT(file.errors[0].message, testing::HasSubstr("not positive-definite"));
}

TEST(Evaluate, NoneAmongIndicesIsToldToBeUnsqueeze) {
  const auto help = [](const std::string& index) {
    const auto file = evaluate_text("input x : [3, 2]\ny = x[" + index + "]\n");
    return file.errors.empty() ? "" : file.errors[0].help.value_or("");
  };
  EXPECT_THAT(help("None"), testing::HasSubstr("unsqueeze(…, 0)"));
  EXPECT_THAT(help(":, None"), testing::HasSubstr("unsqueeze(…, 1)"));
  EXPECT_THAT(help(":, :, None"), testing::HasSubstr("unsqueeze(…, 2)"));
  EXPECT_THAT(help("1, None"), testing::HasSubstr("unsqueeze(…, 0)"));
}

TEST(Evaluate, KeepsTheOrderOfTheFile) {
  const auto file = evaluate_text("input x = 1\na = 2 * x\nconst c = 3\nb = a * c\ninput z = 4\n");
  ASSERT_THAT(file.points, SizeIs(1));
  std::string names;
  for (const auto& value : file.points[0].values) names += value.name;
  EXPECT_EQ(names, "xacbz");
}

TEST(Evaluate, AVectorOutputHasNoGradients) {
  const auto file = evaluate_text("input x = [1, 2]\ny = x ** 2\n");
  ASSERT_THAT(file.points, SizeIs(1));
  EXPECT_TRUE(file.points[0].gradients.empty());
}

TEST(Evaluate, AConstantOutputHasGradientsOfZeros) {
  const auto file = evaluate_text("input x = [1, 2]\ny = 3\n");
  ASSERT_THAT(file.points, SizeIs(1));
  ASSERT_THAT(file.points[0].gradients, SizeIs(1));
  EXPECT_THAT(file.points[0].gradients[0].value.data, ElementsAre(0, 0));
}

TEST(Evaluate, UsesThePrecisionUnderTest) {
  const auto file = evaluate_text("dtype f32\ninput x = 0.1\ny = x ** 2\n");
  ASSERT_THAT(file.points, SizeIs(1));
  EXPECT_EQ(file.points[0].values[0].value.data[0], static_cast<double>(0.1f));
}

TEST(Evaluate, DrawsAsManyPointsAsAskedAndOneByDefault) {
  const std::string text = "dim n in 2..3\ninput x : [n]\ny = sum(x)\n";
  EXPECT_THAT(evaluate_text(text).points, SizeIs(1));
  const auto three = evaluate_text(text, with_samples(3));
  ASSERT_THAT(three.points, SizeIs(3));
  EXPECT_EQ(three.points[0], evaluate_text(text).points[0]);
  EXPECT_EQ(three.points[0].values[0].value.shape, std::vector<std::int64_t>{2});
  EXPECT_EQ(three.points[1].values[0].value.shape, std::vector<std::int64_t>{3});
}

TEST(Evaluate, ReplaysThePointOfAToken) {
  const std::string text = "input x\ny = x ** 2\n";
  Options options;
  options.repro = ReproToken{0, 2, 5};
  const auto replayed = evaluate_text(text, options);
  ASSERT_THAT(replayed.points, SizeIs(1));
  Options all;
  all.samples = 3;
  all.seed = 5;
  EXPECT_EQ(replayed.points[0], evaluate_text(text, all).points.at(2));
}

TEST(Evaluate, ReportsTheErrorsOfAFile) {
  const auto file = evaluate_text("input x\ny = sigmod(x)\n");
  ASSERT_THAT(file.errors, SizeIs(1));
  EXPECT_EQ(file.errors[0].code, "E012");
  EXPECT_EQ(file.errors[0].line, 2);
  EXPECT_TRUE(file.points.empty());
  EXPECT_THAT(evaluate(Input{"no_such_file.grad", {}}, {}).errors, SizeIs(1));
}

TEST(Evaluate, ReportsWhatTheEngineRefuses) {
  const auto file = evaluate_text("input p = 2\ny = bce(p, 1)\n");
  ASSERT_THAT(file.errors, SizeIs(1));
  EXPECT_THAT(file.errors[0].message, testing::HasSubstr("between 0 and 1"));
}

}  // namespace
}  // namespace verigrad::runner
