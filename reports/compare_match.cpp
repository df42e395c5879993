#include "reports/compare_match.hpp"

namespace verigrad::reports {

std::string identity(const CheckResult& check) {
  return fmt::format("{}\n{}\n{}\n{}\n{}", to_string(check.kind), check.name.value_or(""),
                     check.output.value_or(""), fmt::join(check.wrt, "\t"),
                     check.dtype.value_or(""));
}

std::string identity(const AccuracyRow& row) {
  return fmt::format("{}\n{}\n{}\n{}", row.name, row.output, row.wrt, row.dtype);
}

std::string kind_of(const CheckResult& check) { return std::string(to_string(check.kind)); }
std::string kind_of(const AccuracyRow& /*row*/) { return "row"; }

}  // namespace verigrad::reports
