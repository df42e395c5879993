// Which random programs a seed stands for.
#pragma once

#include <cstdint>

#include "properties/genes.hpp"

namespace verigrad::properties {

/// One random program before it is decoded.
struct Case {
  Genes genes;
  Ending ending = Ending::open;
  Stratum stratum = Stratum::regular;
};

/// The case with this number in the sequence that belongs to a seed; the same on every machine and
/// for every order in which cases are drawn.
///
/// Three programs in four have up to 6 instructions, most others up to 12, one in 32 up to 40, and
/// one in 32 is a chain of 24 to 40, each of which takes the newest value. Half of the programs end
/// in a scalar. One case in eight is from a hostile stratum.
Case draw_case(std::uint64_t seed, std::uint64_t number, int instruction_count);

}  // namespace verigrad::properties
