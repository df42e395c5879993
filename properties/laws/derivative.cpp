// Derivatives against an independent reference.
#include <algorithm>

#include "gradcheck/judge.hpp"
#include "gradcheck/reference.hpp"
#include "properties/laws/law.hpp"

namespace verigrad::properties {
namespace {

/// The size of the terms f(x + h) / h that cancel in a difference quotient of step 1/16, for values
/// of order 1 on the way to f. Where a function saturates on the way (erf at 5), its differences
/// vanish exactly and no error bar tells that a derivative below their rounding may remain.
double difference_terms(const std::vector<double>& v) {
  double size = 0;
  for (const double entry : v) size += std::abs(entry);
  return 16 * size;
}

/// The same values, with domains that keep differences within 1 of the entries: over wider steps a
/// function that saturates looks flat.
Program confined(const Program& program, const Point& point) {
  Program result;
  result.dtype = program.dtype;
  for (const Value& value : program.values()) {
    if (value.kind == Value::Kind::leaf) {
      const auto leaf = static_cast<std::size_t>(value.leaf);
      Leaf copy = program.leaves()[leaf];
      copy.initial = no_value;
      if (!point[leaf].empty()) {
        const auto [least, most] = std::minmax_element(point[leaf].begin(), point[leaf].end());
        copy.domain = {.kind = Domain::Kind::interval, .a = *least - 1, .b = *most + 1};
      }
      result.add_leaf(std::move(copy));
    } else if (value.kind == Value::Kind::number) {
      result.add_number(value.text, value.number);
    } else if (value.kind == Value::Kind::entries) {
      result.add_entries(value.shape, value.entries);
    } else {
      result.add(*value.operation, value.operands, value.attributes);
    }
  }
  return result;
}

std::uint64_t branches_at(const Program& program, ValueId output, const Point& point) {
  const NoGrad values_only;
  Branches branches;
  run<double>(program, leaf_tensors<double>(program, point, false), {{output}}, &branches);
  return branches.hash();
}

/// Whether some operation on the way to the output has a kink at the point. There the chain rule
/// need not give a subgradient even where the function is smooth: min(x, max(x, c)) = x, and its
/// ties make 3/4 at x = c.
bool meets_kink(const Program& program, ValueId output, const Point& point) {
  const std::uint64_t here = branches_at(program, output, point);
  for (const double step : {0x1p-30, -0x1p-30}) {
    Point near = point;
    for (std::size_t leaf = 0; leaf < near.size(); ++leaf) {
      const std::vector<double> direction =
          dense(static_cast<std::int64_t>(near[leaf].size()), 3 + static_cast<int>(leaf));
      for (std::size_t i = 0; i < near[leaf].size(); ++i) near[leaf][i] += step * direction[i];
    }
    if (branches_at(program, output, near) != here) return true;
  }
  return false;
}

LawResult numeric(Trial& trial) {
  using gradcheck::Verdict;
  const Program& program = trial.program();
  const Point& point = trial.point();
  const ValueId output = trial.output();
  const std::vector<double>& v = trial.v();
  const PerLeaf& got = trial.gradient();
  const PerLeaf magnitudes = gradcheck::path_magnitudes(program, point, output, v);
  const Program nearby = confined(program, point);
  const auto reference = gradcheck::finite_difference_reference(nearby, point);
  LawResult result;
  for (std::size_t leaf = 0; leaf < got.size(); ++leaf) {
    if (got[leaf].empty()) continue;
    auto truths = gradcheck::vjp_of(reference->jacobian(output, leaf), v);
    for (std::size_t i = 0; i < truths.size(); ++i) {
      truths[i].scale = std::max({truths[i].scale, magnitudes[leaf][i], difference_terms(v)});
      const double value = got[leaf][i];
      const gradcheck::EntryVerdict entry = gradcheck::judge(
          {value, value, true}, truths[i], gradcheck::Tolerance::standard(DType::f64), DType::f64);
      if (entry.verdict == Verdict::pass) continue;
      result.message =
          fmt::format("entry {} of the gradient by {} is {:.17g}, numerically {:.17g} ± {:.2g}{}{}",
                      i, program.leaves()[leaf].name, value, truths[i].estimate.value,
                      truths[i].estimate.error_bar, entry.reason.empty() ? "" : ": ", entry.reason);
      result.outcome = Outcome::undecided;
      if (entry.verdict == Verdict::inconclusive || meets_kink(program, output, point)) continue;
      result.outcome = Outcome::fails;
      return result;
    }
  }
  return result;
}

constexpr Law laws_here[] = {
    {"numeric", "A1", "v^T J = the numeric derivative within its error bar", Cost::expensive,
     Where::regular_points, Ending::scalar, numeric},
};

}  // namespace

std::span<const Law> derivative_laws() { return laws_here; }

}  // namespace verigrad::properties
