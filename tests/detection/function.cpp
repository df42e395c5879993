#include "tests/detection/function.hpp"

#include <limits>

#include "engine/error.hpp"
#include "engine/functions.hpp"

namespace verigrad::detection {

std::vector<double> Subject::coordinates() const {
  std::vector<double> result;
  for (const std::size_t leaf : leaves)
    result.insert(result.end(), sample.point[leaf].begin(), sample.point[leaf].end());
  return result;
}

template <class T>
Function<T>::Function(const Subject& subject) : subject_(subject) {
  for (const double x : subject.coordinates()) coordinates_.push_back(static_cast<T>(x));
}

template <class T>
T Function<T>::operator()(const std::vector<T>& x) const {
  Point point = subject_.sample.point;
  auto next = x.begin();
  for (const std::size_t leaf : subject_.leaves)
    for (double& entry : point[leaf]) entry = static_cast<double>(*next++);
  const NoGrad values_only;
  try {
    const std::vector<Tensor<T>> leaves = leaf_tensors<T>(subject_.program(), point, false);
    return run<T>(subject_.program(), leaves, std::span(&subject_.output, 1))[0].entries()[0];
  } catch (const Error&) {
    return std::numeric_limits<T>::quiet_NaN();
  }
}

template class Function<float>;
template class Function<double>;

}  // namespace verigrad::detection
