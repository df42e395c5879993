#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace verigrad::benchmarks {

/// The medians of a run, by the benchmarks' names.
class Results {
 public:
  /// Reads Google Benchmark's JSON. Throws std::runtime_error when a benchmark reported an error.
  explicit Results(const nlohmann::json& run);

  /// CPU time in ns; `find` is empty for what was not measured, `time` throws std::runtime_error.
  std::optional<double> find(const std::string& name) const;
  double time(const std::string& name) const;
  /// Heap blocks a step.
  double allocations(const std::string& name) const;
  bool has_contestant(const std::string& contestant) const;

 private:
  std::map<std::string, double> times_, allocations_;
};

}  // namespace verigrad::benchmarks
