#include "runner/operation_results.hpp"

#include <algorithm>

namespace verigrad::runner {
namespace {

/// Operands as tensors, and the numbers of those by which is differentiated.
template <class T>
struct Applied {
  std::vector<Tensor<T>> operands, free;

  void add(const FormOperand& operand, const Shape& shape, std::span<const T> entries) {
    Tensor<T> x = Tensor<T>::uninitialised(shape);
    std::ranges::copy(entries, x.mutable_data());
    if (operand.differentiable) free.push_back(x.requires_grad_());
    operands.push_back(x);
  }
};

/// Appends value and vᵀJ of one application to the results.
template <class T>
void append(const OperationForm& form, const Applied<T>& applied, std::span<const double> v,
            Results& results) {
  const Tensor<T> y = apply<T>(*form.operation, Operands<T>(applied.operands), form.attributes);
  results[0].insert(results[0].end(), y.entries().begin(), y.entries().end());
  if (applied.free.empty()) return;
  Tensor<T> cotangents = Tensor<T>::uninitialised(y.shape());
  for (std::size_t k = 0; k < v.size(); ++k) cotangents.mutable_data()[k] = static_cast<T>(v[k]);
  const std::vector<Tensor<T>> slopes =
      grad<T>(std::span<const Tensor<T>>(&y, 1), std::span<const Tensor<T>>(applied.free),
              std::span<const Tensor<T>>(&cotangents, 1));
  for (std::size_t q = 0; q < slopes.size(); ++q)
    results[q + 1].insert(results[q + 1].end(), slopes[q].entries().begin(),
                          slopes[q].entries().end());
}

template <class T>
void append_all_at_once(const OperationForm& form, std::span<const FlatPoint> points,
                        Results& results) {
  Applied<T> applied;
  for (std::size_t i = 0, column = 0; i < form.operands.size(); ++i) {
    std::vector<T> entries;
    for (const FlatPoint& point : points)
      entries.push_back(
          static_cast<T>(form.is_drawn(i) ? point[column] : form.operands[i].fixed[0]));
    column += form.is_drawn(i) ? 1 : 0;
    applied.add(form.operands[i], Shape{std::ssize(points)}, std::span<const T>(entries));
  }
  append(form, applied, std::vector<double>(points.size(), 1.0), results);
}

template <class T>
void append_one(const OperationForm& form, const Point& point, Results& results) {
  Applied<T> applied;
  for (std::size_t i = 0; i < form.operands.size(); ++i) {
    const std::vector<T> entries(point[i].begin(), point[i].end());
    applied.add(form.operands[i], form.operands[i].shape, std::span<const T>(entries));
  }
  const auto entries = static_cast<std::size_t>(form.program.shape(form.output).numel());
  append(form, applied, cotangent(entries), results);
}

template <class T>
Results computed_as(const OperationForm& form, DType dtype, std::span<const FlatPoint> points) {
  Results results(quantities(form).size());
  if (form.entrywise) {
    append_all_at_once<T>(form, points, results);
    return results;
  }
  for (const FlatPoint& point : points)
    append_one<T>(form, unflattened(form, point, dtype), results);
  return results;
}

}  // namespace

Point unflattened(const OperationForm& form, const FlatPoint& point, DType dtype) {
  Point result;
  auto next = point.begin();
  for (const FormOperand& operand : form.operands) {
    std::vector<double>& entries = result.emplace_back(operand.fixed);
    if (entries.empty()) {
      entries.assign(next, next + operand.shape.numel());
      next += operand.shape.numel();
    }
    for (double& entry : entries) entry = round_to(dtype, entry);
  }
  return result;
}

std::vector<Quantity> quantities(const OperationForm& form) {
  std::vector<Quantity> result{{"value", "value"}};
  for (std::size_t i = 0; i < form.operands.size(); ++i)
    if (form.operands[i].differentiable)
      result.push_back({"derivative by " + form.operands[i].name, "d/" + form.operands[i].name, i});
  return result;
}

std::vector<double> cotangent(std::size_t entries) {
  std::vector<double> v(entries, 1);
  for (std::size_t k = 0; entries > 1 && k < entries; ++k)
    v[k] = (k % 2 == 0 ? 1 : -1) * (0.5 + static_cast<double>(k % 5) / 4);
  return v;
}

Results computed(const OperationForm& form, DType dtype, std::span<const FlatPoint> points) {
  return dtype == DType::f64 ? computed_as<double>(form, dtype, points)
                             : computed_as<float>(form, dtype, points);
}

}  // namespace verigrad::runner
