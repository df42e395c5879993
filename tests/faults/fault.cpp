#include "tests/faults/fault.hpp"

#include "tests/faults/lines.hpp"

namespace verigrad::faults {
namespace {

std::optional<OperationTable> table_with(const Fault& fault) {
  if (fault.line != 0) return std::nullopt;
  Operation row = *find_operation(fault.where);
  if (fault.vjp != nullptr) row.f64.vjp = fault.vjp;
  if (fault.forward != nullptr) row.f64.forward = fault.forward;
  if (!fault.signature.empty()) {
    row.info.signature = fault.signature;
    row.signature = Signature(fault.signature);
  }
  return operation_table().replace(fault.where, std::move(row));
}

}  // namespace

std::vector<Fault> all_faults() {
  std::vector<Fault> all = rule_faults();
  int number = 0;
  for (const LineFault& fault : line_faults())
    all.push_back(
        {.where = fault.file, .name = fault.name, .line = ++number, .common = fault.common});
  return all;
}

Planted::Planted(const Fault& fault) : table_(table_with(fault)), line_(fault.line) {}

const OperationTable& Planted::operations() const { return table_ ? *table_ : operation_table(); }

}  // namespace verigrad::faults
