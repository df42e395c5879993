#include "engine/ops/gemm.hpp"

#include <Eigen/Core>

#include "engine/pool.hpp"

namespace verigrad::detail {
namespace {

using Eigen::ColMajor, Eigen::Dynamic, Eigen::RowMajor;

/// A vector register, with Eigen's operations.
template <class T>
using Packet = typename Eigen::internal::packet_traits<T>::type;
template <class T>
constexpr std::int64_t packet_size = Eigen::internal::packet_traits<T>::size;

template <class T, int order>
using View = Eigen::Map<const Eigen::Matrix<T, Dynamic, Dynamic, order>>;
template <class T>
using Result = Eigen::Map<Eigen::Matrix<T, Dynamic, Dynamic, RowMajor>>;

template <class T>
using Blocking = Eigen::internal::gemm_blocking_space<RowMajor, T, T, Dynamic, Dynamic, Dynamic>;

/// Where Eigen packs the factors: in the pool instead of a fresh block for every product.
template <class T>
class Packing : public Blocking<T> {
 public:
  Packing(std::int64_t rows, std::int64_t columns, std::int64_t inner)
      : Blocking<T>(rows, columns, inner, 1, true),
        a_(static_cast<std::size_t>(this->mc() * this->kc())),
        b_(static_cast<std::size_t>(this->kc() * this->nc())) {
    this->m_blockA = a_.data();
    this->m_blockB = b_.data();
  }
  // The base would give them back to the system.
  ~Packing() { this->m_blockA = this->m_blockB = nullptr; }

 private:
  PoolBlock<T> a_, b_;
};

/// Products with vectors and of few entries as Eigen does them, others packed into the pool.
template <int order_a, int order_b, class T>
void multiply(const View<T, order_a>& a, const View<T, order_b>& b, Result<T>& y) {
  const Eigen::Index rows = a.rows(), inner = a.cols(), columns = b.cols();
  if (rows == 1) {
    y.row(0).noalias() = a.row(0) * b;
  } else if (columns == 1) {
    y.col(0).noalias() = a * b.col(0);
  } else if (rows + inner + columns < EIGEN_GEMM_TO_COEFFBASED_THRESHOLD) {
    y = a.lazyProduct(b);
  } else {
    y.setZero();
    Packing<T> packing(rows, columns, inner);
    Eigen::internal::general_matrix_matrix_product<Eigen::Index, T, order_a, false, T, order_b,
                                                   false, RowMajor, 1>::run(rows, columns, inner,
                                                                            a.data(),
                                                                            a.outerStride(),
                                                                            b.data(),
                                                                            b.outerStride(),
                                                                            y.data(), 1,
                                                                            y.outerStride(), T(1),
                                                                            packing);
  }
}

/// Whether a product has so few terms that packing its factors would take longer than all of them.
template <class T>
bool is_small(std::int64_t rows, std::int64_t inner, std::int64_t columns) {
  constexpr std::int64_t most_terms = 1024;
  return rows > 1 && columns % packet_size<T> == 0 && rows * columns <= most_terms / inner;
}

/// Row by row of the result, whose columns fill whole registers. A transposed second factor is
/// copied first, so that the result does not depend on how a factor is given.
template <class T>
void multiply_small(Factor<T> a, Factor<T> b, std::int64_t rows, std::int64_t inner,
                    std::int64_t columns, T* y) {
  using namespace Eigen::internal;
  if (b.transposed) {
    const PoolBlock<T> copy(static_cast<std::size_t>(inner * columns));
    for (std::int64_t k = 0; k < inner; ++k)
      for (std::int64_t c = 0; c < columns; ++c)
        copy.data()[k * columns + c] = b.entries[c * inner + k];
    return multiply_small(a, {copy.data()}, rows, inner, columns, y);
  }
  const std::int64_t row_step = a.transposed ? 1 : inner, term_step = a.transposed ? rows : 1;
  for (std::int64_t r = 0; r < rows; ++r)
    for (std::int64_t c = 0; c < columns; c += packet_size<T>) {
      auto sum = pset1<Packet<T>>(T(0));
      for (std::int64_t k = 0; k < inner; ++k)
        sum = pmadd(pset1<Packet<T>>(a.entries[r * row_step + k * term_step]),
                    ploadu<Packet<T>>(b.entries + k * columns + c), sum);
      pstoreu(y + r * columns + c, sum);
    }
}

}  // namespace

template <class T>
void multiply(Factor<T> a, Factor<T> b, std::int64_t rows, std::int64_t inner, std::int64_t columns,
              T* y) {
  Result<T> result(y, rows, columns);
  if (result.size() == 0) return;
  if (inner == 0) {
    result.setZero();
    return;
  }
  if (is_small<T>(rows, inner, columns)) return multiply_small(a, b, rows, inner, columns, y);
  const View<T, RowMajor> x(a.entries, rows, inner), w(b.entries, inner, columns);
  const View<T, ColMajor> xt(a.entries, rows, inner), wt(b.entries, inner, columns);
  if (a.transposed && b.transposed) {
    multiply(xt, wt, result);
  } else if (a.transposed) {
    multiply(xt, w, result);
  } else if (b.transposed) {
    multiply(x, wt, result);
  } else {
    multiply(x, w, result);
  }
}

template void multiply(Factor<float>, Factor<float>, std::int64_t, std::int64_t, std::int64_t,
                       float*);
template void multiply(Factor<double>, Factor<double>, std::int64_t, std::int64_t, std::int64_t,
                       double*);

}  // namespace verigrad::detail
