// Operations that compute their slopes along with their values: nobody can tell but by the time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <bit>

#include "engine/elementwise.hpp"
#include "engine/lazy.hpp"
#include "engine/verigrad.hpp"

namespace verigrad {
namespace {

template <class T>
Tensor<T> leaf(std::int64_t n) {
  Random random(11);
  return (rand<T>({n}, random) * T(8) - T(4)).detach().requires_grad_();
}

/// Doubles hold floats without loss, and zeros keep their signs.
template <class T>
std::vector<std::uint64_t> bits(const Tensor<T>& x) {
  std::vector<std::uint64_t> all;
  for (T entry : x.entries())
    all.push_back(std::bit_cast<std::uint64_t>(static_cast<double>(entry)));
  return all;
}

template <class T>
struct Case {
  const char* name;
  Tensor<T> (*function)(const Tensor<T>&);

  /// Through the table, which keeps no slopes.
  Tensor<T> apply(const Tensor<T>& x) const {
    return verigrad::apply<T>(*find_operation(name), {x});
  }
};

template <class T>
class Joint : public testing::Test {
 protected:
  static constexpr std::array<Case<T>, 3> cases{
      {{"sin", sin<T>}, {"cos", cos<T>}, {"sigmoid", sigmoid<T>}}};
};
using Types = testing::Types<float, double>;
TYPED_TEST_SUITE(Joint, Types);

TYPED_TEST(Joint, SlopesThatWereKeptAreThoseOfTheRuleBitForBit) {
  for (const auto& each : this->cases)
    for (const std::int64_t n : {7, 8, 9, 255, 1000, 40000}) {
      const Tensor<TypeParam> kept = leaf<TypeParam>(n), computed = leaf<TypeParam>(n);
      const Tensor<TypeParam> weights = leaf<TypeParam>(n).detach();
      const Tensor<TypeParam> y = each.function(kept), z = each.apply(computed);
      y.backward(weights);
      z.backward(weights);
      EXPECT_EQ(bits(y), bits(z)) << each.name << " " << n;
      EXPECT_EQ(bits(kept.grad()), bits(computed.grad())) << each.name << " " << n;
    }
}

TYPED_TEST(Joint, TheValueIsTheSameWithoutRecording) {
  for (const auto& each : this->cases) {
    const Tensor<TypeParam> x = leaf<TypeParam>(100);
    EXPECT_EQ(bits(each.function(x)), bits(each.function(x.detach()))) << each.name;
  }
}

TYPED_TEST(Joint, AnOperandThatChangedIsRefusedThoughItsSlopesWereKept) {
  for (const auto& each : this->cases) {
    const Tensor<TypeParam> x = leaf<TypeParam>(100), inner = x * 2, y = each.function(inner);
    Tensor<TypeParam> changed = inner;
    changed.add_(TypeParam(1));
    EXPECT_THROW(sum(y).backward(), Error) << each.name;
  }
}

TYPED_TEST(Joint, AJoinedEvaluationHasTheBitsOfSeparateOnes) {
  for (const auto& each : this->cases) {
    std::vector<std::vector<std::uint64_t>> results[3];
    for (const int way : {0, 1, 2}) {
      const DeferScope scope(way == 0 ? DeferScope::never : 16);
      const Tensor<TypeParam> x = leaf<TypeParam>(1000);
      const Tensor<TypeParam> y = each.function(x), total = sum(y * y);
      if (way == 1) total.item();  // computes the values before their slopes are asked for
      total.backward();
      results[way] = {bits(y), bits(x.grad())};
    }
    EXPECT_EQ(results[1], results[0]) << each.name;
    EXPECT_EQ(results[2], results[0]) << each.name;
  }
}

TYPED_TEST(Joint, StrictMathLeavesSlopesThatWereKept) {
  const Tensor<TypeParam> x = leaf<TypeParam>(100), y = sum(sin(x));
  const StrictMathScope strict;
  y.backward();
  for (std::int64_t i = 0; i < x.numel(); ++i) EXPECT_EQ(x.grad()[i], std::cos(x[i]));
}

TEST(JointOfDoubles, TheRecordedBackwardPassCanBeDifferentiatedAgain) {
  const Tensor<double> x = leaf<double>(100);
  const Tensor<double> slope = grad(sum(sin(x)), {x}, {.create_graph = true})[0];
  const Tensor<double> bend = grad(sum(slope), {x})[0];
  for (std::int64_t i = 0; i < x.numel(); ++i)
    EXPECT_NEAR(bend[i], -std::sin(x[i]), 1e-15) << "at " << x[i];
}

TEST(JointOfDoubles, SlopesGoWithTheBackwardPassThatFreesTheGraph) {
  const Tensor<double> x = leaf<double>(100), y = sum(sin(x));
  y.backward();
  EXPECT_THROW(y.backward(), Error);
}

}  // namespace
}  // namespace verigrad
