// RapidCheck's view of genes; the only header here that needs RapidCheck.
#pragma once

#include <rapidcheck.h>

#include "properties/genes.hpp"

namespace verigrad::properties {

/// Genes of up to 6 to 18 instructions, growing with RapidCheck's size. Shrinks by dropping
/// instructions and by moving each number towards 0, the simplest choice.
rc::Gen<Genes> arbitrary_genes(const OperationTable& operations = operation_table());

}  // namespace verigrad::properties
