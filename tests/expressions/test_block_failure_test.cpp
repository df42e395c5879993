// What a test says when it does not pass.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "expressions/codes.hpp"
#include "tests/expressions/test_block_support.hpp"

namespace verigrad::expressions {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::StartsWith;

const std::string vector = "dtype f32\ninput x = [1, 2, 3]\n";

/// The failure of a test with these lines. The first stands on line 5 and begins in column 5.
std::string failure(const std::string& lines, const std::string& declarations = vector) {
  return summary(run_lines(declarations, lines));
}

TEST(TestBlockFailure, AnExpectationShowsBothSidesAndTheFirstDifference) {
  const TestOutcome outcome =
      run_lines(vector, "expect x == x.detach()\nexpect x == [1, 2.5, 4]\n");
  ASSERT_TRUE(outcome.failure.has_value());
  const TestFailure& failed = *outcome.failure;
  EXPECT_EQ(failed.code, "");
  EXPECT_EQ(failed.message, "the expectation does not hold");
  EXPECT_EQ(failed.label, "not at entry [1]");
  EXPECT_EQ(failed.where.line, 6u);
  EXPECT_EQ(failed.where.column, 12u);
  EXPECT_EQ(failed.where.length, 16u);
  EXPECT_EQ(failed.where.line_text, "    expect x == [1, 2.5, 4]");
  EXPECT_THAT(failed.facts, ElementsAre(Pair("left", "tensor([1., 2., 3.], requires_grad=True)"),
                                        Pair("right", "tensor([1.0000, 2.5000, 4.0000])"),
                                        Pair("first difference", "[1]: 2 and 2.5")));
  EXPECT_EQ(outcome.expectations, 1);
}

TEST(TestBlockFailure, ShapesThatDifferAreNamed) {
  EXPECT_EQ(failure("expect x == 1\n"),
            "5:12+6 : the expectation does not hold | the shapes differ: [3] and [] | "
            "left: tensor([1., 2., 3.], requires_grad=True) | right: tensor(1.)");
}

TEST(TestBlockFailure, EntriesOfBroadcastOperandsAreFound) {
  EXPECT_THAT(failure("expect X < [3, 4]\n", "input X = [[1, 2], [3, 3]]\n\n"),
              HasSubstr("not at entry [1, 0] | left: tensor([[1., 2.], [3., 3.]], "
                        "requires_grad=True) | right: tensor([3., 4.]) | "
                        "first difference: [1, 0]: 3 and 3"));
  EXPECT_THAT(failure("expect X < [[3], [4]]\n", "input X = [[1, 2, 0], [3, 3, 5]]\n\n"),
              HasSubstr("first difference: [1, 2]: 5 and 4"));
}

TEST(TestBlockFailure, OtherValuesAreShownToo) {
  EXPECT_EQ(failure("expect x.grad_fn == \"AddBackward0\"\n"),
            "5:12+27 : the expectation does not hold | left: None | right: AddBackward0");
  EXPECT_EQ(failure("expect x.requires_grad == False\n"),
            "5:12+24 : the expectation does not hold | left: True | right: False");
  EXPECT_EQ(failure("expect x.shape == [2]\n"),
            "5:12+14 : the expectation does not hold | element 0 | left: [3] | right: [2] | "
            "first difference: 3 and 2");
  EXPECT_EQ(failure("expect x.grad\n"),
            "5:12+6 : the expectation does not hold | this is None | left: None");
  EXPECT_EQ(failure("expect x.is_leaf != True\n"),
            "5:12+17 : the expectation does not hold | both sides are equal | left: True | "
            "right: True");
}

TEST(TestBlockFailure, LongSidesAreCutToOneLine) {
  const std::string text = failure("expect rand([50, 4]) == 0\n");
  EXPECT_THAT(text, HasSubstr("…"));
  EXPECT_THAT(text, Not(HasSubstr("\n")));
}

TEST(TestBlockFailure, AMissingErrorOrWarningIsAFailure) {
  EXPECT_EQ(failure("expect error \"boom\": y = x * 2\n"),
            "5:5+30 : expected an error that contains \"boom\", but there was none");
  EXPECT_EQ(failure("expect warning \"boom\": y = x * 2\n"),
            "5:5+32 : expected a warning that contains \"boom\", but there was none");
  EXPECT_THAT(failure("expect error \"boom\": x.backward()\n"),
              StartsWith("5:5+33 : expected an error that contains \"boom\" | said: grad can be"));
  EXPECT_THAT(failure("expect warning \"boom\": x.backward()\n"), HasSubstr("only for scalar"))
      << "an error where a warning was expected is an error";
}

TEST(TestBlockFailure, AnErrorOfTheEngineHasItsPlace) {
  EXPECT_EQ(
      failure("y = x * 2\nsum(y).backward()\ny.backward([1, 2, 3])\n"),
      "7:5+21 " + std::string(code::refused) +
          ": Trying to backward through the graph a second time (or directly access "
          "saved tensors after they have already been freed). Saved intermediate values of the "
          "graph are freed when you call .backward() or autograd.grad(). Specify "
          "retain_graph=True if you need to backward through the graph a second time or if you "
          "need to access saved tensors after calling backward.");
  EXPECT_THAT(failure("y = x + sum([x, x @ x])\n"), StartsWith("5:21+5 E017"));
}

TEST(TestBlockFailure, NothingAfterAFailureIsRun) {
  const TestOutcome outcome = run_lines(vector, "print 1\nexpect x == 0\nprint 2\nexpect x == x\n");
  EXPECT_THAT(outcome.printed, ElementsAre("1"));
  EXPECT_EQ(outcome.expectations, 0);
}

TEST(TestBlockFailure, UnknownNamesMethodsAndAttributesSuggestTheNearest) {
  EXPECT_THAT(failure("x.bakward()\n"), HasSubstr("5:7+7 E012: unknown method 'bakward' | did you "
                                                  "mean 'backward'?"));
  EXPECT_THAT(failure("x.require_grad_()\n"), HasSubstr("did you mean 'requires_grad_'?"));
  EXPECT_THAT(failure("print x.grd\n"), HasSubstr("did you mean 'grad'?"));
  EXPECT_THAT(failure("value = 1\nprint valu\n"), HasSubstr("did you mean 'value'?"));
  EXPECT_THAT(failure("print jacobain(x, x)\n"), HasSubstr("did you mean 'jacobian'?"));
  EXPECT_THAT(failure("opt = SGD([x], 0.1)\nopt.stop()\n"),
              HasSubstr("6:9+4 E010: an optimiser has no method 'stop' | did you mean 'step'?"));
}

TEST(TestBlockFailure, ArgumentsAreChecked) {
  EXPECT_THAT(failure("sum(x).backward(retain_grph=True)\n"),
              HasSubstr("5:21+11 E013: 'backward' has no parameter 'retain_grph' | did you mean "
                        "'retain_graph'?"));
  EXPECT_THAT(failure("sum(x).backward(retain_graph=1)\n"),
              HasSubstr("5:34+1 E013: 'retain_graph' of 'backward' must be True or False, not a "
                        "number"));
  EXPECT_THAT(failure("print grad(x)\n"), HasSubstr("'grad' needs the argument 'inputs'"));
  EXPECT_THAT(failure("print hessian(x, x, x)\n"),
              HasSubstr("5:25+1 E013: 'hessian' takes 2 arguments, not 3"));
  EXPECT_THAT(failure("print x.item(1)\n"), HasSubstr("'item' takes no arguments, not 1"));
  EXPECT_THAT(failure("print grad(x, x, inputs=x)\n"), HasSubstr("'inputs' is given twice"));
  EXPECT_THAT(failure("x.detach().fill_(\"a\")\n"),
              HasSubstr("the value of fill_ must be a number, not a string"));
}

TEST(TestBlockFailure, WhatHasNoMethodsSaysSo) {
  EXPECT_THAT(failure("x.grad.zero_()\n"),
              HasSubstr("5:12+5 E018: None has no method 'zero_' | this .grad is None: no backward "
                        "pass has reached the tensor"));
  EXPECT_THAT(failure("k = 3\nk.backward()\n"), HasSubstr("a number has no method 'backward'"));
  EXPECT_THAT(failure("print None.shape\n"), HasSubstr("None has no attribute 'shape'"));
  EXPECT_THAT(failure("opt = SGD([x], 0.1)\nprint opt * 2\n"), HasSubstr("an optimiser"));
  EXPECT_THAT(failure("expect \"a\" < \"b\"\n"),
              HasSubstr("'<' compares numbers and tensors, not a string with a string"));
}

TEST(TestBlockFailure, ABindingThatCannotBeComputedIsAnErrorWhereItIsUsed) {
  const auto outcomes = run_tests(R"(input x = 2
y = bce(x, 1)

test "does not need y":
    expect x == 2

test "needs y":
    print x
    print y * 2

test "replaces y":
    y = 3
    expect y == 3
)");
  EXPECT_EQ(summary(outcomes[0]), "passed");
  EXPECT_THAT(summary(outcomes[1]), HasSubstr(std::string("9:11+1 ") + code::refused + ": bce"));
  EXPECT_THAT(summary(outcomes[1]), HasSubstr("'y' could not be computed"));
  EXPECT_EQ(summary(outcomes[2]), "passed");
}

TEST(TestBlockFailure, LoopsAreBounded) {
  EXPECT_THAT(failure("for i in 1..2000:\n    for j in 1..2000:\n        k = 1\n"),
              HasSubstr("limit of 1000000 statements"));
}

TEST(TestBlockFailure, WorkAndMemoryAreBounded) {
  const std::string big = "dtype f32\nconst z : [1000, 1000] = 1\ninput w = 1\n";
  EXPECT_THAT(failure("y = w * z\nfor i in 1..100000:\n    y = y * w\n", big),
              HasSubstr("the test computes too much"));
  EXPECT_THAT(
      failure("y = sum(w * z)\nfor i in 1..100000:\n    y.backward(retain_graph=True)\n", big),
      HasSubstr("the test computes too much"));
  EXPECT_THAT(failure("for i in 1..100000:\n    print z * i\n", big),
              HasSubstr("the test computes too much"));
  EXPECT_THAT(failure("print ones([100000, 1000000])\n", big), HasSubstr("--max-entries"));
  EXPECT_THAT(failure("z.requires_grad_()\nprint jacobian(z * 2, z)\n", big),
              HasSubstr("--max-entries"));
}

TEST(TestBlockFailure, NestedListsAreBounded) {
  EXPECT_THAT(failure("a = [x, x]\nfor i in 1..100:\n    a = [a, a]\n"),
              HasSubstr("the list is too large to be kept in a variable"));
}

TEST(TestBlockFailure, GrowingArithmeticOnNumbersStaysSmall) {
  EXPECT_EQ(failure("k = 1\nfor i in 1..200:\n    k = k + k\nexpect k > 1e38\n"), "passed");
}

TEST(TestBlockFailure, AMethodThatIsCalledAsAFunctionIsShownAsAMethod) {
  const std::string text = failure("backward(x)\n");
  EXPECT_THAT(text, HasSubstr("E012: 'backward' is a method, not a function | write x.backward()"));
  EXPECT_THAT(text, Not(HasSubstr("did you mean")));
}

TEST(TestBlockFailure, UnknownMembersListWhatExists) {
  const std::string text = failure("x.qqqqqq()\n");
  EXPECT_THAT(text, HasSubstr("methods are the operations ('gradcheck ops' lists them) and "
                              "backward, requires_grad_"));
  EXPECT_THAT(text, Not(HasSubstr("functions")));
  EXPECT_THAT(failure("print x.qqqqqq\n"),
              HasSubstr("the attributes are T, shape, grad, requires_grad, is_leaf, dtype"));
  EXPECT_THAT(failure("k = 2\nprint k.dtype\n"), HasSubstr("a number has no attribute 'dtype'"));
}

TEST(TestBlockFailure, IntegerTensorsTakeNoPartInArithmetic) {
  EXPECT_THAT(failure("y = x + int(3)\n"),
              HasSubstr("E018: integer tensors take no part in arithmetic"));
  EXPECT_THAT(failure("y = x + SGD([x], 0.1)\n"), HasSubstr("an optimiser where a number"));
}

}  // namespace
}  // namespace verigrad::expressions
