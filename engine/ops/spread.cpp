// Variance and standard deviation.
#include <limits>

#include "engine/elementwise.hpp"
#include "engine/ops/families.hpp"
#include "engine/ops/lanes.hpp"

namespace verigrad {
namespace {

/// What var and std share: `op(input, dim: dims, unbiased: flag, keepdim: flag)`.
template <class Op>
struct Spread {
  static DimSet dims(const Attributes& attributes, const Shape& input) {
    return dim_set(Op::name, attributes, 0, input);
  }
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    return reduced(operands[0], dims(attributes, operands[0]), attributes.flag(2));
  }

  /// The number of entries less the correction, at least 0: what the squares are divided by.
  static double freedom(const Attributes& attributes, std::int64_t n) {
    return static_cast<double>(std::max<std::int64_t>(0, n - (attributes.flag(1) ? 1 : 0)));
  }
  static std::int64_t count(const Shape& input, const DimSet& set) {
    std::int64_t n = 1;
    for (std::size_t d = 0; d < input.rank(); ++d) n *= set[d] ? input[d] : 1;
    return n;
  }

  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    Tensor<T> out = Tensor<T>::uninitialised(shape);
    T* y = out.mutable_data();
    const Lanes<T> lanes(operands[0], dims(attributes, operands[0].shape()));
    std::vector<double> lane_entries(static_cast<std::size_t>(lanes.size));
    lanes.each([&](std::int64_t lane, std::int64_t start) {
      for (std::int64_t k = 0; k < lanes.size; ++k)
        lane_entries[static_cast<std::size_t>(k)] =
            static_cast<double>(lanes.data[start + k * lanes.inner]);
      const double scale = power_of_two(lane_entries);
      const double squares = squared_deviations(lane_entries, scale);
      y[lane] = static_cast<T>(Op::from(squares / freedom(attributes, lanes.size), scale));
    });
    return out;
  }

 protected:
  /// The entries less their mean. Moving a lane by any constant changes nothing, so its first entry
  /// is taken off beforehand: what is left of a lane far from 0 then has all its digits.
  template <class T>
  static Tensor<T> deviations(const Tensor<T>& x, const DimSet& set) {
    Tensor<T> origin = x.detach();
    Integers along;
    for (std::size_t d = 0; d < x.shape().rank(); ++d)
      if (set[d]) {
        along.push_back(static_cast<std::int64_t>(d));
        origin = slice(origin, along.back(), 0, 1);
      }
    const Tensor<T> moved = x - origin;
    return moved - mean(moved, along, true);
  }

 private:
  /// 2^k near the greatest magnitude, so that squares of entries divided by it neither overflow nor
  /// vanish; 1 when there is none.
  static double power_of_two(const std::vector<double>& x) {
    double greatest = 0;
    for (double entry : x) greatest = std::max(greatest, std::abs(entry));
    if (greatest == 0 || !std::isfinite(greatest)) return 1;
    return std::ldexp(1.0, std::clamp(std::ilogb(greatest), -1021, 1022));
  }

  /// The sum of (x[i] - mean)^2 / scale^2 in two passes. Taking the first entry off beforehand
  /// makes the mean as accurate as the deviations are, however far from 0 they lie.
  static double squared_deviations(std::vector<double>& x, double scale) {
    const auto n = static_cast<std::int64_t>(x.size());
    if (n == 0) return 0;
    const double origin = x[0] / scale;
    for (double& entry : x) entry = entry / scale - origin;
    const double mean = pairwise_sum(x.data(), n) / static_cast<double>(n);
    for (double& entry : x) entry = (entry - mean) * (entry - mean);
    return pairwise_sum(x.data(), n);
  }
};

