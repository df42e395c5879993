#include "properties/laws/agreement.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "engine/error.hpp"
#include "properties/kept_flags.hpp"
#include "properties/rewrite.hpp"

namespace verigrad::properties {
namespace {

constexpr double step = 0x1p-44;
constexpr double scale = 64 * 0x1p-53 / step;

/// Operations whose results are entries of their operands, or the same for all operands nearby.
bool is_exact(const Operation& operation) {
  constexpr std::array names{
      "neg",          "abs",       "relu",     "sign",      "trunc",  "floor",  "ceil",  "round",
      "minimum",      "maximum",   "clamp",    "where",     "max",    "min",    "amax",  "amin",
      "median",       "transpose", "permute",  "reshape",   "concat", "stack",  "flip",  "roll",
      "broadcast_to", "repeat",    "squeeze",  "unsqueeze", "pad",    "select", "slice", "diag",
      "tril",         "triu",      "lt",       "le",        "gt",     "ge",     "eq",    "ne",
      "argmax",       "hardtanh",  "threshold"};
  return std::ranges::find(names, operation.name()) != names.end();
}

/// x + step * r * the largest magnitude of x.
ValueId moved_as_a_whole(Program& program, ValueId x, std::vector<double> factors) {
  for (double& factor : factors) factor *= step;
  const auto over_all = make_attributes({std::monostate(), false});
  const ValueId size = program.add(*find_operation("abs"), {x});
  const ValueId largest = program.add(*find_operation("amax"), {size}, over_all);
  const Shape shape = program.shape(x);
  const ValueId change = program.add(*find_operation("mul"),
                                     {largest, program.add_entries(shape, std::move(factors))});
  return program.add(*find_operation("add"), {x, change});
}

/// The program with every result that rounds, and every leaf if asked for, times 1 + step * r.
Specimen shaken(const Specimen& specimen, int purpose, bool leaves_too, double sign = 1) {
  const Operation& mul = *find_operation("mul");
  return rewritten(specimen, [&](Copy& copy, ValueId id) {
    const ValueId value = copy.same(id);
    const Value& old = copy.from()[id];
    const bool shakes = old.operation != nullptr ? !is_exact(*old.operation)
                                                 : leaves_too && old.kind == Value::Kind::leaf;
    if (!shakes || old.shape.numel() == 0) return value;
    std::vector<double> factors = dense(old.shape.numel(), purpose * 1000 + id);
    for (double& factor : factors) factor *= sign;
    if (old.operation != nullptr && inverts_matrix(*old.operation))
      return moved_as_a_whole(copy.to(), value, std::move(factors));
    for (double& factor : factors) factor = 1 + step * factor;
    return copy.to().add(mul, {value, copy.to().add_entries(old.shape, std::move(factors))});
  });
}

std::uint64_t branches_of(const Specimen& specimen) {
  const NoGrad values_only;
  Branches branches;
  run<double>(specimen.program, leaf_tensors<double>(specimen.program, specimen.point, false),
              {{specimen.output}}, &branches);
  return branches.hash();
}

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// Not known where all digits are lost: a small change then says nothing about a smaller one.
void widen(std::vector<double>& bound, const std::vector<double>& a, const std::vector<double>& b) {
  double largest = 0;
  for (std::size_t i = 0; i < bound.size(); ++i)
    largest = std::max({largest, std::abs(a[i]), std::abs(b[i])});
  for (std::size_t i = 0; i < bound.size(); ++i) {
    const double moved = std::abs(a[i] - b[i]);
    const bool known = moved == 0 || moved < largest / 8;
    bound[i] = known && !std::isnan(bound[i]) ? std::max(bound[i], scale * moved) : unknown;
  }
}

std::vector<double> zeros_like(const std::vector<double>& x) {
  return std::vector<double>(x.size(), 0.0);
}

struct Derivatives {
  std::vector<double> value;
  PerLeaf gradient;
};

Derivatives derivatives(const Engine& engine, const Specimen& specimen,
                        const std::vector<double>& v) {
  const auto graph = engine.record(specimen.program, specimen.point, {{specimen.output}});
  return {graph->value(specimen.output), graph->vjp({{{specimen.output, v}}})};
}

/// Whether all values on the way to the output are finite: x / x is no form of 1 at 0.
bool is_defined(const Specimen& specimen) {
  const NoGrad values_only;
  const std::vector<bool> reached = specimen.program.reachable({&specimen.output, 1});
  std::vector<ValueId> roots;
  for (std::size_t i = 0; i < reached.size(); ++i)
    if (reached[i] && specimen.program.values()[i].operation != nullptr)
      roots.push_back(static_cast<ValueId>(i));
  const auto values = run<double>(
      specimen.program, leaf_tensors<double>(specimen.program, specimen.point, false), roots);
  return std::ranges::all_of(values, [](const Tensor<double>& value) {
    return std::ranges::all_of(value.entries(), [](double x) { return std::isfinite(x); });
  });
}

/// Both sensitivities; nothing where one of them cannot be told.
std::optional<std::array<Sensitivity, 2>> both(const Specimen& one, const Specimen& other,
                                               const std::vector<double>& v) {
  try {
    if (!is_defined(one) || !is_defined(other)) return std::nullopt;
    std::array<Sensitivity, 2> result{sensitivity(one, v), sensitivity(other, v)};
    if (result[0].meets_kink || result[1].meets_kink) return std::nullopt;
    return result;
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// Whether an operation throws for operands that are a rounding away from those it takes.
bool has_closed_domain(const Program& program) {
  return std::ranges::any_of(program.values(), [](const Value& value) {
    return value.operation != nullptr &&
           (refuses_values(*value.operation) || value.operation->name() == "bce");
  });
}

}  // namespace

Sensitivity sensitivity(const Specimen& specimen, const std::vector<double>& v) {
  const Engine& engine = verigrad_engine();
  const Derivatives here = derivatives(engine, specimen, v);
  Sensitivity result{zeros_like(here.value), {}, false};
  for (const auto& leaf : here.gradient) result.gradient.push_back(zeros_like(leaf));
  const std::uint64_t sides = branches_of(specimen);
  for (const int purpose : {20, 21, 22}) {
    for (const double sign : {1.0, -1.0})
      result.meets_kink |= branches_of(shaken(specimen, purpose, false, sign)) != sides;
    const Derivatives near = derivatives(engine, shaken(specimen, purpose, true), v);
    widen(result.value, near.value, here.value);
    for (std::size_t leaf = 0; leaf < here.gradient.size(); ++leaf)
      widen(result.gradient[leaf], near.gradient[leaf], here.gradient[leaf]);
  }
  return result;
}

PerLeaf rewriting_bound(const Specimen& one, const Specimen& other, const std::vector<double>& v) {
  const KeptFlags kept;
  const auto moved = both(one, other, v);
  PerLeaf bound = rounding_bound(one, v);
  const PerLeaf others = rounding_bound(other, v);
  for (std::size_t leaf = 0; leaf < bound.size(); ++leaf)
    for (std::size_t i = 0; i < bound[leaf].size(); ++i) {
      bound[leaf][i] += others[leaf][i];
      if (moved)
        bound[leaf][i] += (*moved)[0].gradient[leaf][i] + (*moved)[1].gradient[leaf][i];
      else
        bound[leaf][i] = unknown;
    }
  return bound;
}

std::optional<LawResult> programs_differ(Trial& trial, const Specimen& other,
                                         std::string_view what) {
  trial.gradient();
  Derivatives got;
  try {
    got = derivatives(trial.engine(), other, trial.v());
  } catch (const std::exception& error) {
    if (!has_closed_domain(other.program)) throw;
    return LawResult{Outcome::undecided, error.what()};
  }
  if (auto failure =
          rounded_values_differ(got.value, trial.value(), trial.specimen(), other, trial.v(), what))
    return failure;
  return differ(
      trial, got.gradient, trial.gradient(),
      [&] { return rewriting_bound(trial.specimen(), other, trial.v()); }, what);
}

std::optional<LawResult> programs_differ_at_all(Trial& trial, const Specimen& other,
                                                std::string_view what) {
  const Derivatives got = derivatives(trial.engine(), other, trial.v());
  if (auto failure = values_differ(got.value, trial.value(), what)) return failure;
  return differ(trial, got.gradient, trial.gradient(), what);
}

std::optional<LawResult> rounded_values_differ(const std::vector<double>& got,
                                               const std::vector<double>& wanted,
                                               const Specimen& one, const Specimen& other,
                                               const std::vector<double>& v,
                                               std::string_view what) {
  std::optional<std::vector<double>> bound;
  std::optional<LawResult> undecided;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const double a = got[i], b = wanted[i], error = std::abs(a - b);
    const double size = 16 * unit_roundoff(DType::f64) * std::max(std::abs(a), std::abs(b));
    if (a == b || is_within(error, size) || (std::isnan(a) && std::isnan(b))) continue;
    if (!bound) {
      const KeptFlags kept;
      const auto moved = both(one, other, v);
      if (!moved)
        return LawResult{Outcome::undecided, "a kink, or the end of a domain, on the way"};
      bound = (*moved)[0].value;
      for (std::size_t k = 0; k < bound->size(); ++k) (*bound)[k] += (*moved)[1].value[k];
    }
    const double allowed = size + (*bound)[i];
    const Outcome outcome = by_rounding(error, allowed);
    if (outcome == Outcome::holds || (outcome == Outcome::undecided && undecided)) continue;
    LawResult result{outcome, fmt::format("{}: entry {} of the output is {:.17g}, not {:.17g} "
                                          "(difference {:.2g}, allowed {:.2g})",
                                          what, i, a, b, error, allowed)};
    if (outcome == Outcome::fails) return result;
    undecided = std::move(result);
  }
  return undecided;
}

}  // namespace verigrad::properties
