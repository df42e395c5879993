// Products of matrices of which some entries move.
#include <algorithm>

#include "engine/ops/gemm.hpp"
#include "gradcheck/perturbation.hpp"

namespace verigrad::gradcheck::detail {
namespace {

/// The entries of a product that move: rows first_row … of the first factor, columns first_column …
/// of the second one, and the one term of the inner sum that moves, if it is one.
struct Extent {
  std::int64_t first_row, rows, first_column, columns, term;

  Extent(const Product& product, std::span<const std::int64_t> index) {
    const auto at = [&](std::int8_t dim) {
      return dim == Region::any ? 0 : index[static_cast<std::size_t>(dim)];
    };
    first_row = at(product.row);
    rows = product.row == Region::any ? product.rows : 1;
    first_column = at(product.column);
    columns = product.column == Region::any ? product.columns : 1;
    term = at(product.term);
  }
  std::size_t count() const { return static_cast<std::size_t>(rows * columns); }
};

/// Entry (k, c) of the second factor.
std::int64_t second(const Product& product, std::int64_t k, std::int64_t c) {
  return product.transposed ? c * product.inner + k : k * product.columns + c;
}

}  // namespace

void Perturbation::straight_product(const Moving& value) {
  const Product& product = value.product;
  const Extent extent(product, index_);
  const Source &a = value.sources[0], &b = value.sources[1];
  double* const to = at(value.slot);
  if (a.moving < 0 && b.moving < 0) {
    std::fill_n(to, extent.count(), 0.0);
  } else if (product.term == Region::any) {
    const double* const first = a.moving >= 0 ? at(moving(a).slot) : base_.entries(a.id);
    const double* const other = b.moving >= 0 ? at(moving(b).slot) : base_.entries(b.id);
    verigrad::detail::multiply<double>({first}, {other, product.transposed}, extent.rows,
                                       product.inner, extent.columns, to);
  } else if (a.moving >= 0) {
    const double* const slopes = at(moving(a).slot);
    const double* const other = base_.entries(b.id);
    for (std::int64_t r = 0; r < extent.rows; ++r)
      for (std::int64_t c = 0; c < extent.columns; ++c)
        *(to + r * extent.columns + c) = slopes[r] * other[second(product, extent.term, c)];
  } else {
    const double* const slopes = at(moving(b).slot);
    const double* const first = base_.entries(a.id) + extent.term;
    for (std::int64_t r = 0; r < extent.rows; ++r)
      for (std::int64_t c = 0; c < extent.columns; ++c)
        to[r * extent.columns + c] = first[r * product.inner] * slopes[c];
  }
  if (value.sources.size() < 3 || value.sources[2].moving < 0) return;
  const Moving& bias = moving(value.sources[2]);
  const std::int64_t stride = bias.places.count() == 1 ? 0 : 1;
  for (std::int64_t r = 0; r < extent.rows; ++r)
    for (std::int64_t c = 0; c < extent.columns; ++c)
      to[r * extent.columns + c] += at(bias.slot)[c * stride];
}

void Perturbation::product(const Moving& value) {
  if (value.product.term != Region::any)
    return value.sources[0].moving >= 0 ? product_of_column(value) : product_of_row(value);
  const Product& product = value.product;
  const Extent extent(product, index_);
  const Source &a = value.sources[0], &b = value.sources[1];
  double* const to = at(value.slot);
  const auto lanes = static_cast<std::int64_t>(lanes_);
  const auto multiply = [&](const double* first, const double* other, std::int64_t rows,
                            double* result) {
    verigrad::detail::multiply<double>({first}, {other, product.transposed}, rows, product.inner,
                                       extent.columns, result);
  };
  if (a.moving >= 0) {
    const double* const first = lanes_of(moving(a));
    multiply(first, base_.entries(b.id), lanes * extent.rows, to);
    if (b.moving >= 0) {
      double* const slopes = at(value.scratch);
      multiply(first, at(moving(b).slot), lanes * extent.rows, slopes);
      for (std::size_t lane = 0; lane < lanes_; ++lane)
        for (std::size_t i = lane * extent.count(); i < (lane + 1) * extent.count(); ++i)
          to[i] += steps_[lane] * slopes[i];
    }
  } else {
    const double* const other = lanes_of(moving(b));
    const std::int64_t stride = product.inner * extent.columns;
    for (std::int64_t lane = 0; lane < lanes; ++lane)
      multiply(base_.entries(a.id), other + lane * stride, extent.rows,
               to + lane * extent.rows * extent.columns);
  }
  if (value.sources.size() == 3) add_bias(value);
}

void Perturbation::add_bias(const Moving& value) {
  const Extent extent(value.product, index_);
  const Source& source = value.sources[2];
  const bool number = base_.tensor(source.id).numel() == 1;
  const double* const here = base_.entries(source.id) + (number ? 0 : extent.first_column);
  const double* const slopes = source.moving >= 0 ? at(moving(source).slot) : nullptr;
  double* to = at(value.slot);
  for (std::size_t lane = 0; lane < lanes_; ++lane)
    for (std::int64_t r = 0; r < extent.rows; ++r)
      for (std::int64_t c = 0; c < extent.columns; ++c) {
        const std::int64_t i = number ? 0 : c;
        *to++ += slopes == nullptr ? here[i] : here[i] + steps_[lane] * slopes[i];
      }
}

/// One column of the first factor moves, and with it one term of every sum.
void Perturbation::product_of_column(const Moving& value) {
  const Product& product = value.product;
  const Extent extent(product, index_);
  const double* const result = base_.entries(value.id) + extent.first_row * extent.columns;
  const double* const first = base_.entries(value.sources[0].id);
  const double* const other = base_.entries(value.sources[1].id);
  double* const here = at(value.scratch);
  for (std::int64_t r = 0; r < extent.rows; ++r)
    here[r] = first[(extent.first_row + r) * product.inner + extent.term];
  const double* moved = lanes_of(moving(value.sources[0]));
  double* to = at(value.slot);
  for (std::size_t lane = 0; lane < lanes_; ++lane, moved += extent.rows)
    for (std::int64_t c = 0; c < extent.columns; ++c) {
      const double factor = other[second(product, extent.term, c)];
      double* const column = to + static_cast<std::int64_t>(lane * extent.count()) + c;
      if (extent.columns == 1) {
        for (std::int64_t r = 0; r < extent.rows; ++r)
          column[r] = result[r] + (moved[r] - here[r]) * factor;
        continue;
      }
      for (std::int64_t r = 0; r < extent.rows; ++r)
        column[r * extent.columns] = result[r * extent.columns + c] + (moved[r] - here[r]) * factor;
    }
}

/// One row of the second factor moves, or entries of one.
void Perturbation::product_of_row(const Moving& value) {
  const Product& product = value.product;
  const Extent extent(product, index_);
  const double* const result = base_.entries(value.id);
  const double* const first = base_.entries(value.sources[0].id) + extent.term;
  const double* const other = base_.entries(value.sources[1].id);
  const double* moved = lanes_of(moving(value.sources[1]));
  double* to = at(value.slot);
  for (std::size_t lane = 0; lane < lanes_; ++lane, moved += extent.columns)
    for (std::int64_t r = 0; r < extent.rows; ++r)
      for (std::int64_t c = 0; c < extent.columns; ++c) {
        const std::int64_t column = extent.first_column + c;
        *to++ = result[r * product.columns + column] +
                first[r * product.inner] * (moved[c] - other[second(product, extent.term, column)]);
      }
}

}  // namespace verigrad::gradcheck::detail
