// What wrong rules are made of.
#pragma once

#include <algorithm>

#include "engine/functions.hpp"
#include "tests/faults/fault.hpp"

namespace verigrad::faults {

using Entries = Saved<double>;
using Cotangent = Tensor<double>;

/// An operation's name as an argument of a template.
template <std::size_t n>
struct Name {
  char text[n] = {};
  constexpr Name(const char (&name)[n]) { std::copy_n(name, n, text); }  // NOLINT: "sin"
};

/// The right rule, which may not write over the cotangent here.
template <Name operation>
Cotangent right(const Entries& saved, const Cotangent& v, std::size_t operand) {
  const Cotangent held = v;
  return find_operation(operation.text)->f64.vjp(saved, held, operand);
}

constexpr double power_of_ten(int digits) {
  double power = 1;
  for (int i = 0; i < digits; ++i) power *= 10;
  return power;
}

inline constexpr int every_operand = -1;

/// The right rule times 1 + 10^-digits, for one operand or all.
template <Name operation, int digits, int only = every_operand>
Cotangent off(const Entries& saved, const Cotangent& v, std::size_t operand) {
  const Cotangent share = right<operation>(saved, v, operand);
  const bool wrong = only == every_operand || static_cast<std::size_t>(only) == operand;
  return wrong ? share * (1 + 1 / power_of_ten(digits)) : share;
}

/// The right rule times numerator / denominator.
template <Name operation, int numerator, int denominator = 1, int only = every_operand>
Cotangent times(const Entries& saved, const Cotangent& v, std::size_t operand) {
  const Cotangent share = right<operation>(saved, v, operand);
  const bool wrong = only == every_operand || static_cast<std::size_t>(only) == operand;
  return wrong ? share * (double(numerator) / denominator) : share;
}

/// The cotangent as it is.
inline Cotangent handed_on(const Entries&, const Cotangent& v, std::size_t) { return v; }

/// Whether operands and result have one shape.
inline bool one_shape(const Entries& saved) {
  for (std::size_t i = 0; i < saved.operand_count(); ++i)
    if (!(saved.operand_shape(i) == saved.shape())) return false;
  return true;
}

/// Faults of each file.
std::vector<Fault> size_faults();  ///< rules with a relative error
std::vector<Fault> elementwise_faults();
std::vector<Fault> array_faults();   ///< reductions, matrices, layout, normalisation, losses
std::vector<Fault> kernel_faults();  ///< forward kernels, names, rules with a state

}  // namespace verigrad::faults
