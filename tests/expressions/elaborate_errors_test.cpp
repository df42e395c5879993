// What is said when a text is well formed but means nothing.
#include <set>

#include "expressions/codes.hpp"
#include "tests/expressions/elaborate_helpers.hpp"

namespace verigrad::expressions {
namespace {

using testing::HasSubstr;

std::vector<std::filesystem::path> bad_files() { return grad_files(test_data("bad/meaning")); }

TEST(BadMeaning, EachFileTriggersTheCodeOfItsNameOnceAndShowsACaret) {
  ASSERT_GT(bad_files().size(), 60u);
  for (const auto& path : bad_files()) {
    const std::string code = path.filename().string().substr(0, 4);
    const Elaborated result = elaborate_source(SourceFile::read(path));
    EXPECT_FALSE(result.instance) << path;
    EXPECT_THAT(result.codes(), testing::ElementsAre(code)) << path << "\n" << result.report();
    EXPECT_THAT(result.report(), HasSubstr("^")) << path;
  }
}

TEST(BadMeaning, EveryCodeOfTheTableHasAFile) {
  std::set<std::string> triggered = {code::override_};
  for (const auto& path : bad_files()) triggered.insert(path.filename().string().substr(0, 4));
  for (const CodeInfo& row : all_codes()) {
    const bool of_this_side = (row.code >= "E010" && row.code < "E030") || row.code >= "E050";
    EXPECT_EQ(triggered.contains(std::string(row.code)), of_this_side) << row.code;
  }
}

TEST(BadMeaning, TheExampleOfEachCodeTriggersIt) {
  for (const CodeInfo& row : all_codes()) {
    const bool of_this_side = (row.code >= "E010" && row.code < "E030") || row.code >= "E050";
    if (!of_this_side || row.bad_example.empty()) continue;
    const Elaborated result = elaborate_text(std::string(row.bad_example));
    EXPECT_THAT(result.codes(), testing::Contains(row.code)) << row.code;
  }
}

TEST(Errors, AnUnknownFunctionIsNamedWithItsNeighbour) {
  EXPECT_EQ(error_of("const X : [3, 2]\ninput w : [2]\ninput b\n\n\n\n\n\n"
                     "p    = sigmod(X @ w + b)\n"),
            "error[E012]: unknown function 'sigmod'\n"
            " --> test.grad:9:8\n"
            "  |\n"
            "9 | p    = sigmod(X @ w + b)\n"
            "  |        ^^^^^^ did you mean 'sigmoid'?\n");
}

TEST(Errors, AShapeErrorShowsBothShapesAndWhereTheyCameFrom) {
  const std::string error =
      error_of("input X : [4, 2]\ninput w : [4]\ny = sum(sin(X) @ (w * 2))\n");
  EXPECT_EQ(error,
            "error[E014]: matmul: size mismatch, got input (4), mat (4x2), vec (4)\n"
            " --> test.grad:3:9\n"
            "  |\n"
            "3 | y = sum(sin(X) @ (w * 2))\n"
            "  |         ^^^^^^^^^^^^^^^^\n"
            "  |\n"
            "  = note: 'sin(X)' is a tensor of shape [4, 2]\n"
            "  = note: 'w * 2' is a tensor of shape [4]\n");
}

TEST(Errors, InsideADefNameTheCall) {
  const std::string error =
      error_of("def f(a, b) = a + b\ninput x : [2]\ninput z : [3]\ny = f(x, z)\n");
  EXPECT_THAT(error, HasSubstr("test.grad:1:15"));
  EXPECT_THAT(error, HasSubstr("'a' is a tensor of shape [2]"));
  EXPECT_THAT(error, HasSubstr("this body of 'f' was called at test.grad:4:5"));
}

TEST(Errors, ARecursionShowsItsChain) {
  EXPECT_THAT(error_of("def f(a) = g(a)\ndef g(a) = f(a)\ninput x\ny = f(x)\n"),
              HasSubstr("this calls f -> g -> f"));
}

TEST(Errors, ARedefinitionShowsTheFirstPlace) {
  EXPECT_THAT(error_of("input x\ny = x + 1\ny = 2\n"),
              HasSubstr("first at test.grad:2:1: y = x + 1"));
}

TEST(Errors, ALimitIsNamed) {
  EXPECT_THAT(error_of("input x : [1000000, 1000000]\ny = x\n"),
              HasSubstr("a tensor of shape [1000000, 1000000] has 1000000000000 entries, more than "
                        "the limit of 16777216"));
  Overrides overrides;
  overrides.limits.max_entries = 5;
  EXPECT_THAT(error_of("input x : [6]\ny = x\n", overrides), HasSubstr("the limit of 5"));
}

TEST(Errors, DoNotCascade) {
  const Elaborated result =
      elaborate_text("input x\na = sine(x)\nb = a + 1\nc = b * q\ngrad x = a\ncheck b\n");
  EXPECT_THAT(result.codes(), testing::ElementsAre("E012"));
}

TEST(Errors, AreCollectedOverTheWholeFile) {
  const Elaborated result = elaborate_text("input x\na = sine(x)\nb = x + q\nc = x[0]\n");
  EXPECT_THAT(result.codes(), testing::ElementsAre("E012", "E010", "E016"));
}

TEST(Errors, MayDependOnTheSizes) {
  Diagnostics diagnostics;
  const Document document = Document::load(
      SourceFile::from_text("t.grad", "dim n in 1..3\ninput x : [n]\ninput w : [2]\ny = x * w\n"),
      diagnostics);
  EXPECT_TRUE(document.instantiate(std::vector<std::int64_t>{1}, diagnostics));
  EXPECT_TRUE(document.instantiate(std::vector<std::int64_t>{2}, diagnostics));
  EXPECT_FALSE(diagnostics.has_errors());
  EXPECT_FALSE(document.instantiate(std::vector<std::int64_t>{3}, diagnostics));
  EXPECT_EQ(diagnostics.all().front().code, code::shape_mismatch);
}

TEST(Errors, OfTheCommandLinesChanges) {
  Overrides overrides;
  overrides.set = {{"q", "1"}};
  EXPECT_THAT(error_of("input x\ny = x\n", overrides), HasSubstr("no input or const 'q'"));
  overrides.set = {{"x", "1 +"}};
  EXPECT_THAT(error_of("input x\ny = x\n", overrides), HasSubstr("--set x:1:"));
  overrides.set = {{"x", "[1, 2]"}};
  EXPECT_THAT(error_of("input x : [3]\ny = x\n", overrides), HasSubstr("does not broadcast"));
  overrides.set.clear();
  overrides.dim = {{"m", 1}};
  EXPECT_THAT(error_of("dim n = 2\ninput x : [n]\ny = x\n", overrides), HasSubstr("no dim 'm'"));
  overrides.dim = {{"n", -1}};
  EXPECT_THAT(error_of("dim n = 2\ninput x : [n]\ny = x\n", overrides), HasSubstr("negative"));
}

TEST(ShapeMatrix, EveryPairBroadcastsOrIsRefused) {
  const std::vector<std::string> sizes = {"[]",     "[1]",    "[2]", "[3]",      "[1, 3]",
                                          "[2, 1]", "[2, 3]", "[0]", "[4, 2, 3]"};
  const auto shape = [](const std::string& text) {
    return elaborate_text("input x : " + text + "\ny = x\n").shape("x");
  };
  for (const std::string& a : sizes)
    for (const std::string& b : sizes) {
      const Elaborated result =
          elaborate_text("input a : " + a + "\ninput b : " + b + "\ny = a * b\n");
      Shape wanted;
      bool fits = true;
      try {
        wanted = broadcast(shape(a), shape(b), "mul");
      } catch (const std::exception&) {
        fits = false;
      }
      ASSERT_EQ(result.instance.has_value(), fits) << a << b;
      if (!fits) continue;
      EXPECT_EQ(result.shape("y"), wanted) << a << b;
    }
}

TEST(Errors, MethodsAreThree) {
  const std::string error = error_of("set method = exact\ninput x\ny = x\n");
  EXPECT_THAT(error, HasSubstr("error[E026]"));
  EXPECT_THAT(error, HasSubstr("auto, enclosure or finite-difference"));
  for (const std::string method : {"auto", "enclosure", "finite-difference"})
    EXPECT_TRUE(elaborate_text("set method = " + method + "\ninput x\ny = x\n").instance);
}

TEST(Errors, WhatOnlyTestsKnowIsNamedElsewhere) {
  const auto says = [](const std::string& line) { return error_of("input x : [2]\n" + line); };
  EXPECT_THAT(says("y = int(3)\n"), HasSubstr("E012]: 'int' stands only in test blocks"));
  EXPECT_THAT(says("def f(a) = str(a)\ny = x\n"), HasSubstr("'str' stands only in test blocks"));
  EXPECT_THAT(says("y = x.detach()\n"), HasSubstr("'detach' stands only in test blocks"));
  EXPECT_THAT(says("y = backward(x)\n"), HasSubstr("'backward' is a method, not a function"));
  EXPECT_THAT(says("y = x.grad\n"), HasSubstr("the attribute 'grad' stands only in test blocks"));
  EXPECT_THAT(says("y = x.dtype\n"), HasSubstr("the attribute 'dtype' stands only in test blocks"));
  EXPECT_THAT(says("y = x.sum\n"), HasSubstr("call it: sum()"));
}

TEST(Errors, UnknownMembersListWhatExists) {
  EXPECT_THAT(error_of("input x\ny = x.qqqqqq\n"), HasSubstr("the attributes are T, shape"));
  const std::string method = error_of("input x\ny = x.qqqqqq()\n");
  EXPECT_THAT(method, HasSubstr("unknown method 'qqqqqq'"));
  EXPECT_THAT(method, HasSubstr("methods are the operations: x.sum() is sum(x)"));
  EXPECT_THAT(error_of("input x\ny = qqqqqq(x)\n"), HasSubstr("lists the operations"));
}

TEST(Errors, AShapeErrorNamesTheDrawnSizes) {
  const std::string error =
      error_of("dim n in 3..5, m = 2, k in 1..2\ninput x : [n]\ninput w : [m]\ny = x * w\n");
  EXPECT_THAT(error, HasSubstr("note: at n = 3, k = 1"));
  EXPECT_THAT(error_of("dim n = 3\ninput x : [n]\ninput w : [2]\ny = x * w\n"),
              testing::Not(HasSubstr("at n = 3")));
}

}  // namespace
}  // namespace verigrad::expressions
