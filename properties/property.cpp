#include "properties/property.hpp"

#include <fmt/format.h>
#include <rapidcheck.h>

#include <unordered_map>

#include "properties/generator.hpp"
#include "properties/shrink.hpp"

namespace verigrad::properties {
namespace {

/// FNV-1a, so that laws draw different programs from one seed.
std::uint64_t hash(std::string_view name) {
  std::uint64_t value = 0xCBF29CE484222325u;
  for (const char c : name) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  return value;
}

/// RapidCheck reports a property that ran no case, or hardly any, as passed: count them here.
class Counter : public rc::detail::TestListener {
 public:
  void onTestCaseFinished(const rc::detail::CaseDescription& description) override {
    if (description.result.type == rc::detail::CaseResult::Type::Discard) ++discarded;
    shrinking = description.result.type == rc::detail::CaseResult::Type::Failure;
  }
  void onShrinkTried(const rc::detail::CaseDescription&, bool) override {}
  void onTestFinished(const rc::detail::TestMetadata&, const rc::detail::TestResult&) override {}

  int discarded = 0;
  bool shrinking = false;
};

std::string commented(const std::string& text) {
  std::string result = "# ";
  for (const char c : text) {
    result += c;
    if (c == '\n') result += "# ";
  }
  return result + '\n';
}

constexpr std::string_view exception_prefix = "an exception: ";

bool is_exception(const LawResult& result) { return result.message.starts_with(exception_prefix); }

Counterexample minimal(const Law& law, const Genes& genes, const OperationTable& operations) {
  const Specimen found = decode(genes, law.ending, operations);
  // An edit may leave an operation's domain: an exception is a smaller case of an exception only.
  const bool exceptional = is_exception(judge(law, found, operations));
  const auto fails = [&](const Specimen& specimen) {
    const LawResult judged = judge(law, specimen, operations);
    return judged.outcome == Outcome::fails && is_exception(judged) == exceptional;
  };
  Counterexample result{.specimen = shrink(found, fails)};
  result.message = judge(law, result.specimen, operations).message;
  result.text = commented(fmt::format("{} {}: {}", law.reference, law.name, law.formula)) +
                commented(result.message) + text(result.specimen);
  return result;
}

std::string describe(const rc::detail::TestResult& outcome) {
  if (outcome.is<rc::detail::GaveUpResult>())
    return outcome.get<rc::detail::GaveUpResult>().description;
  if (outcome.is<rc::detail::Error>()) return outcome.get<rc::detail::Error>().description;
  return {};
}

}  // namespace

LawResult judge(const Law& law, const Specimen& specimen, const OperationTable& operations) {
  try {
    return law.judge(specimen.program, specimen.output, specimen.point, operations);
  } catch (const std::exception& error) {
    return {Outcome::fails, fmt::format("{}{}", exception_prefix, error.what())};
  }
}

PropertyResult try_law(const Law& law, const PropertyOptions& options) {
  PropertyResult result;
  Counter counter;
  std::optional<Genes> failing;
  const OperationTable& operations =
      options.operations != nullptr ? *options.operations : operation_table();
  const rc::Gen<Genes> generator = arbitrary_genes(operations);
  const auto property = [&] {
    const Genes genes = *generator;
    const LawResult judged = judge(law, decode(genes, law.ending, operations), operations);
    if (!counter.shrinking) {
      ++result.cases;
      if (judged.outcome == Outcome::undecided) ++result.undecided;
    }
    if (judged.outcome != Outcome::fails) return;
    failing = genes;  // shrinking goes on from what failed last
    RC_FAIL(judged.message);
  };
  rc::detail::TestParams parameters;
  parameters.seed = options.seed ^ hash(law.name);
  parameters.maxSuccess = options.cases;
  const rc::detail::TestResult outcome = rc::detail::checkTestable(
      property, rc::detail::TestMetadata{std::string(law.name), std::string(law.name)}, parameters,
      counter, std::unordered_map<std::string, rc::detail::Reproduce>());
  result.error = describe(outcome);
  if (failing) {
    result.counterexample = minimal(law, *failing, operations);
  } else if (counter.discarded > 0 || result.cases != options.cases) {
    result.error += fmt::format("{} of {} cases were judged, {} discarded", result.cases,
                                options.cases, counter.discarded);
  }
  return result;
}

}  // namespace verigrad::properties
