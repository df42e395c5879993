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
