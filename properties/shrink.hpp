// Making a counterexample small.
#pragma once

#include <functional>

#include "properties/genes.hpp"
#include "properties/specimen.hpp"

namespace verigrad::properties {

/// Genes that still fail, with instructions dropped and numbers moved towards 0, the simplest
/// choice, by RapidCheck's shrinking of vectors and integers. `genes` must fail.
Genes shrink_genes(Genes genes, const std::function<bool(const Genes&)>& fails);

/// Whether a specimen still shows what is being looked for. Engine errors count as "no".
using Fails = std::function<bool(const Specimen&)>;

/// A specimen that still fails and that no single step makes smaller. Steps are, until none helps:
/// take an operand of the output for the output; let a value be replaced by an operand of
/// the same shape; turn a computed value into an input; shrink an input's shape to a scalar, or one
/// of its dims to 1; replace entries by 0, 1/2 or 1, all of an input's at once and then one by one.
/// `specimen` must fail.
Specimen shrink(const Specimen& specimen, const Fails& fails);

}  // namespace verigrad::properties
