// The entries of random inputs.
#pragma once

#include "engine/random.hpp"
#include "properties/genes.hpp"

namespace verigrad::properties {

/// One entry of an input of the stratum.
double draw_entry(Stratum stratum, Random& random);

/// Results with larger entries are scaled down.
double largest_entry(Stratum stratum);

}  // namespace verigrad::properties
