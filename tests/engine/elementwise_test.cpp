// Elementwise operations: values, recorded names, what is saved.
#include <algorithm>
#include <functional>
#include <map>

#include "tests/engine/structural.hpp"

namespace verigrad {
namespace {

using namespace structural;
using testing::ElementsAre;
using testing::HasSubstr;

using Scalar = std::function<double(const std::vector<double>&)>;

double sigmoid_by_hand(double x) { return 1 / (1 + std::exp(-x)); }
double sign_by_hand(double x) { return (x > 0) - (x < 0); }

/// By Gauss's series psi(x) = -gamma + sum 1 / (k + 1) - 1 / (k + x) (DLMF 5.7.6), with the
/// integral and half a term for its tail.
double digamma_by_hand(double x) {
  constexpr int terms = 100000;
  double sum = 0;
  for (int k = terms; k-- > 0;) sum += (x - 1) / ((k + 1) * (k + x));
  const double half_term = (1.0 / (terms + 1) - 1.0 / (terms + x)) / 2;
  return sum + half_term + std::log((terms + x) / (terms + 1)) - 0.57721566490153286;
}

/// The value of every elementwise operation, from the C++ library or the textbook's formula.
const std::map<std::string_view, Scalar>& formulas() {
  using X = const std::vector<double>&;
  static const std::map<std::string_view, Scalar> table = {
      {"add", [](X x) { return x[0] + x[1]; }},
      {"sub", [](X x) { return x[0] - x[1]; }},
      {"mul", [](X x) { return x[0] * x[1]; }},
      {"div", [](X x) { return x[0] / x[1]; }},
      {"neg", [](X x) { return -x[0]; }},
      {"mul_residual",
       [](X x) {
         return static_cast<double>(static_cast<long double>(x[0]) * x[1] - x[0] * x[1]);
       }},
      {"overwrite", [](X x) { return x[1]; }},
      {"lt", [](X x) { return x[0] < x[1]; }},
      {"le", [](X x) { return x[0] <= x[1]; }},
      {"gt", [](X x) { return x[0] > x[1]; }},
      {"ge", [](X x) { return x[0] >= x[1]; }},
      {"eq", [](X x) { return x[0] == x[1]; }},
      {"ne", [](X x) { return x[0] != x[1]; }},
      {"exp", [](X x) { return std::exp(x[0]); }},
      {"expm1", [](X x) { return std::exp(x[0]) - 1; }},
      {"log", [](X x) { return std::log(x[0]); }},
      {"log1p", [](X x) { return std::log(1 + x[0]); }},
      {"log2", [](X x) { return std::log(x[0]) / std::log(2.0); }},
      {"log10", [](X x) { return std::log(x[0]) / std::log(10.0); }},
      {"sqrt", [](X x) { return std::sqrt(x[0]); }},
      {"rsqrt", [](X x) { return 1 / std::sqrt(x[0]); }},
      {"square", [](X x) { return x[0] * x[0]; }},
      {"reciprocal", [](X x) { return 1 / x[0]; }},
      {"pow", [](X x) { return std::pow(x[0], x[1]); }},
      {"sin", [](X x) { return std::sin(x[0]); }},
      {"cos", [](X x) { return std::cos(x[0]); }},
      {"tan", [](X x) { return std::sin(x[0]) / std::cos(x[0]); }},
      {"asin", [](X x) { return std::asin(x[0]); }},
      {"acos", [](X x) { return std::acos(x[0]); }},
      {"atan", [](X x) { return std::atan(x[0]); }},
      {"atan2", [](X x) { return std::atan2(x[0], x[1]); }},
      {"sinh", [](X x) { return (std::exp(x[0]) - std::exp(-x[0])) / 2; }},
      {"cosh", [](X x) { return (std::exp(x[0]) + std::exp(-x[0])) / 2; }},
      {"tanh", [](X x) { return 2 * sigmoid_by_hand(2 * x[0]) - 1; }},
      {"asinh", [](X x) { return std::log(x[0] + std::sqrt(x[0] * x[0] + 1)); }},
      {"acosh", [](X x) { return std::log(x[0] + std::sqrt(x[0] * x[0] - 1)); }},
      {"atanh", [](X x) { return 0.5 * std::log((1 + x[0]) / (1 - x[0])); }},
      {"sigmoid", [](X x) { return sigmoid_by_hand(x[0]); }},
      {"logsigmoid", [](X x) { return std::log(sigmoid_by_hand(x[0])); }},
      {"softplus", [](X x) { return std::log(1 + std::exp(x[0] * x[1])) / x[1]; }},
      {"relu", [](X x) { return std::max(x[0], 0.0); }},
      {"leaky_relu", [](X x) { return x[0] > 0 ? x[0] : x[1] * x[0]; }},
      {"elu", [](X x) { return x[0] > 0 ? x[0] : x[1] * (std::exp(x[0]) - 1); }},
      {"erf", [](X x) { return 1 - std::erfc(x[0]); }},
      {"abs", [](X x) { return std::max(x[0], -x[0]); }},
      {"sign", [](X x) { return sign_by_hand(x[0]); }},
      {"trunc", [](X x) { return x[0] < 0 ? std::ceil(x[0]) : std::floor(x[0]); }},
      {"floor", [](X x) { return std::floor(x[0]); }},
      {"ceil", [](X x) { return -std::floor(-x[0]); }},
      {"round", [](X x) { return std::floor(x[0] + 0.5); }},
      {"minimum", [](X x) { return std::min(x[0], x[1]); }},
      {"maximum", [](X x) { return std::max(x[0], x[1]); }},
      {"clamp", [](X x) { return std::min(std::max(x[0], x[1]), x[2]); }},
      {"where", [](X x) { return x[0] != 0 ? x[1] : x[2]; }},
      {"exp2", [](X x) { return std::exp(x[0] * std::log(2.0)); }},
      {"cbrt", [](X x) { return std::copysign(std::pow(std::abs(x[0]), 1.0 / 3), x[0]); }},
      {"hypot", [](X x) { return std::sqrt(x[0] * x[0] + x[1] * x[1]); }},
      {"logaddexp", [](X x) { return std::log(std::exp(x[0]) + std::exp(x[1])); }},
      {"xlogy", [](X x) { return x[0] * std::log(x[1]); }},
      {"erfc", [](X x) { return 1 - std::erf(x[0]); }},
      {"lgamma", [](X x) { return std::log(std::tgamma(x[0])); }},
      {"digamma", [](X x) { return digamma_by_hand(x[0]); }},
      {"sinc", [](X x) { return std::sin(M_PI * x[0]) / (M_PI * x[0]); }},
      {"silu", [](X x) { return x[0] * sigmoid_by_hand(x[0]); }},
      {"silu_derivative",
       [](X x) {
         const double s = sigmoid_by_hand(x[0]);
         return s + x[0] * s * (1 - s);
       }},
      {"mish", [](X x) { return x[0] * std::tanh(std::log(1 + std::exp(x[0]))); }},
      {"mish_derivative",
       [](X x) {
         const double t = std::tanh(std::log(1 + std::exp(x[0])));
         return t + x[0] * (1 - t * t) * sigmoid_by_hand(x[0]);
       }},
      {"ndtr", [](X x) { return 0.5 + 0.5 * std::erf(x[0] / std::sqrt(2)); }},
      {"gelu_derivative",
       [](X x) {
         return 0.5 + 0.5 * std::erf(x[0] / std::sqrt(2)) +
                x[0] * std::exp(-x[0] * x[0] / 2) / std::sqrt(2 * M_PI);
       }},
      {"gelu_tanh_derivative",
       [](X x) {
         const double k = std::sqrt(2 / M_PI),
                      t = std::tanh(k * (x[0] + 0.044715 * x[0] * x[0] * x[0]));
         return (1 + t) / 2 + x[0] / 2 * (1 - t * t) * k * (1 + 0.134145 * x[0] * x[0]);
       }},
      {"hardswish", [](X x) { return x[0] * std::clamp(x[0] + 3, 0.0, 6.0) / 6; }},
      {"hardtanh", [](X x) { return std::clamp(x[0], x[1], x[2]); }},
      {"softsign", [](X x) { return x[0] / (1 + std::abs(x[0])); }},
      {"celu", [](X x) { return x[0] > 0 ? x[0] : x[1] * (std::exp(x[0] / x[1]) - 1); }},
      {"exp_quotient", [](X x) { return std::exp(x[0] / x[1]); }},
      {"scaled_expm1_by_scale",
       [](X x) { return std::exp(x[0] / x[1]) - 1 - x[0] / x[1] * std::exp(x[0] / x[1]); }},
      {"selu",
       [](X x) {
         return 1.0507009873554805 * (x[0] > 0 ? x[0] : 1.6732632423543772 * (std::exp(x[0]) - 1));
       }},
      {"threshold", [](X x) { return x[0] > x[1] ? x[0] : x[2]; }},
      {"fmod", [](X x) { return x[0] - x[1] * std::trunc(x[0] / x[1]); }},
      {"remainder", [](X x) { return x[0] - x[1] * std::floor(x[0] / x[1]); }},
  };
  return table;
}

/// The k-th ordinary value of an operand, spread evenly over its typical range.
double ordinary(const Operation& operation, std::size_t operand, int k) {
  const Interval& range = operation.info.typical[operand];
  const double step = 0.6180339887498949 * (k + 1) + 0.3819 * static_cast<double>(operand);
  return range.lower + (range.upper - range.lower) * (step - std::floor(step));
}

template <class T>
void expect_values(const Operation& operation, const Scalar& formula, double tolerance) {
  constexpr int count = 40;
  const std::size_t arity = operation.signature.operand_count();
  std::vector<Tensor<T>> operands;
  for (std::size_t i = 0; i < arity; ++i) {
    operands.push_back(Tensor<T>::uninitialised(Shape{count}));
    for (int k = 0; k < count; ++k)
      operands[i].mutable_data()[k] = static_cast<T>(ordinary(operation, i, k));
  }
  const Tensor<T> y = apply<T>(operation, Operands<T>(operands));
  for (int k = 0; k < count; ++k) {
    std::vector<double> x;
    for (const Tensor<T>& operand : operands) x.push_back(static_cast<double>(operand[k]));
    const double expected = formula(x);
    EXPECT_NEAR(static_cast<double>(y[k]), expected, tolerance * std::max(1.0, std::abs(expected)))
        << operation.name() << " at " << testing::PrintToString(x);
  }
}

TEST(Elementwise, ValuesAreTheFormulas) {
  for (const Operation* operation : operations()) {
    if (!operation->elementwise) continue;
    const auto formula = formulas().find(operation->name());
    ASSERT_NE(formula, formulas().end()) << operation->name() << " has no formula here";
    expect_values<double>(*operation, formula->second, 1e-14);
    expect_values<float>(*operation, formula->second, 4e-7);
  }
}

TEST(Elementwise, BroadcastsAsNumPyDoes) {
  const D row = vector({1, 2, 3}), column(Shape{2, 1}, {10, 20});
  expect_equal(row + column, Shape{2, 3}, {11, 12, 13, 21, 22, 23});
  expect_equal(column - row, Shape{2, 3}, {9, 8, 7, 19, 18, 17});
  expect_equal(row * D(2.0), Shape{3}, {2, 4, 6});
  expect_equal(where(vector({1, 0, 1}), column, row), Shape{2, 3}, {10, 2, 10, 20, 2, 20});
  expect_equal(clamp(row, column, D(15.0)), Shape{2, 3}, {10, 10, 10, 15, 15, 15});
  EXPECT_EQ((D::uninitialised(Shape{0, 3}) + row).shape(), (Shape{0, 3}));
  EXPECT_EQ((D::uninitialised(Shape{2, 0}) * D(Shape{2, 1}, {1, 2})).shape(), (Shape{2, 0}));
  EXPECT_EQ((D::uninitialised(Shape{0}) + vector({1})).shape(), (Shape{0}));
}

TEST(Elementwise, ReadsEveryOperandAtItsOwnStrides) {
  const D a = counted(Shape{2, 1, 3, 1}), b = counted(Shape{4, 1, 2}), y = a * D(100.0) + b;
  ASSERT_EQ(y.shape(), (Shape{2, 4, 3, 2}));
  std::int64_t at = 0;
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 4; ++j)
      for (int k = 0; k < 3; ++k)
        for (int l = 0; l < 2; ++l) EXPECT_EQ(y[at++], 100 * (3 * i + k) + 2 * j + l);
}

TEST(Elementwise, RefusesShapesThatDoNotBroadcast) {
  const std::string text = error_of([] { varied(Shape{2, 3}) + varied(Shape{2}); });
  EXPECT_THAT(text, HasSubstr("add"));
  EXPECT_THAT(text, HasSubstr("[2, 3]"));
  EXPECT_THAT(text, HasSubstr("[2]"));
  EXPECT_THAT(error_of([] { where(varied(Shape{2}), varied(Shape{3}), D(1.0)); }),
              HasSubstr("where"));
}

TEST(Elementwise, NamesAreThoseOfPyTorch113) {
  const std::map<std::string_view, std::string_view> names = {
      {"add", "AddBackward0"},
      {"sub", "SubBackward0"},
      {"mul", "MulBackward0"},
      {"div", "DivBackward0"},
      {"neg", "NegBackward0"},
      {"exp", "ExpBackward0"},
      {"expm1", "Expm1Backward0"},
      {"log", "LogBackward0"},
      {"log1p", "Log1PBackward0"},
      {"log2", "Log2Backward0"},
      {"log10", "Log10Backward0"},
      {"sqrt", "SqrtBackward0"},
      {"rsqrt", "RsqrtBackward0"},
      {"square", "PowBackward0"},
      {"reciprocal", "ReciprocalBackward0"},
      {"pow", "PowBackward1"},
      {"sin", "SinBackward0"},
      {"cos", "CosBackward0"},
      {"tan", "TanBackward0"},
      {"asin", "AsinBackward0"},
      {"acos", "AcosBackward0"},
      {"atan", "AtanBackward0"},
      {"atan2", "Atan2Backward0"},
      {"sinh", "SinhBackward0"},
      {"cosh", "CoshBackward0"},
      {"tanh", "TanhBackward0"},
      {"asinh", "AsinhBackward0"},
      {"acosh", "AcoshBackward0"},
      {"atanh", "AtanhBackward0"},
      {"sigmoid", "SigmoidBackward0"},
      {"logsigmoid", "LogSigmoidBackward0"},
      {"softplus", "SoftplusBackward0"},
      {"relu", "ReluBackward0"},
      {"leaky_relu", "LeakyReluBackward0"},
      {"elu", "EluBackward0"},
      {"erf", "ErfBackward0"},
      {"abs", "AbsBackward0"},
      {"sign", "SignBackward0"},
      {"trunc", "TruncBackward0"},
      {"floor", "FloorBackward0"},
      {"ceil", "CeilBackward0"},
      {"round", "RoundBackward0"},
      {"minimum", "MinimumBackward0"},
      {"maximum", "MaximumBackward0"},
      {"clamp", "ClampBackward0"},
      {"where", "WhereBackward0"},
      {"exp2", "Exp2Backward0"},
      {"cbrt", "CbrtBackward0"},
      {"hypot", "HypotBackward0"},
      {"logaddexp", "LogaddexpBackward0"},
      {"xlogy", "XlogyBackward0"},
      {"erfc", "ErfcBackward0"},
      {"lgamma", "LgammaBackward0"},
      {"digamma", "DigammaBackward0"},
      {"sinc", "SincBackward0"},
      {"silu", "SiluBackward0"},
      {"silu_derivative", "SiluDerivativeBackward0"},
      {"mish", "MishBackward0"},
      {"mish_derivative", "MishDerivativeBackward0"},
      {"ndtr", "SpecialNdtrBackward0"},
      {"gelu_derivative", "GeluDerivativeBackward0"},
      {"gelu_tanh_derivative", "GeluTanhDerivativeBackward0"},
      {"hardswish", "HardswishBackward0"},
      {"hardtanh", "HardtanhBackward0"},
      {"softsign", "DivBackward0"},
      {"overwrite", "CopyBackwards"},
      {"celu", "CeluBackward0"},
      {"exp_quotient", "ExpQuotientBackward0"},
      {"scaled_expm1_by_scale", "ScaledExpm1ByScaleBackward0"},
      {"selu", "EluBackward0"},
      {"threshold", "ThresholdBackward0"},
      {"fmod", "FmodBackward1"},
      {"remainder", "RemainderBackward1"},
  };
  for (const Operation* operation : operations()) {
    if (!operation->elementwise || !operation->differentiable()) continue;
    Tensors operands(operation->signature.operand_count());
    for (std::size_t i = 0; i < operands.size(); ++i)
      operands[i] = leaf(vector({ordinary(*operation, i, 1)}));
    const auto found = names.find(operation->name());
    ASSERT_NE(found, names.end()) << operation->name();
    EXPECT_EQ(apply<double>(*operation, Operands<double>(operands)).grad_fn(), found->second);
  }
}

TEST(Elementwise, NamesTellNumbersFromTensors) {
  const D x = leaf(vector({2})), scalar = D(Shape{}, {2.0});
  EXPECT_EQ(pow(x, 2.0).grad_fn(), "PowBackward0");
  EXPECT_EQ(pow(x, scalar).grad_fn(), "PowBackward1");
  EXPECT_EQ(pow(2.0, x).grad_fn(), "PowBackward2");
  EXPECT_EQ(pow(scalar, x).grad_fn(), "PowBackward1");
  EXPECT_EQ((1.0 - x).grad_fn(), "RsubBackward1");
  EXPECT_EQ((x - 1.0).grad_fn(), "SubBackward0");
  EXPECT_EQ((scalar - x).grad_fn(), "SubBackward0");
  EXPECT_EQ((1.0 / x).grad_fn(), "MulBackward0");
  EXPECT_EQ((x / 2.0).grad_fn(), "DivBackward0");
  EXPECT_EQ(clamp(x, -1.0, 1.0).grad_fn(), "ClampBackward1");
  EXPECT_EQ(clamp(x, scalar, scalar).grad_fn(), "ClampBackward0");
  EXPECT_TRUE((D(1.0) + D(2.0)).is_number());
  EXPECT_FALSE((D(1.0) + scalar).is_number());
}

TEST(Elementwise, ComparisonsAreNeverRecorded) {
  const D x = leaf(vector({1, 2, 3}));
  for (const D& mask : {x<2.0, x <= 2.0, x> 2.0, x >= 2.0, x == 2.0, x != 2.0}) {
    EXPECT_FALSE(mask.requires_grad());
    EXPECT_EQ(mask.grad_fn(), "");
  }
  EXPECT_THAT((x < 2.0).entries(), ElementsAre(1, 0, 0));
  EXPECT_THAT((x == D(nan)).entries(), ElementsAre(0, 0, 0));
  EXPECT_THAT((x != D(nan)).entries(), ElementsAre(1, 1, 1));
}

/// Whether a graph can be walked twice, which it can when it saved nothing.
bool survives_backward(const D& y) {
  y.backward(varied(y.shape()));
  return error_of([&] { y.backward(varied(y.shape())); }) == "no error";
}

TEST(Elementwise, RulesThatNeedNoValueSaveNone) {
  const D x = leaf(vector({1.5, 2.5}));
  for (const D& y : {x + 1.0, x + x, -x, x - 1.0, x - x, 1.0 - x, sign(x), floor(x), round(x)})
    EXPECT_TRUE(survives_backward(y)) << y.grad_fn();
  for (const D& y : {x * 3.0, x / 2.0, exp(x), log(x), pow(x, 2.0), abs(x), relu(x), x * x,
                     where(x, x, D(0.0)), minimum(x, D(2.0)), clamp(x, 0.0, 1.0)})
    EXPECT_FALSE(survives_backward(y)) << y.grad_fn();
}

TEST(Elementwise, DerivativesByOneOperandSaveOnlyWhatTheyNeed) {
  D x = leaf(vector({1.5, 2.5})), c = vector({2, 3});
  const D product = c * x, quotient = x / c, power = pow(c, x), chosen = where(c, x, D(0.0));
  {
    NoGrad guard;
    x.mul_(D(2.0));
  }
  EXPECT_EQ(gradient_of(product, x, vector({1, 1}))[1], 3);
  EXPECT_EQ(gradient_of(quotient, x, vector({1, 1}))[0], 0.5);
  EXPECT_EQ(gradient_of(chosen, x, vector({1, 1}))[0], 1);
  EXPECT_THAT(error_of([&] { gradient_of(power, x); }),
              HasSubstr("modified by an inplace operation"));
  const D exponential = exp(x);
  {
    NoGrad guard;
    x.mul_(D(2.0));
  }
  EXPECT_EQ(gradient_of(exponential, x, vector({1, 0}))[0], exponential[0]);
}

}  // namespace
}  // namespace verigrad
