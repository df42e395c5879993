// Checks, claims and expectations.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/error.hpp"
#include "expressions/codes.hpp"
#include "expressions/constants.hpp"
#include "expressions/elaborate.hpp"
#include "expressions/suggest.hpp"

namespace verigrad::expressions {
namespace {

Judgement::Kind kind_of(ClaimKind kind) {
  switch (kind) {
    case ClaimKind::grad:
      return Judgement::Kind::grad;
    case ClaimKind::jacobian:
      return Judgement::Kind::jacobian;
    case ClaimKind::hessian:
      return Judgement::Kind::hessian;
    case ClaimKind::vjp:
      return Judgement::Kind::vjp;
    case ClaimKind::jvp:
      return Judgement::Kind::jvp;
    case ClaimKind::hvp:
      break;
  }
  return Judgement::Kind::hvp;
}

}  // namespace

void Elaborator::judge(const Statement& statement) {
  const auto& node = statement.node;
  const bool judged = std::holds_alternative<CheckStatement>(node) ||
                      std::holds_alternative<ClaimStatement>(node) ||
                      std::holds_alternative<ExpectStatement>(node) ||
                      std::holds_alternative<ExpectMessageStatement>(node) ||
                      std::holds_alternative<ExpectVerdictStatement>(node);
  if (!judged) return;
  instance_.judgements.push_back(make_judgement(statement, state_.settings_at.at(&statement)));
}

Judgement Elaborator::make_judgement(const Statement& statement, const Settings& settings) {
  if (const auto* verdict = std::get_if<ExpectVerdictStatement>(&statement.node)) {
    Judgement judgement = make_judgement(*verdict->statement, settings);
    judgement.expected = verdict->verdict;
    judgement.line = state_.source->position(statement.span.begin).line;
    return judgement;
  }
  Judgement judgement;
  judgement.settings = settings;
  judgement.where = locate(state_.source, statement.span);
  judgement.line = judgement.where.line;
  if (const auto* check = std::get_if<CheckStatement>(&statement.node)) {
    choose_function(check->output, statement.span, judgement);
    fill_check(*check, judgement);
    if (judgement.wrt.empty())
      lowering_.fail(code::claim, statement.span, "there is no input to differentiate by", "",
                     "declare one: input x in [-1, 1]");
  }
  if (const auto* claim = std::get_if<ClaimStatement>(&statement.node)) {
    choose_function(claim->output, claim->kind_span, judgement);
    fill_claim(*claim, judgement);
  }
  if (const auto* expect = std::get_if<ExpectStatement>(&statement.node))
    fill_expect(*expect, judgement);
  if (const auto* message = std::get_if<ExpectMessageStatement>(&statement.node))
    fill_message(*message, judgement);
  return judgement;
}

// -------------------------------------------------------------------------------- checks and
// claims

void Elaborator::choose_function(const Expr* output, Span span, Judgement& judgement) {
  if (output != nullptr) {
    judgement.output = lowering_.tensor(*output);
    judgement.output_name = std::string(lowering_.text(output->span));
    return;
  }
  if (instance_.output == no_value) {
    if (failed_) throw ReportedAlready();
    lowering_.fail(code::no_output, span, "the file has no output",
                   "expected a binding before, such as y = sin(x)");
  }
  judgement.output = instance_.output;
  judgement.output_name = instance_.output_name;
}

std::size_t Elaborator::input_named(const Name& name) {
  const std::optional<std::size_t> leaf = instance_.program.find_leaf(name.text);
  if (leaf && instance_.program.leaves()[*leaf].differentiable) return *leaf;
  const std::optional<Item> item = lookup(name.text, name.span);
  if (leaf)
    lowering_.fail(code::claim, name.span,
                   fmt::format("{} is a const, which takes no gradient", quoted(name.text)), "",
                   fmt::format("declare it as an input: input {} …", name.text));
  if (item)
    lowering_.fail(code::claim, name.span, fmt::format("{} is not an input", quoted(name.text)),
                   "derivatives are taken with respect to inputs");
  std::vector<std::string_view> inputs;
  for (const std::size_t input : instance_.inputs)
    inputs.push_back(instance_.program.leaves()[input].name);
  const std::string near = did_you_mean(name.text, inputs);
  lowering_.fail(code::claim, name.span, fmt::format("unknown input {}", quoted(name.text)),
                 near.empty() ? "" : fmt::format("did you mean '{}'?", near));
}

void Elaborator::fill_check(const CheckStatement& check, Judgement& judgement) {
  judgement.kind = Judgement::Kind::check;
  if (check.wrt.empty()) judgement.wrt = instance_.inputs;
  for (const Name& name : check.wrt) judgement.wrt.push_back(input_named(name));
}

bool Elaborator::names_output() const {
  return std::ranges::any_of(state_.tree().statements, [](const Statement* statement) {
    return std::holds_alternative<OutputStatement>(statement->node);
  });
}

void Elaborator::require_scalar(const Judgement& judgement, std::string_view kind, Span span) {
  const Shape shape = instance_.program.shape(judgement.output);
  if (shape.numel() == 1) return;
  lowering_.fail(code::claim, span,
                 fmt::format("a {} belongs to a scalar, but {} has shape {}", kind,
                             quoted(std::string_view(judgement.output_name)), to_string(shape)),
                 "",
                 instance_.output == judgement.output && !names_output()
                     ? "it is the output because it is the last binding: write 'output NAME' for "
                       "another one, or claim jacobian(Y, X) or vjp(Y, X, V)"
                     : "claim its jacobian(Y, X), a vjp(Y, X, V), or sum it");
}

void Elaborator::fill_claim(const ClaimStatement& claim, Judgement& judgement) {
  judgement.kind = kind_of(claim.kind);
  judgement.where = locate(state_.source, claim.claimed->span);
  judgement.claim_text = std::string(lowering_.text(claim.claimed->span));
  judgement.tolerance = tolerance(claim.tolerance);
  judgement.wrt = {input_named(claim.wrt)};
  const Shape y = instance_.program.shape(judgement.output);
  const Shape x = instance_.program.leaves()[judgement.wrt[0]].shape;
  const std::string input = quoted(claim.wrt.text);
  const std::string output = quoted(std::string_view(judgement.output_name));
  const auto joined = [&](const Shape& a, const Shape& b) {
    Integers sizes(a.begin(), a.end());
    sizes.insert(sizes.end(), b.begin(), b.end());
    return lowering_.shape(sizes, claim.kind_span);
  };
  switch (judgement.kind) {
    case Judgement::Kind::jacobian:
      judgement.claimed =
          claimed_value(*claim.claimed, joined(y, x),
                        fmt::format("the shape of {} and then of {}", output, input));
      return;
    case Judgement::Kind::hessian:
      require_scalar(judgement, "hessian", claim.kind_span);
      judgement.claimed =
          claimed_value(*claim.claimed, joined(x, x), fmt::format("the shape of {}, twice", input));
      return;
    case Judgement::Kind::vjp:
      judgement.vector = product_vector(*claim.vector, y, output);
      break;
    case Judgement::Kind::jvp:
      judgement.vector = product_vector(*claim.vector, x, input);
      judgement.claimed = claimed_value(*claim.claimed, y, fmt::format("the shape of {}", output));
      return;
    case Judgement::Kind::hvp:
      require_scalar(judgement, "Hessian-vector product", claim.kind_span);
      judgement.vector = product_vector(*claim.vector, x, input);
      break;
    default:
      require_scalar(judgement, "gradient", claim.kind_span);
  }
  judgement.claimed = claimed_value(*claim.claimed, x, fmt::format("the shape of {}", input));
}

ValueId Elaborator::claimed_value(const Expr& claimed, const Shape& wanted, std::string_view what) {
  const Item item = lowering_.lower(claimed);
  const ValueId value = lowering_.tensor(item);
  const Shape shape = instance_.program.shape(value);
  if (shape == wanted) return value;
  if (!broadcasts_to(shape, wanted))
    lowering_.fail(code::shape_mismatch, claimed.span,
                   fmt::format("the claim has shape {}, the derivative has shape {}",
                               to_string(shape), to_string(wanted)),
                   fmt::format("expected {}", what));
  const Item operand{Item::Value{value}, claimed.span};
  return lowering_.tensor(
      lowering_.apply(lowering_.operation("broadcast_to"), std::span<const Item>(&operand, 1),
                      make_attributes({Integers(wanted.begin(), wanted.end())}), claimed.span));
}

ValueId Elaborator::product_vector(const Expr& vector, const Shape& wanted, std::string_view what) {
  const ValueId value = lowering_.tensor(vector);
  const Shape shape = instance_.program.shape(value);
  if (!(shape == wanted))
    lowering_.fail(code::shape_mismatch, vector.span,
                   fmt::format("the vector has shape {}, but needs the shape {} of {}",
                               to_string(shape), to_string(wanted), what));
  return value;
}

std::optional<double> Elaborator::tolerance(const Expr* tolerance) {
  if (tolerance == nullptr) return std::nullopt;
  const double value = lowering_.constant(*tolerance, "a tolerance");
  if (!(value >= 0) || !std::isfinite(value))
    lowering_.fail(code::domain_values, tolerance->span,
                   fmt::format("a tolerance cannot be {}", value), "expected a positive number");
  return value;
}

void Elaborator::implicit_check() {
  const auto& statements = state_.tree().statements;
  const bool judged =
      std::any_of(statements.begin(), statements.end(), [](const Statement* statement) {
        const auto& node = statement->node;
        return std::holds_alternative<CheckStatement>(node) ||
               std::holds_alternative<ClaimStatement>(node) ||
               std::holds_alternative<ExpectStatement>(node) ||
               std::holds_alternative<ExpectMessageStatement>(node) ||
               std::holds_alternative<ExpectVerdictStatement>(node) ||
               std::holds_alternative<TestStatement>(node);
      });
  if (judged || instance_.output == no_value || instance_.inputs.empty()) return;
  Judgement judgement;
  judgement.settings = state_.settings;
  judgement.where.source = state_.source;
  judgement.output = instance_.output;
  judgement.output_name = instance_.output_name;
  judgement.wrt = instance_.inputs;
  instance_.judgements.push_back(std::move(judgement));
}

// ------------------------------------------------------------------------------------ expectations

void Elaborator::fill_expect(const ExpectStatement& expect, Judgement& judgement) {
  judgement.kind = Judgement::Kind::expect;
  judgement.op = expect.op;
  judgement.left = lowering_.tensor(*expect.left);
  if (expect.right != nullptr) judgement.right = lowering_.tensor(*expect.right);
  judgement.tolerance = tolerance(expect.tolerance);
}

void Elaborator::fill_message(const ExpectMessageStatement& expect, Judgement& judgement) {
  judgement.kind = Judgement::Kind::expect_message;
  judgement.is_error = expect.is_error;
  judgement.text = std::string(expect.text);
  try {
    judgement.roots = evaluated(*expect.statement);
  } catch (const DiagnosticError& error) {
    judgement.message = error.diagnostic().message;
  } catch (const Error& error) {
    judgement.message = error.what();
  }
}

/// The values that a statement would compute, without its effect on the names.
std::vector<ValueId> Elaborator::evaluated(const Statement& statement) {
  if (const auto* binding = std::get_if<BindingStatement>(&statement.node))
    return {lowering_.tensor(*binding->value)};
  if (const auto* expression = std::get_if<ExpressionStatement>(&statement.node))
    return {lowering_.tensor(*expression->expression)};
  if (const auto* leaf = std::get_if<LeafStatement>(&statement.node)) {
    const Leaf made = make_leaf(*leaf);
    return made.initial == no_value ? std::vector<ValueId>{} : std::vector{made.initial};
  }
  if (const auto* dim = std::get_if<DimStatement>(&statement.node)) {
    for (const DimEntry& entry : dim->entries)
      if (entry.value->kind != ExprKind::range)
        lowering_.shape(Integers{lowering_.whole(*entry.value, "a dim")}, entry.value->span);
    return {};
  }
  if (const auto* output = std::get_if<OutputStatement>(&statement.node)) {
    if (lookup(output->name.text, output->name.span)) return {};
    lowering_.fail(code::unknown_name, output->name.span,
                   fmt::format("unknown name {}", quoted(output->name.text)));
  }
  const Judgement inner = make_judgement(statement, {});
  std::vector<ValueId> roots;
  for (const ValueId root : {inner.output, inner.vector, inner.claimed, inner.left, inner.right})
    if (root != no_value) roots.push_back(root);
  return roots;
}

}  // namespace verigrad::expressions
