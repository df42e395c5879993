#include "gradcheck/recorded_gradient.hpp"

#include <algorithm>

#include "engine/creation.hpp"
#include "engine/recording.hpp"

namespace verigrad::gradcheck {
namespace {

template <class T>
Tensor<T> constant(const std::vector<double>& entries, const Shape& shape) {
  std::vector<T> narrow(entries.size());
  std::transform(entries.begin(), entries.end(), narrow.begin(),
                 [](double x) { return static_cast<T>(x); });
  return Tensor<T>(shape, narrow);
}

/// vᵀJ, recorded; undefined where y does not depend on x.
template <class T>
Tensor<T> pull_back(const Tensor<T>& y, const Tensor<T>& x, const Tensor<T>& v) {
  if (!y.requires_grad()) return Tensor<T>();
  return grad<T>(std::span(&y, 1), std::span(&x, 1), std::span(&v, 1), {.create_graph = true},
                 true)[0];
}

/// A forward pass under a recording, and the derivatives that are taken of it.
template <class T>
class Session {
 public:
  Session(const Program& program, const Point& point, ValueId output, std::size_t leaf)
      : leaves_(leaf_tensors<T>(program, point, true)), x_(leaves_[leaf]) {
    for (std::size_t i = 0; i < leaves_.size(); ++i) {
      Leaf copy = program.leaves()[i];
      copy.initial = no_value;
      recording_.add_leaf(std::move(copy), leaves_[i]);
    }
    y_ = run<T>(program, leaves_, std::span(&output, 1))[0];
    output_ = recording_.id(y_);
  }

  const Tensor<T>& x() const { return x_; }
  const Tensor<T>& y() const { return y_; }

  /// Ends the session; an undefined derivative is zeros.
  RecordedGradient recorded(const Tensor<T>& derivative, const Shape& shape) {
    const ValueId root = recording_.id(derivative.defined() ? derivative : zeros<T>(shape));
    std::vector<ValueId> origins = recording_.origins();
    return {recording_.take(), root, output_, std::move(origins)};
  }

 private:
  Recording<T> recording_;
  std::vector<Tensor<T>> leaves_;
  Tensor<T> x_, y_;
  ValueId output_ = no_value;
};

}  // namespace

template <class T>
RecordedGradient record_gradient(const Program& program, const Point& point, ValueId output,
                                 std::size_t leaf, const std::vector<double>& v) {
  Session<T> session(program, point, output, leaf);
  const Tensor<T>&x = session.x(), &y = session.y();
  return session.recorded(pull_back(y, x, constant<T>(v, y.shape())), x.shape());
}

template <class T>
RecordedGradient record_hvp(const Program& program, const Point& point, ValueId output,
                            std::size_t leaf, const std::vector<double>& u) {
  Session<T> session(program, point, output, leaf);
  const Tensor<T>&x = session.x(), &y = session.y();
  Tensor<T> product = pull_back(y, x, ones<T>(Shape()));
  if (product.defined()) product = pull_back(product, x, constant<T>(u, x.shape()));
  return session.recorded(product, x.shape());
}

template <class T>
RecordedGradient record_jvp(const Program& program, const Point& point, ValueId output,
                            std::size_t leaf, const std::vector<double>& u) {
  Session<T> session(program, point, output, leaf);
  const Tensor<T>&x = session.x(), &y = session.y();
  const Tensor<T> v = ones<T>(y.shape()).requires_grad_();
  Tensor<T> product = pull_back(y, x, v);
  if (product.defined()) product = pull_back(product, v, constant<T>(u, x.shape()));
  return session.recorded(product, y.shape());
}

#define VERIGRAD_INSTANTIATE(T)                                                                    \
  template RecordedGradient record_gradient<T>(const Program&, const Point&, ValueId, std::size_t, \
                                               const std::vector<double>&);                        \
  template RecordedGradient record_hvp<T>(const Program&, const Point&, ValueId, std::size_t,      \
                                          const std::vector<double>&);                             \
  template RecordedGradient record_jvp<T>(const Program&, const Point&, ValueId, std::size_t,      \
                                          const std::vector<double>&);
VERIGRAD_INSTANTIATE(float)
VERIGRAD_INSTANTIATE(double)
#undef VERIGRAD_INSTANTIATE

RecordedGradient record_gradient(const Program& program, const Point& point, ValueId output,
                                 std::size_t leaf, const std::vector<double>& v) {
  return program.dtype == DType::f32 ? record_gradient<float>(program, point, output, leaf, v)
                                     : record_gradient<double>(program, point, output, leaf, v);
}

}  // namespace verigrad::gradcheck
