#include "runner/naive_formulas.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string>

#include "engine/error.hpp"
#include "expressions/document.hpp"

namespace verigrad::runner {
namespace {

constexpr std::array formulas = std::to_array<NaiveFormula>({
    {"expm1", "value", "exp(x) - 1"},
    {"expm1", "d/input", "expm1(x) + 1"},
    {"log1p", "value", "log(1 + x)"},
    {"asin", "d/input", "1 / sqrt(1 - x ** 2)"},
    {"acos", "d/input", "-1 / sqrt(1 - x ** 2)"},
    {"atan", "d/input", "1 / (1 + x ** 2)"},
    {"sinh", "value", "(exp(x) - exp(-x)) / 2"},
    {"tanh", "value", "(exp(x) - exp(-x)) / (exp(x) + exp(-x))"},
    {"tanh", "d/input", "1 - tanh(x) ** 2"},
    {"asinh", "value", "log(x + sqrt(x ** 2 + 1))"},
    {"asinh", "d/input", "1 / sqrt(x ** 2 + 1)"},
    {"acosh", "value", "log(x + sqrt(x ** 2 - 1))"},
    {"acosh", "d/input", "1 / sqrt(x ** 2 - 1)"},
    {"atanh", "value", "log((1 + x) / (1 - x)) / 2"},
    {"atanh", "d/input", "1 / (1 - x ** 2)"},
    {"erf", "d/input", "2 / sqrt(pi) * exp(-(x ** 2))"},
    {"sigmoid", "value", "exp(x) / (1 + exp(x))"},
    {"sigmoid", "d/input", "sigmoid(x) * (1 - sigmoid(x))"},
    {"logsigmoid", "value", "log(sigmoid(x))"},
    {"logsigmoid", "d/input", "1 - sigmoid(x)"},
    {"softplus", "value", "log(1 + exp(beta * x)) / beta"},
    {"softplus", "d/input", "exp(beta * x) / (1 + exp(beta * x))"},
    {"gelu", "value", "x * (1 + erf(x / sqrt(2))) / 2"},
    {"gelu", "d/input", "(1 + erf(x / sqrt(2))) / 2 + x * exp(-(x ** 2) / 2) / sqrt(2 * pi)"},
    {"bce_with_logits", "value",
     "-weight * (pos_weight * target * log(sigmoid(x)) + (1 - target) * log(1 - sigmoid(x)))"},
    {"bce_with_logits", "d/input",
     "weight * ((1 - target) * sigmoid(x) - pos_weight * target * (1 - sigmoid(x)))"},
    {"logsumexp", "value", "log(sum(exp(x)))"},
    {"softmax", "value", "exp(x) / sum(exp(x))"},
    {"log_softmax", "value", "log(exp(x) / sum(exp(x)))"},
});

std::string name_of(const OperationForm& form, std::size_t operand) {
  return operand == 0 ? "x" : form.operands[operand].name;
}

/// `formula` of leaves of these shapes, one for each operand.
expressions::Instance elaborated(const NaiveFormula& formula, const OperationForm& form,
                                 const std::vector<Shape>& shapes) {
  std::string text;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    std::vector<std::int64_t> sizes;
    for (std::size_t dim = 0; dim < shapes[i].rank(); ++dim) sizes.push_back(shapes[i][dim]);
    text += fmt::format("input {} : [{}]\n", name_of(form, i), fmt::join(sizes, ", "));
  }
  return expressions::elaborate(fmt::format("{}y = {}\n", text, formula.text));
}

template <class T>
void append(const expressions::Instance& formula, const Point& point, std::vector<double>& to) {
  const NoGrad values_only;
  const std::vector<Tensor<T>> leaves = leaf_tensors<T>(formula.program, point, false);
  const Tensor<T> result =
      run<T>(formula.program, leaves, std::span<const ValueId>(&formula.output, 1))[0];
  to.insert(to.end(), result.entries().begin(), result.entries().end());
}

/// Every operand's entries at all points, of a form whose operands are scalars.
Point columns(const OperationForm& form, DType dtype, std::span<const FlatPoint> points) {
  Point result(form.operands.size());
  for (const FlatPoint& each : points) {
    const Point point = unflattened(form, each, dtype);
    for (std::size_t i = 0; i < result.size(); ++i) result[i].push_back(point[i][0]);
  }
  return result;
}

}  // namespace

std::span<const NaiveFormula> naive_formulas() { return formulas; }

const NaiveFormula* naive_formula(const OperationForm& form, const Quantity& quantity) {
  const auto found = std::ranges::find_if(formulas, [&](const NaiveFormula& each) {
    return each.form == form.label && each.target == quantity.target;
  });
  return found == formulas.end() ? nullptr : &*found;
}

std::vector<double> computed_naively(const NaiveFormula& formula, const OperationForm& form,
                                     DType dtype, std::span<const FlatPoint> points) {
  std::vector<Shape> shapes;
  for (const FormOperand& operand : form.operands)
    shapes.push_back(form.entrywise ? Shape{std::ssize(points)} : operand.shape);
  expressions::Instance instance = elaborated(formula, form, shapes);
  instance.program.dtype = dtype;
  std::vector<double> results;
  const auto add = [&](const Point& point) {
    dtype == DType::f32 ? append<float>(instance, point, results)
                        : append<double>(instance, point, results);
  };
  if (form.entrywise)
    add(columns(form, dtype, points));
  else
    for (const FlatPoint& point : points) add(unflattened(form, point, dtype));
  return results;
}

}  // namespace verigrad::runner
