// Where the values of a Program were written.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/expressions/folder.hpp"

namespace verigrad::expressions {
namespace {

using testing::ElementsAre;

/// `LINE:COLUMN operation: text` of every value but constant entries, in the Program's order.
std::vector<std::string> places(const Instance& instance) {
  std::vector<std::string> lines;
  EXPECT_EQ(instance.places.size(), instance.program.values().size());
  for (std::size_t i = 0; i < instance.places.size(); ++i) {
    const Value& value = instance.program.values()[i];
    const Place& place = instance.places[i];
    const Location where = locate(place.source, place.span);
    const std::string what = value.operation != nullptr ? std::string(value.operation->name())
                             : value.leaf > 0 || !value.name.empty() ? "leaf"
                                                                     : "number";
    lines.push_back(std::to_string(where.line) + ":" + std::to_string(where.column) + " " + what +
                    ": " + std::string(place.source->text(place.span)));
  }
  return lines;
}

std::vector<std::string> places(const std::string& text) {
  const Elaborated file = elaborate_text(text);
  EXPECT_TRUE(file.instance) << file.report();
  return file.instance ? places(*file.instance) : std::vector<std::string>();
}

TEST(Places, AreThoseOfTheOperationsWithTheirOperands) {
  EXPECT_THAT(places("input x = 2\ny = exp(x) - 0.1 + x ** 3\n"),
              ElementsAre("1:11 number: 2", "1:7 leaf: x", "2:5 exp: exp(x)", "2:14 number: 0.1",
                          "2:5 sub: exp(x) - 0.1", "2:25 number: 3", "2:20 pow: x ** 3",
                          "2:5 add: exp(x) - 0.1 + x ** 3"));
}

/// The first use of a name does not move the place of its value.
TEST(Places, OfNamedValuesAreTheirBindings) {
  EXPECT_THAT(places("input x = 2\nz = sin(x)\ny = z * z\n"),
              ElementsAre("1:11 number: 2", "1:7 leaf: x", "2:5 sin: sin(x)", "3:5 mul: z * z"));
}

TEST(Places, WithinADefAreThoseOfItsBody) {
  EXPECT_THAT(places("def f(a, b) = a * b\ninput x = 2\ny = f(x, 0.1)\n"),
              ElementsAre("2:11 number: 2", "2:7 leaf: x", "1:19 number: b", "1:15 mul: a * b"));
}

TEST(Places, OfArithmeticOnNumbersAreOne) {
  EXPECT_THAT(
      places("input x = 2\ny = x * (0.1 + 0.2)\n"),
      ElementsAre("1:11 number: 2", "1:7 leaf: x", "2:10 number: 0.1 + 0.2",
                  "2:10 number: 0.1 + 0.2", "2:10 add: 0.1 + 0.2", "2:5 mul: x * (0.1 + 0.2)"));
}

/// A parameter's default is written nowhere.
TEST(Places, OfDefaultsAreTheCalls) {
  EXPECT_THAT(places("input x = 2\ny = leaky_relu(x)\n"),
              ElementsAre("1:11 number: 2", "1:7 leaf: x", "2:5 number: leaky_relu(x)",
                          "2:5 leaky_relu: leaky_relu(x)"));
}

/// Sums are chains in the tree, with a variable of let as first operand, though they nest in the
/// text.
TEST(Places, OfACoreAreInItsFile) {
  const Folder folder;
  folder.write("f.fpcore",
               "(FPCore f (x)\n  (let ((t (+ x 1)))\n    (- (+ (+ t (exp x)) t) 0.1)))\n");
  folder.write("main.grad", "use fpcore \"f.fpcore\" name \"f\"\n");
  const Elaborated file = folder.elaborate("main.grad", {.set = {{"x", "2"}}});
  ASSERT_TRUE(file.instance) << file.report();
  EXPECT_TRUE(file.instance->places.back().source->path().ends_with("f.fpcore"));
  std::vector<std::string> all = places(*file.instance);
  all.erase(all.begin());  // the number given for x, which is written in no file
  EXPECT_THAT(
      all, ElementsAre("1:12 leaf: x", "2:17 number: 1", "2:12 add: (+ x 1)", "3:16 exp: (exp x)",
                       "3:11 add: (+ t (exp x))", "3:8 add: (+ (+ t (exp x)) t)",
                       "3:28 number: 0.1", "3:5 sub: (- (+ (+ t (exp x)) t) 0.1)"));
}

}  // namespace
}  // namespace verigrad::expressions
