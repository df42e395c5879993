#include "properties/generator.hpp"

#include "properties/instructions.hpp"

namespace verigrad::properties {
namespace {

/// A choice among n, independent of RapidCheck's size: `inRange` alone gives only 0 at size 0.
rc::Gen<int> choice(int n) { return rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, n)); }

}  // namespace

rc::Gen<Genes> arbitrary_genes(const OperationTable& operations) {
  constexpr int near = 8, parameters = 256, shortest = 6;
  const auto gene = rc::gen::build<Gene>(
      rc::gen::set(&Gene::op, choice(static_cast<int>(instructions(operations).size()))),
      rc::gen::set(&Gene::a, choice(near)), rc::gen::set(&Gene::b, choice(near)),
      rc::gen::set(&Gene::p, choice(parameters)));
  return rc::gen::withSize([gene](int size) {
    return rc::gen::resize(shortest + size / 8, rc::gen::container<Genes>(gene));
  });
}

}  // namespace verigrad::properties
