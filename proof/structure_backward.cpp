// The transposes of selections and of running sums: zeros with the entries of the operand added at
// the places from which the selection takes them.
#include "proof/structure.hpp"

namespace verigrad::proof {
namespace {

/// `taken` shows where a selection's entries come from: of the field of positions 0, 1, 2, … of
/// `shape` it is the selection. Entries that are taken from nowhere are -1.
Field given_back(const Field& x, const Field& taken, const Shape& shape) {
  Field result = zeros(shape);
  for (std::size_t i = 0; i < x.entries.size(); ++i) {
    const double from = taken.entries[i].value().midpoint();
    if (from < 0) continue;
    Series& total = result.entries[static_cast<std::size_t>(from)];
    total = total + x.entries[i];
  }
  return result;
}

Field positions(const Shape& shape) {
  return filled(shape, [&](const Index& index) { return Series(ravel(index, shape)); });
}

/// The transpose of a selection with a structure of its own; its attributes are `attributes` but
/// the first, the shape of the result.
Field transposed(const char* selection, const Field& x, std::vector<Field> operands,
                 const Attributes& attributes, const Shape& shape) {
  operands.insert(operands.begin(), positions(shape));
  const auto& all = attributes.values();
  const Attributes own(std::vector<AttributeValue>(all.begin() + 1, all.end()));
  return given_back(x, find_structure(selection)(operands, own, x.shape), shape);
}

/// Sums from each place to the end of a dim.
Field reverse_cumsum(const Field& x, std::int64_t dim) {
  Field result = x;
  for (const auto& places : groups(x.shape, dims_of(dim, x.shape)))
    for (std::size_t i = places.size(); i-- > 1;) {
      Series& before = result.entries[static_cast<std::size_t>(places[i - 1])];
      before = before + at(result, places[i]);
    }
  return result;
}

}  // namespace

std::vector<StructureLine> backward_structures() {
  return {
    VERIGRAD_STRUCTURE("select_backward",
                       return transposed("select", x[0], {}, attributes, shape);),
        VERIGRAD_STRUCTURE("slice_backward",
                           return transposed("slice", x[0], {}, attributes, shape);),
        VERIGRAD_STRUCTURE("diagonal_backward",
                           return transposed("diag", x[0], {}, attributes, shape);),
        VERIGRAD_STRUCTURE("gather_backward",
                           return transposed("gather", x[0], {x[1]}, attributes, shape);),
        VERIGRAD_STRUCTURE("index_select_backward",
                           return transposed("index_select", x[0], {x[1]}, attributes, shape);),
        VERIGRAD_STRUCTURE("pad_backward", return transposed("pad", x[0], {Field{{}, {Series(-1)}}},
                                                             attributes, shape);),
        VERIGRAD_STRUCTURE("reverse_cumsum", return reverse_cumsum(x[0], attributes.integer(0));),
  };
}

}  // namespace verigrad::proof
