#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/shape.hpp"

namespace verigrad::detail {

/// The names of a tensor's dims in an einsum equation, outermost first: numbers from 0.
using Labels = std::vector<std::size_t>;

/// An einsum equation applied to operands of known shapes: the sum, over all labels that are not
/// in `output`, of the product of the operands' entries.
struct Contraction {
  /// Reads `ij,jk->ik`. Letters are labels, `...` stands for as many dims as are left over, aligned
  /// at the last; a letter repeated in one operand takes its diagonal; without `->` the output has
  /// the dims of `...`, then the letters that appear once, in the order of ASCII. A size of 1
  /// broadcasts. Throws ShapeError in PyTorch's words, and for more than 52 labels, those of `...`
  /// included, which PyTorch allows.
  Contraction(std::string_view equation, std::span<const Shape> shapes);

  std::vector<Labels> operands;
  Labels output;
  std::vector<std::int64_t> sizes;  ///< of every label

  /// Throws ShapeError for more dims than a tensor can have.
  Shape shape_of(const Labels& labels) const;

 private:
  std::string equation_;
};

/// The equation of a contraction, with fresh letters for its labels.
std::string equation_of(std::span<const Labels> operands, const Labels& output);

inline bool contains(const Labels& labels, std::size_t label) {
  for (std::size_t candidate : labels)
    if (candidate == label) return true;
  return false;
}

}  // namespace verigrad::detail
