// Elementwise operations where generic points do not go: kinks, ties, domain ends, tails, overflow,
// NaN. Truth comes from Arb unless a test names another source.
#include <functional>

#include "tests/engine/structural.hpp"
#include "tests/gradcheck/ball.hpp"

namespace verigrad {
namespace {

using namespace structural;
using test::Ball;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsNan;

using Function = std::function<D(const D&)>;

double derivative(const Function& f, double at) {
  const D x = leaf(D(Shape{}, {at}));
  return gradient_of(f(x), x, D(1.0)).item();
}

/// The same through a recorded backward pass, which evaluates the rule on tensors.
double recorded_derivative(const Function& f, double at) {
  const D x = leaf(D(Shape{}, {at}));
  return grad<double>(f(x), {x}, {.create_graph = true})[0].item();
}

double second_derivative(const Function& f, double at) {
  const D x = leaf(D(Shape{}, {at}));
  const D first = grad<double>(f(x), {x}, {.create_graph = true})[0];
  if (!first.requires_grad()) return 0;
  return grad<double>(std::span<const D>(&first, 1), std::span<const D>(&x, 1), {}, {}, true)[0]
      .item();
}

using Binary = D (*)(const D&, const D&);
constexpr Binary extrema[] = {minimum<double>, maximum<double>};

double ulp(double x) { return std::nextafter(std::abs(x), inf) - std::abs(x); }

Ball one() { return {1.0}; }
Ball sigmoid_of(const Ball& x) {
  return x.value() < 0 ? exp(x) / (one() + exp(x)) : one() / (one() + exp(-x));
}

/// A rule, its truth, and where it used to lose its digits elsewhere (the table of backward
/// formulas measured in double: sigmoid, tanh, expm1, asin, acos, acosh, atanh, atan, erf).
struct Tail {
  const char* name;
  Function function;
  std::function<Ball(const Ball&)> truth;
  std::vector<double> points;
};

const std::vector<Tail>& tails() {
  static const double below = 1 - 1e-9, above = 1 + 1e-9;
  static const std::vector<Tail> table = {
      {"sigmoid",
       [](const D& x) { return sigmoid(x); },
       [](const Ball& x) { return sigmoid_of(x) * sigmoid_of(-x); },
       {0, 1, 30, 36, 38, 40, -40, 300, -300, 700, -700, 710, -710, 744}},
      {"tanh",
       [](const D& x) { return tanh(x); },
       [](const Ball& x) { return one() / (cosh(x) * cosh(x)); },
       {0, 0.5, 15, 18, 19.5, -19.5, 100, 300, 350, 354, -370, 370}},
      {"expm1",
       [](const D& x) { return expm1(x); },
       [](const Ball& x) { return exp(x); },
       {0, 1e-20, -1, -37, -40, -700, -740, 700}},
      {"logsigmoid",
       [](const D& x) { return logsigmoid(x); },
       [](const Ball& x) { return sigmoid_of(-x); },
       {0, 30, 40, -40, 700, -700, 740}},
      {"softplus",
       [](const D& x) { return softplus(x); },
       [](const Ball& x) { return sigmoid_of(x); },
       {0, 19, 20, 21, 40, -40, -700, -740, 700}},
      {"asin",
       [](const D& x) { return asin(x); },
       [](const Ball& x) { return one() / sqrt(one() - x * x); },
       {0, 0.5, below, -below, 1 - 1e-15, -1 + 1e-15, 1e-300}},
      {"acos",
       [](const D& x) { return acos(x); },
       [](const Ball& x) { return -one() / sqrt(one() - x * x); },
       {0, 0.5, below, -below, 1 - 1e-15, -1 + 1e-15}},
      {"acosh",
       [](const D& x) { return acosh(x); },
       [](const Ball& x) { return one() / sqrt(x * x - one()); },
       {2, above, 1 + 1e-15, 1e10, 1e200, 1e308}},
      {"atanh",
       [](const D& x) { return atanh(x); },
       [](const Ball& x) { return one() / (one() - x * x); },
       {0, 0.5, below, -below, 1 - 1e-15, -1 + 1e-15}},
      {"atan",
       [](const D& x) { return atan(x); },
       [](const Ball& x) { return one() / (one() + x * x); },
       {0, 1, -1, 3, 1e8, 1e150, 1e153, 1e155, -1e155, 1e160, 1e300}},
      {"asinh",
       [](const D& x) { return asinh(x); },
       [](const Ball& x) { return one() / sqrt(one() + x * x); },
       {0, 1, -1, 3, 1e8, 1e200, -1e200, 1e308}},
      {"erf",
       [](const D& x) { return erf(x); },
       [](const Ball& x) { return Ball(2.0) / sqrt(Ball::pi()) * exp(-(x * x)); },
       {0, 0.3, 1.7, 5.9, 10.03, 20, -20, 25.99, 26.4, 27, 27.2, 30}},
      {"log1p",
       [](const D& x) { return log1p(x); },
       [](const Ball& x) { return one() / (one() + x); },
       {0, 1e-20, -0.5, -1 + 1e-15, 1e300}},
      {"rsqrt",
       [](const D& x) { return rsqrt(x); },
       [](const Ball& x) { return Ball(-0.5) / (x * sqrt(x)); },
       {1, 3, 1e-200, 1e200, 1e-100}},
      {"reciprocal",
       [](const D& x) { return reciprocal(x); },
       [](const Ball& x) { return -one() / (x * x); },
       {3, -7, 1e-150, 1e150, 1e160}},
      {"tan",
       [](const D& x) { return tan(x); },
       [](const Ball& x) { return one() / (cos(x) * cos(x)); },
       {0, 1, 1.5707963267948966, -100, 1e22}},
      {"exp",
       [](const D& x) { return exp(x); },
       [](const Ball& x) { return exp(x); },
       {0, 709, -745, -740}},
      {"sinh",
       [](const D& x) { return sinh(x); },
       [](const Ball& x) { return cosh(x); },
       {0, 710, -710}},
      {"square",
       [](const D& x) { return square(x); },
       [](const Ball& x) { return x + x; },
       {0, 1e-200, 1e154, 1e300, 5e-324}},
  };
  return table;
}

TEST(SpecialValues, RulesKeepTheirDigitsToFourUlpInTheTails) {
  for (const Tail& tail : tails())
    for (const double x : tail.points) {
      const Ball truth = tail.truth(Ball(x));
      ASSERT_TRUE(truth.sharp()) << tail.name << " at " << x;
      const double allowed = 4 * ulp(truth.value());
      EXPECT_LE(truth.distance(derivative(tail.function, x)), allowed) << tail.name << " at " << x;
      EXPECT_LE(truth.distance(recorded_derivative(tail.function, x)), allowed)
          << tail.name << " recorded at " << x;
    }
}

TEST(SpecialValues, SigmoidKeepsItsTail) {
  EXPECT_DOUBLE_EQ(derivative(tails()[0].function, 40), 4.248354255291589e-18);
  EXPECT_DOUBLE_EQ(derivative(tails()[0].function, -40), 4.248354255291589e-18);
  for (const double x : {750.0, -750.0, inf, -inf})
    EXPECT_EQ(derivative(tails()[0].function, x), 0) << x;
  const Function f = [](const D& x) { return sigmoid(x); };
  EXPECT_EQ(f(D(-750.0)).item(), 0);
  EXPECT_EQ(f(D(750.0)).item(), 1);
}

TEST(SpecialValues, SecondDerivativesAreNeverNaNWhereTheFunctionIsFlat) {
  for (const Tail& tail : tails())
    for (const double x : tail.points) {
      if (!std::isfinite(derivative(tail.function, x))) continue;
      EXPECT_FALSE(std::isnan(second_derivative(tail.function, x))) << tail.name << " at " << x;
    }
  for (const double x : {400.0, 711.0, 800.0, -800.0, 1e300}) {
    EXPECT_EQ(second_derivative([](const D& at) { return tanh(at); }, x), 0) << x;
    EXPECT_EQ(second_derivative([](const D& at) { return sigmoid(at); }, 2 * x), 0) << x;
    EXPECT_EQ(second_derivative([](const D& at) { return softplus(at); }, 2 * x), 0) << x;
  }
}

TEST(SpecialValues, SoftplusAndLogsigmoidNeitherOverflowNorUseAThreshold) {
  const auto value = [](const D& y) { return y.item(); };
  EXPECT_EQ(value(softplus(D(750.0))), 750);
  EXPECT_EQ(value(softplus(D(-750.0))), 0);
  EXPECT_DOUBLE_EQ(value(softplus(D(21.0))), 21 + std::log1p(std::exp(-21.0)));
  EXPECT_EQ(value(logsigmoid(D(-750.0))), -750);
  EXPECT_EQ(value(logsigmoid(D(750.0))), 0);
  EXPECT_DOUBLE_EQ(value(logsigmoid(D(40.0))), -std::exp(-40.0));
  EXPECT_EQ(derivative([](const D& x) { return logsigmoid(x); }, 0), 0.5);
  EXPECT_THAT(value(softplus(D(nan))), IsNan());
  EXPECT_THAT(value(logsigmoid(D(nan))), IsNan());
}

TEST(SpecialValues, SoftplusByBetaKeepsItsDigits) {
  // d/dbeta log(1 + exp(beta x)) / beta = -(|z| s(-|z|) + log(1 + exp(-|z|))) / beta^2, z = beta x.
  for (const double x : {-50.0, -3.0, 0.0, 0.5, 3.0, 20.0, 40.0, 60.0})
    for (const double beta : {0.5, 1.0, 2.0}) {
      const D b = leaf(D(Shape{}, {beta}));
      const double got = gradient_of(softplus(D(Shape{}, {x}), b), b, D(1.0)).item();
      const Ball z(std::abs(beta * x));
      const Ball truth = -(z * sigmoid_of(-z) + log(one() + exp(-z))) / (Ball(beta) * Ball(beta));
      ASSERT_TRUE(truth.sharp());
      EXPECT_LE(truth.distance(got), 8 * ulp(truth.value())) << x << ", " << beta;
    }
}

TEST(SpecialValues, PowHasTheEdgesOfPyTorch) {
  struct Row {
    double base, exponent, by_base, by_exponent;
  };
  const std::vector<Row> rows = {
      {0, 0, 0, 0},
      {0, 1, 1, 0},
      {0, 2, 0, 0},
      {0, 0.5, inf, 0},
      {0, -1, -inf, -inf},
      {-2, 3, 12, nan},
      {-2, 2.5, nan, nan},
      {-2, 0, 0, nan},
      {-0.0, 2, -0.0, 0},
      {nan, 0, 0, nan},
      {2, 0, 0, std::log(2.0)},
      {1e-320, 0, 0, std::log(1e-320)},
  };
  for (const bool recorded : {false, true})
    for (const Row& row : rows) {
      const D x = leaf(D(Shape{}, {row.base})), p = leaf(D(Shape{}, {row.exponent}));
      const std::vector<D> got = grad<double>(pow(x, p), {x, p}, {.create_graph = recorded});
      const auto expect_same = [&](double value, double expected, const char* what) {
        if (std::isnan(expected)) {
          EXPECT_THAT(value, IsNan()) << what << " at " << row.base << ", " << row.exponent;
        } else {
          EXPECT_EQ(value, expected) << what << " at " << row.base << ", " << row.exponent;
        }
      };
      expect_same(got[0].item(), row.by_base, "by base");
      expect_same(got[1].item(), row.by_exponent, "by exponent");
    }
}

TEST(SpecialValues, PowWithANumberHasNoHoles) {
  const auto power = [](double p) { return [p](const D& x) { return pow(x, p); }; };
  EXPECT_EQ(derivative(power(2), 0), 0);  // 2 f / x would be NaN
  EXPECT_EQ(derivative(power(1), 0), 1);
  EXPECT_EQ(derivative(power(0), 0), 0);
  EXPECT_EQ(derivative(power(3), -2), 12);
  EXPECT_EQ(second_derivative(power(2), 0), 2);
  EXPECT_EQ(second_derivative(power(1), 0), 0);
  EXPECT_EQ(second_derivative(power(0), 0), 0);
  EXPECT_EQ(second_derivative(power(0), 1e-200), 0);
  EXPECT_EQ(second_derivative(power(3), -2), -12);
  EXPECT_EQ(pow(D(0.0), D(0.0)).item(), 1);
}

TEST(SpecialValues, PowIsDifferentiatedTwiceAtAnExponentOfZero) {
  // f = x ** p at p = 0: f_pp = log(x)^2, f_xp = 1 / x, f_xx = 0.
  const D x = leaf(D(Shape{}, {2.0})), p = leaf(D(Shape{}, {0.0}));
  const std::vector<D> first = grad<double>(pow(x, p), {x, p}, {.create_graph = true});
  const std::vector<D> by_x = grad<double>(first[0], {x, p}, {.retain_graph = true});
  const std::vector<D> by_p = grad<double>(first[1], {x, p}, {.retain_graph = true});
  EXPECT_EQ(by_x[0].item(), 0);
  EXPECT_DOUBLE_EQ(by_x[1].item(), 0.5);
  EXPECT_DOUBLE_EQ(by_p[0].item(), 0.5);
  EXPECT_DOUBLE_EQ(by_p[1].item(), std::log(2.0) * std::log(2.0));
}

TEST(SpecialValues, ArcTangentOfTwoNumbersIsScaled) {
  const auto both = [](double a, double b) {
    const D y = leaf(D(Shape{}, {a})), x = leaf(D(Shape{}, {b}));
    const std::vector<D> g = grad<double>(atan2(y, x), {y, x});
    return std::pair(g[0].item(), g[1].item());
  };
  for (const auto& [a, b] : std::vector<std::pair<double, double>>{{1e-200, 1e-200},
                                                                   {1e200, 1e200},
                                                                   {1e200, 1e-200},
                                                                   {1e-200, 1e200},
                                                                   {-3e150, 1e155},
                                                                   {1, 0.7},
                                                                   {3, -4},
                                                                   {-1e-300, -1},
                                                                   {5e-300, 1e-300}}) {
    const auto [by_a, by_b] = both(a, b);
    const Ball squares = Ball(a) * Ball(a) + Ball(b) * Ball(b);
    const Ball first = Ball(b) / squares, second = -Ball(a) / squares;
    EXPECT_LE(first.distance(by_a), 4 * ulp(first.value())) << a << ", " << b;
    EXPECT_LE(second.distance(by_b), 4 * ulp(second.value())) << a << ", " << b;
  }
  EXPECT_THAT(both(0, 0).first, IsNan());
  EXPECT_EQ(both(0, 2).first, 0.5);
  EXPECT_EQ(both(1, 0).second, -1);
}

TEST(SpecialValues, DomainEndsHaveInfiniteSlopes) {
  EXPECT_EQ(derivative([](const D& x) { return asin(x); }, 1), inf);
  EXPECT_EQ(derivative([](const D& x) { return asin(x); }, -1), inf);
  EXPECT_EQ(derivative([](const D& x) { return acos(x); }, 1), -inf);
  EXPECT_EQ(derivative([](const D& x) { return acosh(x); }, 1), inf);
  EXPECT_EQ(derivative([](const D& x) { return atanh(x); }, 1), inf);
  EXPECT_EQ(derivative([](const D& x) { return sqrt(x); }, 0), inf);
  EXPECT_EQ(derivative([](const D& x) { return log(x); }, 0), inf);
  EXPECT_EQ(derivative([](const D& x) { return log1p(x); }, -1), inf);
  EXPECT_THAT(asin(D(1.5)).item(), IsNan());
  EXPECT_THAT(log(D(-1.0)).item(), IsNan());
  EXPECT_EQ(log(D(0.0)).item(), -inf);
}

TEST(SpecialValues, KinksAtZeroTakePyTorchsSide) {
  const Function rectified = [](const D& x) { return relu(x); };
  const Function magnitude = [](const D& x) { return abs(x); };
  const Function direction = [](const D& x) { return sign(x); };
  const Function leaky = [](const D& x) { return leaky_relu(x, 0.1); };
  const Function exponential = [](const D& x) { return elu(x, 2.0); };
  for (const double zero : {0.0, -0.0}) {
    EXPECT_EQ(derivative(rectified, zero), 0);
    EXPECT_EQ(derivative(magnitude, zero), 0);
    EXPECT_EQ(derivative(direction, zero), 0);
    EXPECT_EQ(derivative(leaky, zero), 0.1);
    EXPECT_EQ(derivative(exponential, zero), 2);
    EXPECT_EQ(sign(D(zero)).item(), 0);
  }
  EXPECT_EQ(derivative(rectified, 5e-324), 1);
  EXPECT_EQ(derivative(magnitude, -5e-324), -1);
  for (const Function& f : {rectified, magnitude, leaky, exponential})
    EXPECT_THAT(f(D(nan)).item(), IsNan());
  EXPECT_EQ(derivative(rectified, nan), 1);  // as torch's threshold_backward
  EXPECT_THAT(derivative(magnitude, nan), IsNan());
  EXPECT_EQ(derivative(rectified, inf), 1);
  EXPECT_EQ(derivative(magnitude, -inf), -1);
}

TEST(SpecialValues, EluDoesNotOverflowInTheBranchItDoesNotTake) {
  const Function f = [](const D& x) { return elu(x); };
  EXPECT_EQ(derivative(f, 800), 1);
  EXPECT_EQ(recorded_derivative(f, 800), 1);
  EXPECT_EQ(second_derivative(f, 800), 0);
  EXPECT_EQ(second_derivative(f, -1), std::exp(-1.0));
  EXPECT_EQ(f(D(-800.0)).item(), -1);
  const D alpha = leaf(D(Shape{}, {2.0}));
  EXPECT_EQ(gradient_of(elu(D(Shape{}, {800.0}), alpha), alpha, D(1.0)).item(), 0);
}

TEST(SpecialValues, TiesOfMinimumAndMaximumShareTheGradient) {
  for (const auto& f : extrema) {
    const D a = leaf(vector({1, -0.0, inf})), b = leaf(vector({1, 0, inf}));
    const std::vector<D> g = grad<double>(sum(f(a, b)), {a, b});
    EXPECT_THAT(g[0].entries(), ElementsAre(0.5, 0.5, 0.5));
    EXPECT_THAT(g[1].entries(), ElementsAre(0.5, 0.5, 0.5));
  }
}

TEST(SpecialValues, NaNPassesThroughMinimumAndMaximumWithItsGradient) {
  // torch 1.13: where(self == other, grad / 2, grad).masked_fill(self < other, 0)
  for (const auto& f : extrema) {
    const D a = leaf(vector({nan, 1, nan})), b = leaf(vector({1, nan, nan}));
    const D y = f(a, b);
    EXPECT_THAT(y.entries(), ElementsAre(IsNan(), IsNan(), IsNan()));
    const std::vector<D> g = grad<double>(sum(y), {a, b});
    EXPECT_THAT(g[0].entries(), ElementsAre(1, 1, 1));
    EXPECT_THAT(g[1].entries(), ElementsAre(1, 1, 1));
  }
}

TEST(SpecialValues, ClampPassesTheGradientAtItsBounds) {
  const D x = leaf(vector({-2, -1, 0, 1, 2, nan}));
  const D y = clamp(x, -1.0, 1.0);
  EXPECT_THAT(y.entries(), ElementsAre(-1, -1, 0, 1, 1, IsNan()));
  EXPECT_THAT(gradient_of(y, x, vector({1, 1, 1, 1, 1, 1})).entries(),
              ElementsAre(0, 1, 1, 1, 0, 0));
  EXPECT_THAT(gradient_of(clamp(x, -inf, 1.0), x, vector({1, 1, 1, 1, 1, 1})).entries(),
              ElementsAre(1, 1, 1, 1, 0, 0));
}

TEST(SpecialValues, ClampWithCrossedBoundsIsTheUpperOne) {
  const D x = leaf(vector({-2, 0, 2})), low = leaf(D(Shape{}, {1.0})),
          high = leaf(D(Shape{}, {-1.0}));
  const D y = clamp(x, low, high);
  EXPECT_THAT(y.entries(), ElementsAre(-1, -1, -1));
  const std::vector<D> g = grad<double>(sum(y), {x, low, high});
  EXPECT_THAT(g[0].entries(), ElementsAre(0, 0, 0));
  EXPECT_EQ(g[1].item(), 0);
  EXPECT_EQ(g[2].item(), 3);
}

TEST(SpecialValues, WhereShieldsFromTheUnusedBranch) {
  const D x = leaf(vector({-1, 4})), other = leaf(vector({7, nan}));
  const D y = where(x > 0.0, other, vector({1, 2}));
  EXPECT_THAT(gradient_of(y, other, vector({1, 1})).entries(), ElementsAre(0, 1));
  const D chosen = where(vector({1, 0}), x, D(nan));
  EXPECT_THAT(chosen.entries(), ElementsAre(-1, IsNan()));
  EXPECT_THAT(gradient_of(chosen, x, vector({1, 1})).entries(), ElementsAre(1, 0));
  EXPECT_THAT(where(vector({nan, 0}), D(1.0), D(2.0)).entries(), ElementsAre(1, 2));
}

TEST(SpecialValues, RoundingGoesToEven) {
  EXPECT_THAT(
      round(vector({0.5, 1.5, 2.5, -0.5, -1.5, 0.49999999999999994, 4503599627370497.5})).entries(),
      ElementsAre(0, 2, 2, 0, -2, 0, 4503599627370498));
  EXPECT_THAT(trunc(vector({-1.5, 1.5, -0.0, inf})).entries(), ElementsAre(-1, 1, 0, inf));
  EXPECT_TRUE(std::signbit(round(D(-0.5)).item()));
  EXPECT_TRUE(std::signbit(trunc(D(-0.5)).item()));
  EXPECT_TRUE(std::signbit(ceil(D(-0.5)).item()));
  EXPECT_THAT(floor(D(nan)).item(), IsNan());
}

TEST(SpecialValues, SubnormalsAndInfinitiesFollowTheLibrary) {
  EXPECT_EQ((D(5e-324) + D(0.0)).item(), 5e-324);
  EXPECT_EQ(expm1(D(5e-324)).item(), 5e-324);
  EXPECT_EQ(sin(D(5e-324)).item(), 5e-324);
  EXPECT_EQ(tanh(D(inf)).item(), 1);
  EXPECT_EQ(atan(D(-inf)).item(), -std::atan(inf));
  EXPECT_EQ(exp(D(-inf)).item(), 0);
  EXPECT_EQ(sqrt(D(inf)).item(), inf);
  EXPECT_THAT((D(inf) - D(inf)).item(), IsNan());
  EXPECT_EQ(exp(D(710.0)).item(), inf);
  EXPECT_EQ(derivative([](const D& x) { return tanh(x); }, inf), 0);
  EXPECT_EQ(derivative([](const D& x) { return atan(x); }, -inf), 0);
  for (const double x : {31.0, 1e200, -1e200, inf})
    EXPECT_EQ(derivative([](const D& at) { return erf(at); }, x), 0) << x;
}

TEST(SpecialValues, FloatRulesKeepTheirTailsToo) {
  const auto derivative_f = [](auto f, float at) {
    const auto x = Tensor<float>(Shape{}, {at}).requires_grad_();
    const Tensor<float> y = f(x);
    y.backward();
    return x.grad().item();
  };
  const auto s = [](const Tensor<float>& x) { return sigmoid(x); };
  EXPECT_FLOAT_EQ(derivative_f(s, 40), 4.2483543e-18F);
  EXPECT_EQ(derivative_f(s, 750), 0);
  const auto t = [](const Tensor<float>& x) { return tanh(x); };
  EXPECT_NEAR(derivative_f(t, 19.5F) / (4 * std::exp(-39.0)), 1, 1e-6);
  const auto e = [](const Tensor<float>& x) { return erf(x); };
  EXPECT_NEAR(derivative_f(e, 9.0F) / (1.1283791670955126 * std::exp(-81.0)), 1, 1e-6);
  EXPECT_EQ(derivative_f([](const Tensor<float>& x) { return elu(x); }, 200), 1);
  EXPECT_EQ(pow(Tensor<float>(-2.0F), Tensor<float>(3.0F)).item(), -8);
}

}  // namespace
}  // namespace verigrad
