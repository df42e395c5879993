#include "properties/case.hpp"

#include "engine/random.hpp"

namespace verigrad::properties {
namespace {

Stratum draw_stratum(Random& random) {
  const std::int64_t kind = random.integer(0, 8 * (stratum_count - 1) - 1);
  return kind < stratum_count - 1 ? static_cast<Stratum>(kind + 1) : Stratum::regular;
}

struct Length {
  std::int64_t genes;
  bool chain;
};

Length draw_length(Random& random) {
  const std::int64_t kind = random.integer(0, 31);
  if (kind == 0) return {random.integer(24, 40), true};
  if (kind == 1) return {random.integer(13, 40), false};
  if (kind < 8) return {random.integer(7, 12), false};
  return {random.integer(1, 6), false};
}

}  // namespace

Case draw_case(std::uint64_t seed, std::uint64_t number, int instruction_count) {
  Random random = Random::stream(seed, number);
  Case result;
  result.ending = random.integer(0, 1) == 0 ? Ending::open : Ending::scalar;
  result.stratum = draw_stratum(random);
  const auto [length, chain] = draw_length(random);
  result.genes.resize(static_cast<std::size_t>(length));
  for (Gene& gene : result.genes) {
    // One draw for all four numbers: 16 bits for each.
    const std::uint64_t bits = random.next();
    const auto part = [bits](int i) { return static_cast<int>(bits >> 16 * i & 0xFFFF); };
    gene.op = part(0) * instruction_count >> 16;
    // Half of the first operands are the newest value, so that little of a program is unused.
    gene.a = chain || (part(1) & 8) != 0 ? 0 : part(1) & 7;
    gene.b = part(2) & 7;
    gene.p = part(3);
  }
  return result;
}

}  // namespace verigrad::properties
