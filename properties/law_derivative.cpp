// Derivatives against an independent reference.
#include "gradcheck/judge.hpp"
#include "gradcheck/reference.hpp"
#include "properties/law_impl.hpp"

namespace verigrad::properties {

LawResult numeric_law(const Program& program, ValueId output, const Point& point) {
  using gradcheck::Verdict;
  const std::vector<double> v = cotangent(program, output);
  const PerLeaf got = pull_back(program, point, output, v);
  const auto reference = gradcheck::finite_difference_reference(program, point);
  LawResult result;
  for (std::size_t leaf = 0; leaf < got.size(); ++leaf) {
    if (got[leaf].empty()) continue;
    const auto truths = gradcheck::vjp_of(reference->jacobian(output, leaf), v);
    for (std::size_t i = 0; i < truths.size(); ++i) {
      const double value = got[leaf][i];
      const gradcheck::EntryVerdict entry = gradcheck::judge(
          {value, value, true}, truths[i], gradcheck::Tolerance::standard(DType::f64), DType::f64);
      if (entry.verdict == Verdict::pass) continue;
      result.message =
          fmt::format("entry {} of the gradient by {} is {:.17g}, numerically {:.17g} ± {:.2g}{}{}",
                      i, program.leaves()[leaf].name, value, truths[i].estimate.value,
                      truths[i].estimate.error_bar, entry.reason.empty() ? "" : ": ", entry.reason);
      result.outcome = Outcome::undecided;
      if (entry.verdict == Verdict::inconclusive) continue;
      result.outcome = Outcome::fails;
      return result;
    }
  }
  return result;
}

}  // namespace verigrad::properties
