#include "properties/search.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/random.hpp"
#include "properties/shrink.hpp"

namespace verigrad::properties {
namespace {

/// FNV-1a: the same on every machine.
std::uint64_t hash(std::string_view name) {
  std::uint64_t value = 0xCBF29CE484222325u;
  for (const char c : name) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  return value;
}

/// One number in `every`, without a period.
bool is_drawn(std::uint64_t number, std::uint64_t every) {
  return Random::stream(number, every).next() % every == 0;
}

std::string commented(const std::string& text) {
  std::string result = "# ";
  for (const char c : text) {
    result += c;
    if (c == '\n') result += "# ";
  }
  return result + '\n';
}

/// v as a list, when it is short enough to compute v^T J by hand; else empty.
std::string shown_cotangent(const Specimen& specimen) {
  constexpr std::int64_t most = 8;
  const std::int64_t count = specimen.program.shape(specimen.output).numel();
  if (count == 0 || count > most) return {};
  const std::vector<double> v = Trial(verigrad_engine(), specimen, operation_table()).v();
  return fmt::format("[{:.17g}]", fmt::join(v, ", "));
}

Counterexample counterexample(const Law& law, Specimen specimen, std::string message) {
  Counterexample result{
      .law = &law, .specimen = std::move(specimen), .message = std::move(message)};
  result.cotangent = shown_cotangent(result.specimen);
  result.text = commented(fmt::format("{} {}: {}", law.reference, law.name, law.formula)) +
                commented(result.message) +
                (result.cotangent.empty() ? "" : commented("v = " + result.cotangent)) +
                text(result.specimen);
  return result;
}

/// Whether differences can judge there: ordinary sizes only.
bool is_regular(const Point& point) {
  return std::ranges::all_of(point, [](const auto& leaf) {
    return std::ranges::all_of(
        leaf, [](double x) { return x == 0 || (std::abs(x) <= 8 && std::abs(x) >= 0x1p-20); });
  });
}

std::vector<const Law*> every_law() {
  std::vector<const Law*> all;
  for (const Law& each : laws()) all.push_back(&each);
  return all;
}

}  // namespace

std::string mark_of(const SearchOptions& options) {
  if (options.only.empty()) return {};
  std::vector<std::string> names = options.only;
  std::ranges::sort(names);
  return fmt::format("-{:08x}", hash(fmt::format("{}", fmt::join(names, ","))) & 0xFFFFFFFF);
}

Search::Search(SearchOptions options)
    : options_(std::move(options)), decoder_(operations(), options_.only) {
  if (options_.laws.empty()) options_.laws = every_law();
}

const OperationTable& Search::operations() const {
  return options_.operations != nullptr ? *options_.operations : operation_table();
}

Specimen Search::decode(const Case& drawn) {
  return decoder_.decode(drawn.genes, drawn.ending, drawn.stratum);
}

std::optional<Failure> Search::try_case(std::uint64_t number) {
  const Case drawn = draw_case(options_.seed, number, decoder_.instruction_count());
  const Specimen specimen = decode(drawn);
  Trial trial(*options_.engine, specimen, operations());
  unsigned modes = 0;
  std::optional<Failure> failure;
  for (const Law* law : options_.laws) {
    if (law->ending == Ending::scalar && drawn.ending != Ending::scalar) continue;
    if (law->where == Where::regular_points && drawn.stratum != Stratum::regular) continue;
    if (law->cost == Cost::expensive && !is_drawn(number, options_.expensive_every)) continue;
    const LawResult judged = judge(*law, trial);
    Tally& tally = tallies_[law];
    ++tally.cases;
    if (judged.outcome == Outcome::undecided) ++tally.undecided;
    modes |= law->modes;
    if (judged.outcome != Outcome::fails) continue;
    failure = Failure{law, number, drawn, judged.message};
    break;
  }
  coverage_.add(specimen, drawn.stratum, modes);
  return failure;
}

std::vector<Counterexample> Search::try_specimen(const Specimen& specimen) {
  Trial trial(*options_.engine, specimen, operations());
  std::vector<Counterexample> found;
  for (const Law* law : options_.laws) {
    if (law->where == Where::regular_points && !is_regular(specimen.point)) continue;
    if (const LawResult judged = judge(*law, trial); judged.outcome == Outcome::fails)
      found.push_back(counterexample(*law, specimen, judged.message));
  }
  return found;
}

void Search::clear() {
  tallies_.clear();
  coverage_ = Coverage();
}

Counterexample Search::minimal(const Failure& failure) {
  const Law& law = *failure.law;
  // An edit may leave an operation's domain: an exception is a smaller case of an exception only.
  const bool exceptional = is_exception({Outcome::fails, failure.message});
  const auto fails = [&](const Specimen& specimen) {
    const LawResult judged = judge(law, *options_.engine, specimen, operations());
    return judged.outcome == Outcome::fails && is_exception(judged) == exceptional;
  };
  Case shorter = failure.drawn;
  shorter.genes = shrink_genes(failure.drawn.genes, [&](const Genes& genes) {
    shorter.genes = genes;
    return fails(decode(shorter));
  });
  const Specimen smallest = shrink(decode(shorter), fails);
  return counterexample(law, smallest,
                        judge(law, *options_.engine, smallest, operations()).message);
}

Counterexample Search::as_drawn(const Failure& failure) {
  return counterexample(*failure.law, decode(failure.drawn), failure.message);
}

PropertyResult try_law(const Law& law, std::uint64_t cases, SearchOptions options) {
  options.laws = {&law};
  options.seed ^= hash(law.name);
  options.expensive_every = 1;
  Search search(std::move(options));
  PropertyResult result;
  for (std::uint64_t number = 0; result.cases < cases; ++number) {
    const auto failure = search.try_case(number);
    // A law judges only some of the cases.
    const auto tally = search.tallies().find(&law);
    if (tally == search.tallies().end()) continue;
    result.cases = tally->second.cases;
    result.undecided = tally->second.undecided;
    if (!failure) continue;
    result.counterexample = search.minimal(*failure);
    break;
  }
  return result;
}

}  // namespace verigrad::properties
