#include "engine/ops/contraction.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/error.hpp"

namespace verigrad::detail {
namespace {

constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// One side's or operand's subscripts: labels before and after the ellipsis, if there is one.
struct Subscripts {
  Labels before, after;
  bool ellipsis = false;
  std::size_t count() const { return before.size() + after.size(); }
};

/// Reads an equation and remembers what to say about it.
class Reader {
 public:
  Reader(std::string_view equation, std::span<const Shape> shapes)
      : equation_(equation), shapes_(shapes) {}

  [[noreturn]] void refuse(const std::string& what) const {
    std::vector<std::string> all;
    for (const Shape& shape : shapes_) all.push_back(to_string(shape));
    throw ShapeError(
        fmt::format("einsum(): {}; the equation is \"{}\" and the operands have "
                    "shapes {}",
                    what, equation_, fmt::join(all, ", ")));
  }

  /// `text` starts at `offset` of the equation; `whose` is "operand 0" or "the output".
  Subscripts read(std::string_view text, std::size_t offset, const std::string& whose) const {
    Subscripts result;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == ' ') continue;
      if (text[i] == '.') {
        if (result.ellipsis) refuse(fmt::format("found more than one ellipsis for {}", whose));
        if (text.substr(i, 3) != "...")
          refuse(fmt::format("found '.' for {} that is not part of any ellipsis", whose));
        result.ellipsis = true;
        i += 2;
        continue;
      }
      const std::size_t label = letters.find(text[i]);
      if (label == std::string_view::npos)
        refuse(
            fmt::format("invalid subscript given at index {} in the equation string, "
                        "subscripts must be in [a-zA-Z]",
                        offset + i));
      (result.ellipsis ? result.after : result.before).push_back(label);
    }
    return result;
  }

  std::vector<Subscripts> operands(std::string_view left) const {
    std::vector<Subscripts> all;
    for (std::size_t start = 0;;) {
      const std::size_t comma = std::min(left.find(',', start), left.size());
      all.push_back(
          read(left.substr(start, comma - start), start, fmt::format("operand {}", all.size())));
      if (comma == left.size()) break;
      start = comma + 1;
    }
    if (all.size() > shapes_.size())
      refuse("fewer operands were provided than specified in the equation");
    if (all.size() < shapes_.size())
      refuse("more operands were provided than specified in the equation");
    return all;
  }

 private:
  std::string_view equation_;
  std::span<const Shape> shapes_;
};

/// The labels with those of an ellipsis that stands for `dims` of at most `longest` dims.
Labels filled(const Subscripts& subscripts, std::size_t dims, std::size_t longest) {
  Labels labels = subscripts.before;
  for (std::size_t d = longest - dims; d < longest; ++d) labels.push_back(letters.size() + d);
  labels.insert(labels.end(), subscripts.after.begin(), subscripts.after.end());
  return labels;
}

}  // namespace

Contraction::Contraction(std::string_view equation, std::span<const Shape> shapes)
    : equation_(equation) {
  const Reader reader(equation, shapes);
  const std::size_t arrow = equation.find("->");
  const std::vector<Subscripts> given = reader.operands(equation.substr(0, arrow));
  std::size_t longest = 0;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const std::size_t count = given[i].count(), rank = shapes[i].rank();
    if (given[i].ellipsis ? count > rank : count != rank)
      reader.refuse(fmt::format(
          "the number of subscripts in the equation ({}) {} the number of dimensions ({}) for "
          "operand {}{}",
          count, given[i].ellipsis ? "is more than" : "does not match", rank, i,
          given[i].ellipsis ? "" : " and no ellipsis was given"));
    if (given[i].ellipsis) longest = std::max(longest, rank - count);
  }

  sizes.assign(letters.size() + longest, 1);
  std::vector<int> appearances(letters.size(), 0);
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    operands.push_back(
        filled(given[i], given[i].ellipsis ? shapes[i].rank() - given[i].count() : 0, longest));
    std::vector<std::int64_t> own(sizes.size(), -1);
    for (std::size_t d = 0; d < operands[i].size(); ++d) {
      const std::size_t label = operands[i][d];
      const std::int64_t size = shapes[i][d];
      if (label < letters.size()) ++appearances[label];
      if (own[label] >= 0 && own[label] != size)
        reader.refuse(
            fmt::format("subscript {} is repeated for operand {} but the sizes don't "
                        "match, {} != {}",
                        letters[label], i, size, own[label]));
      own[label] = size;
      if (sizes[label] == 1) {
        sizes[label] = size;
      } else if (size != 1 && size != sizes[label]) {
        reader.refuse(fmt::format(
            "operands do not broadcast with remapped shapes: subscript {} "
            "of operand {} has size {}, elsewhere {}",
            label < letters.size() ? letters.substr(label, 1) : "...", i, size, sizes[label]));
      }
    }
  }

  std::size_t used = longest;
  for (int count : appearances) used += count > 0;
  if (used > letters.size())
    reader.refuse(
        fmt::format("it has {} subscripts, those of the ellipsis included, and {} are the "
                    "limit",
                    used, letters.size()));
  if (arrow == std::string_view::npos) {
    Subscripts implicit;
    for (std::size_t label = 0; label < letters.size(); ++label)
      if (appearances[label] == 1) implicit.after.push_back(label);
    output = filled(implicit, longest, longest);
    return;
  }
  const Subscripts right = reader.read(equation.substr(arrow + 2), arrow + 2, "the output");
  output = filled(right, right.ellipsis ? longest : 0, longest);
  for (std::size_t d = 0; d < output.size(); ++d) {
    const std::size_t label = output[d];
    if (label >= letters.size()) continue;
    if (appearances[label] == 0)
      reader.refuse(
          fmt::format("output subscript {} does not appear in the equation for any input operand",
                      letters[label]));
    if (std::count(output.begin(), output.end(), label) > 1)
      reader.refuse(
          fmt::format("output subscript {} appears more than once in the output", letters[label]));
  }
}

Shape Contraction::shape_of(const Labels& labels) const {
  if (labels.size() > Shape::max_rank)
    throw ShapeError(
        fmt::format("einsum(): operands are multiplied from left to right, and some product on the "
                    "way has {} dims, where a tensor has at most {}; put operands that share "
                    "subscripts side by side in \"{}\"",
                    labels.size(), Shape::max_rank, equation_));
  std::vector<std::int64_t> result;
  for (std::size_t label : labels) result.push_back(sizes[label]);
  return Shape(std::span<const std::int64_t>(result));
}

std::string equation_of(std::span<const Labels> operands, const Labels& output) {
  Labels known;
  std::string text;
  const auto write = [&](const Labels& labels) {
    for (std::size_t label : labels) {
      if (!contains(known, label)) known.push_back(label);
      const auto place = std::find(known.begin(), known.end(), label) - known.begin();
      text += letters[static_cast<std::size_t>(place)];
    }
  };
  for (const Labels& labels : operands) {
    if (&labels != operands.data()) text += ',';
    write(labels);
  }
  text += "->";
  write(output);
  return text;
}

}  // namespace verigrad::detail
