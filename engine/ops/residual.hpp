#pragma once

namespace verigrad {

/// (a - b) - difference, where `difference` is a - b as rounded: exactly what the rounding took
/// (Knuth's TwoSum), unless something overflows.
template <class V>
V sub_residual(const V& a, const V& b, const V& difference) {
  const V carried = difference - a;
  return (a - (difference - carried)) - (b + carried);
}

}  // namespace verigrad
