#include "tests/properties/faults.hpp"

#include <deque>

namespace verigrad::properties {
namespace {

Substitution keep(const Operation* original, Operation copy) {
  static std::deque<Operation> rows;  // growth must not move rows that programs point to
  return {original, &rows.emplace_back(std::move(copy))};
}

}  // namespace

Substitution wrong_backward(std::string_view operation, Vjp vjp) {
  const Operation* original = find_operation(operation);
  Operation copy = *original;
  copy.f64.set_vjp(vjp);
  return keep(original, std::move(copy));
}

Substitution wrong_forward(std::string_view operation, Forward forward) {
  const Operation* original = find_operation(operation);
  Operation copy = *original;
  copy.f64.forward = forward;
  return keep(original, std::move(copy));
}

Substitution wrong_name(std::string_view operation, std::string_view signature) {
  const Operation* original = find_operation(operation);
  Operation copy = *original;
  copy.info.signature = signature;
  copy.signature = Signature(signature);
  return keep(original, std::move(copy));
}

Tensor<double> right_vjp(std::string_view operation, const Saved<double>& saved,
                         const Tensor<double>& cotangent, std::size_t operand) {
  return find_operation(operation)->f64.vjp(saved, cotangent, operand);
}

}  // namespace verigrad::properties
