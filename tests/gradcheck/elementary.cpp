#include "tests/gradcheck/elementary.hpp"

#include <algorithm>
#include <cmath>

namespace verigrad::test {
namespace {

using A = const Arguments&;
using B = const BallArguments&;

bool everywhere(A) { return true; }
bool positive(A a) { return a[0] > 0; }
bool not_zero(A a) { return a[0] != 0; }
bool inside_one(A a) { return std::fabs(a[0]) < 1; }
std::uint64_t smooth(A) { return 0; }
std::uint64_t sign_of(A a) { return a[0] > 0 ? 1 : 0; }
std::uint64_t clamp_zone(A a) { return a[0] < -1 ? 0 : a[0] > 1 ? 2 : 1; }

Ball one() { return {1.0}; }
Ball squared(const Ball& x) { return x * x; }
Ball sigmoid_of(const Ball& x) {
  return x.value() < 0 ? exp(x) / (one() + exp(x)) : one() / (one() + exp(-x));
}
double softplus_of(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::fabs(x))); }

}  // namespace

const std::vector<Elementary>& elementary_functions() {
  static const std::vector<Elementary> table{
      {"add", 0, [](A a) { return a[0] + a[1]; }, [](B) { return one(); }, everywhere, smooth},
      {"sub (1st)", 0, [](A a) { return a[0] - a[1]; }, [](B) { return one(); }, everywhere,
       smooth},
      {"sub (2nd)", 1, [](A a) { return a[0] - a[1]; }, [](B) { return -one(); }, everywhere,
       smooth},
      {"mul", 0, [](A a) { return a[0] * a[1]; }, [](B b) { return b[1]; }, everywhere, smooth},
      {"div (1st)", 0, [](A a) { return a[0] / a[1]; }, [](B b) { return one() / b[1]; },
       [](A a) { return a[1] != 0; }, smooth},
      {"div (2nd)", 1, [](A a) { return a[0] / a[1]; }, [](B b) { return -b[0] / squared(b[1]); },
       [](A a) { return a[1] != 0; }, smooth},
      {"pow (base)", 0, [](A a) { return std::pow(a[0], a[1]); },
       [](B b) { return b[1] * pow(b[0], b[1] - one()); }, positive, smooth},
      {"pow (exponent)", 1, [](A a) { return std::pow(a[0], a[1]); },
       [](B b) { return log(b[0]) * pow(b[0], b[1]); }, positive, smooth},
      {"square", 0, [](A a) { return a[0] * a[0]; }, [](B b) { return b[0] + b[0]; }, everywhere,
       smooth},
      {"reciprocal", 0, [](A a) { return 1 / a[0]; }, [](B b) { return -one() / squared(b[0]); },
       not_zero, smooth},
      {"exp", 0, [](A a) { return std::exp(a[0]); }, [](B b) { return exp(b[0]); }, everywhere,
       smooth},
      {"expm1", 0, [](A a) { return std::expm1(a[0]); }, [](B b) { return exp(b[0]); }, everywhere,
       smooth},
      {"log", 0, [](A a) { return std::log(a[0]); }, [](B b) { return one() / b[0]; }, positive,
       smooth},
      {"log1p", 0, [](A a) { return std::log1p(a[0]); }, [](B b) { return one() / (one() + b[0]); },
       [](A a) { return a[0] > -1; }, smooth},
      {"log2", 0, [](A a) { return std::log2(a[0]); },
       [](B b) { return one() / (b[0] * log(Ball(2.0))); }, positive, smooth},
      {"log10", 0, [](A a) { return std::log10(a[0]); },
       [](B b) { return one() / (b[0] * log(Ball(10.0))); }, positive, smooth},
      {"sqrt", 0, [](A a) { return std::sqrt(a[0]); },
       [](B b) { return one() / (Ball(2.0) * sqrt(b[0])); }, positive, smooth},
      {"rsqrt", 0, [](A a) { return 1 / std::sqrt(a[0]); },
       [](B b) { return -one() / (Ball(2.0) * b[0] * sqrt(b[0])); }, positive, smooth},
      {"abs", 0, [](A a) { return std::fabs(a[0]); },
       [](B b) { return Ball(b[0].value() > 0 ? 1.0 : -1.0); }, not_zero, sign_of},
      {"sin", 0, [](A a) { return std::sin(a[0]); }, [](B b) { return cos(b[0]); }, everywhere,
       smooth},
      {"cos", 0, [](A a) { return std::cos(a[0]); }, [](B b) { return -sin(b[0]); }, everywhere,
       smooth},
      {"tan", 0, [](A a) { return std::tan(a[0]); }, [](B b) { return one() / squared(cos(b[0])); },
       everywhere, smooth},
      {"asin", 0, [](A a) { return std::asin(a[0]); },
       [](B b) { return one() / sqrt(one() - squared(b[0])); }, inside_one, smooth},
      {"acos", 0, [](A a) { return std::acos(a[0]); },
       [](B b) { return -one() / sqrt(one() - squared(b[0])); }, inside_one, smooth},
      {"atan", 0, [](A a) { return std::atan(a[0]); },
       [](B b) { return one() / (one() + squared(b[0])); }, everywhere, smooth},
      {"atan2 (1st)", 0, [](A a) { return std::atan2(a[0], a[1]); },
       [](B b) { return b[1] / (squared(b[0]) + squared(b[1])); },
       [](A a) { return a[0] != 0 || a[1] != 0; }, smooth},
      {"atan2 (2nd)", 1, [](A a) { return std::atan2(a[0], a[1]); },
       [](B b) { return -b[0] / (squared(b[0]) + squared(b[1])); },
       [](A a) { return a[0] != 0 || a[1] != 0; }, smooth},
      {"sinh", 0, [](A a) { return std::sinh(a[0]); }, [](B b) { return cosh(b[0]); }, everywhere,
       smooth},
      {"cosh", 0, [](A a) { return std::cosh(a[0]); }, [](B b) { return sinh(b[0]); }, everywhere,
       smooth},
      {"tanh", 0, [](A a) { return std::tanh(a[0]); },
       [](B b) { return one() / squared(cosh(b[0])); }, everywhere, smooth},
      {"asinh", 0, [](A a) { return std::asinh(a[0]); },
       [](B b) { return one() / sqrt(one() + squared(b[0])); }, everywhere, smooth},
      {"acosh", 0, [](A a) { return std::acosh(a[0]); },
       [](B b) { return one() / sqrt(squared(b[0]) - one()); }, [](A a) { return a[0] > 1; },
       smooth},
      {"atanh", 0, [](A a) { return std::atanh(a[0]); },
       [](B b) { return one() / (one() - squared(b[0])); }, inside_one, smooth},
      {"sigmoid", 0,
       [](A a) {
         const double e = std::exp(-std::fabs(a[0]));
         return a[0] < 0 ? e / (1 + e) : 1 / (1 + e);
       },
       [](B b) { return sigmoid_of(b[0]) * sigmoid_of(-b[0]); }, everywhere, smooth},
      {"logsigmoid", 0, [](A a) { return -softplus_of(-a[0]); },
       [](B b) { return sigmoid_of(-b[0]); }, everywhere, smooth},
      {"softplus", 0, [](A a) { return softplus_of(a[0]); }, [](B b) { return sigmoid_of(b[0]); },
       everywhere, smooth},
      {"relu", 0, [](A a) { return std::max(a[0], 0.0); },
       [](B b) { return Ball(b[0].value() > 0 ? 1.0 : 0.0); }, not_zero, sign_of},
      {"leaky_relu", 0, [](A a) { return a[0] > 0 ? a[0] : 0.01 * a[0]; },
       [](B b) { return Ball(b[0].value() > 0 ? 1.0 : 0.01); }, not_zero, sign_of},
      {"elu", 0, [](A a) { return a[0] > 0 ? a[0] : std::expm1(a[0]); },
       [](B b) { return b[0].value() > 0 ? one() : exp(b[0]); }, not_zero, sign_of},
      {"erf", 0, [](A a) { return std::erf(a[0]); },
       [](B b) { return Ball(2.0) / sqrt(Ball::pi()) * exp(-squared(b[0])); }, everywhere, smooth},
      {"clamp", 0, [](A a) { return std::clamp(a[0], -1.0, 1.0); },
       [](B b) { return Ball(std::fabs(b[0].value()) < 1 ? 1.0 : 0.0); },
       [](A a) { return std::fabs(a[0]) != 1; }, clamp_zone},
  };
  return table;
}

}  // namespace verigrad::test
