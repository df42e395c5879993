// The bug zoo as C++ templates: rules that shipped in released systems, each at the point where it
// is wrong, and the right one beside it. Proofs find every one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "gradcheck/prove.hpp"
#include "tests/gradcheck/zoo_rules.hpp"

namespace verigrad::gradcheck {
namespace {

template <class Row>
class ProvenZoo : public testing::Test {};

TYPED_TEST_SUITE(ProvenZoo, zoo::Rows);

TYPED_TEST(ProvenZoo, FindsTheWrongRule) {
  const Report report = prove_gradient(TypeParam::f, TypeParam::wrong, TypeParam::at());
  EXPECT_EQ(report.verdict, TypeParam::verdict) << to_string(report);
}

TYPED_TEST(ProvenZoo, PassesTheRightRule) {
  const Report report = prove_gradient(TypeParam::f, TypeParam::right, TypeParam::at());
  EXPECT_EQ(report.verdict, Verdict::pass) << to_string(report);
  EXPECT_GT(report.digits, 14);
}

}  // namespace
}  // namespace verigrad::gradcheck
