#include "tests/detection/verigrad.hpp"

#include <algorithm>
#include <cmath>

#include "gradcheck/recorded_gradient.hpp"
#include "gradcheck/tolerance.hpp"
#include "runner/judge_context.hpp"

namespace verigrad::detection {
namespace {

using gradcheck::ProvenClaim;
using gradcheck::Truth;
using gradcheck::Verdict;
using Numbers = std::vector<double>;

runner::Options options_of(const char* method) {
  runner::Options options;
  options.method = method;
  return options;
}

/// A number of the precision as the exact value that it stands for.
proof::Series exact_value(double g, DType dtype, bool widened) {
  if (!std::isfinite(g)) return proof::Series(proof::Status::outside);
  if (!widened) return proof::Ball(g);
  const double half_ulp = gradcheck::ulp(dtype, g) / 2;
  return proof::Ball(g) + proof::Ball::around_zero(half_ulp);
}

class Verigrad : public Checker {
 public:
  Verigrad(const Subject& subject, const runner::Options& options)
      : subject_(subject), context_(subject.sample, 0, options) {
    asked_.output = subject.output;
  }

  Answer judge(const Gradient& gradient) override {
    runner::Outcome outcome;
    std::size_t first = 0;
    for (const std::size_t leaf : subject_.leaves) {
      const std::size_t size = subject_.sample.point[leaf].size();
      const auto part = [&](const Numbers& all) {
        const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
        return Numbers(begin, begin + static_cast<std::ptrdiff_t>(size));
      };
      const bool is_engine = gradient.origin == Gradient::Origin::engine;
      const std::vector<Truth>& truth =
          context_.references.of(asked_).jacobian(asked_.output, leaf);
      const Numbers tested = part(gradient.tested);
      context_.compare({"gradient",
                        subject_.program().leaves()[leaf].shape,
                        is_engine,
                        true,
                        {asked_.output, leaf}},
                       {tested, part(gradient.in_double), truth, claims(gradient, tested, leaf)},
                       gradcheck::Tolerance::standard(context_.dtype), outcome);
      first += size;
    }
    return answer(outcome.verdict);
  }

 private:
  static Answer answer(Verdict verdict) {
    switch (verdict) {
      case Verdict::pass:
        return Answer::accepted;
      case Verdict::inconclusive:
        return Answer::undecided;
      case Verdict::inaccurate:
        return Answer::inaccurate;
      case Verdict::fail:
        break;
    }
    return Answer::rejected;
  }

  std::vector<ProvenClaim> claims(const Gradient& gradient, const Numbers& tested,
                                  std::size_t leaf) {
    const std::vector<Truth>& truth = context_.references.of(asked_).jacobian(asked_.output, leaf);
    if (!gradcheck::all_proven(truth)) return {};
    const auto widened = [&](slong bits) {
      return context_.references.widened(bits).jacobian(asked_.output, leaf);
    };
    const proof::Limits limits = context_.references.limits(asked_);
    const Program& program = subject_.program();
    const Point& point = subject_.sample.point;
    if (gradient.origin == Gradient::Origin::claim)
      return gradcheck::prove_claim({program, point, gradient.claimed}, truth, widened, limits);
    if (gradient.origin == Gradient::Origin::engine) {
      const gradcheck::RecordedGradient rule =
          context_.dtype == DType::f32
              ? gradcheck::record_gradient<float>(program, point, asked_.output, leaf, {1})
              : gradcheck::record_gradient<double>(program, point, asked_.output, leaf, {1});
      return gradcheck::prove_claim({rule.program, point, rule.root, true}, truth, widened, limits);
    }
    const auto claimed = [&](bool wide) {
      std::vector<proof::Series> entries;
      for (const double g : tested) entries.push_back(exact_value(g, context_.dtype, wide));
      return entries;
    };
    return gradcheck::prove_claim({claimed, truth, widened, context_.dtype}, limits);
  }

  const Subject& subject_;
  runner::JudgeContext context_;
  expressions::Judgement asked_;
};

}  // namespace

std::unique_ptr<Checker> verigrad_by_proof(const Subject& subject, Random) {
  static const runner::Options options = options_of("enclosure");
  return std::make_unique<Verigrad>(subject, options);
}

std::unique_ptr<Checker> verigrad_by_differences(const Subject& subject, Random) {
  static const runner::Options options = options_of("finite-difference");
  return std::make_unique<Verigrad>(subject, options);
}

}  // namespace verigrad::detection
