// How soon the laws find a fault.
#pragma once

#include "properties/search.hpp"
#include "tests/faults/fault.hpp"

namespace verigrad::faults {

/// The first case that breaks a law under a fault, and obeys that law without it.
struct Kill {
  std::uint64_t cases = 0;  ///< tried until then, that one included
  properties::Failure failure;
};

/// Tries up to `most` cases, made of the faulty operations, whatever table the options name;
/// nothing when none finds the fault.
std::optional<Kill> hunt(const Fault& fault, properties::SearchOptions options, std::uint64_t most);

/// A kill's program, made as small as it gets under the fault.
struct Shrunk {
  std::size_t operations = 0;
  std::size_t nodes = 0;  ///< operations, leaves and numbers
  std::string text;
};
Shrunk shrunk(const Fault& fault, std::uint64_t seed, const Kill& kill);

}  // namespace verigrad::faults
