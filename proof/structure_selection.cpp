// Chosen, repeated and displaced entries.
#include <algorithm>

#include "proof/structure.hpp"

namespace verigrad::proof {
namespace {

/// input[start:stop:step] along a dim, bounds as Python takes them.
Field sliced(const Field& x, const Attributes& attributes, const Shape& shape) {
  const std::size_t dim = dim_of(attributes.integer(0), x.shape);
  std::int64_t start = attributes.integer(1);
  if (start < 0) start = std::max<std::int64_t>(start + x.shape[dim], 0);
  return filled(shape, [&](Index index) {
    index[dim] = start + index[dim] * attributes.integer(3);
    return at(x, index);
  });
}

/// The integer of a constant index tensor.
std::int64_t place(const Series& index, std::int64_t size) {
  const auto value = static_cast<std::int64_t>(index.value().midpoint());
  return value < 0 ? value + size : value;
}

Field gathered(const Field& x, std::int64_t attribute, const Field& places, const Shape& shape) {
  const std::size_t dim = dim_of(attribute, x.shape);
  return filled(shape, [&](const Index& index) {
    Index source = index;
    source[dim] = place(at(places, index), x.shape[dim]);
    return at(x, source);
  });
}

Field index_selected(const Field& x, std::int64_t attribute, const Field& places,
                     const Shape& shape) {
  const std::size_t dim = dim_of(attribute, x.shape);
  return filled(shape, [&](Index index) {
    index[dim] = place(at(places, index[dim]), x.shape[dim]);
    return at(x, index);
  });
}

/// Copies side by side; the leading dims of the result that x lacks are of size 1 there.
Field repeated(const Field& x, const Shape& shape) {
  const std::size_t added = shape.rank() - x.shape.rank();
  return filled(shape, [&](const Index& index) {
    Index source{};
    for (std::size_t d = 0; d < x.shape.rank(); ++d) source[d] = index[d + added] % x.shape[d];
    return at(x, source);
  });
}

std::int64_t modulo(std::int64_t a, std::int64_t n) { return ((a % n) + n) % n; }

/// Entry i moves to (i + shift) mod n along each dim, or in row-major order over all entries.
Field rolled(const Field& x, const Attributes& attributes) {
  const Integers& shifts = attributes.integers(0);
  if (attributes.is_none(1) || attributes.integers(1).empty())
    return filled(x.shape, [&](const Index& index) {
      return at(x, modulo(ravel(index, x.shape) - shifts[0], x.shape.numel()));
    });
  return filled(x.shape, [&](Index index) {
    for (std::size_t i = 0; i < shifts.size(); ++i) {
      const std::size_t dim = dim_of(attributes.integers(1)[i], x.shape);
      index[dim] = modulo(index[dim] - shifts[i], x.shape[dim]);
    }
    return at(x, index);
  });
}

/// The place in a dim of size n that a mode puts at k, which may lie outside; -1 for the padding
/// value.
std::int64_t padded_place(std::int64_t k, std::int64_t n, const std::string& mode) {
  if (k >= 0 && k < n) return k;
  if (mode == "reflect") return k < 0 ? -k : 2 * (n - 1) - k;
  if (mode == "replicate") return k < 0 ? 0 : n - 1;
  return mode == "circular" ? modulo(k, n) : -1;
}

/// `pad` has the numbers before and after the last dim, then those of the dim before it.
Field padded(const Field& x, const Field& value, const Attributes& attributes, const Shape& shape) {
  const Integers& pad = attributes.integers(0);
  return filled(shape, [&](Index index) {
    bool inside = true;
    for (std::size_t i = 0; 2 * i < pad.size(); ++i) {
      const std::size_t dim = shape.rank() - 1 - i;
      index[dim] = padded_place(index[dim] - pad[2 * i], x.shape[dim], attributes.word(1));
      inside = inside && index[dim] >= 0;
    }
    return inside ? at(x, index) : value.entries[0];
  });
}

/// A matrix's diagonal, or the square matrix with a vector as its diagonal.
Field diagonal(const Field& x, std::int64_t offset, const Shape& shape) {
  const std::int64_t down = std::max<std::int64_t>(-offset, 0);
  const std::int64_t right = std::max<std::int64_t>(offset, 0);
  if (x.shape.rank() == 2)
    return filled(shape, [&](const Index& index) {
      return at(x, {index[0] + down, index[0] + right});
    });
  return filled(shape, [&](const Index& index) {
    return index[1] - index[0] == offset ? at(x, std::min(index[0], index[1])) : Series(0);
  });
}

}  // namespace

std::vector<StructureLine> selections() {
  return {
    VERIGRAD_STRUCTURE("slice", return sliced(x[0], attributes, shape);),
        VERIGRAD_STRUCTURE("gather", return gathered(x[0], attributes.integer(0), x[1], shape);),
        VERIGRAD_STRUCTURE("index_select",
                           return index_selected(x[0], attributes.integer(0), x[1], shape);),
        VERIGRAD_STRUCTURE("repeat", return repeated(x[0], shape);),
        VERIGRAD_STRUCTURE("pad", return padded(x[0], x[1], attributes, shape);),
        VERIGRAD_STRUCTURE("roll", return rolled(x[0], attributes);),
        VERIGRAD_STRUCTURE("diag", return diagonal(x[0], attributes.integer(0), shape);),
  };
}

}  // namespace verigrad::proof
