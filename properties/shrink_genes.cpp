#include <rapidcheck.h>

#include "properties/shrink.hpp"

namespace verigrad::properties {
namespace {

/// One number of the gene closer to 0.
rc::Seq<Gene> smaller(const Gene& gene) {
  const auto moved = [&gene](int Gene::*part) {
    return rc::seq::map(rc::shrink::integral(gene.*part), [gene, part](int value) {
      Gene result = gene;
      result.*part = value;
      return result;
    });
  };
  return rc::seq::concat(moved(&Gene::op), moved(&Gene::a), moved(&Gene::b), moved(&Gene::p));
}

}  // namespace

Genes shrink_genes(Genes genes, const std::function<bool(const Genes&)>& fails) {
  // RapidCheck's shrinks end at a local minimum but may take long to get there.
  for (int attempts = 2000; attempts > 0;) {
    auto candidates =
        rc::seq::concat(rc::shrink::removeChunks(genes), rc::shrink::eachElement(genes, smaller));
    bool found = false;
    while (attempts-- > 0 && !found) {
      const auto candidate = candidates.next();
      if (!candidate) return genes;
      if (!fails(*candidate)) continue;
      genes = *candidate;
      found = true;
    }
  }
  return genes;
}

}  // namespace verigrad::properties
