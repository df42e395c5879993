#include "tests/faults/hunt.hpp"

#include <algorithm>

namespace verigrad::faults {

using properties::Failure, properties::Search, properties::SearchOptions;

namespace {

bool passes_without_fault(const Failure& failure, SearchOptions options) {
  const Activate none(0);
  options.laws = {failure.law};
  options.operations = nullptr;
  return !Search(options).try_case(failure.number);
}

}  // namespace

std::optional<Kill> hunt(const Fault& fault, SearchOptions options, std::uint64_t most) {
  const Planted planted(fault);
  options.operations = &planted.operations();
  Search search(options);
  for (std::uint64_t number = 0; number < most; ++number) {
    const std::optional<Failure> failure = search.try_case(number);
    if (failure && passes_without_fault(*failure, options)) return Kill{number + 1, *failure};
  }
  return std::nullopt;
}

Shrunk shrunk(const Fault& fault, std::uint64_t seed, const Kill& kill) {
  const Planted planted(fault);
  Search search({.seed = seed, .operations = &planted.operations()});
  const properties::Counterexample smallest = search.minimal(kill.failure);
  const auto reached = smallest.specimen.program.reachable({{smallest.specimen.output}});
  return {operation_count(smallest.specimen),
          static_cast<std::size_t>(std::ranges::count(reached, true)), smallest.text};
}

}  // namespace verigrad::faults
