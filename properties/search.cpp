#include "properties/search.hpp"

#include <fmt/format.h>

#include <utility>

#include "properties/shrink.hpp"

namespace verigrad::properties {
namespace {

/// FNV-1a, so that laws draw different programs from one seed.
std::uint64_t hash(std::string_view name) {
  std::uint64_t value = 0xCBF29CE484222325u;
  for (const char c : name) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  return value;
}

std::string commented(const std::string& text) {
  std::string result = "# ";
  for (const char c : text) {
    result += c;
    if (c == '\n') result += "# ";
  }
  return result + '\n';
}

std::vector<const Law*> every_law() {
  std::vector<const Law*> all;
  for (const Law& each : laws()) all.push_back(&each);
  return all;
}

}  // namespace

Search::Search(SearchOptions options)
    : options_(std::move(options)), decoder_(operations(), options_.only) {
  if (options_.laws.empty()) options_.laws = every_law();
}

const OperationTable& Search::operations() const {
  return options_.operations != nullptr ? *options_.operations : operation_table();
}

std::optional<Failure> Search::try_case(std::uint64_t number) {
  const Case drawn = draw_case(options_.seed, number, decoder_.instruction_count());
  const Specimen specimen = decoder_.decode(drawn.genes, drawn.ending, drawn.stratum);
  Trial trial(*options_.engine, specimen, operations());
  for (const Law* law : options_.laws) {
    if (law->ending == Ending::scalar && drawn.ending != Ending::scalar) continue;
    if (law->where == Where::regular_points && drawn.stratum != Stratum::regular) continue;
    if (law->cost == Cost::expensive && number / 2 % options_.expensive_every != 0) continue;
    const LawResult judged = judge(*law, trial);
    Tally& tally = tallies_[law];
    ++tally.cases;
    if (judged.outcome == Outcome::undecided) ++tally.undecided;
    if (judged.outcome == Outcome::fails) return Failure{law, number, drawn, judged.message};
  }
  return std::nullopt;
}

Counterexample Search::minimal(const Failure& failure) {
  const Law& law = *failure.law;
  // An edit may leave an operation's domain: an exception is a smaller case of an exception only.
  const bool exceptional = is_exception({Outcome::fails, failure.message});
  const auto fails = [&](const Specimen& specimen) {
    const LawResult judged = judge(law, *options_.engine, specimen, operations());
    return judged.outcome == Outcome::fails && is_exception(judged) == exceptional;
  };
  const auto decoded = [&](const Genes& genes) {
    return decoder_.decode(genes, failure.drawn.ending, failure.drawn.stratum);
  };
  const Genes genes = shrink_genes(failure.drawn.genes,
                                   [&](const Genes& shorter) { return fails(decoded(shorter)); });
  Counterexample result{.law = &law, .specimen = shrink(decoded(genes), fails)};
  result.message = judge(law, *options_.engine, result.specimen, operations()).message;
  result.text = commented(fmt::format("{} {}: {}", law.reference, law.name, law.formula)) +
                commented(result.message) + text(result.specimen);
  return result;
}

PropertyResult try_law(const Law& law, std::uint64_t cases, SearchOptions options) {
  options.laws = {&law};
  options.seed ^= hash(law.name);
  options.expensive_every = 1;
  Search search(std::move(options));
  // A law for scalars judges every second case.
  const std::uint64_t step = law.ending == Ending::scalar ? 2 : 1;
  PropertyResult result;
  for (std::uint64_t number = step - 1; result.cases < cases; number += step) {
    const auto failure = search.try_case(number);
    result.cases = search.tallies().at(&law).cases;
    if (!failure) continue;
    result.counterexample = search.minimal(*failure);
    break;
  }
  if (result.cases > 0) result.undecided = search.tallies().at(&law).undecided;
  return result;
}

}  // namespace verigrad::properties
