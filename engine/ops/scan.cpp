// Running sums and products along a dim.
#include "engine/elementwise.hpp"
#include "engine/ops/families.hpp"
#include "engine/ops/lanes.hpp"

namespace verigrad {
namespace {

/// What the scans `op(input, dim: int)` share.
template <class Op>
struct Scan {
  static DimSet along(const Attributes& attributes, const Shape& input) {
    const std::size_t d = checked_dim(Op::name, attributes.integer(0), input);
    DimSet set;
    if (input.rank() > 0) set.set(d);
    return set;
  }
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    along(attributes, operands[0]);
    return operands[0];
  }
};

/// Sums from either end of the lanes, each rounded once.
template <class T>
Tensor<T> running_sums(const Tensor<T>& x, const DimSet& along, bool from_the_end) {
  Tensor<T> out = Tensor<T>::uninitialised(x.shape());
  T* y = out.mutable_data();
  const Lanes<T> lanes(x, along);
  lanes.each([&](std::int64_t, std::int64_t start) {
    CompensatedSum sum;
    for (std::int64_t k = 0; k < lanes.size; ++k) {
      const std::int64_t at = start + (from_the_end ? lanes.size - 1 - k : k) * lanes.inner;
      sum.add(static_cast<double>(x.data()[at]));
      y[at] = static_cast<T>(sum.value());
    }
  });
  return out;
}

template <class T>
Tensor<T> reverse_cumsum(const Tensor<T>& input, std::int64_t dim);

struct CumSum : Scan<CumSum> {
  static constexpr const char* name = "cumsum";
  static constexpr OperationInfo info{
      .signature = "cumsum(input, dim: int)",
      .grad_fn = "CumsumBackward0",
      .value = "y_i = x_0 + ... + x_i along dim",
      .derivative = {"dy_i / dx_j = 1 for j <= i, else 0"},
      .latex = "\\sum_{j \\le i} x_j",
      .special = {0, 1},
  };
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    return running_sums(operands[0], along(attributes, shape), false);
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    return reverse_cumsum(g, saved.attributes().integer(0));
  }
};

struct ReverseCumSum : Scan<ReverseCumSum> {
  static constexpr const char* name = "reverse_cumsum";
  static constexpr OperationInfo info{
      .signature = "reverse_cumsum(input, dim: int)",
      .grad_fn = "FlipBackward0",
      .value = "y_i = x_i + ... + x_(n-1) along dim",
      .derivative = {"dy_i / dx_j = 1 for j >= i, else 0"},
      .latex = "\\sum_{j \\ge i} x_j",
      .special = {0, 1},
      .internal = true,
  };
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    return running_sums(operands[0], along(attributes, shape), true);
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    return cumsum(g, saved.attributes().integer(0));
  }
};

