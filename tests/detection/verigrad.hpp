#pragma once

#include "tests/detection/checker.hpp"

namespace verigrad::detection {

/// Verigrad as it judges a file with `set method = enclosure`. Of a gradient that is known by its
/// numbers alone the exact value is taken to lie within half an ulp of them, and is judged as a
/// claim; a claim and the engine's gradient are judged by their rules.
std::unique_ptr<Checker> verigrad_by_proof(const Subject& subject, Random random);

/// The same with `set method = finite-difference`.
std::unique_ptr<Checker> verigrad_by_differences(const Subject& subject, Random random);

}  // namespace verigrad::detection
