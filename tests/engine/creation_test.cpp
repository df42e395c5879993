#include "engine/creation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "engine/error.hpp"
#include "engine/functions.hpp"

namespace verigrad {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

template <class T>
std::vector<T> list(const Tensor<T>& x) {
  return {x.entries().begin(), x.entries().end()};
}

TEST(Creation, NumbersAndNestedListsBecomeTensors) {
  EXPECT_EQ(tensor<float>(2.5).shape(), Shape());
  EXPECT_EQ(tensor<float>(2.5).item(), 2.5f);
  EXPECT_EQ(tensor<float>({1, 2, 3}).shape(), Shape({3}));
  EXPECT_EQ(tensor<float>({{1, 2, 3}}).shape(), Shape({1, 3}));
  EXPECT_EQ(tensor<float>({{1}, {2}}).shape(), Shape({2, 1}));
  const Tensor<double> cube =
      tensor<double>({{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}, {{9, 0}, {1, 2}}});
  EXPECT_EQ(cube.shape(), Shape({3, 2, 2}));
  EXPECT_THAT(list(cube), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2));
}

TEST(Creation, AnEmptyListIsAnEmptyVector) {
  const Nested<float> nothing = std::initializer_list<Nested<float>>{};
  EXPECT_EQ(tensor<float>(nothing).shape(), Shape({0}));
}

TEST(Creation, ATensorOfOneNumberIsNoNumber) {
  EXPECT_FALSE(tensor<float>(3).is_number());
  EXPECT_TRUE(Tensor<float>(3).is_number());
  EXPECT_TRUE(tensor<float>(3).is_leaf());
  EXPECT_FALSE(tensor<float>(3).requires_grad());
}

TEST(Creation, NumbersRoundToTheEntryType) {
  EXPECT_EQ(tensor<float>(0.1).item(), 0.1f);
  EXPECT_EQ(tensor<std::int64_t>({1, 2})[1], 2);
}

TEST(Creation, ARaggedListIsAnError) {
  EXPECT_THAT(
      [] {
        tensor<float>({{1, 2}, {3}});
      },
      ThrowsMessage<ShapeError>(HasSubstr("ragged: shapes [2] and [1]")));
  EXPECT_THROW(tensor<float>({1, {2}}), ShapeError);
}

TEST(Creation, ConstantShapes) {
  EXPECT_THAT(list(zeros<float>({2, 2})), ElementsAre(0, 0, 0, 0));
  EXPECT_THAT(list(ones<double>({3})), ElementsAre(1, 1, 1));
  EXPECT_THAT(list(full<float>({2}, 2.5f)), ElementsAre(2.5f, 2.5f));
  EXPECT_EQ(zeros<float>({}).item(), 0);
  EXPECT_EQ(zeros<float>({0, 4}).numel(), 0);
  const Tensor<float> x = tensor<float>({{1, 2}});
  EXPECT_EQ(zeros_like(x).shape(), x.shape());
  EXPECT_THAT(list(zeros_like(x)), ElementsAre(0, 0));
  EXPECT_THAT(list(ones_like(x)), ElementsAre(1, 1));
}

TEST(Creation, EyeIsTheIdentityMatrix) {
  EXPECT_THAT(list(eye<float>(3)), ElementsAre(1, 0, 0, 0, 1, 0, 0, 0, 1));
  EXPECT_EQ(eye<float>(0).shape(), Shape({0, 0}));
}

TEST(Creation, ArangeStopsBeforeItsEnd) {
  EXPECT_THAT(list(arange<float>(3)), ElementsAre(0, 1, 2));
  EXPECT_THAT(list(arange<float>(1, 2.5, 0.5)), ElementsAre(1, 1.5f, 2));
  EXPECT_THAT(list(arange<float>(3, 0, -1)), ElementsAre(3, 2, 1));
  EXPECT_EQ(arange<float>(2, 2).shape(), Shape({0}));
  EXPECT_EQ(arange<double>(0, 1, 0.1)[3], 0.1 * 3) << "each entry is start + i * step, not a sum";
  EXPECT_THAT(list(arange<std::int64_t>(2, 5)), ElementsAre(2, 3, 4));
}

TEST(Creation, ArangeRefusesRangesThatNeverEnd) {
  EXPECT_THAT([] { arange<float>(0, 1, 0); }, ThrowsMessage<Error>(HasSubstr("nonzero")));
  EXPECT_THAT([] { arange<float>(0, 1, -1); }, ThrowsMessage<Error>(HasSubstr("step sign")));
  EXPECT_THROW(arange<float>(0, INFINITY), Error);
  EXPECT_THROW(arange<float>(NAN), Error);
  EXPECT_THROW(arange<float>(0, 1, NAN), Error);
  EXPECT_THROW(arange<double>(0, 1e300, 1e-300), ShapeError);
}

TEST(Creation, LinspaceIncludesBothEnds) {
  EXPECT_THAT(list(linspace<float>(0, 1, 5)), ElementsAre(0, 0.25f, 0.5f, 0.75f, 1));
  EXPECT_THAT(list(linspace<float>(1, -1, 2)), ElementsAre(1, -1));
  EXPECT_THAT(list(linspace<float>(7, 9, 1)), ElementsAre(7));
  EXPECT_EQ(linspace<float>(0, 1, 0).shape(), Shape({0}));
  EXPECT_THROW(linspace<float>(0, 1, -1), Error);
  for (std::int64_t steps = 2; steps < 60; ++steps)
    EXPECT_EQ(linspace<float>(0.1f, 0.7f, steps)[steps - 1], 0.7f) << steps;
}

