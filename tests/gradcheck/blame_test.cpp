// Which operation's rounding moves a value, and by how much.
#include "gradcheck/blame.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "engine/operation_table.hpp"

namespace verigrad::gradcheck {
namespace {

using testing::ElementsAre;

/// The Program of a test, put together value by value.
struct Built {
  Program program;

  ValueId leaf(const Shape& shape) { return program.add_leaf({.name = "x", .shape = shape}); }
  ValueId apply(const char* name, std::vector<ValueId> operands, AttributesRef attributes = {}) {
    return program.add(*OperationTable::standard().find(name), std::move(operands),
                       std::move(attributes));
  }
};

std::vector<ValueId> values(const std::vector<Culprit>& culprits) {
  std::vector<ValueId> result;
  for (const Culprit& each : culprits) result.push_back(each.value);
  return result;
}

/// The double 0.1 is 0.4 units of 2^-56 above 1 / 10 (0.1 * 2^56 = 7205759403792793.6), and so is
/// the rounded product with 1.
TEST(Culprits, HaveTheEffectOfTheirRounding) {
  Built built;
  const ValueId x = built.leaf({}), tenth = built.program.add_number("0.1", 0.1);
  const ValueId y = built.apply("mul", {x, tenth});
  const auto culprits = find_culprits(built.program, {{1}}, y, 0);
  ASSERT_TRUE(culprits);
  EXPECT_THAT(values(*culprits), ElementsAre(tenth, y));
  for (const Culprit& each : *culprits) {
    EXPECT_DOUBLE_EQ(each.effect, 0.4 * 0x1p-56);
    EXPECT_DOUBLE_EQ(each.share, 0.5);
  }
}

/// Two sums with attributes of their own, which are equal, are rounded alike.
TEST(Culprits, OfEqualAttributesAreOne) {
  Built built;
  const ValueId x = built.leaf({3});
  const auto dims = [] { return make_attributes({Integers{0}, false}); };
  const ValueId a = built.apply("sum", {x}, dims()), b = built.apply("sum", {x}, dims());
  const ValueId y = built.apply("mul", {a, b});
  const auto culprits = find_culprits(built.program, {{0.1, 0.7, 0.3}}, y, 0);
  ASSERT_TRUE(culprits);
  EXPECT_THAT(values(*culprits), ElementsAre(a, y));
}

/// Products with numbers of the same text likewise.
TEST(Culprits, OfEqualNumbersAreOne) {
  Built built;
  const ValueId x = built.leaf({});
  const ValueId one = built.program.add_number("0.1", 0.1),
                other = built.program.add_number("0.1", 0.1);
  const ValueId a = built.apply("mul", {x, one}), b = built.apply("mul", {x, other});
  const ValueId y = built.apply("mul", {a, b});
  const auto culprits = find_culprits(built.program, {{0.3}}, y, 0);
  ASSERT_TRUE(culprits);
  EXPECT_THAT(values(*culprits), ElementsAre(one, a, y));
}

/// 2 x is exact.
TEST(Culprits, AreNoneWhereNothingIsRounded) {
  Built built;
  const ValueId x = built.leaf({}), two = built.program.add_number("2", 2);
  const auto culprits = find_culprits(built.program, {{0.3}}, built.apply("mul", {x, two}), 0);
  ASSERT_TRUE(culprits);
  EXPECT_TRUE(culprits->empty());
}

}  // namespace
}  // namespace verigrad::gradcheck
