// Gradients under GoogleTest. Link GTest::gmock beside verigrad::gradcheck.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <ostream>
#include <utility>

#include "gradcheck/check.hpp"

namespace verigrad::gradcheck {

/// Success when the derivative passes; otherwise a failure with the whole diagnosis.
inline testing::AssertionResult passes(const Report& report) {
  if (report.passed()) return testing::AssertionSuccess();
  return testing::AssertionFailure() << to_string(report);
}

/// Matches a gradient of f at x, callable or value: EXPECT_THAT(gradient, IsGradientOf(f, x)). The
/// matcher keeps copies of f and x.
template <class F, class X>
class GradientMatcher {
 public:
  GradientMatcher(F f, X x, CheckOptions options)
      : f_(std::move(f)), x_(std::move(x)), options_(std::move(options)) {}

  template <class G>
  operator testing::Matcher<G>() const {  // NOLINT: matchers convert
    return testing::MakeMatcher(new Implementation<G>(*this));
  }

 private:
  template <class G>
  class Implementation : public testing::MatcherInterface<G> {
   public:
    explicit Implementation(GradientMatcher matcher) : matcher_(std::move(matcher)) {}

    bool MatchAndExplain(G gradient, testing::MatchResultListener* listener) const override {
      const Report report = check_gradient(matcher_.f_, gradient, matcher_.x_, matcher_.options_);
      *listener << "\n" << to_string(report);
      return report.passed();
    }
    void DescribeTo(std::ostream* out) const override { *out << "is the function's gradient"; }
    void DescribeNegationTo(std::ostream* out) const override {
      *out << "is not shown to be the function's gradient";
    }

   private:
    GradientMatcher matcher_;
  };

  F f_;
  X x_;
  CheckOptions options_;
};

template <class F, Numbers X>
GradientMatcher<F, Plain<X>> IsGradientOf(F f, const X& x, CheckOptions options = {}) {
  return {std::move(f), Plain<X>(x), std::move(options)};
}

}  // namespace verigrad::gradcheck

// f, gradient (a callable or a value) and x as in check_gradient, then perhaps CheckOptions. A
// failure prints the whole diagnosis; inaccurate and inconclusive are failures, too.
#define EXPECT_GRADIENT(...) \
  EXPECT_TRUE(::verigrad::gradcheck::passes(::verigrad::gradcheck::check_gradient(__VA_ARGS__)))
#define ASSERT_GRADIENT(...) \
  ASSERT_TRUE(::verigrad::gradcheck::passes(::verigrad::gradcheck::check_gradient(__VA_ARGS__)))

// f, vjp (a callable of x and v, or a value), x and v as in check_vjp, then perhaps CheckOptions.
#define EXPECT_VJP(...) \
  EXPECT_TRUE(::verigrad::gradcheck::passes(::verigrad::gradcheck::check_vjp(__VA_ARGS__)))
#define ASSERT_VJP(...) \
  ASSERT_TRUE(::verigrad::gradcheck::passes(::verigrad::gradcheck::check_vjp(__VA_ARGS__)))
