#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "expressions/instance.hpp"
#include "gradcheck/claim_proof.hpp"
#include "gradcheck/engine_derivatives.hpp"
#include "gradcheck/judge.hpp"
#include "runner/outcome.hpp"
#include "runner/references.hpp"
#include "runner/rounding_terms.hpp"

namespace verigrad::runner {

/// The engine in the precision under test, and in double: the same object for f64.
struct Engines {
  std::unique_ptr<gradcheck::EngineDerivatives> tested, wide;
  gradcheck::EngineDerivatives& in_double() { return wide ? *wide : *tested; }
};

/// What is compared in one statement: a derivative of one output by one input.
struct Comparison {
  const char* what;
  Shape shape;
  bool is_engine;
  bool by_input_entry;  ///< the derivative has the input's shape
  Direction direction{};
};

/// A derivative of one output by one input as somebody computed it, beside the truth.
struct Entries {
  std::vector<double> tested;     ///< in the precision under test
  std::vector<double> in_double;  ///< by the same rule in double
  std::vector<gradcheck::Truth> truth;
  /// What is proven of the rule; empty where nothing is.
  std::vector<gradcheck::ProvenClaim> claims;
  /// Proves the rule of an entry: asked where nothing is proven yet and the entry would fail. Null
  /// where nothing can be.
  std::function<const gradcheck::ProvenClaim*(std::size_t entry)> rule{};
};

/// What all statements of one sample share: references, the engine's runs and how entries are
/// compared.
class JudgeContext {
 public:
  JudgeContext(const Sample& given, std::uint64_t seed_of_run, const Options& given_options);

  /// By proof where the truth is proven, and nothing is known of the rule.
  gradcheck::EntryVerdict judge_value(const gradcheck::Candidate& candidate,
                                      const gradcheck::Truth& truth,
                                      const gradcheck::Tolerance& allowed) const;
  const Program& program() const { return sample.instance.program; }
  Engines engines(const expressions::Judgement& judgement) const;
  gradcheck::Tolerance tolerance(const expressions::Judgement& judgement) const;
  /// Keeps what was compared, for what its entries have in common.
  void note_wrong(const Comparison& comparison, const std::vector<double>& claimed,
                  const std::vector<gradcheck::Truth>& truth, Outcome& outcome) const;
  /// Judges every entry and adds it to the outcome.
  void compare(const Comparison& comparison, const Entries& entries,
               const gradcheck::Tolerance& allowed, Outcome& outcome);

  const Sample& sample;
  std::uint64_t seed;
  const Options& options;
  DType dtype;
  References references;
  RoundingTerms rounding;

 private:
  /// Entry i, by what is proven of its rule, and in the end by what can be; `failed`: the statement
  /// has failed already.
  gradcheck::EntryVerdict judge_entry(const gradcheck::Candidate& candidate,
                                      const Comparison& comparison, const Entries& entries,
                                      std::size_t i, const gradcheck::Tolerance& allowed,
                                      bool failed);
  /// What rounding may explain is looked at before an entry is called wrong or undecided.
  gradcheck::EntryVerdict judge_unproven(const gradcheck::Candidate& candidate,
                                         const Comparison& comparison,
                                         const gradcheck::Truth& truth, std::size_t i,
                                         const gradcheck::Tolerance& allowed, bool failed);
};

/// See DerivativeJudge.
Outcome judge_check(JudgeContext& context, const expressions::Judgement& judgement);
Outcome judge_claim(JudgeContext& context, const expressions::Judgement& judgement);

}  // namespace verigrad::runner
