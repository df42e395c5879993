// gradcheck accuracy where the function itself overflows.
#include <fmt/format.h>

#include <algorithm>

#include "runner/accuracy.hpp"
#include "tests/runner/accuracy_rows.hpp"

namespace verigrad::runner {
namespace {

using reports::AccuracyRow;
using reports::AccuracyVerdict;

TEST(AccuracyOverflow, TellsWhereTheFunctionOverflowsThoughItHasAValue) {
  // exp overflows above 709.78; log(exp(a) + exp(b)) lies between max(a, b) and that plus log 2.
  const std::string naive =
      "input a in [600, 800]\ninput b in [600, 800]\ny = log(exp(a) + exp(b))\ncheck y wrt a\n";
  const AccuracyRow row = row_of(naive);
  EXPECT_EQ(row.verdict, AccuracyVerdict::unstable);
  EXPECT_EQ(row.rejected, 0);
  EXPECT_EQ(row.points, 256);
  // Both below 709.78 with a probability of 0.5489^2 = 0.30: of 256 points 179 +- 7 are not.
  EXPECT_NEAR(static_cast<double>(row.value_overflow), 179, 5 * 7);
  EXPECT_EQ(row.reason, fmt::format("the function overflows at {} of 256 points where its value is "
                                    "finite",
                                    row.value_overflow));
  ASSERT_TRUE(row.worst);
  EXPECT_GT(std::max(row.worst->inputs[0].second[0], row.worst->inputs[1].second[0]), 709.78);
  Options again;
  again.repro = parse_repro(row.repro.substr(row.repro.find("--repro ") + 8));
  const AccuracyRow one = row_of(naive, again);
  EXPECT_EQ(one.worst->inputs, row.worst->inputs);
  EXPECT_EQ(one.value_overflow, 1);

  const AccuracyRow all = row_of("input a in [750, 800]\ny = log(exp(a) + exp(2 * a))\n");
  EXPECT_EQ(all.value_overflow, 256) << "no other point can be drawn";
  EXPECT_EQ(row_of("dtype f32\ninput a in [90, 95]\ny = log(exp(a))\n").value_overflow, 256);
}

TEST(AccuracyOverflow, RedrawsWhereTheFunctionHasNoValue) {
  // exp(a) itself is beyond the doubles above 709.78, and log(a) has no value below 0.
  for (const char* text :
       {"input a in [600, 800]\ny = exp(a)\n", "input a in [-1, 1]\ny = log(a)\n"}) {
    const AccuracyRow row = row_of(text);
    EXPECT_EQ(row.value_overflow, 0) << text;
    EXPECT_EQ(row.points, 256) << text;
    EXPECT_GT(row.rejected, 50) << text;
  }
}

TEST(AccuracyOverflow, AnOverflowOutsideOfThePreconditionIsRedrawn) {
  const TemporaryDirectory directory;
  const std::string path = directory.write(
      "t.fpcore",
      "(FPCore (a b) :pre (and (<= 700 a 800) (<= -1 b 1) (< (+ a b) 709)) (log (exp a)))\n");
  const Input input{path, {}};
  const reports::Run run = measure_accuracy({&input, 1}, {});
  ASSERT_FALSE(run.files[0].accuracy.empty());
  const AccuracyRow& row = run.files[0].accuracy[0];
  EXPECT_GT(row.rejected, 1000) << "9 in 10 draws";
  // a > 709.78 and a + b < 709 leave a corner of 0.22^2 / 2 of 1800.
  EXPECT_LT(row.value_overflow, 5);
}

TEST(AccuracyOverflow, AnOverflowIsThatOfItsOutputAlone) {
  const reports::Run run =
      measured("input a in [750, 800]\ny = log(exp(a))\nz = a * a\ncheck y\ncheck z\n");
  ASSERT_EQ(run.files[0].accuracy.size(), 2U);
  EXPECT_EQ(run.files[0].accuracy[0].value_overflow, 256);
  EXPECT_EQ(run.files[0].accuracy[1].value_overflow, 0);
  EXPECT_EQ(run.files[0].accuracy[1].verdict, AccuracyVerdict::ok);
}

}  // namespace
}  // namespace verigrad::runner
