// The bug zoo as black boxes. The slope of a sigmoid in its tail, 4e-18, is far below what the
// rounding of its value, 1, lets through: values alone tell neither rule right nor wrong there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gradcheck/check.hpp"
#include "tests/gradcheck/zoo_rules.hpp"

namespace verigrad::gradcheck {
namespace {

template <class Row>
class BlackBoxZoo : public testing::Test {};

TYPED_TEST_SUITE(BlackBoxZoo, zoo::Rows);

TYPED_TEST(BlackBoxZoo, FindsTheWrongRule) {
  const Report report = check_gradient(TypeParam::f, TypeParam::wrong, TypeParam::at(),
                                       {.lower = {TypeParam::lower}});
  if constexpr (TypeParam::seen_from_outside)
    EXPECT_EQ(report.verdict, Verdict::fail) << to_string(report);
  else
    EXPECT_NE(report.verdict, Verdict::pass) << to_string(report);
}

TYPED_TEST(BlackBoxZoo, DoesNotFailTheRightRule) {
  const Report report = check_gradient(TypeParam::f, TypeParam::right, TypeParam::at(),
                                       {.lower = {TypeParam::lower}});
  if constexpr (TypeParam::seen_from_outside)
    EXPECT_EQ(report.verdict, Verdict::pass) << to_string(report);
  else
    EXPECT_NE(report.verdict, Verdict::fail) << to_string(report);
}

}  // namespace
}  // namespace verigrad::gradcheck
