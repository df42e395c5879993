// Products of matrices and vectors.
#include "proof/structure.hpp"
#include "proof/tape.hpp"

namespace verigrad::proof {
namespace {

/// A vector as a matrix of one row, or of one column; other fields as they are.
Field as_matrix(const Field& x, bool row) {
  if (x.shape.rank() != 1) return x;
  return {x.shape.inserted(row ? 0 : 1, 1), x.entries};
}

/// The result's index with the dims of size 1 that a vector operand was given.
Index with_dims(const Index& index, std::size_t rank, bool row, bool column) {
  Index result{};
  const std::size_t batch = rank - (row ? 0 : 1) - (column ? 0 : 1);
  std::size_t from = 0, to = 0;
  while (from < batch) result[to++] = index[from++];
  result[to++] = row ? 0 : index[from++];
  result[to] = column ? 0 : index[from];
  return result;
}

/// numpy.matmul: the last two dims are multiplied, those before are broadcast; a vector is a row on
/// the left and a column on the right, whose dim the result lacks.
Field matmul(const Field& left, const Field& right, const Shape& shape) {
  const bool row = left.shape.rank() == 1, column = right.shape.rank() == 1;
  const Field a = as_matrix(left, true), b = as_matrix(right, false);
  const std::size_t i = a.shape.rank() - 2, j = b.shape.rank() - 2;
  return filled(shape, [&](const Index& index) {
    const Index full = with_dims(index, shape.rank(), row, column);
    const std::size_t rank = std::max(a.shape.rank(), b.shape.rank());
    Index p{}, q{};
    for (std::size_t d = 0; d < i; ++d)
      p[d] = a.shape[d] == 1 ? 0 : full[d + rank - a.shape.rank()];
    for (std::size_t d = 0; d < j; ++d)
      q[d] = b.shape[d] == 1 ? 0 : full[d + rank - b.shape.rank()];
    p[i] = full[rank - 2];
    q[j + 1] = full[rank - 1];
    std::vector<Series> row_entries, column_entries;
    for (std::int64_t k = 0; k < a.shape[i + 1]; ++k) {
      p[i + 1] = q[j] = k;
      row_entries.push_back(at(a, p));
      column_entries.push_back(at(b, q));
    }
    return Tape::dot(row_entries, column_entries);
  });
}

/// Blocks a_ij · b; the lower rank has leading dims of size 1 added.
Field kron(const Field& a, const Field& b, const Shape& shape) {
  const std::size_t added_to_a = shape.rank() - a.shape.rank();
  const std::size_t added_to_b = shape.rank() - b.shape.rank();
  return filled(shape, [&](const Index& index) {
    Index p{}, q{};
    for (std::size_t d = 0; d < shape.rank(); ++d) {
      const std::int64_t block = d < added_to_b ? 1 : b.shape[d - added_to_b];
      if (d >= added_to_a) p[d - added_to_a] = index[d] / block;
      if (d >= added_to_b) q[d - added_to_b] = index[d] % block;
    }
    return at(a, p) * at(b, q);
  });
}

/// input @ weight.T + bias; a weight of one dim is one output, whose dim the result lacks.
Field linear(const Field& input, const Field& weight, const Field& bias, const Shape& shape) {
  const std::size_t inner = input.shape.rank() - 1, last = weight.shape.rank() - 1;
  return filled(shape, [&](const Index& index) {
    std::vector<Series> inputs, weights;
    Index p = index, q{};
    if (last == 1) q[0] = index[inner];
    for (std::int64_t k = 0; k < input.shape[inner]; ++k) {
      p[inner] = q[last] = k;
      inputs.push_back(at(input, p));
      weights.push_back(at(weight, q));
    }
    return Tape::dot(inputs, weights) + at(bias, broadcast_position(index, bias.shape, shape));
  });
}

Series trace(const Field& x) {
  Series total = 0;
  for (std::int64_t k = 0; k < std::min(x.shape[0], x.shape[1]); ++k)
    total = total + at(x, Index{k, k});
  return total;
}

}  // namespace

std::vector<StructureLine> products() {
  return {
    VERIGRAD_STRUCTURE("matmul", return matmul(x[0], x[1], shape);),
        VERIGRAD_STRUCTURE("bmm", return matmul(x[0], x[1], shape);),
        VERIGRAD_STRUCTURE("dot", return matmul(x[0], x[1], shape);),
        VERIGRAD_STRUCTURE("outer", return filled(shape,
                                                  [&](const Index& index) {
                                                    return at(x[0], index[0]) * at(x[1], index[1]);
                                                  });),
        VERIGRAD_STRUCTURE("kron", return kron(x[0], x[1], shape);),
        VERIGRAD_STRUCTURE("linear", return linear(x[0], x[1], x[2], shape);),
        VERIGRAD_STRUCTURE("trace", return {shape, {trace(x[0])}};),
  };
}

}  // namespace verigrad::proof
