// Sums of products by Einstein's convention.
#include <fmt/format.h>

#include "engine/elementwise.hpp"
#include "engine/error.hpp"
#include "engine/ops/contraction.hpp"
#include "engine/ops/families.hpp"
#include "engine/ops/gemm.hpp"
#include "engine/ops/lanes.hpp"

namespace verigrad {
namespace {

using detail::contains, detail::Contraction, detail::Labels;

/// A tensor whose dims are labelled, each label once.
template <class T>
struct Term {
  Labels labels;
  Tensor<T> entries;
};

Labels operator+(Labels a, const Labels& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// The entries in the order of `wanted`: diagonals of repeated labels, broadcasts of sizes 1.
template <class T>
Term<T> arranged(const Contraction& all, const Labels& own, const Tensor<T>& x,
                 const Labels& wanted) {
  const Shape shape = all.shape_of(wanted);
  if (own == wanted && x.shape() == shape) return {wanted, x};
  const Steps from = strides(x.shape());
  Steps steps{};
  for (std::size_t w = 0; w < wanted.size(); ++w)
    for (std::size_t d = 0; d < own.size(); ++d)
      if (own[d] == wanted[w] && x.shape()[d] != 1) steps[w] += from[d];
  Tensor<T> out = Tensor<T>::uninitialised(shape);
  gather(out.mutable_data(), x.data(), shape, steps);
  return {wanted, out};
}

template <class T>
Term<T> arranged(const Contraction& all, const Term<T>& term, const Labels& wanted) {
  return arranged(all, term.labels, term.entries, wanted);
}

/// Sums over the labels of a term for which `kept` does not hold.
template <class T, class Kept>
Term<T> summed(const Contraction& all, const Labels& own, const Tensor<T>& x, Kept&& kept) {
  Labels stays, goes;
  for (std::size_t label : own)
    if (!contains(stays, label) && !contains(goes, label))
      (kept(label) ? stays : goes).push_back(label);
  const Term<T> whole = arranged(all, own, x, stays + goes);
  if (goes.empty()) return whole;
  Term<T> result{stays, Tensor<T>::uninitialised(all.shape_of(stays))};
  const std::int64_t n = all.shape_of(goes).numel();
  for (std::int64_t i = 0; i < result.entries.numel(); ++i)
    result.entries.mutable_data()[i] =
        static_cast<T>(pairwise_sum(whole.entries.data() + i * n, n));
  return result;
}

/// Stacks of matrices [batch, rows, inner] times [batch, inner, columns].
template <class T>
void multiply(const Tensor<T>& a, const Tensor<T>& b, std::int64_t batch, std::int64_t rows,
              std::int64_t inner, std::int64_t columns, Tensor<T>& out) {
  if (out.numel() == 0) return;
  std::vector<double> products(static_cast<std::size_t>(rows * columns == 1 ? inner : 0));
  for (std::int64_t i = 0; i < batch; ++i) {
    const T *x = a.data() + i * rows * inner, *w = b.data() + i * inner * columns;
    T* y = out.mutable_data() + i * rows * columns;
    if (rows * columns == 1) {
      for (std::int64_t k = 0; k < inner; ++k)
        products[static_cast<std::size_t>(k)] =
            static_cast<double>(x[k]) * static_cast<double>(w[k]);
      *y = static_cast<T>(pairwise_sum(products.data(), inner));
    } else {
      detail::multiply<T>({x}, {w}, rows, inner, columns, y);
    }
  }
}

/// The product of two terms, summed over the labels that no later operand nor the output needs.
template <class T, class Needed>
Term<T> contracted(const Contraction& all, const Term<T>& left, const Labels& own,
                   const Tensor<T>& x, Needed&& needed) {
  const Term<T> a = summed(all, left.labels, left.entries, [&](std::size_t label) {
    return needed(label) || contains(own, label);
  });
  const Term<T> b = summed(
      all, own, x, [&](std::size_t label) { return needed(label) || contains(a.labels, label); });
  Labels batch, rows, inner, columns;
  for (std::size_t label : a.labels)
    (!contains(b.labels, label) ? rows : needed(label) ? batch : inner).push_back(label);
  for (std::size_t label : b.labels)
    if (!contains(a.labels, label)) columns.push_back(label);
  Term<T> result{batch + rows + columns,
                 Tensor<T>::uninitialised(all.shape_of(batch + rows + columns))};
  multiply(arranged(all, a, batch + rows + inner).entries,
           arranged(all, b, batch + inner + columns).entries, all.shape_of(batch).numel(),
           all.shape_of(rows).numel(), all.shape_of(inner).numel(), all.shape_of(columns).numel(),
           result.entries);
  return result;
}

/// 1 where the indices of repeated labels agree.
template <class T>
Tensor<T> diagonal_mask(const Shape& shape, const Labels& labels) {
  Tensor<T> mask = Tensor<T>::uninitialised(shape);
  for (std::int64_t i = 0; i < shape.numel(); ++i) {
    std::array<std::int64_t, Shape::max_rank> index{};
    std::int64_t rest = i;
    for (std::size_t d = shape.rank(); d-- > 0; rest /= shape[d]) index[d] = rest % shape[d];
    bool on = true;
    for (std::size_t d = 0; d < labels.size(); ++d)
      for (std::size_t e = 0; e < d; ++e)
        on = on && (labels[d] != labels[e] || index[d] == index[e]);
    mask.mutable_data()[i] = on ? T(1) : T(0);
  }
  return mask;
}

/// Operands are multiplied from left to right, each pair as a product of matrices. The derivative
/// is an einsum of the cotangent and the other operands, repeated along what was summed in this
/// operand alone and put back on the diagonals of repeated letters. PyTorch records no node of its
/// own but those of the products and permutations that it consists of.
struct Einsum {
  static constexpr OperationInfo info{
      .signature = "einsum(equation: word, operands: list)",
      .grad_fn = "EinsumBackward0",
      .value = "sum of the products of all operands over the letters that the output lacks",
      .derivative = {"einsum of g and the other operands to this operand's letters"},
      .latex = "\\sum_j x_{ij} y_{jk}",
      .special = {0, 1, -1},
      .needs = {others},
  };
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    if (operands.empty()) throw ShapeError("einsum(): must provide at least one operand");
    const Contraction all(attributes.word(0), operands);
    return all.shape_of(all.output);
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape&) {
    std::vector<Shape> shapes;
    for (const Tensor<T>& operand : operands) shapes.push_back(operand.shape());
    const Contraction all(attributes.word(0), shapes);
    std::size_t next = 1;
    const auto needed = [&](std::size_t label) {
      bool later = contains(all.output, label);
      for (std::size_t k = next; k < operands.size(); ++k)
        later = later || contains(all.operands[k], label);
      return later;
    };
    Term<T> product = summed(all, all.operands[0], operands[0], needed);
    while (next < operands.size()) {
      const std::size_t k = next++;
      product = contracted(all, product, all.operands[k], operands[k], needed);
    }
    const Tensor<T> out = arranged(all, product, all.output).entries;
    return out.impl() == operands[0].impl() ? out.clone_entries() : out;
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t operand) {
    std::vector<Shape> shapes;
    for (std::size_t k = 0; k < saved.operand_count(); ++k)
      shapes.push_back(saved.operand_shape(k));
    const Contraction all(saved.attributes().word(0), shapes);
    std::vector<Tensor<T>> factors{g};
    std::vector<Labels> labels{all.output};
    for (std::size_t k = 0; k < saved.operand_count(); ++k)
      if (k != operand) {
        factors.push_back(saved.operand(k));
        labels.push_back(all.operands[k]);
      }
    return spread(all, all.operands[operand], shapes[operand], factors, labels);
  }

 private:
  template <class T>
  static Tensor<T> spread(const Contraction& all, const Labels& own, const Shape& shape,
                          const std::vector<Tensor<T>>& factors,
                          const std::vector<Labels>& labels) {
    Labels wanted;
    bool repeats = false;
    Shape with_ones = shape;
    for (std::size_t d = 0; d < own.size(); ++d) {
      const bool again = std::find(own.begin(), own.begin() + static_cast<std::ptrdiff_t>(d),
                                   own[d]) != own.begin() + static_cast<std::ptrdiff_t>(d);
      repeats = repeats || again;
      const bool varies = std::any_of(labels.begin(), labels.end(),
                                      [&](const Labels& l) { return contains(l, own[d]); });
      with_ones = with_ones.with(d, 1);
      if (again || !varies || shape[d] != all.sizes[own[d]]) continue;
      wanted.push_back(own[d]);
      for (std::size_t k = 0; k < factors.size(); ++k)
        for (std::size_t e = 0; e < labels[k].size(); ++e)
          if (labels[k][e] == own[d] && factors[k].shape()[e] != 1)
            with_ones = with_ones.with(d, shape[d]);
    }
    const Tensor<T> sum = einsum<T>(detail::equation_of(labels, wanted), factors);
    const Tensor<T> whole = expanded(reshaped(sum, with_ones), shape);
    return repeats ? where(diagonal_mask<T>(shape, own), whole, Tensor<T>(T(0))) : whole;
  }
};

}  // namespace

template <class T>
Tensor<T> einsum(std::string_view equation, std::span<const Tensor<T>> operands) {
  return apply<T>(operation<Einsum>(), operands, make_attributes({std::string(equation)}));
}
template Tensor<float> einsum(std::string_view, std::span<const Tensor<float>>);
template Tensor<double> einsum(std::string_view, std::span<const Tensor<double>>);

std::vector<const Operation*> einsum_operations() { return {VERIGRAD_ROW(Einsum)}; }

}  // namespace verigrad
