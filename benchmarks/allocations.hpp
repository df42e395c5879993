#pragma once

#include <cstdint>

namespace verigrad::benchmarks {

/// How many blocks this program has asked the heap for. The program that links allocations.cpp has
/// malloc and its relatives replaced by counting ones, under `new`, Eigen and every library.
std::uint64_t allocations();

}  // namespace verigrad::benchmarks
