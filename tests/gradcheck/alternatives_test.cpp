// Mistakes with a name: each derivative is wrong in one way that the report must say.
#include "gradcheck/alternatives.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/Core>
#include <cmath>

#include "gradcheck/check.hpp"

namespace verigrad::gradcheck {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using testing::HasSubstr;

const VectorXd x = (VectorXd(3) << 0.5, -1.25, 2).finished();

std::string pattern_of(const Report& report) {
  EXPECT_EQ(report.verdict, Verdict::fail) << to_string(report);
  return report.pattern ? report.pattern->text : "";
}

double waves(const VectorXd& at) { return at.array().sin().sum(); }
VectorXd cosines(const VectorXd& at) { return at.array().cos(); }

/// The pattern of a gradient of `waves` that is off by a factor at every entry.
template <class F>
std::string pattern_of_factor(F factor) {
  const auto wrong = [&](const VectorXd& at) -> VectorXd {
    return cosines(at).array() * factor(at);
  };
  return pattern_of(check_gradient(waves, wrong, x));
}

TEST(Alternatives, NameFactors) {
  const auto constant = [](double c) {
    return [c](const VectorXd& at) { return VectorXd::Constant(at.size(), c).array().eval(); };
  };
  EXPECT_THAT(pattern_of_factor(constant(-1)), HasSubstr("the sign is wrong"));
  EXPECT_THAT(pattern_of_factor(constant(2)), HasSubstr("a factor 2 too much"));
  EXPECT_THAT(pattern_of_factor(constant(0.5)), HasSubstr("a factor 2 is missing"));
  EXPECT_THAT(pattern_of_factor(constant(1.0 / 3)), HasSubstr("divided by the number of entries"));
  EXPECT_THAT(pattern_of_factor([](const VectorXd& at) { return at.array(); }),
              HasSubstr("a factor x too much"));
  EXPECT_THAT(pattern_of_factor([](const VectorXd& at) { return at.array().inverse(); }),
              HasSubstr("a factor x is missing"));
  EXPECT_THAT(pattern_of_factor([](const VectorXd& at) { return waves(at); }),
              HasSubstr("a factor f(x) too much"));
  EXPECT_THAT(pattern_of_factor([](const VectorXd& at) { return 1 / waves(at); }),
              HasSubstr("a factor f(x) is missing"));
  // No factor: the last entry alone is wrong.
  EXPECT_EQ(pattern_of(check_gradient(waves, VectorXd(cosines(x) + 0.1 * VectorXd::Unit(3, 2)), x)),
            "");
}

TEST(Alternatives, NameWhatIsInTheWrongPlace) {
  const auto rolled = [](const VectorXd& at) -> VectorXd {
    return Eigen::Vector3d(std::cos(at[2]), std::cos(at[0]), std::cos(at[1]));
  };
  EXPECT_EQ(pattern_of(check_gradient(waves, rolled, x)),
            "claimed is the truth moved by 1 along dim 0");
  const MatrixXd square = (MatrixXd(2, 2) << 1, 2, 3, 4).finished();
  const auto transposed = [](const MatrixXd& at) -> MatrixXd {
    return at.array().cos().matrix().transpose();
  };
  EXPECT_EQ(pattern_of(check_gradient([](const MatrixXd& at) { return at.array().sin().sum(); },
                                      transposed, square)),
            "claimed is the truth with dims 0 and 1 transposed");
}

/// tanh(b) added to every row of X: the result has b's entries in its columns.
struct AddRow {
  MatrixXd X = (MatrixXd(3, 3) << 1, 2, 3, 4, 5, 6, 7, 8, 10).finished();
  MatrixXd v = (MatrixXd(3, 3) << 0.3, -1, 2, 0.7, 1.5, -0.4, -2.5, 0.9, 1.1).finished();

