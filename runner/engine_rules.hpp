#pragma once

#include <map>

#include "gradcheck/composed.hpp"
#include "runner/judge_context.hpp"

namespace verigrad::runner {

/// prove(row), made when an entry of that row is first asked for.
template <class F>
auto by_row(std::size_t columns, F prove) {
  return [columns, prove, rows = std::map<std::size_t, std::vector<gradcheck::ProvenClaim>>()](
             std::size_t entry) mutable -> const gradcheck::ProvenClaim* {
    const auto [row, fresh] = rows.try_emplace(entry / columns);
    if (fresh) row->second = prove(row->first);
    return row->second.empty() ? nullptr : &row->second[entry % columns];
  };
}

/// What is proven of the engine's rules for one output: its computation of a derivative, recorded
/// as a Program and evaluated in balls like a claim. Nothing where not all truths are proven, or
/// where an operation of one's own cannot be recorded.
class EngineRules {
 public:
  using Numbers = std::vector<double>;
  using Truths = std::vector<gradcheck::Truth>;
  using Claims = std::vector<gradcheck::ProvenClaim>;

  EngineRules(JudgeContext& context, const expressions::Judgement& judgement)
      : context_(context), judgement_(judgement), y_(judgement.output) {}

  /// Of the gradient of a scalar output, of a row of the Jacobian, of vᵀJ and of J u, by one leaf.
  Claims gradient(std::size_t leaf, const Truths& truth);
  Claims jacobian_row(std::size_t leaf, std::size_t row, const Truths& jacobian);
  Claims vjp(std::size_t leaf, const Numbers& v, const Truths& truth);
  Claims jvp(std::size_t leaf, const Numbers& u, const Truths& truth);
  /// Of vᵀJ of f(2 t).
  Claims composed_vjp(const gradcheck::Composed& composed, std::size_t leaf, const Numbers& v,
                      const Truths& truth);

 private:
  /// A recorded derivative: a Program whose leaves are at `point`.
  template <class Record>
  Claims proven(Record record, const Point& point, const Truths& truth,
                const gradcheck::WidenedTruths& widened);

  JudgeContext& context_;
  const expressions::Judgement& judgement_;
  ValueId y_;
};

}  // namespace verigrad::runner
