// Random programs: how long one takes to make, and to hold against the laws.
#include <vector>

#include "benchmarks/measure.hpp"
#include "properties/search.hpp"

namespace verigrad::benchmarks {
namespace {

using properties::Law;

struct Programs {
  std::uint64_t seed = 1;
};

/// Genes drawn and decoded. The decoder has met the shapes that programs usually have.
struct Making {
  using Problem = Programs;
  explicit Making(const Problem& programs) : seed(programs.seed) {
    for (int i = 0; i < 50000; ++i) step();
  }
  void step() {
    const properties::Case drawn =
        properties::draw_case(seed, number++, decoder.instruction_count());
    benchmark::DoNotOptimize(decoder.decode(drawn.genes, drawn.ending, drawn.stratum));
  }

  const std::uint64_t seed;
  std::uint64_t number = 0;
  properties::Decoder decoder{};
};

/// The laws of first derivatives that need nothing but arithmetic in double.
std::vector<const Law*> first_order_laws() {
  std::vector<const Law*> chosen;
  for (const char* name : {"adjoint", "homogeneity", "linearity"})
    chosen.push_back(&properties::law(name));
  return chosen;
}

struct Judging {
  using Problem = Programs;
  explicit Judging(const Problem& programs)
      : search({.seed = programs.seed, .laws = first_order_laws()}) {
    for (int i = 0; i < 20000; ++i) step();
  }
  void step() { broken += search.try_case(number++).has_value(); }
  void finish(benchmark::State& state) const {
    if (broken > 0) state.SkipWithError("a law does not hold");
  }

  properties::Search search;
  std::uint64_t number = 0;
  std::size_t broken = 0;
};

}  // namespace

void add_programs() {
  add<Making>("programs/made/Verigrad");
  add<Judging>("programs/judged/Verigrad");
}

}  // namespace verigrad::benchmarks
