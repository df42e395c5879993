#include "tests/faults/survey.hpp"

#include <algorithm>
#include <cmath>

#include "engine/arithmetic.hpp"
#include "properties/instructions.hpp"
#include "properties/laws.hpp"

namespace verigrad::faults {
namespace {

/// The rule that `scaled` calls, and by how much its result is off.
struct Scale {
  Vjp rule = nullptr;
  double factor = 1;
};
thread_local Scale scale;

Tensor<double> scaled(const Saved<double>& saved, const Tensor<double>& v, std::size_t operand) {
  const Tensor<double> held = v;  // the rule may not write over it
  return scale.rule(saved, held, operand) * scale.factor;
}

}  // namespace

FaultRow survey(const Fault& fault, const Plan& plan) {
  FaultRow row{.fault = fault};
  for (const std::uint64_t seed : plan.seeds) {
    const std::optional<Kill> kill = hunt(fault, {.seed = seed}, plan.most);
    if (!kill) continue;
    if (row.found++ == 0) {
      row.law = kill->failure.law;
      row.smallest = shrunk(fault, seed, *kill);
    }
    row.cases += static_cast<double>(kill->cases);
  }
  if (row.found > 0) row.cases /= static_cast<double>(row.found);
  return row;
}

void survey_alone(const FaultRow& row, const Plan& plan,
                  const std::function<void(const properties::Law&)>& found) {
  for (const properties::Law& law : properties::laws())
    if (hunt(row.fault, {.seed = plan.seeds.front(), .laws = {&law}}, plan.alone)) found(law);
}

SizeRow smallest_error(std::string_view operation, const Plan& plan) {
  SizeRow row{.operation = operation};
  const Fault fault{.where = operation, .name = "off by a factor", .vjp = scaled};
  for (int digits = 1; digits <= plan.digits; ++digits) {
    scale = {find_operation(operation)->f64.vjp, 1 + std::pow(10.0, -digits)};
    const std::optional<Kill> kill =
        hunt(fault, {.seed = plan.seeds.front(), .only = {std::string(operation)}}, plan.sized);
    if (!kill) break;
    row.digits = digits;
    row.law = kill->failure.law;
  }
  return row;
}

std::vector<std::string_view> drawn_operations() {
  std::vector<std::string_view> names;
  for (const Operation* operation : properties::drawn_operations(operation_table()))
    names.push_back(operation->name());
  std::ranges::sort(names);
  return names;
}

}  // namespace verigrad::faults