/// With P_i the product of the entries before x_i and R_i = g_i + x_(i+1) R_(i+1), the gradient is
/// P_i R_i: no division, so that zeros among the entries need no special case.
struct CumProd : Scan<CumProd> {
  static constexpr const char* name = "cumprod";
  static constexpr OperationInfo info{
      .signature = "cumprod(input, dim: int)",
      .grad_fn = "CumprodBackward0",
      .value = "y_i = x_0 * ... * x_i along dim",
      .derivative = {"dy_i / dx_j = product of x_k over k <= i, k != j, for j <= i, else 0"},
      .latex = "\\prod_{j \\le i} x_j",
      .special = {0, 1, -1},
      .needs = {first},
  };
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    Tensor<T> out = Tensor<T>::uninitialised(shape);
    T* y = out.mutable_data();
    const Lanes<T> lanes(operands[0], along(attributes, shape));
    lanes.each([&](std::int64_t, std::int64_t start) {
      double product = 1;
      for (std::int64_t k = 0; k < lanes.size; ++k) {
        product *= static_cast<double>(lanes.data[start + k * lanes.inner]);
        y[start + k * lanes.inner] = static_cast<T>(product);
      }
    });
    return out;
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    const Tensor<T> x = saved.operand(0);
    if (x.numel() == 0) return g;
    const DimSet set = along(saved.attributes(), x.shape());
    return grad_enabled() ? recorded(x, g, set) : fused(x, g, set);
  }

 private:
  template <class T>
  static Tensor<T> fused(const Tensor<T>& x, const Tensor<T>& g, const DimSet& set) {
    Tensor<T> out = Tensor<T>::uninitialised(x.shape());
    const Lanes<T> lanes(x, set);
    std::vector<double> before(static_cast<std::size_t>(lanes.size));
    lanes.each([&](std::int64_t, std::int64_t start) {
      double product = 1, rest = 0;
      for (std::int64_t k = 0; k < lanes.size; ++k) {
        before[static_cast<std::size_t>(k)] = product;
        product *= static_cast<double>(lanes.data[start + k * lanes.inner]);
      }
      for (std::int64_t k = lanes.size; k-- > 0;) {
        const std::int64_t at = start + k * lanes.inner;
        if (k + 1 < lanes.size) rest *= static_cast<double>(lanes.data[at + lanes.inner]);
        rest += static_cast<double>(g.data()[at]);
        out.mutable_data()[at] = static_cast<T>(before[static_cast<std::size_t>(k)] * rest);
      }
    });
    return out;
  }

  /// The recurrence by doubling its reach (Hillis and Steele's scan): log2(n) steps.
  template <class T>
  static Tensor<T> recorded(const Tensor<T>& x, const Tensor<T>& g, const DimSet& set) {
    std::array<std::int64_t, 3> sizes{1, 1, 1};  // before, along and after the dim
    std::size_t part = 0;
    for (std::size_t d = 0; d < x.shape().rank(); ++d) {
      if (set[d]) part = 1;
      sizes[part] *= x.shape()[d];
      if (set[d]) part = 2;
    }
    const Shape flat{sizes[0], sizes[1], sizes[2]};
    const std::int64_t n = sizes[1];
    const auto padded = [&](T value, std::int64_t by) {
      const Shape shape = flat.with(1, by);
      return Tensor<T>(shape, std::vector<T>(static_cast<std::size_t>(shape.numel()), value));
    };
    const auto later = [&](const Tensor<T>& t, std::int64_t by) {
      return concat<T>(std::array<Tensor<T>, 2>{slice(t, 1, by, n), padded(T(0), by)}, 1);
    };
    const Tensor<T> entries = reshaped(x, flat);
    const Tensor<T> before = concat<T>(
        std::array<Tensor<T>, 2>{padded(T(1), 1), slice(cumprod(entries, 1), 1, 0, n - 1)}, 1);
    Tensor<T> rest = reshaped(g, flat), factor = later(entries, 1);
    for (std::int64_t reach = 1; reach < n; reach *= 2) {
      rest = rest + factor * later(rest, reach);
      factor = factor * later(factor, reach);
    }
    return reshaped(before * rest, x.shape());
  }
};

template <class Op, class T>
Tensor<T> scan(const Tensor<T>& input, std::int64_t dim) {
  return apply<T>(operation<Op>(), {input}, make_attributes({dim}));
}

template <class T>
Tensor<T> reverse_cumsum(const Tensor<T>& input, std::int64_t dim) {
  return scan<ReverseCumSum>(input, dim);
}

}  // namespace

template <class T>
Tensor<T> cumsum(const Tensor<T>& input, std::int64_t dim) {
  return scan<CumSum>(input, dim);
}
template <class T>
Tensor<T> cumprod(const Tensor<T>& input, std::int64_t dim) {
  return scan<CumProd>(input, dim);
}

#define VERIGRAD_INSTANTIATE(T)                              \
  template Tensor<T> cumsum(const Tensor<T>&, std::int64_t); \
  template Tensor<T> cumprod(const Tensor<T>&, std::int64_t);
VERIGRAD_INSTANTIATE(float)
VERIGRAD_INSTANTIATE(double)
#undef VERIGRAD_INSTANTIATE

std::vector<const Operation*> scan_operations() {
  return {VERIGRAD_ROW(CumSum), VERIGRAD_ROW(CumProd), VERIGRAD_ROW(ReverseCumSum)};
}

}  // namespace verigrad
