#include "tests/gradcheck/structural_forms.hpp"

namespace verigrad::gradcheck {
namespace {

std::vector<Form> losses(std::size_t arity) {
  std::vector<Form> forms;
  for (const char* reduction : {"mean", "sum", "none"}) {
    const AttributeValue word = std::string(reduction);
    forms.push_back({std::vector<Shape>(arity, Shape{3}), {word}});
    std::vector<Shape> mixed(arity, Shape{});
    mixed[0] = Shape{2, 2};
    forms.push_back({mixed, {word}});
    if (arity > 2) mixed[2] = Shape{2};
    if (arity > 3) mixed[3] = Shape{2, 1};
    mixed[1] = Shape{2, 2};
    forms.push_back({mixed, {word}});
  }
  return forms;
}

/// Without a scalar target: the slopes of the straight pieces may add up to exactly 0 there.
std::vector<Form> distance_forms() {
  std::vector<Form> forms;
  for (const char* reduction : {"mean", "sum", "none"})
    for (const auto& [shape, width] : std::vector<std::pair<Shape, Shape>>{
             {Shape{3}, Shape{}}, {Shape{2, 2}, Shape{2}}, {Shape{2, 2}, Shape{2, 1}}})
      forms.push_back({{shape, shape, width}, {std::string(reduction)}});
  return forms;
}

std::vector<Form> kl_div_forms() {
  std::vector<Form> forms;
  for (const char* reduction : {"mean", "sum", "none", "batchmean"})
    for (const bool log_target : {false, true}) {
      forms.push_back({{Shape{3}, Shape{3}}, {std::string(reduction), log_target}});
      forms.push_back({{Shape{2, 2}, Shape{}}, {std::string(reduction), log_target}});
    }
  return forms;
}

/// Class losses of indices, whose `extra` operands follow the weight.
std::vector<Form> class_forms(const std::vector<Shape>& extra) {
  std::vector<Form> forms;
  const auto add = [&](std::vector<Shape> shapes, std::int64_t ignore, const char* reduction,
                       std::vector<double> target) {
    shapes.insert(shapes.end(), extra.begin(), extra.end());
    forms.push_back(
        {std::move(shapes), {ignore, std::string(reduction)}, {{1, std::move(target)}}});
  };
  for (const char* reduction : {"mean", "sum", "none"}) {
    add({Shape{2, 3}, Shape{2}, Shape{3}}, -100, reduction, {2, 0});
    add({Shape{1, 3, 2}, Shape{1, 2}, Shape{3}}, 1, reduction, {2, 0});
  }
  // A weight that all targets share drops out of the mean.
  for (const char* reduction : {"sum", "none"}) {
    add({Shape{3, 2}, Shape{3}, Shape{}}, 1, reduction, {0, 1, 0});
    add({Shape{3}, Shape{}, Shape{3}}, -100, reduction, {1});
  }
  return forms;
}

std::vector<Form> cross_entropy_forms() {
  std::vector<Form> forms;
  for (const char* reduction : {"mean", "sum", "none"})
    for (const auto& [shape, weight] : std::vector<std::pair<Shape, Shape>>{
             {Shape{2, 3}, Shape{}}, {Shape{2, 3}, Shape{3}}, {Shape{1, 2, 2}, Shape{2}}})
      forms.push_back(
          {{shape, shape, weight, Shape{}}, {std::int64_t{-100}, std::string(reduction)}});
  for (const Form& form : class_forms({Shape{}})) forms.push_back(form);
  return forms;
}

}  // namespace

std::map<std::string_view, std::vector<Form>> loss_forms() {
  return {
      {"bce", losses(3)},
      {"bce_with_logits", losses(4)},
      {"mse", losses(2)},
      {"nll_loss", class_forms({})},
      {"cross_entropy", cross_entropy_forms()},
      {"huber", distance_forms()},
      {"smooth_l1", distance_forms()},
      {"kl_div", kl_div_forms()},
  };
}

}  // namespace verigrad::gradcheck
