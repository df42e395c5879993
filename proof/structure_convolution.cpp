// Convolutions over a line or a plane, and their transposes. With s, d and p the stride, the
// dilation and the padding of each dim over which the weight is moved,
//
//   y[b, o, i…] = sum over c, u… of x[b, c', (i s + u d - p)…] w[o, c, u…],
//
// c' being channel c of the group of o, and x 0 outside. The transposes are the derivatives of
// sum(v y) by x and by w.
#include "proof/structure.hpp"

namespace verigrad::proof {
namespace {

/// An attribute's number for dim d of the weight: one for each dim, or one for all.
std::int64_t number_of(const Integers& sizes, std::size_t d) {
  return sizes[sizes.size() == 1 ? 0 : d];
}

struct Convolution {
  /// The attributes stride, padding, dilation and groups start at `first`.
  Convolution(const Shape& x, const Shape& w, const Shape& y, const Attributes& attributes,
              std::size_t first)
      : input(x), weight(w), result(y), groups(attributes.integer(first + 3)) {
    const AttributeValue& padding = attributes.values()[first + 1];
    for (std::size_t d = 0; d + 2 < weight.rank(); ++d) {
      stride[d] = number_of(attributes.integers(first), d);
      dilation[d] = number_of(attributes.integers(first + 2), d);
      if (const auto* sizes = std::get_if<Integers>(&padding))
        before[d] = number_of(*sizes, d);
      else if (std::get<std::string>(padding) == "same")
        before[d] = dilation[d] * (weight[d + 2] - 1) / 2;
    }
  }

  /// Calls f(position in y, position in x, position in w) for every term of the sums.
  template <class F>
  void each_term(F f) const {
    if (weight.numel() == 0) return;
    const std::int64_t taps = weight.numel() / weight[0];
    for (std::int64_t y = 0; y < result.numel(); ++y) {
      const Index out = unravel(y, result);
      const std::int64_t first = out[channel()] * taps;
      for (std::int64_t w = first; w < first + taps; ++w) {
        Index in = out;
        if (meets(unravel(w, weight), out, in)) f(y, ravel(in, input), w);
      }
    }
  }

  /// The dim of the channels.
  std::size_t channel() const { return input.rank() + 1 - weight.rank(); }

  Shape input, weight, result;
  std::int64_t groups;
  Index stride{}, dilation{}, before{};

 private:
  /// Sets `in` to the place that `tap` multiplies for the output at `out`; false outside the input.
  bool meets(const Index& tap, const Index& out, Index& in) const {
    in[channel()] = out[channel()] / (weight[0] / groups) * weight[1] + tap[1];
    for (std::size_t d = 0; d + 2 < weight.rank(); ++d) {
      const std::size_t dim = channel() + 1 + d;
      in[dim] = out[dim] * stride[d] + tap[d + 2] * dilation[d] - before[d];
      if (in[dim] < 0 || in[dim] >= input[dim]) return false;
    }
    return true;
  }
};

void add_product(Field& sums, std::int64_t place, const Series& a, const Series& b) {
  Series& total = sums.entries[static_cast<std::size_t>(place)];
  total = total + a * b;
}

Field convolution(std::span<const Field> x, const Attributes& attributes, const Shape& shape) {
  const Field &input = x[0], &weight = x[1], &bias = x[2];
  const Convolution form(input.shape, weight.shape, shape, attributes, 0);
  Field result = filled(shape, [&](const Index& index) {
    return at(bias, bias.shape.rank() == 0 ? 0 : index[form.channel()]);
  });
  form.each_term([&](std::int64_t y, std::int64_t from, std::int64_t w) {
    add_product(result, y, at(input, from), at(weight, w));
  });
  return result;
}

/// By the input, of shape `shape`.
Field by_input(const Field& v, const Field& weight, const Attributes& attributes,
               const Shape& shape) {
  Field result = zeros(shape);
  Convolution(shape, weight.shape, v.shape, attributes, 1)
      .each_term([&](std::int64_t y, std::int64_t to, std::int64_t w) {
        add_product(result, to, at(v, y), at(weight, w));
      });
  return result;
}

/// By the weight, of shape `shape`.
Field by_weight(const Field& v, const Field& input, const Attributes& attributes,
                const Shape& shape) {
  Field result = zeros(shape);
  Convolution(input.shape, shape, v.shape, attributes, 1)
      .each_term([&](std::int64_t y, std::int64_t from, std::int64_t to) {
        add_product(result, to, at(v, y), at(input, from));
      });
  return result;
}

}  // namespace

std::vector<StructureLine> convolutions() {
  return {
    VERIGRAD_STRUCTURE("conv1d", return convolution(x, attributes, shape);),
        VERIGRAD_STRUCTURE("conv2d", return convolution(x, attributes, shape);),
        VERIGRAD_STRUCTURE("convolution_input", return by_input(x[0], x[1], attributes, shape);),
        VERIGRAD_STRUCTURE("convolution_weight", return by_weight(x[0], x[1], attributes, shape);),
  };
}

}  // namespace verigrad::proof