  MatrixXd operator()(const VectorXd& b) const {
    return (X.rowwise() + b.transpose()).array().square();
  }
  MatrixXd contributions(const VectorXd& b) const {
    return 2 * (X.rowwise() + b.transpose()).array() * v.array();
  }
};

TEST(Alternatives, NameMistakesOfProducts) {
  const AddRow f;
  const VectorXd right = f.contributions(x).colwise().sum();
  EXPECT_TRUE(check_vjp(f, right, x, f.v).passed());
  const VectorXd first_row = f.contributions(x).row(0), last_row = f.contributions(x).row(2);
  EXPECT_EQ(pattern_of(check_vjp(f, first_row, x, f.v)),
            "claimed is what the first index of the result's dim 0 contributes, not the sum");
  EXPECT_EQ(pattern_of(check_vjp(f, last_row, x, f.v)),
            "claimed is what the last index of the result's dim 0 contributes, not the sum");
  const VectorXd over_columns = f.contributions(x).rowwise().sum();
  EXPECT_EQ(pattern_of(check_vjp(f, over_columns, x, f.v)),
            "claimed is the sum over the wrong dims, which keeps dim 0");
  const VectorXd no_cotangent = (2 * (f.X.rowwise() + x.transpose())).colwise().sum();
  EXPECT_EQ(pattern_of(check_vjp(f, no_cotangent, x, f.v)),
            "claimed is the sum of the Jacobian's rows: the cotangent is ignored");

  const MatrixXd A = f.X;
  const VectorXd v = f.v.col(0), forward = A * v;
  EXPECT_EQ(pattern_of(check_vjp([&](const VectorXd& at) { return A * at; }, forward, x, v)),
            "claimed is Jv instead of vᵀJ");
}

TEST(Alternatives, NameContributionsThatAreCountedTwiceOrOverwritten) {
  const AddRow f;
  const MatrixXd each = f.contributions(x);
  const VectorXd twice = each.colwise().sum() + each.row(2);
  EXPECT_EQ(
      pattern_of(check_vjp(f, twice, x, f.v)),
      "claimed is the truth with what the last index of the result's dim 0 contributes counted "
      "twice");
  // x . x: of one number a factor is all that can be seen.
  const auto square = [](const VectorXd& at) { return at.dot(at); };
  EXPECT_THAT(pattern_of(check_gradient(square, x, x)),
              HasSubstr("one of two equal contributions is overwritten"));
  EXPECT_THAT(pattern_of(check_gradient(square, VectorXd(4 * x), x)),
              HasSubstr("every contribution is counted twice"));
}

/// x^2 above `at`, a line of slope 3 below.
struct Bent {
  double at;

  double operator()(const VectorXd& entries) const {
    double sum = 0;
    for (const double each : entries) sum += each > at ? each * each : 3 * each - at * (3 - at);
    return sum;
  }
  VectorXd slopes(const VectorXd& entries, bool wrong) const {
    return entries.unaryExpr([&](double each) { return (each > at) != wrong ? 2 * each : 3.0; });
  }
};

TEST(Alternatives, NameABranchOnTheWrongSide) {
  const Bent f{0.3};
  EXPECT_TRUE(check_gradient(f, f.slopes(x, false), x).passed());
  EXPECT_THAT(pattern_of(check_gradient(f, f.slopes(x, true), x)),
              HasSubstr("claimed is the slope of the function's other branch, beyond its kink at "
                        "x[0] = 0.3, x[1] = 0.3, x[2] = 0.3"));
  VectorXd one = f.slopes(x, false);
  one[1] = f.slopes(x, true)[1];
  EXPECT_THAT(pattern_of(check_gradient(f, one, x)), HasSubstr("beyond its kink at x[1] = 0.3"));
  one[1] += 1e-3;
  EXPECT_EQ(pattern_of(check_gradient(f, one, x)), "");
  // sin takes the value 0.1 as a slope, too, but bends nowhere.
  EXPECT_EQ(pattern_of(check_gradient(waves, VectorXd(cosines(x) + 0.1 * VectorXd::Unit(3, 1)), x)),
            "");
}

TEST(Alternatives, TellHowAShapeCameAbout) {
  EXPECT_EQ(shape_hint({4, 3}, {3}), "it is not summed over dim 0, along which x is broadcast");
  EXPECT_EQ(shape_hint({2, 4, 3}, {4, 1}),
            "it is not summed over dims 0, 2, along which x is broadcast");
  EXPECT_EQ(shape_hint({3, 2}, {2, 3}), "its dims are those of x in reverse: transposed");
  EXPECT_EQ(shape_hint({3}, {4, 3}), "it is summed over dim 0 of x");
  EXPECT_EQ(shape_hint({}, {3}), "it is summed over all entries of x");
  EXPECT_EQ(shape_hint({5}, {3}), "");
}

}  // namespace
}  // namespace verigrad::gradcheck
