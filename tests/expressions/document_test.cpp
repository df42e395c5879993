// Files that use other files.
#include <gmock/gmock.h>

#include "tests/expressions/folder.hpp"

namespace verigrad::expressions {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Use, GivesTheDefsOfAnotherFileAndNothingElse) {
  const Folder folder;
  folder.write("lib.grad", "def square_of(a) = helper(a)\ndef helper(a) = a * a\nk = 3\n");
  folder.write("main.grad", "use \"lib.grad\"\ninput x = 5\ny = square_of(x)\n");
  folder.write("bad.grad", "use \"lib.grad\"\ninput x = 5\ny = k * x\n");
  EXPECT_THAT(folder.elaborate("main.grad").entries("y"), ElementsAre(25));
  EXPECT_THAT(folder.elaborate("bad.grad").codes(), ElementsAre("E010"));
}

TEST(Use, IsNotPassedOn) {
  const Folder folder;
  folder.write("a.grad", "def f(x) = x + 1\n");
  folder.write("b.grad", "use \"a.grad\"\ndef g(x) = f(x) * 2\n");
  folder.write("good.grad", "use \"b.grad\"\ny = g(1)\n");
  folder.write("bad.grad", "use \"b.grad\"\ny = f(1)\n");
  EXPECT_THAT(folder.elaborate("good.grad").entries("y"), ElementsAre(4));
  EXPECT_THAT(folder.elaborate("bad.grad").codes(), ElementsAre("E012"));
}

TEST(Use, ALibrarysBodySeesItsParametersOnly) {
  const Folder folder;
  folder.write("lib.grad", "def f(a) = a * k\n");
  folder.write("main.grad", "use \"lib.grad\"\nk = 2\ny = f(3)\n");
  const Elaborated result = folder.elaborate("main.grad");
  EXPECT_THAT(result.codes(), ElementsAre("E010"));
  EXPECT_THAT(result.report(), HasSubstr("lib.grad:1:16"));
}

TEST(Use, RefusesCyclesAndTwoDefsOfOneName) {
  const Folder folder;
  folder.write("a.grad", "use \"b.grad\"\ndef f(x) = x\n");
  folder.write("b.grad", "use \"a.grad\"\ndef g(x) = x\n");
  EXPECT_THAT(folder.elaborate("a.grad").codes(), ElementsAre("E027"));
  folder.write("c.grad", "def f(x) = x\n");
  folder.write("d.grad", "use \"c.grad\"\ndef f(x) = x + 1\ny = f(1)\n");
  EXPECT_THAT(folder.elaborate("d.grad").codes(), ElementsAre("E011"));
  folder.write("e.grad", "use \"c.grad\"\nuse \"c.grad\"\ny = f(1)\n");
  EXPECT_THAT(folder.elaborate("e.grad").entries("y"), ElementsAre(1));
}

TEST(Use, ReportsErrorsInTheUsedFile) {
  const Folder folder;
  folder.write("lib.grad", "def f(x) = x +\n");
  folder.write("main.grad", "use \"lib.grad\"\ninput x\ny = x\n");
  EXPECT_THAT(folder.elaborate("main.grad").report(), HasSubstr("lib.grad:1:15"));
}

TEST(UseFpcore, MakesADefOfEveryCore) {
  const Folder folder;
  folder.write("f.fpcore", "(FPCore sq (x) (* x x))\n(FPCore (a b) :name \"a plus b\" (+ a b))\n");
  folder.write("main.grad", "use fpcore \"f.fpcore\"\ny = a_plus_b(sq(3), 1)\n");
  const Elaborated result = folder.elaborate("main.grad");
  ASSERT_TRUE(result.instance) << result.report();
  EXPECT_THAT(result.entries("y"), ElementsAre(10));
}

