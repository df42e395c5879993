#include <gmock/gmock.h>

#include "reports/json.hpp"
#include "tests/cli/command.hpp"

namespace verigrad::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

using Eval = CommandTest;

TEST_F(Eval, PrintsBindingsAndGradientsAsPyTorchDoes) {
  write("a.grad", "dtype f32\ninput x = 3\ns = x ** 2\nz = sin(s)\n");
  const Result result = run({"eval", "a.grad"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out,
            "x = tensor(3., requires_grad=True)\n"
            "s = tensor(9., grad_fn=<PowBackward0>)\n"
            "z = tensor(0.4121, grad_fn=<SinBackward0>)\n"
            "x.grad = tensor(-5.4668)\n");
}

TEST_F(Eval, PrintsTheVectorJacobianTutorial) {
  write("a.grad", "input x = [1, 2, 3]\ny = mean(x ** 2)\n");
  EXPECT_EQ(run({"eval", "a.grad"}).out,
            "x = tensor([1., 2., 3.], requires_grad=True)\n"
            "y = tensor(4.6667, grad_fn=<MeanBackward0>)\n"
            "x.grad = tensor([0.6667, 1.3333, 2.0000])\n");
}

TEST_F(Eval, AlignsTheRowsOfAMatrix) {
  write("a.grad", "input x = [[1, 2], [3, 4]]\nlong_name = x * 2\n");
  EXPECT_THAT(run({"eval", "a.grad"}).out,
              HasSubstr("long_name = tensor([[2., 4.],\n"
                        "                    [6., 8.]], grad_fn=<MulBackward0>)\n"));
}

TEST_F(Eval, AnOutputThatIsNotScalarHasNoGradients) {
  write("a.grad", "input x = [1, 2]\ny = x * 2\n");
  EXPECT_THAT(run({"eval", "a.grad"}).out, Not(HasSubstr("x.grad")));
}

TEST_F(Eval, OfADrawnFileShowsTheFirstPointOrAsManyAsAskedFor) {
  write("a.grad", files::drawn);
  const Result one = run({"eval", "a.grad"});
  EXPECT_THAT(one.out, StartsWith("# point 0\nx = tensor(["));
  EXPECT_THAT(one.out, Not(HasSubstr("# point 1")));
  const Result three = run({"eval", "a.grad", "--samples", "3"});
  EXPECT_THAT(three.out, StartsWith(one.out));
  EXPECT_THAT(three.out, HasSubstr("# point 2\n"));
  EXPECT_NE(run({"eval", "a.grad", "--seed", "9"}).out, one.out);
}

TEST_F(Eval, TakesValuesDimsAndPrecision) {
  write("a.grad", "dim n in 1..4\ninput x : [n] in [0, 1]\ny = sum(x)\n");
  EXPECT_EQ(run({"eval", "a.grad", "--dim", "n=2", "--set", "x=[3, 4]", "--dtype", "f32"}).out,
            "x = tensor([3., 4.], requires_grad=True)\n"
            "y = tensor(7., grad_fn=<SumBackward0>)\n"
            "x.grad = tensor([1., 1.])\n");
}

TEST_F(Eval, JsonHasShapesDataAndGradFn) {
  write("a.grad", "input x = [[1, 2, 3]]\ny = sum(x ** 2)\n");
  const Result result = run({"eval", "a.grad", "--format", "json"});
  EXPECT_EQ(result.exit_code, 0);
  const reports::EvalResult eval = reports::eval_from_json(result.out);
  ASSERT_EQ(eval.files.size(), 1U);
  EXPECT_EQ(eval.files[0].path, "a.grad");
  ASSERT_EQ(eval.files[0].points.size(), 1U);
  const reports::EvalPoint& point = eval.files[0].points[0];
  ASSERT_EQ(point.values.size(), 2U);
  EXPECT_EQ(point.values[0].value.shape, (std::vector<std::int64_t>{1, 3}));
  EXPECT_EQ(point.values[1].grad_fn, "SumBackward0");
  ASSERT_EQ(point.gradients.size(), 1U);
  EXPECT_EQ(point.gradients[0].value.data, (std::vector<double>{2, 4, 6}));
}

TEST_F(Eval, OfAFileWithNothingIsExit4AndSaysSo) {
  write("a.grad", "# nothing\n");
  const Result result = run({"eval", "a.grad"});
  EXPECT_EQ(result.exit_code, 4);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err, "note: there is neither an input nor a binding to print\n");
  write("b.grad", files::pass);
  EXPECT_EQ(run({"eval", "a.grad", "b.grad"}).exit_code, 0);
}

TEST_F(Eval, ReadsStandardInput) {
  const Result result = run({"eval", "-"}, {.standard_input = "input x = 2\ny = x ** 3\n"});
  EXPECT_THAT(result.out, HasSubstr("x.grad = tensor(12.)"));
}

TEST_F(Eval, AFileWithErrorsIsExit2AndDoesNotStopTheOthers) {
  write("a.grad", files::wrong);
  write("b.grad", files::pass);
  const Result result = run({"eval", "a.grad", "b.grad"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr(" --> a.grad:2:5"));
  EXPECT_THAT(result.out, StartsWith("# b.grad\nx = tensor(0.5000"));
  EXPECT_EQ(run({"eval", "absent.grad"}).exit_code, 2);
}

}  // namespace
}  // namespace verigrad::cli
