#include "tests/properties/faults.hpp"

namespace verigrad::properties {

OperationTable wrong_backward(std::string_view operation, Vjp vjp) {
  Operation copy = *find_operation(operation);
  copy.f64.vjp = vjp;
  return operation_table().replace(operation, std::move(copy));
}

OperationTable wrong_forward(std::string_view operation, Forward forward) {
  Operation copy = *find_operation(operation);
  copy.f64.forward = forward;
  return operation_table().replace(operation, std::move(copy));
}

OperationTable wrong_name(std::string_view operation, std::string_view signature) {
  Operation copy = *find_operation(operation);
  copy.info.signature = signature;
  copy.signature = Signature(signature);
  return operation_table().replace(operation, std::move(copy));
}

Tensor<double> right_vjp(std::string_view operation, const Saved<double>& saved,
                         const Tensor<double>& cotangent, std::size_t operand) {
  return find_operation(operation)->f64.vjp(saved, cotangent, operand);
}

}  // namespace verigrad::properties
