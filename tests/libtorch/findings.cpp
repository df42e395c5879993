#include "tests/libtorch/findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gradcheck/reference.hpp"
#include "properties/fuzz.hpp"
#include "properties/libtorch/libtorch_engine.hpp"

namespace verigrad::libtorch {
namespace {

using properties::Specimen;

/// The sum of the output's entries with the weights that the laws take for a cotangent.
Specimen with_scalar_output(Specimen specimen) {
  const Shape shape = specimen.program.shape(specimen.output);
  if (shape.numel() == 1) return specimen;
  Program& program = specimen.program;
  const ValueId weights = program.add_entries(shape, properties::dense(shape.numel(), 0));
  const ValueId product = program.add(*find_operation("mul"), {specimen.output, weights});
  specimen.output =
      program.add(*find_operation("sum"), {product}, make_attributes({std::monostate(), false}));
  return specimen;
}

std::string entry_name(const Leaf& leaf, std::int64_t i) {
  std::vector<std::int64_t> places(leaf.shape.rank());
  for (std::size_t d = places.size(); d-- > 0; i /= leaf.shape[d]) places[d] = i % leaf.shape[d];
  return places.empty() ? leaf.name : fmt::format("{}[{}]", leaf.name, fmt::join(places, ", "));
}

/// Relative to the truth, absolute where that is 0; infinite for what is not finite.
double error(double got, double truth) {
  if (got == truth) return 0;
  return std::isfinite(got) ? std::abs(got - truth) / (truth == 0 ? 1 : std::abs(truth)) : INFINITY;
}

struct Entry {
  std::size_t leaf = 0, index = 0;
  double got = 0, truth = 0;
  double off = 0;  ///< error(got, truth)
};

/// The proven entry of v^T J that is furthest off.
Entry worst_entry(const Specimen& specimen, const std::vector<double>& v,
                  const gradcheck::PerLeaf& got) {
  const auto reference = gradcheck::enclosure_reference(specimen.program, specimen.point);
  Entry worst;
  for (std::size_t leaf = 0; leaf < got.size(); ++leaf) {
    if (got[leaf].empty()) continue;
    const auto truths = reference->vjp(specimen.output, leaf, {v});
    for (std::size_t i = 0; i < truths.size(); ++i) {
      const double truth = truths[i].estimate.value, off = error(got[leaf][i], truth);
      if (truths[i].estimate.status == gradcheck::EstimateStatus::ok && off > worst.off)
        worst = {leaf, i, got[leaf][i], truth, off};
    }
  }
  return worst;
}

/// 1 for a scalar, so that the program shows the gradient itself.
std::vector<double> cotangent(properties::Trial& trial) {
  return trial.v().size() == 1 ? std::vector{1.0} : trial.v();
}

/// Matrices may be close to singular, where rounding makes any gradient wrong.
bool factorises(const Program& program) {
  return std::ranges::any_of(program.values(), [](const Value& value) {
    if (value.operation == nullptr) return false;
    const std::string_view name = value.operation->name();
    return name == "inverse" || name == "solve" || name == "triangular_solve" || name == "logdet";
  });
}

/// One operation on inputs and numbers, whose result is at most weighted and summed.
bool is_one_operation(const Program& program) {
  int others = 0;
  for (const Value& value : program.values()) {
    if (value.operation == nullptr) continue;
    const std::string_view name = value.operation->name();
    const bool on_inputs = std::ranges::all_of(
        value.operands, [&](ValueId id) { return program[id].operation == nullptr; });
    if (on_inputs || (name != "mul" && name != "sum" && name != "mean"))
      others += on_inputs ? 1 : 2;
  }
  return others <= 1;
}

/// What the roundings of earlier values explain: nothing for an operation on the inputs themselves.
gradcheck::PerLeaf explained_by_rounding(const Specimen& specimen, const std::vector<double>& v) {
  if (!is_one_operation(specimen.program)) return properties::rounding_bound(specimen, v);
  gradcheck::PerLeaf none;
  for (const std::vector<double>& leaf : specimen.point) none.emplace_back(leaf.size());
  return none;
}

/// The law "proven" where the program has a value, the gradient is a number, more than half of its
/// digits are wrong or what should be 0 is not small, rounding does not explain that, and
/// Verigrad's gradient has 12 digits.
properties::LawResult judge_beyond_rounding(properties::Trial& trial) {
  const properties::LawResult judged = properties::law("proven").judge(trial);
  if (judged.outcome != properties::Outcome::fails) return judged;
  if (factorises(trial.program())) return {properties::Outcome::undecided, judged.message};
  const Specimen& specimen = trial.specimen();
  const std::vector<double> v = cotangent(trial);
  const Entry worst = worst_entry(specimen, v, trial.gradient(v));
  const auto at_worst = [&](const gradcheck::PerLeaf& each) {
    return each[worst.leaf].empty() ? 0 : each[worst.leaf][worst.index];
  };
  const double ours = at_worst(properties::gradient_of(properties::verigrad_engine(), specimen, v));
  const double explained = at_worst(explained_by_rounding(specimen, v));
  const bool has_value =
      std::ranges::all_of(trial.value(), [](double y) { return std::isfinite(y); });
  if (has_value && std::isfinite(worst.got) && worst.off > 0x1p-26 &&
      error(ours, worst.truth) < 0x1p-40 && std::abs(worst.got - worst.truth) > explained)
    return judged;
  return {properties::Outcome::undecided, judged.message};
}

constexpr properties::Law beyond_rounding{.name = "proven beyond rounding",
                                          .reference = "A6",
                                          .formula = "v^T J = the enclosure of v^T J",
                                          .cost = properties::Cost::expensive,
                                          .judge = judge_beyond_rounding};

Disagreement disagreement(const properties::Counterexample& found) {
  Disagreement result{.specimen = found.specimen};
  for (const Value& value : found.specimen.program.values())
    if (value.operation != nullptr) result.operations.emplace(value.operation->name());
  if (properties::is_exception({properties::Outcome::fails, found.message})) {
    result.exception = found.message.substr(std::string_view("an exception: ").size());
    return result;
  }
  result.specimen = with_scalar_output(found.specimen);
  const Specimen& specimen = result.specimen;
  const auto by = [&](const properties::Engine& engine) {
    return properties::gradient_of(engine, specimen, {1.0});
  };
  const Entry worst = worst_entry(specimen, {1.0}, by(properties::libtorch_engine()));
  result.entry =
      entry_name(specimen.program.leaves()[worst.leaf], static_cast<std::int64_t>(worst.index));
  result.libtorch = worst.got;
  result.verigrad = by(properties::verigrad_engine())[worst.leaf][worst.index];
  result.truth = worst.truth;
  return result;
}

void collect(const std::vector<std::string>& operations, std::uint64_t cases, Survey& into) {
  properties::FuzzOptions options{.search = {.laws = {&beyond_rounding},
                                             .engine = &properties::libtorch_engine(),
                                             .only = operations},
                                  .cases = cases,
                                  .jobs = 2,
                                  .keep_going = true};
  const properties::FuzzResult result = properties::fuzz(options);
  const auto proofs = result.tallies.find(&beyond_rounding);
  if (proofs != result.tallies.end()) {
    into.programs += proofs->second.cases;
    into.undecided += proofs->second.undecided;
  }
  for (const properties::Finding& finding : result.findings)
    into.disagreements.push_back(disagreement(finding.smallest));
}

}  // namespace

Survey survey(const Sizes& sizes) {
  Survey all;
  const std::vector<std::string> operations = properties::libtorch_operations();
  for (const std::string& operation : operations) collect({operation}, sizes.each, all);
  collect(operations, sizes.together, all);
  std::ranges::stable_sort(all.disagreements, {}, [](const Disagreement& each) {
    return std::pair(each.operations.size(), text(each.specimen).size());
  });
  std::vector<Disagreement> kept;
  for (Disagreement& each : all.disagreements) {
    const bool explained = std::ranges::any_of(kept, [&](const Disagreement& smaller) {
      return std::ranges::includes(each.operations, smaller.operations);
    });
    if (!explained) kept.push_back(std::move(each));
  }
  all.disagreements = std::move(kept);
  return all;
}

}  // namespace verigrad::libtorch