TEST(UseFpcore, WithANameIsTheFunctionUnderTest) {
  const Folder folder;
  folder.write("f.fpcore",
               "(FPCore f (x y) :pre (and (<= 1 x 2) (< y x)) (let ((t (* x y))) (+ t t)))\n");
  folder.write("main.grad", "use fpcore \"f.fpcore\" name \"f\"\ngrad x = 2 * y\n");
  const Elaborated result = folder.elaborate("main.grad");
  ASSERT_TRUE(result.instance) << result.report();
  const Instance& instance = *result.instance;
  EXPECT_EQ(instance.output_name, "f");
  EXPECT_THAT(instance.inputs, ElementsAre(0, 1));
  EXPECT_EQ(instance.program.leaves()[0].domain.to_string(), "[1, 2]");
  EXPECT_EQ(instance.preconditions.size(), 1u);
  int products = 0;
  for (const Value& value : instance.program.values())
    products += value.operation != nullptr && value.operation->name() == "mul";
  EXPECT_EQ(products, 2) << "one in the function, where let shares it, and one in the claim";
}

TEST(UseFpcore, WithAnAlternativeHasThatBody) {
  const Folder folder;
  folder.write("f.fpcore", "(FPCore f (x) :alt (+ x x) (* 2 x))\n");
  folder.write("main.grad", "use fpcore \"f.fpcore\" name \"f\"\n");
  const auto operation = [&](std::optional<std::size_t> alternative) {
    const Elaborated result = folder.elaborate("main.grad", {.alternative = alternative});
    EXPECT_TRUE(result.instance) << result.report();
    return result.instance->program[result.instance->output].operation->name();
  };
  EXPECT_EQ(operation(std::nullopt), "mul");
  EXPECT_EQ(operation(0), "add");
  EXPECT_THAT(folder.elaborate("main.grad", {.alternative = 1}).codes(), ElementsAre("E027"));
}

TEST(Load, ReadsDataBesideTheFile) {
  const Folder folder;
  folder.write("data.csv", "1,2\n3,4\n");
  folder.write("main.grad", "const X = load(\"data.csv\")\ny = X[:, 1]\n");
  EXPECT_THAT(folder.elaborate("main.grad").entries("y"), ElementsAre(2, 4));
  folder.write("bad.csv", "1,2\n3\n");
  folder.write("bad.grad", "const X = load(\"bad.csv\")\ny = X\n");
  EXPECT_THAT(folder.elaborate("bad.grad").codes(), ElementsAre("E028"));
}

TEST(Use, ACircleShowsItsFiles) {
  const Folder folder;
  folder.write("c1.grad", "use \"c2.grad\"\ndef f(x) = x\n");
  folder.write("c2.grad", "use \"c1.grad\"\ndef g(x) = x\n");
  EXPECT_THAT(folder.elaborate("c1.grad").report(), HasSubstr("c1.grad -> c2.grad -> c1.grad"));
}

TEST(Use, ADefOfTheFileItselfSeesItsBindings) {
  const Folder folder;
  folder.write("main.grad", "k = 2\ndef f(a) = a * k\ny = f(3)\n");
  EXPECT_THAT(folder.elaborate("main.grad").entries("y"), ElementsAre(6));
}

TEST(Use, AListThatIsPassedToALibraryIsJudgedAtAPlaceOfTheLibrary) {
  const Folder folder;
  folder.write("lib.grad", "def total(l) = sum(l)\ndef joined(l) = concat(l, dim=l[0])\n");
  folder.write("main.grad", "use \"lib.grad\"\ninput x : [2]\n\n\ny = total([sin(x), x, x[0]])\n");
  const std::string report = folder.elaborate("main.grad").report();
  EXPECT_THAT(report, HasSubstr("error[E017]"));
  EXPECT_THAT(report, HasSubstr("lib.grad:1:20"));
  EXPECT_THAT(report, HasSubstr("1 | def total(l) = sum(l)\n"));
  EXPECT_THAT(report, HasSubstr("note: the first entry is a tensor of shape [2]"));
  EXPECT_THAT(report, HasSubstr("'total' was called at"));
  EXPECT_THAT(report, testing::Not(HasSubstr("''")));
}

}  // namespace
}  // namespace verigrad::expressions
