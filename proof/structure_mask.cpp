// Masks of ones and zeros by which backward passes remember what was chosen.
#include "proof/choice.hpp"
#include "proof/structure.hpp"

namespace verigrad::proof {
namespace {

using Entries = std::vector<Series>;

/// 1 at the chosen entry or, with `ties`, at all that equal it.
Entries marked(const Entries& x, const Choice& choice, bool ties) {
  if (choice.status != Status::ok) return Entries(x.size(), Series(choice.status));
  Entries result;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const bool chosen = i == choice.place || (ties && compare(x[i], x[choice.place]).sign == 0);
    result.push_back(Series(chosen ? 1 : 0).kinked_if(choice.kinked));
  }
  return result;
}

Field selection_mask(const Field& x, const Attributes& attributes) {
  const std::string& statistic = attributes.word(0);
  const auto choose = statistic == "max" ? greatest : statistic == "min" ? least : middle;
  Field result = x;
  for (const auto& places : groups(x.shape, dims_of(attributes.values()[1], x.shape))) {
    Entries entries;
    for (const std::int64_t place : places) entries.push_back(at(x, place));
    const Entries mask = marked(entries, choose(entries), attributes.flag(2));
    for (std::size_t i = 0; i < places.size(); ++i)
      result.entries[static_cast<std::size_t>(places[i])] = mask[i];
  }
  return result;
}

/// 1 at the class that the target names for each sample of `shape`, whose classes lie along the
/// second dim, or along the only one.
Field class_mask(const Field& target, std::int64_t ignored, const Shape& shape) {
  const std::size_t dim = shape.rank() == 1 ? 0 : 1;
  return filled(shape, [&](const Index& index) {
    Index sample{};
    for (std::size_t d = 0, to = 0; d < shape.rank(); ++d)
      if (d != dim) sample[to++] = index[d];
    const double named = at(target, sample).value().midpoint();
    const bool counts = named != static_cast<double>(ignored);
    return Series(counts && named == static_cast<double>(index[dim]) ? 1 : 0);
  });
}

}  // namespace

std::vector<StructureLine> masks() {
  return {
    VERIGRAD_STRUCTURE("selection_mask", return selection_mask(x[0], attributes);),
        VERIGRAD_STRUCTURE("class_mask", return class_mask(x[0], attributes.integer(1), shape);),
  };
}

}  // namespace verigrad::proof