/// NaN when nothing is left to divide by, as for one entry with `unbiased`.
struct Var : Spread<Var> {
  static constexpr const char* name = "var";
  static constexpr OperationInfo info{
      .signature = "var(input, dim: dims = None, unbiased: flag = True, keepdim: flag = False)",
      .grad_fn = "VarBackward0",
      .value = "sum((input - mean)^2) / (n - 1) over dim or all entries; / n unless unbiased",
      .derivative = {"2 (input - mean) / (n - 1), or / n unless unbiased"},
      .latex = R"(\frac{1}{n - 1} \sum_i (x_i - \bar{x})^2)",
      .special = {0, 1},
      .needs = {first},
  };
  static double from(double variance, double scale) { return variance * scale * scale; }

  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    const Tensor<T> x = saved.operand(0);
    const DimSet set = dims(saved.attributes(), x.shape());
    const double divisor = freedom(saved.attributes(), count(x.shape(), set));
    const Tensor<T> share =
        reshaped(g, reduced(x.shape(), set, true)) * static_cast<T>(2 / divisor);
    return deviations(x, set) * share;
  }
};

/// The square root of var. Where all entries are equal its derivative does not exist; the one
/// given is 0, as in PyTorch.
struct Std : Spread<Std> {
  static constexpr const char* name = "std";
  static constexpr OperationInfo info{
      .signature = "std(input, dim: dims = None, unbiased: flag = True, keepdim: flag = False)",
      .grad_fn = "StdBackward0",
      .value = "sqrt(var(input, dim, unbiased, keepdim))",
      .derivative = {"(input - mean) / ((n - 1) y), or / (n y) unless unbiased; 0 at y = 0"},
      .latex = R"(\sqrt{\frac{1}{n - 1} \sum_i (x_i - \bar{x})^2})",
      .kinks = "where all entries are equal",
      .special = {0, 1},
      .needs = {first | result},
  };
  static double from(double variance, double scale) { return std::sqrt(variance) * scale; }

  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    const Tensor<T> x = saved.operand(0);
    const DimSet set = dims(saved.attributes(), x.shape());
    const Shape kept = reduced(x.shape(), set, true);
    const double divisor = freedom(saved.attributes(), count(x.shape(), set));
    const Tensor<T> y = reshaped(saved.result(), kept), zero(T(0));
    const Tensor<T> flat = y == zero;
    const Tensor<T> slope = deviations(x, set) / where(flat, Tensor<T>(T(1)), y);
    return where(flat, zero, slope * (reshaped(g, kept) * static_cast<T>(1 / divisor)));
  }
  template <class T>
  static void branch(Operands<T> operands, const Attributes& attributes, Branches& branches) {
    const Lanes<T> lanes(operands[0], dims(attributes, operands[0].shape()));
    lanes.each([&](std::int64_t, std::int64_t start) {
      bool flat = true;
      for (std::int64_t k = 1; k < lanes.size; ++k)
        flat = flat && lanes.data[start + k * lanes.inner] == lanes.data[start];
      branches.add(flat ? 0 : 1);
    });
  }
};

template <class Op, class T>
Tensor<T> spread(const Tensor<T>& input, AttributeValue dims, bool unbiased, bool keepdim) {
  return apply<T>(operation<Op>(), {input}, make_attributes({std::move(dims), unbiased, keepdim}));
}

}  // namespace

#define VERIGRAD_DEFINE_SPREAD(function, Op)                                                      \
  template <class T>                                                                              \
  Tensor<T> function(const Tensor<T>& input) {                                                    \
    return spread<Op>(input, std::monostate(), true, false);                                      \
  }                                                                                               \
  template <class T>                                                                              \
  Tensor<T> function(const Tensor<T>& input, const Integers& dims, bool unbiased, bool keepdim) { \
    return spread<Op>(input, dims, unbiased, keepdim);                                            \
  }                                                                                               \
  template Tensor<float> function(const Tensor<float>&);                                          \
  template Tensor<double> function(const Tensor<double>&);                                        \
  template Tensor<float> function(const Tensor<float>&, const Integers&, bool, bool);             \
  template Tensor<double> function(const Tensor<double>&, const Integers&, bool, bool);

VERIGRAD_DEFINE_SPREAD(var, Var)
VERIGRAD_DEFINE_SPREAD(std, Std)
#undef VERIGRAD_DEFINE_SPREAD

std::vector<const Operation*> spread_operations() { return {VERIGRAD_ROW(Var), VERIGRAD_ROW(Std)}; }

}  // namespace verigrad
