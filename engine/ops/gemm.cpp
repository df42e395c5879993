#include "engine/ops/gemm.hpp"

#include <Eigen/Core>

#include "engine/pool.hpp"

namespace verigrad::detail {
namespace {

using Eigen::ColMajor, Eigen::Dynamic, Eigen::RowMajor;

template <class T, int order>
using View = Eigen::Map<const Eigen::Matrix<T, Dynamic, Dynamic, order>>;
template <class T>
using Result = Eigen::Map<Eigen::Matrix<T, Dynamic, Dynamic, RowMajor>>;

/// Where Eigen packs the factors: in the pool instead of a fresh block for every product.
template <class T>
class Packing
    : public Eigen::internal::gemm_blocking_space<RowMajor, T, T, Dynamic, Dynamic, Dynamic> {
 public:
  using Base = Eigen::internal::gemm_blocking_space<RowMajor, T, T, Dynamic, Dynamic, Dynamic>;

  Packing(std::int64_t rows, std::int64_t columns, std::int64_t inner)
      : Base(rows, columns, inner, 1, true) {
    this->m_blockA = static_cast<T*>(pool_allocate(bytes_a()));
    this->m_blockB = static_cast<T*>(pool_allocate(bytes_b()));
  }
  ~Packing() {
    pool_release(this->m_blockA, bytes_a());
    pool_release(this->m_blockB, bytes_b());
    this->m_blockA = this->m_blockB = nullptr;  // or the base would release them
  }

 private:
  std::size_t bytes_a() const {
    return static_cast<std::size_t>(this->mc() * this->kc()) * sizeof(T);
  }
  std::size_t bytes_b() const {
    return static_cast<std::size_t>(this->kc() * this->nc()) * sizeof(T);
  }
};

/// Eigen's own choice between its kernels, but for what it packs.
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
