#include "tests/accuracy/engine_pass.hpp"

#include <algorithm>
#include <charconv>

#include "engine/error.hpp"

namespace verigrad::accuracy {
namespace {

AttributeValue fallback(const Parameter& parameter) {
  const std::string_view text = parameter.fallback;
  if (text == "None") return std::monostate{};
  if (text == "True" || text == "False") return text == "True";
  if (text.starts_with('"')) return std::string(text.substr(1, text.size() - 2));
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// The formula's structural arguments, and the signature's defaults for the rest.
AttributesRef attributes_of(const Formula& formula, const Signature& signature) {
  std::vector<AttributeValue> values;
  std::size_t used = 0;
  for (std::size_t k = 0; k < signature.attribute_count(); ++k) {
    const Parameter& parameter = signature.attribute(k);
    const auto given = std::ranges::find(formula.attributes, parameter.name,
                                         &std::pair<std::string_view, AttributeValue>::first);
    values.push_back(given == formula.attributes.end() ? fallback(parameter) : given->second);
    used += given != formula.attributes.end();
  }
  if (used != formula.attributes.size())
    throw Error(label(formula) + ": the operation lacks an attribute of its formula");
  return values.empty() ? nullptr : make_attributes(std::move(values));
}

template <class T>
Computed<T> compute(const Formula& formula, std::span<const Point> points, const Shape& shape,
                    BackwardOptions options = {}) {
  const Operation& operation = *find_operation(formula.operation);
  std::vector<Tensor<T>> operands, free;
  for (std::size_t i = 0; i < operation.signature.operand_count(); ++i) {
    Tensor<T> x = Tensor<T>::uninitialised(shape);
    for (std::size_t k = 0; k < points.size(); ++k)
      x.mutable_data()[k] = static_cast<T>(points[k][i]);
    if (operation.differentiable(i)) free.push_back(x.requires_grad_());
    operands.push_back(x);
  }
  const Tensor<T> y =
      apply<T>(operation, Operands<T>(operands), attributes_of(formula, operation.signature));
  Computed<T> result;
  result.value.assign(y.entries().begin(), y.entries().end());
  if (free.empty()) return result;
  Tensor<T> ones = Tensor<T>::uninitialised(shape);
  std::fill_n(ones.mutable_data(), points.size(), T(1));
  const std::vector<Tensor<T>> slopes =
      grad<T>(std::span<const Tensor<T>>(&y, 1), std::span<const Tensor<T>>(free),
              std::span<const Tensor<T>>(&ones, 1), options);
  for (std::size_t i = 0, next = 0; i < operands.size(); ++i)
    if (operation.differentiable(i)) {
      const Tensor<T>& slope = slopes[next++];
      result.derivative[i].assign(slope.entries().begin(), slope.entries().end());
    }
  return result;
}

}  // namespace

template <class T>
Computed<T> compute_whole(const Formula& formula, std::span<const Point> points) {
  return compute<T>(formula, points, Shape{std::ssize(points)});
}

template <class T>
Computed<T> compute_recorded(const Formula& formula, std::span<const Point> points) {
  return compute<T>(formula, points, Shape{std::ssize(points)}, {.create_graph = true});
}

template <class T>
Computed<T> compute_singly(const Formula& formula, std::span<const Point> points) {
  Computed<T> all;
  for (std::size_t k = 0; k < points.size(); ++k) {
    const Computed<T> one = compute<T>(formula, points.subspan(k, 1), Shape{});
    all.value.push_back(one.value[0]);
    for (std::size_t i = 0; i < 4; ++i)
      if (!one.derivative[i].empty()) all.derivative[i].push_back(one.derivative[i][0]);
  }
  return all;
}

template Computed<float> compute_whole(const Formula&, std::span<const Point>);
template Computed<double> compute_whole(const Formula&, std::span<const Point>);
template Computed<float> compute_recorded(const Formula&, std::span<const Point>);
template Computed<double> compute_recorded(const Formula&, std::span<const Point>);
template Computed<float> compute_singly(const Formula&, std::span<const Point>);
template Computed<double> compute_singly(const Formula&, std::span<const Point>);

}  // namespace verigrad::accuracy
