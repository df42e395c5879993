#include "properties/laws.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "engine/random.hpp"
#include "properties/law_impl.hpp"

namespace verigrad::properties {
namespace {

constexpr std::array all{
    Law{"numeric", "A1", "v^T J = the numeric derivative within its error bar", Ending::scalar,
        numeric_law},
    Law{"adjoint", "A2", "<J u, v> = <u, J^T v>", Ending::open, adjoint_law},
    Law{"homogeneity", "B1", "g(2^k v) = 2^k g(v), g(-v) = -g(v), exactly", Ending::open,
        homogeneity_law},
    Law{"linearity", "B2", "g(a v + b w) = a g(v) + b g(w)", Ending::open, linearity_law},
    Law{"round trip", "C7", "parse(print(p)) = p", Ending::scalar, text_law},
    Law{"dead code", "C9", "values that the output does not use change nothing, exactly",
        Ending::scalar, dead_code_law},
    Law{"recorded backward", "H3", "create_graph leaves first derivatives as they are",
        Ending::scalar, recorded_law},
};

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

}  // namespace

std::span<const Law> laws() { return all; }

const Law& law(std::string_view name) {
  const auto found =
      std::find_if(all.begin(), all.end(), [name](const Law& each) { return each.name == name; });
  if (found == all.end()) throw std::out_of_range(fmt::format("there is no law '{}'", name));
  return *found;
}

std::vector<double> dense(std::int64_t count, int purpose) {
  Random random = Random::stream(0x6c617773, purpose, count);
  std::vector<double> entries(static_cast<std::size_t>(count));
  for (double& entry : entries)
    entry = random.uniform(0.5, 2) * (random.integer(0, 1) == 0 ? -1 : 1);
  return entries;
}

std::optional<LawResult> compare(const Program& program, const PerLeaf& got, const PerLeaf& wanted,
                                 const PerLeaf* bound, std::string_view what) {
  for (std::size_t leaf = 0; leaf < wanted.size(); ++leaf)
    for (std::size_t i = 0; i < wanted[leaf].size(); ++i) {
      const double a = got[leaf][i], b = wanted[leaf][i];
      const double allowed = bound == nullptr ? 0 : (*bound)[leaf][i];
      if (same(a, b) || std::abs(a - b) <= allowed) continue;
      return LawResult{
          Outcome::fails,
          fmt::format("{}: entry {} of the gradient by {} is {:.17g}, not {:.17g}"
                      " (difference {:.2g}, allowed {:.2g})",
                      what, i, program.leaves()[leaf].name, a, b, std::abs(a - b), allowed)};
    }
  return std::nullopt;
}

}  // namespace verigrad::properties
