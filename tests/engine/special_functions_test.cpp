// Special functions, remainders and further activations at their special points: poles, kinks,
// infinities, ties, zero. Numbers without a source are exact by the definitions.
#include <functional>

#include "tests/engine/structural.hpp"

namespace verigrad {
namespace {

using namespace structural;
using testing::HasSubstr;
using testing::IsNan;

using Function = std::function<D(const D&)>;

double value(const Function& f, double at) { return f(D(Shape{}, {at})).item(); }

/// The derivative, asserted to be the same by a fused and by a recorded backward pass.
double derivative(const Function& f, double at) {
  const D x = leaf(D(Shape{}, {at}));
  const double fused = gradient_of(f(x), x, D(1.0)).item();
  const double recorded = grad<double>(f(x), {x}, {.create_graph = true})[0].item();
  EXPECT_THAT(recorded, testing::NanSensitiveDoubleEq(fused)) << at;
  return fused;
}

double second_derivative(const Function& f, double at) {
  const D x = leaf(D(Shape{}, {at}));
  const D first = grad<double>(f(x), {x}, {.create_graph = true})[0];
  return grad<double>(first, {x})[0].item();
}

/// Both derivatives of a function of two numbers.
std::pair<double, double> gradient(D (*f)(const D&, const D&), double a, double b) {
  const D x = leaf(D(Shape{}, {a})), y = leaf(D(Shape{}, {b}));
  const auto both = grad<double>(f(x, y), {x, y});
  const auto recorded = grad<double>(f(x, y), {x, y}, {.create_graph = true});
  for (std::size_t i = 0; i < 2; ++i)
    EXPECT_THAT(recorded[i].item(), testing::NanSensitiveDoubleEq(both[i].item())) << a << " " << b;
  return {both[0].item(), both[1].item()};
}

const Function sinc_function = [](const D& x) { return sinc(x); };
const Function lgamma_function = [](const D& x) { return lgamma(x); };
const Function digamma_function = [](const D& x) { return digamma(x); };

TEST(SpecialFunctions, SincIsOneAndFlatAtZero) {
  for (const double zero : {0.0, -0.0}) {
    EXPECT_EQ(value(sinc_function, zero), 1);
    EXPECT_EQ(derivative(sinc_function, zero), 0);
    EXPECT_DOUBLE_EQ(second_derivative(sinc_function, zero), -M_PI * M_PI / 3);
  }
}

TEST(SpecialFunctions, SincVanishesExactlyAtIntegers) {
  for (const double n : {1.0, -2.0, 1e9, 0x1p60, 1e300}) {
    EXPECT_EQ(value(sinc_function, n), 0) << n;
    const bool odd = std::fmod(n, 2) != 0;
    EXPECT_EQ(derivative(sinc_function, n), (odd ? -1 : 1) / n) << n;
  }
}

TEST(SpecialFunctions, DerivativesOfSincMatchDifferencesToThirdOrder) {
  const auto slope = [](const Tensors& x) {
    return apply<double>(*find_operation("sinc_derivative"), {x[0]},
                         make_attributes({std::int64_t{1}}));
  };
  expect_derivatives([](const Tensors& x) { return sinc(x[0]); },
                     {vector({-2.3, -0.2, 0.1, 0.31, 0.33, 0.65, 1.4, 7.2})});
  expect_derivatives(slope, {vector({-2.3, -0.2, 0.1, 0.31, 0.33, 0.65, 1.4})});
}

TEST(SpecialFunctions, LgammaIsInfiniteAtItsPoles) {
  for (const double pole : {0.0, -0.0, -1.0, -2.0, -1e10}) {
    EXPECT_EQ(value(lgamma_function, pole), inf) << pole;
    EXPECT_FALSE(std::isfinite(derivative(lgamma_function, pole))) << pole;
  }
  EXPECT_EQ(value(lgamma_function, inf), inf);
  EXPECT_THAT(value(lgamma_function, nan), IsNan());
}

TEST(SpecialFunctions, DigammaAtItsPolesIsPyTorchs) {
  EXPECT_EQ(value(digamma_function, 0.0), -inf);
  EXPECT_EQ(value(digamma_function, -0.0), inf);
  for (const double pole : {-1.0, -2.0, -1e10, -0x1p60, -inf})
    EXPECT_THAT(value(digamma_function, pole), IsNan()) << pole;
  EXPECT_EQ(value(digamma_function, inf), inf);
  EXPECT_THAT(value(digamma_function, nan), IsNan());
}

TEST(SpecialFunctions, DigammaTakesItsKnownValues) {
  const double gamma = 0.57721566490153286;  // Euler's constant, DLMF 5.2.3
  EXPECT_DOUBLE_EQ(value(digamma_function, 1), -gamma);
  EXPECT_DOUBLE_EQ(value(digamma_function, 0.5), -gamma - 2 * std::log(2.0));  // DLMF 5.4.13
  EXPECT_DOUBLE_EQ(derivative(digamma_function, 1), M_PI * M_PI / 6);          // DLMF 5.4.12
  EXPECT_DOUBLE_EQ(derivative(digamma_function, -0.5), M_PI * M_PI / 2 + 4);
}

TEST(SpecialFunctions, DigammaOfFloatsIsRoundedOnce) {
  for (const float x : {1e-30F, 0.3F, 1.4616F, 1.4616321F, 2.0F, 11.5F, -3.25F, 1e30F}) {
    const double wide = digamma(D(Shape{}, {static_cast<double>(x)})).item();
    EXPECT_EQ(digamma(Tensor<float>(Shape{}, {x})).item(), static_cast<float>(wide)) << x;
  }
}

TEST(SpecialFunctions, PolygammaOfOrderZeroIsDigamma) {
  const D x = vector({0.3, 1.5, -2.25, 20});
  const D zeroth = polygamma(0, x), expected = digamma(x);
  for (std::int64_t k = 0; k < 4; ++k) EXPECT_EQ(zeroth[k], expected[k]);
}

TEST(SpecialFunctions, PolygammaAtItsPolesIsTheLimitWhereThereIsOne) {
  const auto at = [](std::int64_t n, double x) { return polygamma(n, D(Shape{}, {x})).item(); };
  for (const double pole : {0.0, -0.0, -1.0, -5.0}) EXPECT_EQ(at(1, pole), inf) << pole;
  EXPECT_EQ(at(2, 0.0), -inf);
  EXPECT_EQ(at(2, -0.0), inf);
  EXPECT_THAT(at(2, -1.0), IsNan());
  EXPECT_EQ(at(1, inf), 0);
  EXPECT_THAT(at(3, nan), IsNan());
}

TEST(SpecialFunctions, PolygammaOfHighOrderIsItsFirstTerm) {
  // n! / x^(n + 1) (1 + (x / (x + 1))^(n + 1) + …), here for x = 1: n! zeta(n + 1).
  EXPECT_DOUBLE_EQ(polygamma(60, D(Shape{}, {1.0})).item(), -std::tgamma(61.0));
  EXPECT_DOUBLE_EQ(polygamma(169, D(Shape{}, {1.0})).item(), std::tgamma(170.0));
  EXPECT_EQ(polygamma(5000, D(Shape{}, {1.0})).item(), -inf);
  EXPECT_EQ(polygamma(1200, D(Shape{}, {1e300})).item(), 0);
}

TEST(SpecialFunctions, PolygammaRefusesNegativeOrders) {
  EXPECT_THAT(error_of([] { polygamma(-1, vector({1})); }),
              HasSubstr("polygamma(n, x) does not support negative n"));
}

TEST(SpecialFunctions, PolygammaMatchesDifferencesInEveryOrder) {
  for (const std::int64_t n : {0, 1, 2, 3})
    expect_derivatives([n](const Tensors& x) { return polygamma(n, x[0]); },
                       {vector({0.8, 1.46, 3.7, 12, -0.4, -1.6})});
  expect_derivatives([](const Tensors& x) { return lgamma(x[0]); },
                     {vector({0.8, 1.46, 3.7, 12, -0.4, -1.6})});
}

TEST(SpecialFunctions, CbrtHasAnInfiniteSlopeAtZeroAndNoneElsewhere) {
  const Function f = [](const D& x) { return cbrt(x); };
  EXPECT_EQ(derivative(f, 0.0), inf);
  EXPECT_EQ(derivative(f, -0.0), inf);
  EXPECT_EQ(value(f, -27), -3);
  EXPECT_TRUE(std::signbit(value(f, -0.0)));
  EXPECT_DOUBLE_EQ(derivative(f, -8), 1.0 / 12);
  for (const double x : {5e-324, 1e-308, 1.7e308, -1.7e308})
    EXPECT_TRUE(std::isnormal(derivative(f, x))) << x;
}

TEST(SpecialFunctions, Exp2HasASlopeWhereItsValueHasOverflown) {
  const Function f = [](const D& x) { return exp2(x); };
  EXPECT_EQ(value(f, 1024.25), inf);
  EXPECT_DOUBLE_EQ(derivative(f, 1024.25), std::exp2(1023.25) * (2 * M_LN2));
  EXPECT_EQ(derivative(f, 1025), inf);
  EXPECT_EQ(derivative(f, -inf), 0);
}

TEST(SpecialFunctions, HypotNeitherOverflowsNorLosesSubnormals) {
  const double diagonal = std::sqrt(0.5);
  for (const double size : {5e-324, 1e-310, 1e-160, 1.0, 1e160, 1.7e308}) {
    const auto [x, y] = gradient(hypot<double>, size, -size);
    EXPECT_DOUBLE_EQ(x, diagonal) << size;
    EXPECT_DOUBLE_EQ(y, -diagonal) << size;
  }
}

TEST(SpecialFunctions, HypotAtTheOriginTakesTheSubgradientZero) {
  EXPECT_EQ(gradient(hypot<double>, 0, 0), std::pair(0.0, 0.0));
  EXPECT_EQ(gradient(hypot<double>, 0, -2), std::pair(0.0, -1.0));
  EXPECT_EQ(gradient(hypot<double>, 1, inf).first, 0);
}

TEST(SpecialFunctions, LogaddexpSharesTheGradientAtEqualInfinities) {
  for (const double x : {0.0, 1e300, inf, -inf})
    EXPECT_EQ(gradient(logaddexp<double>, x, x), std::pair(0.5, 0.5)) << x;
  EXPECT_EQ(gradient(logaddexp<double>, inf, -inf), std::pair(1.0, 0.0));
  EXPECT_EQ(gradient(logaddexp<double>, -inf, 3), std::pair(0.0, 1.0));
  const auto at = [](double x, double y) {
    return logaddexp(D(Shape{}, {x}), D(Shape{}, {y})).item();
  };
  EXPECT_EQ(at(inf, inf), inf);
  EXPECT_EQ(at(-inf, -inf), -inf);
  EXPECT_EQ(at(-inf, 3), 3);
  EXPECT_THAT(at(nan, inf), IsNan());
}

TEST(SpecialFunctions, XlogyIsZeroAtZeroWhateverTheLogarithm) {
  const auto at = [](double x, double y) { return xlogy(D(Shape{}, {x}), D(Shape{}, {y})).item(); };
  for (const double y : {0.0, 1e-300, 1.0, inf, -1.0}) EXPECT_EQ(at(0, y), 0) << y;
  EXPECT_THAT(at(0, nan), IsNan());
  EXPECT_EQ(gradient(xlogy<double>, 0, 0), std::pair(0.0, 0.0));
  EXPECT_EQ(gradient(xlogy<double>, 0, -1).first, 0);
  EXPECT_EQ(gradient(xlogy<double>, 0, M_E), std::pair(1.0, 0.0));
  EXPECT_EQ(gradient(xlogy<double>, 2, 0), std::pair(-inf, inf));
}

TEST(SpecialFunctions, ErfcAndNdtrSaturate) {
  EXPECT_EQ(value([](const D& x) { return erfc(x); }, -40), 2);
  EXPECT_EQ(derivative([](const D& x) { return erfc(x); }, inf), 0);
  EXPECT_EQ(value([](const D& x) { return ndtr(x); }, inf), 1);
  EXPECT_EQ(value([](const D& x) { return ndtr(x); }, -inf), 0);
  EXPECT_EQ(value([](const D& x) { return ndtr(x); }, 0), 0.5);
  EXPECT_THAT(value([](const D& x) { return ndtr(x); }, nan), IsNan());
}

TEST(SpecialFunctions, SmoothActivationsSaturateWithoutNaN) {
  const Function functions[] = {
      [](const D& x) { return silu(x); }, [](const D& x) { return mish(x); },
      [](const D& x) { return gelu(x); }, [](const D& x) { return gelu(x, "tanh"); }};
  for (const Function& f : functions) {
    for (const double x : {800.0, 1e30, 1e308, inf}) {
      EXPECT_EQ(value(f, x), x);
      EXPECT_EQ(derivative(f, x), 1);
      EXPECT_EQ(derivative(f, -x), 0);
      EXPECT_EQ(second_derivative(f, x), 0);
      EXPECT_EQ(second_derivative(f, -x), 0);
    }
    EXPECT_EQ(value(f, -1e30), 0);
    EXPECT_EQ(value(f, 0), 0);
    EXPECT_THAT(value(f, nan), IsNan());
    EXPECT_THAT(derivative(f, nan), IsNan());
  }
}

TEST(SpecialFunctions, GeluTakesTwoWordsForItsApproximation) {
  const D x = vector({1});
  EXPECT_DOUBLE_EQ(gelu(x)[0], 0.8413447460685429);  // ndtr(1)
  EXPECT_NE(gelu(x, "none")[0], gelu(x, "tanh")[0]);
  EXPECT_THAT(error_of([&] { gelu(x, "fast"); }),
              HasSubstr("gelu: approximate argument must be either"));
  EXPECT_EQ(gelu(leaf(x), "tanh").grad_fn(), "GeluBackward0");
}

TEST(SpecialFunctions, GeluMatchesDifferencesToSecondOrder) {
  for (const char* word : {"none", "tanh"})
    expect_derivatives([word](const Tensors& x) { return gelu(x[0], word); },
                       {vector({-3, -1.5, -0.76, -0.74, -0.1, 0, 0.3, 2})});
}

TEST(SpecialFunctions, HardswishTakesTheMiddlePieceAtItsKinks) {
  const Function f = [](const D& x) { return hardswish(x); };
  EXPECT_EQ(derivative(f, -3), -0.5);
  EXPECT_EQ(derivative(f, 3), 1.5);
  EXPECT_EQ(derivative(f, std::nextafter(-3, -4)), 0);
  EXPECT_EQ(derivative(f, std::nextafter(3, 4)), 1);
  EXPECT_EQ(derivative(f, -1.5), 0);
  EXPECT_EQ(value(f, 1e308), 1e308);
}

TEST(SpecialFunctions, HardtanhGivesTheGradientToItsBoundsAtTheKinks) {
  const auto gradients = [](double at, double lower, double upper) {
    const D x = leaf(D(Shape{}, {at})), a = leaf(D(Shape{}, {lower})),
            b = leaf(D(Shape{}, {upper}));
    const auto all = grad<double>(hardtanh(x, a, b), {x, a, b});
    return std::vector<double>{all[0].item(), all[1].item(), all[2].item()};
  };
  using testing::ElementsAre;
  EXPECT_THAT(gradients(-1, -1, 1), ElementsAre(0, 1, 0));
  EXPECT_THAT(gradients(1, -1, 1), ElementsAre(0, 0, 1));
  EXPECT_THAT(gradients(0.5, -1, 1), ElementsAre(1, 0, 0));
  EXPECT_THAT(gradients(0, 1, -1), ElementsAre(0, 0, 1));
  EXPECT_THAT(gradients(0, 0, 0), ElementsAre(0, 0, 1));
  EXPECT_EQ(hardtanh(D(-7.0)).item(), -1);
}

TEST(SpecialFunctions, SoftsignHasASlopeBeyondTheRootOfTheLargestNumber) {
  const Function f = [](const D& x) { return softsign(x); };
  EXPECT_EQ(derivative(f, 0), 1);
  EXPECT_GT(derivative(f, 1.5e154), 0);
  EXPECT_EQ(derivative(f, -1e200), 0);
  EXPECT_EQ(value(f, -1e308), -1);
}

TEST(SpecialFunctions, CeluIsSmoothAtZeroAndSeluIsNot) {
  EXPECT_EQ(derivative([](const D& x) { return celu(x, 2.0); }, 0), 1);
  EXPECT_EQ(derivative([](const D& x) { return celu(x, 2.0); }, -0.0), 1);
  EXPECT_EQ(derivative([](const D& x) { return celu(x, 0.001); }, 1e308), 1);
  EXPECT_EQ(derivative([](const D& x) { return celu(x); }, -inf), 0);
  // scale alpha, the slope of the left side.
  EXPECT_DOUBLE_EQ(derivative([](const D& x) { return selu(x); }, 0), 1.7580993408473766);
  EXPECT_EQ(derivative([](const D& x) { return selu(x); }, 800), 1.0507009873554805);
  EXPECT_EQ(value([](const D& x) { return selu(x); }, -800), -1.7580993408473768);
}

TEST(SpecialFunctions, CeluByAlphaVanishesAtZeroLikeASquare) {
  // -z^2 / 2 to first order in z = x / alpha.
  const auto by_alpha = [](double x) {
    return derivative([x](const D& alpha) { return celu(D(Shape{}, {x}), alpha); }, 1);
  };
  EXPECT_DOUBLE_EQ(by_alpha(-1e-20), -5e-41);
  EXPECT_EQ(by_alpha(0), 0);
  EXPECT_EQ(by_alpha(-1e4), -1);
  EXPECT_EQ(by_alpha(3), 0);
}

TEST(SpecialFunctions, ThresholdReplacesWhatDoesNotExceedIt) {
  const D x = leaf(vector({0.5, 1, 1.5, nan})), v = leaf(D(Shape{}, {-7.0}));
  const D y = threshold(x, 1.0, v);
  EXPECT_THAT(y.entries(), testing::ElementsAre(-7, -7, 1.5, IsNan()));
  const auto all = grad<double>(sum(y), {x, v});
  EXPECT_THAT(all[0].entries(), testing::ElementsAre(0, 0, 1, 1));
  EXPECT_EQ(all[1].item(), 2);
}

TEST(SpecialFunctions, RemaindersTakeTheSignOfTheirOperand) {
  const auto c = [](double x, double y) { return fmod(D(Shape{}, {x}), D(Shape{}, {y})).item(); };
  const auto python = [](double x, double y) {
    return remainder(D(Shape{}, {x}), D(Shape{}, {y})).item();
  };
  EXPECT_EQ(c(-7, 3), -1);
  EXPECT_EQ(c(7, -3), 1);
  EXPECT_EQ(python(-7, 3), 2);
  EXPECT_EQ(python(7, -3), -2);
  EXPECT_EQ(python(-6, 3), 0);
  EXPECT_TRUE(std::signbit(python(-6, 3)));
  EXPECT_EQ(python(2, inf), 2);
  for (const double x : {1.0, 0.0, -2.0}) {
    EXPECT_THAT(c(x, 0), IsNan());
    EXPECT_THAT(python(x, 0), IsNan());
  }
}

TEST(SpecialFunctions, RemaindersByTheDivisorCountHowOftenItWasTaken) {
  EXPECT_EQ(gradient(fmod<double>, 7, 3), std::pair(1.0, -2.0));
  EXPECT_EQ(gradient(fmod<double>, -7, 3), std::pair(1.0, 2.0));
  EXPECT_EQ(gradient(remainder<double>, -7, 3), std::pair(1.0, 3.0));
  EXPECT_EQ(gradient(remainder<double>, 7, -3), std::pair(1.0, 3.0));
  EXPECT_EQ(gradient(remainder<double>, 6, 3), std::pair(1.0, -2.0));
  EXPECT_EQ(gradient(remainder<double>, -1e-20, 1), std::pair(1.0, 1.0));
  EXPECT_EQ(gradient(fmod<double>, 2, inf), std::pair(1.0, 0.0));
}

TEST(SpecialFunctions, RemaindersCountRightWhereTheQuotientRoundsUp) {
  // The double 0.1 is above 1/10, so that 3 holds it only 29 times.
  const double x = 3, y = 0.1;
  ASSERT_EQ(x / y, 30);
  ASSERT_LT(std::fma(-30.0, y, x), 0);
  EXPECT_EQ(gradient(fmod<double>, x, y), std::pair(1.0, -29.0));
  EXPECT_EQ(gradient(remainder<double>, x, y), std::pair(1.0, -29.0));
}

TEST(SpecialFunctions, RemaindersAreNamedByTheirDivisor) {
  const D x = leaf(vector({7}));
  EXPECT_EQ(fmod(x, 3.0).grad_fn(), "FmodBackward0");
  EXPECT_EQ(fmod(x, vector({3})).grad_fn(), "FmodBackward1");
  EXPECT_EQ(remainder(x, 3.0).grad_fn(), "RemainderBackward0");
  EXPECT_EQ(remainder(x, vector({3})).grad_fn(), "RemainderBackward1");
}

}  // namespace
}  // namespace verigrad
