// Ones at chosen entries: what the derivatives of extrema and of class losses multiply by.
#include <algorithm>

#include "proof/structure.hpp"

namespace verigrad::proof {
namespace {

/// How the entries of a group compare with one of them.
struct Standing {
  std::int64_t less = 0, equal = 0, greater = 0;
  bool kinked = false;
  Status status = Status::ok;
};

Standing standing(const Field& x, const std::vector<std::int64_t>& group, std::int64_t place) {
  Standing result;
  for (const std::int64_t other : group) {
    const Sign order = compare(at(x, other), at(x, place));
    result.status = std::max(result.status, order.status);
    result.kinked = result.kinked || order.kinked;
    ++(order.sign < 0 ? result.less : order.sign > 0 ? result.greater : result.equal);
  }
  return result;
}

/// Whether an entry has the statistic's value: of the median, the lower middle one.
bool is_chosen(const Standing& entry, const std::string& statistic, std::int64_t count) {
  if (statistic == "max") return entry.greater == 0;
  if (statistic == "min") return entry.less == 0;
  const std::int64_t middle = (count - 1) / 2;
  return entry.less <= middle && middle < entry.less + entry.equal;
}

/// 1 at the first entry of each group that has the statistic's value, or at all of them.
Field selection_mask(const Field& x, const Attributes& attributes) {
  Field mask{x.shape, std::vector<Series>(x.entries.size(), Series(0))};
  for (const auto& group : groups(x.shape, dims_of(attributes.values()[1], x.shape))) {
    bool found = false;
    for (const std::int64_t place : group) {
      const Standing entry = standing(x, group, place);
      Series& result = mask.entries[static_cast<std::size_t>(place)];
      const bool chosen =
          is_chosen(entry, attributes.word(0), static_cast<std::int64_t>(group.size()));
      if (entry.status != Status::ok) {
        result = Series(entry.status);
      } else {
        result = Series(chosen && (attributes.flag(2) || !found) ? 1 : 0).kinked_if(entry.kinked);
        found = found || chosen;
      }
    }
  }
  return mask;
}

/// 1 at the class that each sample's target names, unless it is the one to ignore.
Field class_mask(const Field& target, std::int64_t ignored, const Shape& shape) {
  Field mask{shape, std::vector<Series>(static_cast<std::size_t>(shape.numel()), Series(0))};
  const auto samples = groups(shape, dims_of(shape.rank() == 1 ? std::int64_t{0} : 1, shape));
  for (std::size_t s = 0; s < samples.size(); ++s) {
    const auto named = static_cast<std::int64_t>(target.entries[s].value().midpoint());
    if (named == ignored) continue;
    mask.entries[static_cast<std::size_t>(samples[s][static_cast<std::size_t>(named)])] = 1;
  }
  return mask;
}

}  // namespace

std::vector<StructureLine> masks() {
  return {
    VERIGRAD_STRUCTURE("selection_mask", return selection_mask(x[0], attributes);),
        VERIGRAD_STRUCTURE("class_mask", return class_mask(x[0], attributes.integer(1), shape);),
        VERIGRAD_STRUCTURE("limit_inverse",
                           return find_structure("inverse")(x, attributes, shape);),
  };
}

}  // namespace verigrad::proof
