// Polynomials of degree 2 at integer points, whose differences are exact.
#include <algorithm>
#include <cfenv>
#include <cmath>

#include "engine/random.hpp"
#include "properties/laws/law.hpp"
#include "properties/laws/vectors.hpp"

namespace verigrad::properties {
namespace {

/// How the degree of a value follows from those of its operands.
enum class Growth {
  none,    ///< not a polynomial
  linear,  ///< the greatest
  product  ///< their sum
};

Growth growth(const Program& program, const Value& value) {
  const std::string_view name = value.operation->name();
  constexpr std::string_view linear[] = {
      "add",    "sub",     "neg",   "sum",          "transpose", "permute", "concat",    "stack",
      "flip",   "roll",    "slice", "select",       "reshape",   "repeat",  "unsqueeze", "tril",
      "cumsum", "squeeze", "triu",  "broadcast_to", "trace",     "diag"};
  constexpr std::string_view bilinear[] = {"mul", "matmul", "dot",    "outer",
                                           "bmm", "kron",   "conv1d", "conv2d"};
  if (std::ranges::find(linear, name) != std::end(linear)) return Growth::linear;
  if (std::ranges::find(bilinear, name) != std::end(bilinear)) return Growth::product;
  if (name != "mean" || value.shape.numel() == 0) return Growth::none;
  const std::int64_t count = program.shape(value.operands[0]).numel() / value.shape.numel();
  const bool power_of_two = count > 0 && (count & (count - 1)) == 0;
  return power_of_two ? Growth::linear : Growth::none;
}

/// Whether the number has so few bits that sums of products of a few are exact.
bool is_short(double x) { return std::abs(x) <= 1024 && std::trunc(1024 * x) == 1024 * x; }

bool has_short_constants(const Program& program) {
  return std::ranges::all_of(program.values(), [](const Value& value) {
    return (value.kind != Value::Kind::number || is_short(value.number)) &&
           (value.kind != Value::Kind::entries || std::ranges::all_of(value.entries, is_short));
  });
}

std::vector<double> integers(std::size_t count, std::size_t purpose) {
  Random random = Random::stream(0x696e74, purpose, count);
  std::vector<double> entries(count);
  for (double& entry : entries) entry = static_cast<double>(random.integer(-4, 4));
  return entries;
}

/// The program with inputs in place of what is not a polynomial of degree 2 of the inputs, at
/// integers: its newest value that is one, or the output as an input.
Specimen quadratic_part(const Trial& trial) {
  const Program& program = trial.program();
  Edit edit;
  std::vector<int> degrees;
  for (std::size_t id = 0; id < program.values().size(); ++id) {
    const Value& value = program.values()[id];
    const auto count = static_cast<std::size_t>(value.shape.numel());
    int degree = value.kind == Value::Kind::leaf ? 1 : 0;
    if (value.kind == Value::Kind::operation) {
      const Growth growing = growth(program, value);
      for (const ValueId operand : value.operands) {
        const int own = degrees[static_cast<std::size_t>(operand)];
        degree = growing == Growth::product ? degree + own : std::max(degree, own);
      }
      if (growing == Growth::none || degree > 2)
        degree = 1;
      else if (degree > 0)
        edit.output = static_cast<ValueId>(id);
      if (growing == Growth::none || edit.output != static_cast<ValueId>(id))
        edit.leaves[static_cast<ValueId>(id)] = {value.shape, integers(count, id)};
    } else if (value.kind == Value::Kind::leaf) {
      edit.leaves[static_cast<ValueId>(id)] = {value.shape, integers(count, id)};
    }
    degrees.push_back(degree);
  }
  return edited(trial.specimen(), edit);
}

/// phi(t) = v f(x + t u) for integers v, x, u.
class IntegerLine {
 public:
  IntegerLine(const Trial& trial, const Specimen& part)
      : engine_(trial.engine()),
        part_(part),
        v(integers(static_cast<std::size_t>(part.program.shape(part.output).numel()), 0)) {
    for (std::size_t leaf = 0; leaf < part.point.size(); ++leaf)
      u.push_back(part.program.leaves()[leaf].differentiable
                      ? integers(part.point[leaf].size(), 100 + leaf)
                      : std::vector<double>());
    std::feclearexcept(FE_INEXACT);
    below = value(-1);
    here = value(0);
    above = value(1);
    exact = std::fetestexcept(FE_INEXACT) == 0 && has_short_constants(part.program);
  }

 private:
  double value(double t) const {
    return dot(engine_.evaluate(part_.program, displaced(part_.point, t, u), {{part_.output}})[0],
               v);
  }

  const Engine& engine_;
  const Specimen& part_;

 public:
  std::vector<double> v;
  PerLeaf u{};
  double below = 0, here = 0, above = 0;
  bool exact = false;  ///< nothing was rounded, nor is on the way back
};

LawResult compare(double got, double wanted, std::string_view what) {
  if (got == wanted) return {};
  return {Outcome::fails,
          fmt::format("{} is {:.17g}, by exact differences {:.17g}", what, got, wanted)};
}

LawResult exact_differences(Trial& trial) {
  const Specimen part = quadratic_part(trial);
  const IntegerLine line(trial, part);
  if (!line.exact) return {Outcome::undecided, "values are rounded"};
  const double slope = dot(gradient_of(trial.engine(), part, line.v), line.u);
  return compare(slope, (line.above - line.below) / 2, "<u, J^T v> of the quadratic part");
}

LawResult quadratic(Trial& trial) {
  Specimen part = quadratic_part(trial);
  const IntegerLine line(trial, part);
  if (!line.exact) return {Outcome::undecided, "values are rounded"};
  Program& program = part.program;
  const ValueId weights = program.add_entries(program.shape(part.output), line.v);
  const ValueId weighted = program.add(*trial.operations().find("mul"), {part.output, weights});
  const ValueId total = program.add(*trial.operations().find("sum"), {weighted},
                                    make_attributes({std::monostate(), false}));
  const auto graph = trial.engine().record(program, part.point, {{total}});
  const LawResult second = compare(dot(graph->hvp(total, line.u), line.u),
                                   line.above - 2 * line.here + line.below, "u^T H u");
  if (second.outcome == Outcome::fails) return second;
  for (const auto& leaf : graph->third(total, line.u, line.u))
    for (const double entry : leaf)
      if (entry != 0)
        return {Outcome::fails, fmt::format("a third derivative of a quadratic is {}", entry)};
  return {};
}

constexpr Law laws_here[] = {
    {"exact differences", "A8",
     "of a quadratic f at integers: <u, J^T v> = v (f(x+u) - f(x-u)) / 2", Cost::cheap,
     Where::regular_points, Ending::open, exact_differences},
    {"quadratic", "H5",
     "of a quadratic f at integers: u^T H u = f(x+u) - 2 f(x) + f(x-u), third derivatives are 0",
     Cost::cheap, Where::regular_points, Ending::open, quadratic},
};

}  // namespace

std::span<const Law> exact_laws() { return laws_here; }

}  // namespace verigrad::properties
