#include "tests/gradcheck/structural_forms.hpp"

namespace verigrad::gradcheck {
namespace {

std::vector<Form> reduction_forms(bool several_dims) {
  const auto none = std::monostate();
  std::vector<Form> forms = {
      {{Shape{}}, {none, false}},
      {{Shape{3}}, {none, false}},
      {{Shape{2, 3}}, {none, false}},
      {{Shape{3}}, {Integers{0}, false}},
      {{Shape{3}}, {Integers{-1}, true}},
      {{Shape{2, 3}}, {Integers{0}, false}},
      {{Shape{2, 3}}, {Integers{-1}, true}},
      {{Shape{2, 3, 2}}, {Integers{1}, false}},
      {{Shape{2, 3, 2}}, {Integers{-3}, true}},
      {{Shape{2, 1}}, {Integers{1}, false}},
  };
  if (several_dims) {
    forms.push_back({{Shape{2, 3}}, {none, true}});
    forms.push_back({{Shape{2, 3}}, {Integers{0, 1}, false}});
    forms.push_back({{Shape{2, 3, 2}}, {Integers{0, 2}, false}});
    forms.push_back({{Shape{2, 3, 2}}, {Integers{-1, 0}, true}});
  }
  return forms;
}

/// The forms of a reduction with another attribute or operand between `dim` and `keepdim`.
std::vector<Form> spreads() {
  std::vector<Form> forms;
  for (const bool unbiased : {true, false})
    for (Form form : reduction_forms(true)) {
      if (unbiased && (form.shapes[0].numel() == 1 || form.shapes[0] == Shape{2, 1})) continue;
      form.attributes.insert(form.attributes.begin() + 1, unbiased);
      // One entry has no deviation, so that its std is on its kink wherever it lies.
      if (form.shapes[0].numel() == 1 || form.shapes[0] == Shape{2, 1}) continue;
      forms.push_back(form);
    }
  return forms;
}

std::vector<Form> norms() {
  std::vector<Form> forms = reduction_forms(true);
  for (Form& form : forms) form.shapes.push_back(Shape{});
  return forms;
}

std::vector<Form> stacks_of_square_matrices(std::vector<AttributeValue> attributes = {}) {
  std::vector<Form> forms;
  for (const Shape& shape : {Shape{2, 2}, Shape{1, 1}, Shape{3, 3}, Shape{2, 2, 2}})
    forms.push_back({{shape}, attributes});
  return forms;
}

std::vector<Form> triangular_solves() {
  std::vector<Form> forms;
  for (const bool upper : {true, false})
    for (const bool transposes : {true, false})
      for (const bool unit : {true, false})
        for (const auto& [b, a] :
             {std::pair{Shape{2, 1}, Shape{2, 2}}, std::pair{Shape{2, 2, 2}, Shape{2, 2}},
              std::pair{Shape{2, 1}, Shape{2, 2, 2}}})
          forms.push_back({{b, a}, {upper, transposes, unit}});
  return forms;
}

Form einsum_form(const char* equation, std::vector<Shape> shapes) {
  return {std::move(shapes), {std::string(equation)}};
}

std::vector<Form> along_a_dim() {
  std::vector<Form> forms;
  for (const std::int64_t dim : {0, 1, -1}) forms.push_back({{Shape{2, 3}}, {dim}});
  forms.push_back({{Shape{3}}, {std::int64_t{0}}});
  forms.push_back({{Shape{2, 3, 2}}, {std::int64_t{-2}}});
  return forms;
}

using Int = std::int64_t;

/// Convolutions, and their transposes: stride, padding, dilation and groups follow the shape of
/// the result, which only the transposes have.
std::vector<AttributeValue> window(Integers stride, AttributeValue padding, Integers dilation,
                                   Int groups, const Integers& result = {}) {
  std::vector<AttributeValue> all = {std::move(stride), std::move(padding), std::move(dilation),
                                     groups};
  if (!result.empty()) all.insert(all.begin(), result);
  return all;
}

std::vector<Form> derivatives_of_order() {
  std::vector<Form> forms = {{{Shape{}}, {Int{1}}}, {{Shape{0}}, {Int{1}}}};
  for (const Int n : {0, 1, 2, 3}) forms.push_back({{Shape{3}}, {n}});
  return forms;
}

std::vector<Form> gelu_forms() {
  std::vector<Form> forms;
  for (const char* word : {"none", "tanh"})
    for (const Shape& shape : {Shape{}, Shape{2, 3}, Shape{0}})
      forms.push_back({{shape}, {std::string(word)}});
  return forms;
}

}  // namespace

std::map<std::string_view, std::vector<Form>> structural_forms() {
  return {
      {"sum", reduction_forms(true)},
      {"mean", reduction_forms(true)},
      {"prod", reduction_forms(true)},
      {"logsumexp", reduction_forms(true)},
      {"max", reduction_forms(false)},
      {"min", reduction_forms(false)},
      {"amax", reduction_forms(true)},
      {"amin", reduction_forms(true)},
      {"median", reduction_forms(false)},
      {"var", spreads()},
      {"std", spreads()},
      {"norm", norms()},
      {"cumsum", along_a_dim()},
      {"reverse_cumsum", along_a_dim()},
      {"cumprod", along_a_dim()},
      {"outer", {{{Shape{3}, Shape{2}}}, {{Shape{1}, Shape{1}}}}},
      {"bmm", {{{Shape{2, 2, 3}, Shape{2, 3, 2}}}, {{Shape{1, 1, 2}, Shape{1, 2, 1}}}}},
      {"kron", {{{Shape{2, 2}, Shape{2, 2}}}, {{Shape{2}, Shape{2, 3}}}, {{Shape{}, Shape{2}}}}},
      {"einsum",
       {einsum_form("ij,jk->ik", {Shape{2, 3}, Shape{3, 2}}), einsum_form("ii->i", {Shape{3, 3}}),
        einsum_form("...ij,...j", {Shape{2, 2, 3}, Shape{3}}), einsum_form("ij->", {Shape{2, 3}}),
        einsum_form("i,ij,j,jk->k", {Shape{2}, Shape{2, 3}, Shape{1}, Shape{3, 2}})}},
      {"diag",
       {{{Shape{3}}, {Int{0}}},
        {{Shape{2}}, {Int{-1}}},
        {{Shape{2, 3}}, {Int{1}}},
        {{Shape{3, 2}}, {Int{-1}}}}},
      {"diagonal_backward",
       {{{Shape{2}}, {Integers{2, 3}, Int{1}}}, {{Shape{1}}, {Integers{2, 2}, Int{-1}}}}},
      {"trace", {{{Shape{2, 3}}}, {{Shape{2, 2}}}}},
      {"tril", {{{Shape{2, 3}}, {Int{0}}}, {{Shape{2, 2, 2}}, {Int{-1}}}}},
      {"triu", {{{Shape{2, 3}}, {Int{0}}}, {{Shape{2, 2, 2}}, {Int{1}}}}},
      {"det", stacks_of_square_matrices()},
      {"adjugate", stacks_of_square_matrices()},
      {"logdet", stacks_of_square_matrices()},
      {"inverse", stacks_of_square_matrices()},
      {"limit_inverse", stacks_of_square_matrices()},
      {"cholesky",
       [] {
         std::vector<Form> forms = stacks_of_square_matrices({false});
         for (const Form& form : stacks_of_square_matrices({true})) forms.push_back(form);
         return forms;
       }()},
      {"solve",
       {{{Shape{2, 2}, Shape{2}}}, {{Shape{2, 2}, Shape{2, 2}}}, {{Shape{2, 2, 2}, Shape{2, 1}}}}},
      {"triangular_solve", triangular_solves()},
      {"softmax", along_a_dim()},
      {"log_softmax", along_a_dim()},
      {"gelu", gelu_forms()},
      {"polygamma", derivatives_of_order()},
      {"sinc_derivative", derivatives_of_order()},
      {"dot", {{{Shape{3}, Shape{3}}}, {{Shape{1}, Shape{1}}}}},
      {"matmul",
       {{{Shape{3}, Shape{3}}},
        {{Shape{2, 3}, Shape{3}}},
        {{Shape{3}, Shape{3, 2}}},
        {{Shape{2, 3}, Shape{3, 2}}},
        {{Shape{2, 2, 2}, Shape{2}}},
        {{Shape{2}, Shape{2, 2, 2}}},
        {{Shape{2, 2, 3}, Shape{3, 2}}},
        {{Shape{2, 3}, Shape{2, 3, 1}}},
        {{Shape{2, 1, 1, 2}, Shape{3, 2, 2}}}}},
      {"transpose",
       {{{Shape{2, 3}}, {Int{0}, Int{1}}},
        {{Shape{2, 3, 2}}, {Int{-1}, Int{0}}},
        {{Shape{3}}, {Int{0}, Int{0}}}}},
      {"permute", {{{Shape{2, 3}}, {Integers{1, 0}}}, {{Shape{2, 3, 2}}, {Integers{2, 0, 1}}}}},
      {"reshape",
       {{{Shape{2, 3}}, {Integers{6}}},
        {{Shape{2, 3}}, {Integers{3, -1}}},
        {{Shape{}}, {Integers{1, 1}}},
        {{Shape{1}}, {Integers{}}}}},
      {"broadcast_to",
       {{{Shape{}}, {Integers{2, 2}}},
        {{Shape{2, 1}}, {Integers{2, 3}}},
        {{Shape{3}}, {Integers{2, 1, 3}}}}},
      {"sum_to",
       {{{Shape{2, 3}}, {Integers{}}},
        {{Shape{2, 3}}, {Integers{2, 1}}},
        {{Shape{2, 1, 3}}, {Integers{3}}}}},
      {"select",
       {{{Shape{3}}, {Int{0}, Int{-1}}},
        {{Shape{2, 3}}, {Int{1}, Int{2}}},
        {{Shape{2, 3, 2}}, {Int{-2}, Int{0}}}}},
      {"select_backward",
       {{{Shape{}}, {Integers{3}, Int{0}, Int{1}}},
        {{Shape{2}}, {Integers{2, 3}, Int{1}, Int{-1}}}}},
      {"slice",
       {{{Shape{4}}, {Int{0}, Int{1}, Int{3}, Int{1}}},
        {{Shape{2, 5}}, {Int{1}, Int{0}, Int{5}, Int{2}}},
        {{Shape{5}}, {Int{-1}, Int{-3}, Int{100}, Int{1}}},
        {{Shape{3}}, {Int{0}, Int{2}, Int{1}, Int{1}}}}},
      {"slice_backward",
       {{{Shape{2}}, {Integers{4}, Int{0}, Int{1}, Int{3}, Int{1}}},
        {{Shape{2, 3}}, {Integers{2, 5}, Int{1}, Int{0}, Int{5}, Int{2}}}}},
      {"concat",
       {{{Shape{2}, Shape{3}, Shape{1}}, {Int{0}}},
        {{Shape{2, 1}, Shape{2, 2}}, {Int{-1}}},
        {{Shape{2, 2}, Shape{0, 2}}, {Int{0}}}}},
      {"stack",
       {{{Shape{}, Shape{}}, {Int{0}}},
        {{Shape{3}, Shape{3}}, {Int{1}}},
        {{Shape{2, 2}, Shape{2, 2}}, {Int{-2}}}}},
      {"flip", {{{Shape{2, 3}}, {Integers{0, -1}}}, {{Shape{3}}, {Integers{}}}}},
      {"roll",
       {{{Shape{2, 3}}, {Integers{1}, std::monostate()}},
        {{Shape{2, 3}}, {Integers{-1, 4}, Integers{0, -1}}}}},
      {"repeat", {{{Shape{2}}, {Integers{2, 3}}}, {{Shape{2, 1}}, {Integers{1, 2}}}}},
      {"squeeze", {{{Shape{1, 2, 1}}, {std::monostate()}}, {{Shape{1, 2, 1}}, {Integers{-1}}}}},
      {"unsqueeze", {{{Shape{2, 3}}, {Int{1}}}, {{Shape{}}, {Int{-1}}}}},
      {"pad",
       {{{Shape{2, 3}, Shape{}}, {Integers{1, 2}, std::string("constant")}},
        {{Shape{2, 3}, Shape{}}, {Integers{-1, 2, 1, 0}, std::string("constant")}}}},
      {"pad_backward",
       {{{Shape{6}}, {Integers{3}, Integers{1, 2}, std::string("reflect")}},
        {{Shape{6}}, {Integers{3}, Integers{1, 2}, std::string("replicate")}},
        {{Shape{3, 2}}, {Integers{2, 2}, Integers{0, 0, 1, 0}, std::string("circular")}}}},
      {"gather",
       {{{Shape{2, 3}, Shape{2, 2}}, {Int{1}}, {{1, {0, 2, 2, 2}}}},
        {{Shape{2, 3}, Shape{3, 2}}, {Int{-2}}, {{1, {1, 0, 1, 1, 0, 0}}}}}},
      {"gather_backward",
       {{{Shape{2, 2}, Shape{2, 2}}, {Integers{2, 3}, Int{1}}, {{1, {0, 2, 2, 2}}}}}},
      {"index_select",
       {{{Shape{2, 3}, Shape{4}}, {Int{1}}, {{1, {0, 2, 2, 1}}}},
        {{Shape{3}, Shape{}}, {Int{0}}, {{1, {2}}}}}},
      {"index_select_backward",
       {{{Shape{2, 4}, Shape{4}}, {Integers{2, 3}, Int{1}}, {{1, {0, 2, 2, 1}}}}}},
      {"cosine_similarity",
       {{{Shape{2, 3}, Shape{2, 3}, Shape{}}, {Int{1}}},
        {{Shape{2, 3}, Shape{3}, Shape{}}, {Int{1}}},
        {{Shape{3}, Shape{3}, Shape{}}, {Int{-1}}}}},
      {"layer_norm",
       {{{Shape{2, 3}, Shape{3}, Shape{3}, Shape{}}, {Integers{3}}},
        {{Shape{2, 3}, Shape{}, Shape{}, Shape{}}, {Integers{2, 3}}}}},
      {"linear",
       {{{Shape{2, 3}, Shape{2, 3}, Shape{2}}},
        {{Shape{3}, Shape{2, 3}, Shape{}}},
        {{Shape{2, 3}, Shape{3}, Shape{}}}}},
      {"conv1d",
       {{{Shape{1, 2, 4}, Shape{2, 2, 2}, Shape{2}}, window({1}, Integers{0}, {1}, 1)},
        {{Shape{2, 5}, Shape{2, 1, 2}, Shape{}}, window({2}, Integers{1}, {2}, 2)},
        {{Shape{1, 4}, Shape{1, 1, 2}, Shape{}}, window({1}, std::string("same"), {1}, 1)}}},
      {"conv2d",
       {{{Shape{1, 1, 3, 3}, Shape{1, 1, 2, 2}, Shape{1}}, window({1}, Integers{0}, {1}, 1)},
        {{Shape{2, 2, 3}, Shape{2, 1, 2, 1}, Shape{2}},
         window({1, 2}, Integers{1, 0}, {2, 1}, 2)}}},
      {"convolution_input",
       {{{Shape{1, 2, 3}, Shape{2, 2, 2}}, window({1}, Integers{0}, {1}, 1, {1, 2, 4})},
        {{Shape{1, 1, 2, 2}, Shape{1, 1, 2, 2}}, window({1}, Integers{0}, {1}, 1, {1, 1, 3, 3})}}},
      {"convolution_weight",
       {{{Shape{1, 2, 3}, Shape{1, 2, 4}}, window({1}, Integers{0}, {1}, 1, {2, 2, 2})},
        {{Shape{1, 1, 2, 2}, Shape{1, 1, 3, 3}}, window({1}, Integers{0}, {1}, 1, {1, 1, 2, 2})}}},
  };
}

}  // namespace verigrad::gradcheck
