// Steps, kinks and selections.
#include "engine/elementwise.hpp"
#include "engine/ops/families.hpp"
#include "engine/ops/pieces.hpp"

namespace verigrad {
namespace {

struct Abs : KinkAtZero {
  static constexpr OperationInfo info{
      .signature = "abs(input)",
      .grad_fn = "AbsBackward0",
      .value = "abs(input)",
      .derivative = {"sign(input)"},
      .latex = R"(|x|)",
      .kinks = "input = 0",
      .special = {0, -0.0},
      .needs = {first},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T x) {
    return abs(x);
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    return g * sign(x);
  }
};

struct Sign : FlatPieces, KinkAtZero {
  static constexpr OperationInfo info{
      .signature = "sign(input)",
      .grad_fn = "SignBackward0",
      .value = "sign(input)",
      .derivative = {"0"},
      .latex = R"(\operatorname{sgn} x)",
      .kinks = "input = 0",
      .special = {0, -0.0},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T x) {
    return sign(x);
  }
};

struct Trunc : IntegerSteps {
  static constexpr OperationInfo info{
      .signature = "trunc(input)",
      .grad_fn = "TruncBackward0",
      .value = "trunc(input)",
      .derivative = {"0"},
      .latex = R"(\operatorname{trunc} x)",
      .kinks = "every integer but 0",
      .special = {0, -0.0, 1, -1, 0.5},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T x) {
    return trunc(x);
  }
};

struct Floor : IntegerSteps {
  static constexpr OperationInfo info{
      .signature = "floor(input)",
      .grad_fn = "FloorBackward0",
      .value = "floor(input)",
      .derivative = {"0"},
      .latex = R"(\lfloor x \rfloor)",
      .kinks = "every integer",
      .special = {0, -0.0, 1, -1, 0.5},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T x) {
    return floor(x);
  }
};

struct Ceil : IntegerSteps {
  static constexpr OperationInfo info{
      .signature = "ceil(input)",
      .grad_fn = "CeilBackward0",
      .value = "ceil(input)",
      .derivative = {"0"},
      .latex = R"(\lceil x \rceil)",
      .kinks = "every integer",
      .special = {0, -0.0, 1, -1, 0.5},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T x) {
    return ceil(x);
  }
};

struct Round : FlatPieces {
  static constexpr OperationInfo info{
      .signature = "round(input)",
      .grad_fn = "RoundBackward0",
      .value = "round(input)",
      .derivative = {"0"},
      .latex = R"(\operatorname{round} x)",
      .kinks = "every integer plus 1/2",
      .special = {0, -0.0, 0.5, -0.5, 1.5, 2.5},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T x) {
    return nearbyint(x);
  }
  template <class T>
  static std::int64_t branch(T x) {
    return integer_piece(x + T(0.5));
  }
};

/// As in PyTorch, each operand gets half of the gradient at a tie, and all of it beside a NaN.
struct Minimum {
  static constexpr OperationInfo info{
      .signature = "minimum(input, other)",
      .grad_fn = "MinimumBackward0",
      .value = "minimum(input, other)",
      .derivative = {"where(input < other, 1, 0), 1/2 at a tie",
                     "where(other < input, 1, 0), 1/2 at a tie"},
      .latex = R"(\min(x, y))",
      .kinks = "input = other",
      .special = {0, -0.0, 1},
      .needs = {first | second, first | second},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T a, T b) {
    return minimum(a, b);
  }
  template <std::size_t i, class V>
  static V vjp(const V& g, const V& a, const V& b, const V&) {
    const V &mine = i == 0 ? a : b, &theirs = i == 0 ? b : a;
    return where(mine > theirs, zeros_like(g), where(mine == theirs, g / 2, g));
  }
  template <class T>
  static std::int64_t branch(T a, T b) {
    return a < b ? -1 : a > b ? 1 : 0;
  }
};

/// As in PyTorch, each operand gets half of the gradient at a tie, and all of it beside a NaN.
struct Maximum {
  static constexpr OperationInfo info{
      .signature = "maximum(input, other)",
      .grad_fn = "MaximumBackward0",
      .value = "maximum(input, other)",
      .derivative = {"where(input > other, 1, 0), 1/2 at a tie",
                     "where(other > input, 1, 0), 1/2 at a tie"},
      .latex = R"(\max(x, y))",
      .kinks = "input = other",
      .special = {0, -0.0, 1},
      .needs = {first | second, first | second},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T a, T b) {
    return maximum(a, b);
  }
  template <std::size_t i, class V>
  static V vjp(const V& g, const V& a, const V& b, const V&) {
    const V &mine = i == 0 ? a : b, &theirs = i == 0 ? b : a;
    return where(mine < theirs, zeros_like(g), where(mine == theirs, g / 2, g));
  }
  template <class T>
  static std::int64_t branch(T a, T b) {
    return a < b ? -1 : a > b ? 1 : 0;
  }
};

/// The bounds themselves pass the gradient on.
struct Clamp : BetweenBounds {
  static constexpr OperationInfo info{
      .signature = "clamp(input, min = -inf, max = inf)",
      .grad_fn = "ClampBackward1",
      .value = "minimum(maximum(input, min), max)",
      .derivative = {"1 for min <= input <= max, else 0", "1 for input < min < max, else 0",
                     "1 for input > max or min > max, else 0"},
      .latex = R"(\min(\max(x, a), b))",
      .typical = {Interval{-3, 3}, Interval{-1.5, -0.5}, Interval{0.5, 1.5}},
      .kinks = "input = min, input = max",
      .special = {0, -1, 1},
      .needs = {first | second | third, first | second | third, first | second | third},
  };
  static constexpr bool packed = true;
  static std::string_view grad_fn(const Call& call) {
    return call.is_number[1] && call.is_number[2] ? "ClampBackward1" : "ClampBackward0";
  }
  template <std::size_t i, class V>
  static V vjp(const V& g, const V& x, const V& low, const V& high, const V&) {
    const V zero = zeros_like(g);
    if constexpr (i == 0) {
      return where(x >= low, where(x <= high, g, zero), zero);
    } else if constexpr (i == 1) {
      return where(x < low, where(low < high, g, zero), zero);
    } else {
      return where(x > high, g, where(low > high, g, zero));
    }
  }
};

struct Where {
  static constexpr OperationInfo info{
      .signature = "where(condition, input, other)",
      .grad_fn = "WhereBackward0",
      .value = "where(condition, input, other)",
      .derivative = {"", "where(condition, 1, 0)", "where(condition, 0, 1)"},
      .latex = R"(\begin{cases} x & c \\ y & \neg c \end{cases})",
      .special = {0, 1},
      .needs = {nothing, first, first},
  };
  static constexpr bool packed = true;
  template <class T>
  static T value(T condition, T a, T b) {
    return where(condition != 0, a, b);
  }
  template <std::size_t i, class V>
  static V vjp(const V& g, const V& condition, const V&, const V&, const V&) {
    const V zero = zeros_like(g);
    return i == 1 ? where(condition != 0, g, zero) : where(condition != 0, zero, g);
  }
};

}  // namespace

VERIGRAD_DEFINE_UNARY(abs, Abs)
VERIGRAD_DEFINE_UNARY(sign, Sign)
VERIGRAD_DEFINE_UNARY(trunc, Trunc)
VERIGRAD_DEFINE_UNARY(floor, Floor)
VERIGRAD_DEFINE_UNARY(ceil, Ceil)
VERIGRAD_DEFINE_UNARY(round, Round)
VERIGRAD_DEFINE_BINARY(minimum, Minimum)
VERIGRAD_DEFINE_BINARY(maximum, Maximum)
VERIGRAD_DEFINE_TERNARY(clamp, Clamp)
VERIGRAD_DEFINE_TERNARY(where, Where)

std::vector<const Operation*> piecewise_operations() {
  return {VERIGRAD_ROW(Abs),   VERIGRAD_ROW(Sign),  VERIGRAD_ROW(Trunc),   VERIGRAD_ROW(Floor),
          VERIGRAD_ROW(Ceil),  VERIGRAD_ROW(Round), VERIGRAD_ROW(Minimum), VERIGRAD_ROW(Maximum),
          VERIGRAD_ROW(Clamp), VERIGRAD_ROW(Where)};
}

}  // namespace verigrad
