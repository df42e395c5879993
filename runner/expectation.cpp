#include "runner/expectation.hpp"

#include <fmt/format.h>

#include "engine/compare.hpp"
#include "engine/error.hpp"
#include "engine/functions.hpp"
#include "engine/print.hpp"
#include "expressions/relation.hpp"
#include "reports/display.hpp"

namespace verigrad::runner {
namespace {

using expressions::Judgement;
using gradcheck::Verdict;

template <class T>
std::vector<Tensor<T>> values(const Sample& sample, std::span<const ValueId> roots) {
  const NoGrad values_only;
  const Program& program = sample.instance.program;
  return run<T>(program, leaf_tensors<T>(program, sample.point, false), roots);
}

template <class T>
std::string shown(const Tensor<T>& tensor) {
  constexpr std::size_t longest = 160;
  std::string text = to_string(tensor, {.default_dtype = dtype_name<T>()});
  if (text.size() > longest || text.find('\n') != std::string::npos)
    text = fmt::format("a tensor of shape {}", to_string(tensor.shape()));
  return text;
}

void fail(Outcome& outcome, std::string message, std::string label,
          std::vector<reports::Fact> facts = {}) {
  outcome.verdict = Verdict::fail;
  outcome.reason = std::move(message);
  outcome.label = std::move(label);
  outcome.facts = std::move(facts);
}

template <class T>
void judge_comparison(const Sample& sample, const Judgement& judgement, Outcome& outcome) {
  const ValueId roots[] = {judgement.left, judgement.right};
  const std::vector<Tensor<T>> sides = values<T>(sample, roots);
  const Relation relation = expressions::relation_of(*judgement.op);
  const double tolerance = judgement.tolerance.value_or(default_closeness);
  outcome.comparisons = std::max(sides[0].numel(), sides[1].numel());
  std::vector<reports::Fact> facts{{"left", shown(sides[0])}, {"right", shown(sides[1])}};
  if (!comparable(relation, sides[0].shape(), sides[1].shape()))
    return fail(outcome, "the expectation does not hold",
                fmt::format("the shapes differ: {} and {}", to_string(sides[0].shape()),
                            to_string(sides[1].shape())),
                facts);
  const auto at = first_violation(relation, sides[0], sides[1], tolerance);
  if (!at) return;
  if (relation == Relation::not_equal)
    return fail(outcome, "the expectation does not hold", "both sides are equal", facts);
  const Shape shape = broadcast(sides[0].shape(), sides[1].shape(), "expect");
  const std::string index = index_text(*at, shape);
  facts.push_back({"first difference", difference_text(sides[0], sides[1], *at)});
  fail(outcome, "the expectation does not hold",
       index.empty() ? std::string() : fmt::format("not at entry {}", index), facts);
}

template <class T>
void judge_mask(const Sample& sample, const Judgement& judgement, Outcome& outcome) {
  const Tensor<T> mask = values<T>(sample, std::span<const ValueId>(&judgement.left, 1))[0];
  outcome.comparisons = mask.numel();
  for (std::int64_t i = 0; i < mask.numel(); ++i)
    if (mask[i] == 0) {
      const std::string index = index_text(i, mask.shape());
      return fail(outcome, "the expectation does not hold",
                  index.empty() ? "this is 0" : fmt::format("entry {} is 0", index));
    }
}

/// `expect error` and `expect warning`: computes the roots and looks at what was said.
template <class T>
void judge_message(const Sample& sample, const Judgement& judgement, Outcome& outcome) {
  std::vector<std::string> said;
  if (judgement.message) {
    said.push_back(*judgement.message);
  } else {
    std::vector<std::string> warnings;
    const WarningScope scope(
        [](const std::string& text, void* context) {
          static_cast<std::vector<std::string>*>(context)->push_back(text);
        },
        &warnings);
    try {
      values<T>(sample, judgement.roots);
      if (!judgement.is_error) said = warnings;
    } catch (const Error& error) {
      if (judgement.is_error) said.emplace_back(error.what());
    }
  }
  ++outcome.comparisons;
  for (const std::string& text : said)
    if (text.find(judgement.text) != std::string::npos) return;
  const char* kind = judgement.is_error ? "an error" : "a warning";
  if (said.empty())
    return fail(
        outcome,
        fmt::format("expected {} that contains \"{}\", but there was none", kind, judgement.text),
        "");
  fail(outcome, fmt::format("expected {} that contains \"{}\"", kind, judgement.text), "",
       {{"said", said.front()}});
}

template <class T>
void judge(const Sample& sample, const Judgement& judgement, Outcome& outcome) {
  try {
    if (judgement.kind == Judgement::Kind::expect_message) {
      judge_message<T>(sample, judgement, outcome);
    } else if (judgement.op) {
      judge_comparison<T>(sample, judgement, outcome);
    } else {
      judge_mask<T>(sample, judgement, outcome);
    }
  } catch (const Error& error) {
    fail(outcome, error.what(), "");
  }
}

}  // namespace

Outcome judge_expectation(const Sample& sample, const Judgement& judgement) {
  Outcome outcome;
  if (sample.instance.program.dtype == DType::f32) {
    judge<float>(sample, judgement, outcome);
  } else {
    judge<double>(sample, judgement, outcome);
  }
  return outcome;
}

}  // namespace verigrad::runner
