// Sums of products by Einstein's convention.
#include <algorithm>
#include <array>

#include "proof/structure.hpp"

namespace verigrad::proof {
namespace {

/// The names of a field's dims: letters, and for the dims of an ellipsis the digits 0, 1, …, of
/// which the last is the last of these dims.
using Labels = std::string;

struct Equation {
  std::vector<Labels> operands;
  Labels output;
};

bool has(const Labels& labels, char label) { return labels.find(label) != Labels::npos; }

constexpr std::string_view ellipsis = "...";

/// Subscripts with the last `dims` of `longest` digits in place of the ellipsis.
Labels with_digits(Labels subscripts, std::size_t dims, std::size_t longest) {
  const std::size_t place = subscripts.find(ellipsis);
  if (place == Labels::npos) return subscripts;
  Labels digits;
  for (std::size_t d = longest - dims; d < longest; ++d) digits += static_cast<char>('0' + d);
  return subscripts.replace(place, ellipsis.size(), digits);
}

/// Without an arrow, the output has the dims of the ellipsis and the letters that appear once.
Labels implicit_output(const std::string& operands) {
  Labels letters;
  for (char letter = 'A'; letter <= 'z'; ++letter)
    if (std::count(operands.begin(), operands.end(), letter) == 1) letters += letter;
  return std::string(ellipsis) + letters;
}

Equation parsed(std::string text, std::span<const Field> x) {
  std::erase(text, ' ');
  const std::size_t arrow = text.find("->");
  const std::string left = text.substr(0, arrow);
  Equation result;
  std::vector<std::size_t> dims;
  std::size_t start = 0;
  for (const Field& operand : x) {
    const std::size_t comma = std::min(left.find(',', start), left.size());
    const Labels& own = result.operands.emplace_back(left.substr(start, comma - start));
    const bool spread = own.find(ellipsis) != Labels::npos;
    dims.push_back(spread ? operand.shape.rank() + ellipsis.size() - own.size() : 0);
    start = comma + 1;
  }
  const std::size_t longest = *std::ranges::max_element(dims);
  for (std::size_t k = 0; k < x.size(); ++k)
    result.operands[k] = with_digits(result.operands[k], dims[k], longest);
  result.output =
      with_digits(arrow == std::string::npos ? implicit_output(left) : text.substr(arrow + 2),
                  longest, longest);
  return result;
}

/// A number for each label.
using PerLabel = std::array<std::int64_t, 128>;

std::int64_t& of(PerLabel& numbers, char label) { return numbers[static_cast<unsigned>(label)]; }

/// The sizes of all labels; a size of 1 broadcasts.
PerLabel sizes_of(const Equation& equation, std::span<const Field> x) {
  PerLabel sizes;
  sizes.fill(1);
  for (std::size_t k = 0; k < x.size(); ++k)
    for (std::size_t d = 0; d < x[k].shape.rank(); ++d)
      if (x[k].shape[d] != 1) of(sizes, equation.operands[k][d]) = x[k].shape[d];
  return sizes;
}

const Series& entry(const Field& x, const Labels& labels, PerLabel& places) {
  Index index{};
  for (std::size_t d = 0; d < labels.size(); ++d)
    index[d] = x.shape[d] == 1 ? 0 : of(places, labels[d]);
  return at(x, index);
}

/// Sets the places of labels, the last of which runs fastest; returns what is left of `position`.
std::int64_t set_places(PerLabel& places, const Labels& labels, PerLabel& sizes,
                        std::int64_t position) {
  for (std::size_t k = labels.size(); k-- > 0; position /= of(sizes, labels[k]))
    of(places, labels[k]) = position % of(sizes, labels[k]);
  return position;
}

struct Term {
  Labels labels;
  Field entries;
};

Shape shape_of(const Labels& labels, PerLabel& sizes) {
  Integers result;
  for (const char label : labels) result.push_back(of(sizes, label));
  return Shape(std::span<const std::int64_t>(result));
}

/// The products of two terms' entries, summed over the labels that are not kept.
Term contracted(const Term& a, const Term& b, const Labels& kept, PerLabel& sizes) {
  Labels summed;
  std::int64_t terms = 1;
  for (const char label : a.labels + b.labels) {
    if (has(kept, label) || has(summed, label)) continue;
    summed += label;
    terms *= of(sizes, label);
  }
  Term result{kept, {shape_of(kept, sizes), {}}};
  PerLabel places{};
  for (std::int64_t i = 0; i < result.entries.shape.numel(); ++i) {
    set_places(places, kept, sizes, i);
    Series total = 0;
    for (std::int64_t k = 0; k < terms; ++k) {
      set_places(places, summed, sizes, k);
      total = total + entry(a.entries, a.labels, places) * entry(b.entries, b.labels, places);
    }
    result.entries.entries.push_back(total);
  }
  return result;
}

/// Operands are multiplied from left to right; a label is summed over when neither the output nor
/// an operand to come has it.
Field einsum(const std::string& text, std::span<const Field> x) {
  const Equation equation = parsed(text, x);
  PerLabel sizes = sizes_of(equation, x);
  Term product{"", {{}, {Series(1)}}};
  for (std::size_t k = 0; k < x.size(); ++k) {
    Labels to_come = equation.output, kept;
    for (std::size_t later = k + 1; later < x.size(); ++later) to_come += equation.operands[later];
    for (const char label : product.labels + equation.operands[k])
      if (has(to_come, label) && !has(kept, label)) kept += label;
    if (k + 1 == x.size()) kept = equation.output;
    product = contracted(product, {equation.operands[k], x[k]}, kept, sizes);
  }
  return product.entries;
}

}  // namespace

std::vector<StructureLine> contractions() {
  return { VERIGRAD_STRUCTURE("einsum", return einsum(attributes.word(0), x);) };
}

}  // namespace verigrad::proof
