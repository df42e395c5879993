#include "tests/detection/survey.hpp"

#include <fmt/format.h>

#include "gradcheck/engine_derivatives.hpp"
#include "tests/detection/cores.hpp"
#include "tests/detection/errors.hpp"

namespace verigrad::detection {
namespace {

using Checkers = std::vector<std::unique_ptr<Checker>>;

Line line(std::string_view name) {
  return {std::string(name), 0, std::vector<Answers>(methods().size(), Answers{})};
}

std::vector<Answer> ask(const Checkers& checkers, const Gradient& gradient) {
  std::vector<Answer> answers;
  for (const std::unique_ptr<Checker>& checker : checkers)
    answers.push_back(checker->judge(gradient));
  return answers;
}

void count(const std::vector<Answer>& answers, Line& into) {
  ++into.gradients;
  for (std::size_t m = 0; m < answers.size(); ++m)
    ++into.methods[m][static_cast<std::size_t>(answers[m])];
}

Gradient engine_gradient(const Subject& subject) {
  const auto collected = [&](DType dtype) {
    const auto engine = gradcheck::engine_derivatives(subject.program(), subject.sample.point,
                                                      std::span(&subject.output, 1), dtype);
    std::vector<double> entries;
    for (const std::size_t leaf : subject.leaves) {
      const std::vector<double> part = engine->jacobian(subject.output, leaf);
      entries.insert(entries.end(), part.begin(), part.end());
    }
    return entries;
  };
  Gradient gradient{.tested = collected(subject.dtype()), .in_double = {}};
  gradient.in_double = subject.dtype() == DType::f64 ? gradient.tested : collected(DType::f64);
  gradient.origin = Gradient::Origin::engine;
  return gradient;
}

class CoreSurvey {
 public:
  CoreSurvey(const Core& core, Survey& into)
      : core_(core), sample_(sample_of(core)), survey_(into) {}

  void at_point(Sampling sampling, Random random) {
    const CorePoint point = draw_point(sample_, sampling, random);
    if (!note(point.drawn)) return;
    survey_.partials += point.gradient.size();
    const Subject subject = subject_of(sample_);
    Checkers checkers;
    for (const Method& method : methods())
      checkers.push_back(method.make(subject, Random(random.next())));
    ask_right(checkers, right_gradient(point.gradient, survey_.dtype), survey_.rounded);
    ask_right(checkers, engine_gradient(subject), survey_.engine);
    const std::span<const Error> errors = errors_of(survey_.dtype);
    for (std::size_t e = 0; e < errors.size(); ++e) {
      const auto wrong = wrong_gradient(point.gradient, survey_.dtype, errors[e], random);
      if (!wrong) continue;
      const std::vector<Answer> answers = ask(checkers, *wrong);
      count(answers, survey_.wrong[e]);
      if (core_.exact_numbers) count(answers, survey_.wrong_of_exact[e]);
    }
  }

 private:
  bool note(Drawn drawn) {
    switch (drawn) {
      case Drawn::taken:
        ++survey_.points;
        return true;
      case Drawn::no_point:
        ++survey_.without_point;
        return false;
      case Drawn::not_proven:
        ++survey_.not_proven;
        return false;
      case Drawn::not_normal:
        ++survey_.not_normal;
        return false;
    }
    return false;
  }

  void ask_right(const Checkers& checkers, const Gradient& gradient, Line& into) {
    const std::vector<Answer> answers = ask(checkers, gradient);
    count(answers, into);
    for (std::size_t m = 0; m < answers.size(); ++m)
      if (methods()[m].has_verdicts && answers[m] == Answer::rejected)
        survey_.false_alarms.push_back(fmt::format("`{}` ({})", core_.name, methods()[m].name));
  }

  const Core& core_;
  runner::Sample sample_;
  Survey& survey_;
};

}  // namespace

Survey survey(DType dtype, std::size_t points, std::uint64_t seed) {
  Survey result;
  result.dtype = dtype;
  for (const Error& error : errors_of(dtype)) result.wrong.push_back(line(error.name));
  result.wrong_of_exact = result.wrong;
  result.rounded = line("rounded once");
  result.engine = line("the engine's own");
  const std::vector<Core> cores = bounded_smooth_cores(dtype);
  result.cores = cores.size();
  for (std::size_t c = 0; c < cores.size(); ++c) {
    result.exact_cores += cores[c].exact_numbers;
    CoreSurvey core(cores[c], result);
    for (std::size_t p = 0; p < points; ++p)
      for (const Sampling sampling : {Sampling::uniform, Sampling::log_uniform})
        core.at_point(sampling, Random::stream(seed, c, p, static_cast<int>(sampling)));
  }
  return result;
}

}  // namespace verigrad::detection