TEST(Creation, RandIsUniformOnTheHalfOpenUnitInterval) {
  Random random(1);
  const Tensor<float> x = rand<float>({100, 1000}, random);
  EXPECT_EQ(x.shape(), Shape({100, 1000}));
  double sum = 0, squares = 0;
  for (float entry : x.entries()) {
    ASSERT_GE(entry, 0);
    ASSERT_LT(entry, 1);
    sum += entry;
    squares += entry * entry;
  }
  EXPECT_NEAR(sum / 1e5, 0.5, 0.005);
  EXPECT_NEAR(squares / 1e5, 1. / 3, 0.005);
}

TEST(Creation, RandnIsStandardNormal) {
  Random random(2);
  const Tensor<double> x = randn<double>({200000}, random);
  double sum = 0, squares = 0, fourths = 0, tail = 0;
  for (double entry : x.entries()) {
    sum += entry;
    squares += entry * entry;
    fourths += entry * entry * entry * entry;
    tail += std::abs(entry) > 1.959963984540054;
  }
  EXPECT_NEAR(sum / 2e5, 0, 0.01);
  EXPECT_NEAR(squares / 2e5, 1, 0.02);
  EXPECT_NEAR(fourths / 2e5, 3, 0.15);
  EXPECT_NEAR(tail / 2e5, 0.05, 0.003);
}

TEST(Creation, RandomTensorsFollowFromTheSeed) {
  Random a(7), b(7), c(8);
  const Tensor<float> x = tensor<float>({{1, 2, 3}});
  const Tensor<float> first = rand_like(x, a);
  EXPECT_EQ(first.shape(), x.shape());
  EXPECT_EQ(list(first), list(rand_like(x, b)));
  EXPECT_NE(list(first), list(rand_like(x, c)));
  EXPECT_EQ(randn_like(x, a).shape(), x.shape());
}

// From an implementation in another language, written from the published algorithms.
TEST(Random, MatchesAnIndependentImplementationToTheBit) {
  Random random(42);
  EXPECT_EQ(random.next(), 0xD0764D4F4476689Fu);
  EXPECT_EQ(random.next(), 0x519E4174576F3791u);
  EXPECT_EQ(random.next(), 0xFBE07CFB0C24ED8Cu);
  EXPECT_EQ(random.next(), 0xB37D9F600CD835B8u);
  EXPECT_EQ(Random(42).uniform(), 0.8143051451229099);
}

TEST(Random, StreamsDependOnEveryIndexOfTheirPath) {
  std::set<std::uint64_t> firsts;
  firsts.insert(Random(5).next());
  firsts.insert(Random::stream(5).next());
  for (int a = 0; a < 50; ++a) {
    firsts.insert(Random::stream(5, a).next());
    for (int b = 0; b < 50; ++b) firsts.insert(Random::stream(5, a, b).next());
  }
  EXPECT_EQ(firsts.size(), 2u + 50 + 50 * 50);
  EXPECT_EQ(Random::stream(5, 3, 4).next(), Random::stream(5, 3, 4).next());
  EXPECT_NE(Random::stream(5, 3, 4).next(), Random::stream(6, 3, 4).next());
}

TEST(Random, NeighbouringStreamsAreUncorrelated) {
  double sum = 0;
  for (int i = 0; i < 20000; ++i)
    sum += (Random::stream(1, i).uniform() - 0.5) * (Random::stream(1, i + 1).uniform() - 0.5);
  EXPECT_NEAR(sum / 20000 * 12, 0, 0.03);
}

TEST(Random, UniformStaysInsideItsRange) {
  Random random(3);
  for (int i = 0; i < 10000; ++i) {
    const double x = random.uniform(-2, 3);
    ASSERT_TRUE(-2 <= x && x < 3) << x;
    const double narrow = random.uniform(1, std::nextafter(1, 2));
    ASSERT_EQ(narrow, 1);
    const double huge = random.uniform(-1.7e308, 1.7e308);
    ASSERT_TRUE(std::isfinite(huge));
  }
  EXPECT_EQ(random.uniform(4, 4), 4);
}

TEST(Random, LogUniformSpreadsEvenlyOverTheDecades) {
  Random random(4);
  int low = 0;
  for (int i = 0; i < 20000; ++i) {
    const double x = random.log_uniform(1e-6, 1e4);
    ASSERT_TRUE(1e-6 <= x && x <= 1e4) << x;
    low += x < 1e-1;
  }
  EXPECT_NEAR(low / 20000., 0.5, 0.02);
  EXPECT_EQ(random.log_uniform(2, 2), 2);
  const double tiny = random.log_uniform(5e-324, 1e308);
  EXPECT_TRUE(tiny > 0 && std::isfinite(tiny));
}

TEST(Random, LogUniformInvertsItsOwnLogarithm) {
  // Over a narrow range the result must follow the uniform number it was made from.
  for (double scale : {1e-300, 1e-10, 1., 3.7, 1e10, 1e300}) {
    const double u = Random(9).uniform();
    const double expected = scale * std::exp(u * std::log(2.0));
    EXPECT_NEAR(Random(9).log_uniform(scale, 2 * scale) / expected, 1, 1e-12) << scale;
  }
}

TEST(Random, IntegersAreUniformIncludingBothEnds) {
  Random random(5);
  std::array<int, 6> counts{};
  for (int i = 0; i < 60000; ++i) ++counts[static_cast<std::size_t>(random.integer(-2, 3) + 2)];
  for (int count : counts) EXPECT_NEAR(count, 10000, 400);
  EXPECT_EQ(random.integer(4, 4), 4);
  const std::int64_t lowest = INT64_MIN, highest = INT64_MAX;
  std::set<bool> signs;
  for (int i = 0; i < 64; ++i) signs.insert(random.integer(lowest, highest) < 0);
  EXPECT_EQ(signs.size(), 2u);
}

}  // namespace
}  // namespace verigrad
