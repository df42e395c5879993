#include <fmt/format.h>

#include "engine/error.hpp"
#include "engine/functions.hpp"
#include "engine/print.hpp"
#include "runner/codes.hpp"
#include "runner/describe.hpp"
#include "runner/draw.hpp"
#include "runner/run.hpp"

namespace verigrad::runner {
namespace {

using expressions::Instance;

template <class T>
std::string printed(const Tensor<T>& tensor) {
  return to_string(tensor, {.default_dtype = dtype_name<T>()});
}

template <class T>
reports::TensorValue tensor_value(const Tensor<T>& tensor) {
  return {std::vector<std::int64_t>(tensor.shape().begin(), tensor.shape().end()),
          std::vector<double>(tensor.entries().begin(), tensor.entries().end())};
}

/// Every input and binding in the order in which the file names them, then the gradients of a
/// scalar output.
template <class T>
reports::EvalPoint evaluate_at(const Sample& sample) {
  const Instance& instance = sample.instance;
  const std::vector<Tensor<T>> leaves = leaf_tensors<T>(instance.program, sample.point, true);
  std::vector<ValueId> roots;
  for (const expressions::NamedValue& binding : instance.bindings) roots.push_back(binding.value);
  if (instance.output != no_value) roots.push_back(instance.output);
  const std::vector<Tensor<T>> values = run<T>(instance.program, leaves, roots);

  reports::EvalPoint result;
  std::size_t next_leaf = 0;
  // Values are numbered in the order in which the file makes them.
  const auto add_leaves_before = [&](ValueId end) {
    for (; next_leaf < leaves.size(); ++next_leaf) {
      const Leaf& leaf = instance.program.leaves()[next_leaf];
      if (end != no_value && instance.program.leaf_value(next_leaf) > end) return;
      if (!expressions::is_anonymous(leaf))
        result.values.push_back(
            {leaf.name, tensor_value(leaves[next_leaf]), {}, printed(leaves[next_leaf])});
    }
  };
  for (std::size_t i = 0; i < instance.bindings.size(); ++i) {
    add_leaves_before(instance.bindings[i].value);
    std::optional<std::string> grad_fn;
    if (!values[i].grad_fn().empty()) grad_fn = std::string(values[i].grad_fn());
    result.values.push_back(
        {instance.bindings[i].name, tensor_value(values[i]), grad_fn, printed(values[i])});
  }
  add_leaves_before(no_value);
  if (instance.output == no_value || values.back().numel() != 1) return result;
  const Tensor<T>& output = values.back();
  if (output.requires_grad()) output.backward();
  for (std::size_t leaf : instance.inputs) {
    Tensor<T> gradient = leaves[leaf].grad();
    if (!gradient.defined()) gradient = zeros_like(leaves[leaf]);
    result.gradients.push_back(
        {instance.program.leaves()[leaf].name, tensor_value(gradient), {}, printed(gradient)});
  }
  return result;
}

}  // namespace

reports::EvalFile evaluate(const Input& input, const Options& options) {
  DrawnFile drawn = draw_file(input, options, 1);
  reports::EvalFile file{.path = input.path, .points = {}, .errors = std::move(drawn.errors)};
  for (const Sample& sample : drawn.samples) {
    try {
      file.points.push_back(drawn.dtype == DType::f32 ? evaluate_at<float>(sample)
                                                      : evaluate_at<double>(sample));
    } catch (const Error& error) {
      file.errors.push_back({.code = code::evaluation_error, .message = error.what(), .help = {}});
      break;  // other points would most likely say the same
    }
  }
  return file;
}

}  // namespace verigrad::runner
