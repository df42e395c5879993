#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace verigrad::benchmarks {

/// What the page says beside the times.
struct PageContext {
  std::string command, processor, compiler, blas;
};

/// docs/performance.md from Google Benchmark's JSON and that of `peak_memory`. Throws
/// std::runtime_error when a contestant failed or a time of ours or of a floor is missing.
std::string performance_page(const nlohmann::json& results, const nlohmann::json& memory,
                             const PageContext& context);

}  // namespace verigrad::benchmarks
