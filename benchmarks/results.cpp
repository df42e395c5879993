#include "benchmarks/results.hpp"

#include <stdexcept>

namespace verigrad::benchmarks {

Results::Results(const nlohmann::json& run) {
  for (const nlohmann::json& each : run.at("benchmarks")) {
    const std::string name = each.at("run_name");
    if (each.value("error_occurred", false))
      throw std::runtime_error(name + ": " + each.value("error_message", "failed"));
    if (each.value("aggregate_name", "") != "median") continue;
    if (each.at("time_unit") != "ns") throw std::runtime_error(name + ": not in ns");
    times_[name] = each.at("cpu_time");
    if (each.contains("allocations")) allocations_[name] = each.at("allocations");
  }
}

std::optional<double> Results::find(const std::string& name) const {
  const auto found = times_.find(name);
  return found == times_.end() ? std::nullopt : std::optional(found->second);
}

double Results::time(const std::string& name) const {
  if (const auto found = find(name)) return *found;
  throw std::runtime_error(name + " was not measured");
}

double Results::allocations(const std::string& name) const {
  const auto found = allocations_.find(name);
  if (found == allocations_.end()) throw std::runtime_error(name + ": no count of allocations");
  return found->second;
}

bool Results::has_contestant(const std::string& contestant) const {
  for (const auto& [name, time] : times_)
    if (("/" + name + "/").find("/" + contestant + "/") != std::string::npos) return true;
  return false;
}

}  // namespace verigrad::benchmarks
