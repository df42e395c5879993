// What is proven of claims whose balls and truths are given, and how they are judged then.
#include "gradcheck/claim_proof.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gradcheck/judge.hpp"
#include "proof/work.hpp"

namespace verigrad::gradcheck {
namespace {

using proof::Ball;
using proof::Enclosure;
using proof::Outcome;
using proof::Series;
using Status = ProvenClaim::Status;

/// A proven derivative of 1.
Enclosure one() {
  return {.outcome = Outcome::enclosed, .derivative = 1, .left = 1, .right = 1, .bits = 128};
}

Truth truth_of(const Enclosure& enclosure) {
  Truth truth;
  truth.proven = std::make_shared<const Enclosure>(enclosure);
  return truth;
}

/// What comes of a claim of one entry beside a truth of 1; `wide` is the truth with widened
/// numbers.
template <class F>
ProvenClaim proven(F claimed, const Enclosure& wide = one()) {
  const std::vector<Truth> truths{truth_of(one())};
  const auto widened = [&](slong) { return std::vector{truth_of(wide)}; };
  const auto entries = [&](bool widen) { return std::vector<Series>{claimed(widen)}; };
  return prove_claim({entries, truths, widened, DType::f64}).front();
}

TEST(ClaimProof, ASlipIsWrongAndARoundingIsNot) {
  EXPECT_EQ(proven([](bool) { return Ball(1); }).status, Status::right);
  EXPECT_EQ(proven([](bool) { return Ball(1 + 0x1p-50); }).status, Status::wrong);
  EXPECT_EQ(proven([](bool) { return Ball(1 + 0x1p-53); }).status, Status::right);
  EXPECT_EQ(proven([](bool wide) {
              return Ball(1 + 0x1p-50) + (wide ? Ball::around_zero(0x1p-49) : Ball());
            }).status,
            Status::right);
}

TEST(ClaimProof, NumbersAreWidenedAtThePrecisionThatFoundTheSlip) {
  // (1.5 + 2 ** 1000) - 2 ** 1000 is 1.5, which 256 bits do not tell.
  const auto cancelling = [](bool) {
    const Ball large = Ball(1).scaled(1000);
    return (Ball(3) / Ball(2) + large) - large;
  };
  EXPECT_EQ(proven(cancelling).status, Status::wrong);
}

TEST(ClaimProof, WorkThatEndsBeforeNumbersAreWidenedLeavesItUndecided) {
  const ProvenClaim claim = proven([](bool wide) {
    if (wide) proof::spend_work(1e9);
    return Ball(2);
  });
  EXPECT_EQ(claim.status, Status::undecided);
  EXPECT_THAT(claim.reason, testing::HasSubstr("limit"));
}

TEST(ClaimProof, NothingIsWrongBesideATruthThatWideningHides) {
  EXPECT_EQ(proven([](bool) { return Ball(2); }, {.outcome = Outcome::undecided}).status,
            Status::right);
}

TEST(JudgeProven, ZerosPassWithinTheRoundingOfTheTermsThatCancel) {
  const ProvenClaim right{.status = Status::right};
  for (const DType dtype : {DType::f64, DType::f32}) {
    Truth zero = truth_of({.outcome = Outcome::enclosed, .bits = 128});
    const double u = unit_roundoff(dtype);
    const auto verdict_of = [&](double g) {
      return judge_proven({.value = g, .in_double = g}, zero, &right, Tolerance::standard(dtype),
                          dtype)
          .verdict;
    };
    zero.paths = 10;
    EXPECT_EQ(verdict_of(630 * u), Verdict::pass);
    EXPECT_EQ(verdict_of(650 * u), Verdict::inaccurate);
    zero.paths = 0;
    EXPECT_EQ(verdict_of(0), Verdict::pass);
    EXPECT_EQ(verdict_of(u), Verdict::inaccurate);
  }
}

}  // namespace
}  // namespace verigrad::gradcheck
