#include "runner/operation_forms.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "expressions/diagnostic.hpp"
#include "expressions/document.hpp"

namespace verigrad::runner {
namespace {

/// What the calls below are about.
constexpr std::string_view leaves =
    "input s\n"
    "input u : [4]\ninput v : [4]\ninput t : [3]\ninput r : [3]\n"
    "input A : [3, 3]\ninput B : [3, 2]\ninput C : [3, 3]\ninput R : [1, 4]\n"
    "input K : [2, 2, 3]\ninput L : [2, 3, 2]\n"
    "input X : [1, 2, 5]\ninput W : [2, 2, 3]\ninput b : [2]\n"
    "input I : [1, 1, 4, 4]\ninput F : [2, 1, 3, 3]\n";

/// One call an operation that is not entrywise.
constexpr std::array calls = std::to_array<std::string_view>({
    "sum(u)",
    "mean(u)",
    "prod(u)",
    "max(u)",
    "min(u)",
    "amax(u)",
    "amin(u)",
    "median(u)",
    "logsumexp(u)",
    "softmax(u, dim=0)",
    "log_softmax(u, dim=0)",
    "var(u)",
    "std(u)",
    "norm(u, s)",
    "cumsum(u, dim=0)",
    "cumprod(u, dim=0)",
    "matmul(A, B)",
    "dot(u, v)",
    "outer(u, v)",
    "bmm(K, L)",
    "kron(u, v)",
    "einsum(\"ij,jk->ik\", A, B)",
    "diag(u)",
    "trace(A)",
    "tril(A)",
    "triu(A)",
    "det(A)",
    "logdet(A)",
    "inverse(A)",
    "solve(A, B)",
    "triangular_solve(B, A)",
    "cholesky(A)",
    "transpose(B, 0, 1)",
    "permute(K, [2, 0, 1])",
    "reshape(B, [2, 3])",
    "broadcast_to(u, [2, 4])",
    "concat([u, v])",
    "stack([u, v])",
    "select(B, 0, 1)",
    "slice(u, 0, 1, 4, 2)",
    "gather(u, 0, [2, 0])",
    "index_select(u, 0, [2, 0])",
    "flip(u, 0)",
    "roll(u, 1)",
    "repeat(u, 2)",
    "squeeze(R)",
    "unsqueeze(u, 0)",
    "pad(u, [1, 1])",
    "nll_loss(A, [2, 0, 1], t)",
    "cross_entropy(A, [2, 0, 1], t)",
    "cosine_similarity(A, C)",
    "linear(A, C, t)",
    "layer_norm(A, [3], t, r)",
    "conv1d(X, W, b)",
    "conv2d(I, F, b)",
});

/// Entrywise operations that the engine does not compute by a rule for one entry, with the
/// arguments of structure that make other functions of them.
struct Variant {
  std::string_view operation, arguments;
};
constexpr std::array variants = std::to_array<Variant>({
    {"gelu", ""},
    {"gelu", "approximate=\"tanh\""},
    {"huber", ""},
    {"kl_div", ""},
    {"kl_div", "log_target=True"},
    {"polygamma", "n=1"},
    {"polygamma", "n=2"},
    {"smooth_l1", ""},
});

/// An elementwise operation, a loss before its reduction, or one of the variants.
bool is_entrywise(const Operation& operation) {
  return operation.elementwise || operation.f64.entries.value != nullptr ||
         std::ranges::find(variants, operation.name(), &Variant::operation) != variants.end();
}

/// The operand whose matrices must be regular, and positive for a Cholesky factor or a logarithm.
std::optional<std::size_t> regular_operand(std::string_view operation) {
  if (operation == "triangular_solve") return 1;
  for (const std::string_view other : {"logdet", "inverse", "cholesky", "solve"})
    if (operation == other) return 0;
  return std::nullopt;
}

/// Where an operand is drawn, if not in the whole domain that the table has for it: probabilities,
/// and factors of all terms, whose products overflow or underflow by themselves.
struct Narrower {
  std::string_view operation;
  std::size_t operand;
  Interval domain;
};
constexpr Interval probabilities{0, 1}, factors{0x1p-20, 0x1p20};
constexpr std::array narrower = std::to_array<Narrower>({
    // The logarithms of bce end at -100, a convention that the true function does not have.
    {"bce", 0, {0x1p-140, 1 - 0x1p-24}},
    {"bce", 1, probabilities},
    {"bce", 2, factors},
    {"bce_with_logits", 1, probabilities},
    {"bce_with_logits", 2, factors},
    {"bce_with_logits", 3, factors},
});

Interval domain_of(const Operation& operation, std::size_t described) {
  for (const Narrower& known : narrower)
    if (known.operation == operation.name() && known.operand == described) return known.domain;
  return operation.info.domain[described];
}

FormOperand described_operand(const Operation& operation, std::size_t position,
                              const Shape& shape) {
  const bool list = operation.signature.variadic();
  const std::size_t described = list ? 0 : position;
  FormOperand result{.shape = shape,
                     .domain = domain_of(operation, described),
                     .typical = operation.info.typical[described],
                     .differentiable = operation.differentiable(position),
                     .dominant = regular_operand(operation.name()) == position};
  for (const Parameter& parameter : operation.signature.parameters())
    if (parameter.kind == Parameter::Kind::operands ||
        (parameter.kind == Parameter::Kind::operand && parameter.position == position))
      result.name = list ? fmt::format("{}[{}]", parameter.name, position) : parameter.name;
  return result;
}

/// The application that a call of the language stands for.
OperationForm form_of_call(const std::string& text, const OperationTable& table) {
  const expressions::Instance instance = expressions::elaborate(text, table);
  const Value& made = instance.program[instance.output];
  OperationForm form{.operation = made.operation, .attributes = made.attributes};
  for (std::size_t i = 0; i < made.operands.size(); ++i) {
    const Value& operand = instance.program[made.operands[i]];
    FormOperand& added =
        form.operands.emplace_back(described_operand(*made.operation, i, operand.shape));
    if (operand.kind == Value::Kind::number) added.fixed = {operand.number};
    if (operand.kind == Value::Kind::entries) added.fixed = operand.entries;
    added.differentiable = added.differentiable && added.fixed.empty();
  }
  std::vector<ValueId> ids;
  for (const FormOperand& operand : form.operands) {
    form.program.add_leaf(
        {.name = operand.name, .shape = operand.shape, .differentiable = operand.differentiable});
    ids.push_back(form.program.leaf_value(ids.size()));
  }
  form.output = form.program.add(*form.operation, ids, form.attributes);
  return form;
}

/// A call with a scalar for each operand, and with no reduction.
OperationForm scalar_form(const Operation& operation, std::string_view arguments,
                          const OperationTable& table) {
  std::string text, call(arguments);
  for (const Parameter& parameter : operation.signature.parameters()) {
    std::string argument;
    if (parameter.kind == Parameter::Kind::operand) {
      text += fmt::format("input x{}\n", parameter.position);
      argument = fmt::format("{}=x{}", parameter.name, parameter.position);
    } else if (parameter.name == "reduction") {
      argument = "reduction=\"none\"";
    }
    if (!argument.empty()) call += (call.empty() ? "" : ", ") + argument;
  }
  OperationForm form =
      form_of_call(fmt::format("{}y = {}({})\n", text, operation.name(), call), table);
  form.label = operation.name();
  if (!arguments.empty()) form.label += fmt::format("({})", arguments);
  form.entrywise = true;
  return form;
}

std::vector<OperationForm> scalar_forms(const Operation& operation, const OperationTable& table) {
  std::vector<OperationForm> forms;
  for (const Variant& variant : variants)
    if (variant.operation == operation.name())
      forms.push_back(scalar_form(operation, variant.arguments, table));
  if (forms.empty()) forms.push_back(scalar_form(operation, "", table));
  return forms;
}

}  // namespace

std::size_t OperationForm::drawn_entries() const {
  std::int64_t count = 0;
  for (std::size_t i = 0; i < operands.size(); ++i)
    if (is_drawn(i)) count += operands[i].shape.numel();
  return static_cast<std::size_t>(count);
}

std::vector<OperationForm> survey_forms(const Operation& operation, const OperationTable& table) {
  try {
    if (is_entrywise(operation)) return scalar_forms(operation, table);
    const std::string start = std::string(operation.name()) + "(";
    const auto call = std::ranges::find_if(
        calls, [&](std::string_view known) { return known.starts_with(start); });
    if (call == calls.end()) return {};
    OperationForm form = form_of_call(fmt::format("{}y = {}\n", leaves, *call), table);
    form.label = operation.name();
    return {std::move(form)};
  } catch (const expressions::DiagnosticError&) {
    return {};  // an argument of one's own operation that has no default
  }
}

}  // namespace verigrad::runner
