// Laws of differentiation as GoogleTest tests of one's own operations, or of an engine:
//
//     #include "engine/custom_operation.hpp"
//     #include "properties/gtest.hpp"
//     const verigrad::OperationTable table =
//         verigrad::operation_table().with(verigrad::operation<Wave>());
//     TEST(Wave, ObeysTheLaws) { EXPECT_TRUE(verigrad::properties::obeys_laws(table, {"wave"})); }
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "properties/fuzz.hpp"

namespace verigrad::properties {
namespace detail {

/// Programs of the named operations and of a dozen common ones.
inline FuzzOptions options_for(const OperationTable& table,
                               const std::vector<std::string>& operations) {
  FuzzOptions options;
  options.search.operations = &table;
  options.search.expensive_every = 8;
  options.search.only = {"add", "sub",  "mul",    "div",     "sin",       "exp",
                         "sum", "mean", "matmul", "sigmoid", "transpose", "concat"};
  options.search.only.insert(options.search.only.end(), operations.begin(), operations.end());
  return options;
}

/// Programs of all operations.
inline FuzzOptions options_for(const Engine& engine) {
  FuzzOptions options;
  options.search.engine = &engine;
  options.search.expensive_every = 8;
  return options;
}

/// The one program of that number.
inline FuzzOptions only_case(FuzzOptions options, std::uint64_t number) {
  options.cases = 1;
  options.shard = number;
  options.shards = number + 1;
  return options;
}

/// Whether the run has found nothing, and has judged something.
inline testing::AssertionResult judged(const FuzzOptions& options, const FuzzResult& result) {
  if (!result.findings.empty()) {
    const Finding& first = result.findings.front();
    return testing::AssertionFailure()
           << first.smallest.text << "# case " << first.failure.number << " of seed "
           << options.search.seed << "; again: obeys_laws_in_case with " << first.failure.number;
  }
  if (result.cases == 0) return testing::AssertionFailure() << "no programs were tried";
  if (std::ranges::all_of(result.tallies, [](const auto& tally) {
        return tally.second.undecided == tally.second.cases;
      }))
    return testing::AssertionFailure()
           << "no law could judge any of " << result.cases << " programs";
  return testing::AssertionSuccess() << result.cases << " programs obey all laws";
}

}  // namespace detail

/// Holds the named operations of a table, in random programs with a dozen common ones, against all
/// laws. A failure shows the law, the smallest program that breaks it, and the number of its case.
/// Fails as well when no program was tried, and when an operation was met in fewer than one program
/// in a hundred. The same arguments give the same programs. Throws Error for an operation that the
/// table does not have or that has no derivative.
inline testing::AssertionResult obeys_laws(const OperationTable& table,
                                           const std::vector<std::string>& operations,
                                           std::uint64_t cases = 5000) {
  FuzzOptions options = detail::options_for(table, operations);
  options.cases = cases;
  const FuzzResult result = fuzz(options);
  const testing::AssertionResult judged = detail::judged(options, result);
  if (!judged) return judged;
  for (const std::string& name : operations)
    if (result.coverage.programs_with(*table.find(name)) * 100 < result.cases)
      return testing::AssertionFailure() << name << " was hardly met in " << cases << " programs";
  return judged;
}

/// Holds an engine, in random programs of all operations of the process's table, against all laws.
/// What the engine refuses is left out; it fails when that is everything.
inline testing::AssertionResult obeys_laws(const Engine& engine, std::uint64_t cases = 5000) {
  FuzzOptions options = detail::options_for(engine);
  options.cases = cases;
  return detail::judged(options, fuzz(options));
}

/// Tries one case of `obeys_laws` again, by the number that its failure shows.
inline testing::AssertionResult obeys_laws_in_case(const OperationTable& table,
                                                   const std::vector<std::string>& operations,
                                                   std::uint64_t number) {
  const FuzzOptions options = detail::only_case(detail::options_for(table, operations), number);
  return detail::judged(options, fuzz(options));
}

/// The same for an engine.
inline testing::AssertionResult obeys_laws_in_case(const Engine& engine, std::uint64_t number) {
  const FuzzOptions options = detail::only_case(detail::options_for(engine), number);
  return detail::judged(options, fuzz(options));
}

}  // namespace verigrad::properties
