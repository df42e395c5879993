// Operations that compute their slopes along with their values: nobody can tell but by the time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>

#include "engine/elementwise.hpp"
#include "engine/verigrad.hpp"

namespace verigrad {
namespace {

using D = Tensor<double>;

D leaf(std::int64_t n) {
  Random random(11);
  return (rand<double>({n}, random) * 8 - 4).detach().requires_grad_();
}

std::vector<std::uint64_t> bits(const D& x) {
  std::vector<std::uint64_t> all;
  for (double entry : x.entries()) all.push_back(std::bit_cast<std::uint64_t>(entry));
  return all;
}

D applied(std::string_view name, const D& x) { return apply<double>(*find_operation(name), {x}); }

struct Case {
  const char* name;
  D (*function)(const D&);
};
const Case cases[] = {{"sin", sin<double>}, {"cos", cos<double>}, {"sigmoid", sigmoid<double>}};

/// Without slopes: through the table.
TEST(Joint, SlopesThatWereKeptAreThoseOfTheRuleBitForBit) {
  for (const auto& [name, function] : cases)
    for (const std::int64_t n : {7, 8, 9, 255, 1000, 40000}) {
      D kept = leaf(n), computed = leaf(n);
      const D weights = leaf(n).detach();
      const D y = function(kept), z = applied(name, computed);
      y.backward(weights);
      z.backward(weights);
      EXPECT_EQ(bits(y), bits(z)) << name << " " << n;
      EXPECT_EQ(bits(kept.grad()), bits(computed.grad())) << name << " " << n;
    }
}

TEST(Joint, TheValueIsTheSameWithoutRecording) {
  for (const auto& [name, function] : cases) {
    const D x = leaf(100);
    EXPECT_EQ(bits(function(x)), bits(function(x.detach()))) << name;
  }
}

TEST(Joint, AnOperandThatChangedIsRefusedThoughItsSlopesWereKept) {
  for (const auto& [name, function] : cases) {
    const D x = leaf(100), inner = x * 2, y = function(inner);
    D changed = inner;
    changed.add_(D(1));
    EXPECT_THROW(sum(y).backward(), Error) << name;
  }
}

TEST(Joint, TheRecordedBackwardPassCanBeDifferentiatedAgain) {
  const D x = leaf(100);
  const D slope = grad(sum(sin(x)), {x}, {.create_graph = true})[0];
  const D bend = grad(sum(slope), {x})[0];
  for (std::int64_t i = 0; i < x.numel(); ++i)
    EXPECT_NEAR(bend[i], -std::sin(x[i]), 1e-15) << "at " << x[i];
}

TEST(Joint, SlopesGoWithTheBackwardPassThatFreesTheGraph) {
  const D x = leaf(100), y = sum(sin(x));
  y.backward();
  EXPECT_THROW(y.backward(), Error);
}

}  // namespace
}  // namespace verigrad
