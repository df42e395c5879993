// Laws of differentiation as GoogleTest tests of one's own operations:
//
//     #include "properties/gtest.hpp"
//     const verigrad::OperationTable table =
//         verigrad::operation_table().with(verigrad::operation<Wave>());
//     TEST(Wave, ObeysTheLaws) { EXPECT_TRUE(verigrad::properties::obeys_laws(table, {"wave"})); }
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "properties/fuzz.hpp"

namespace verigrad::properties {

/// Holds the named operations of a table, in random programs with a dozen common ones, against all
/// laws. A failure shows the law and the smallest program that breaks it. Fails as well when an
/// operation was met in fewer than one program in a hundred. The same arguments give the same
/// programs. Throws Error for an operation that the table does not have or that has no derivative.
inline testing::AssertionResult obeys_laws(const OperationTable& table,
                                           std::vector<std::string> operations,
                                           std::uint64_t cases = 5000) {
  FuzzOptions options;
  options.cases = cases;
  options.search.operations = &table;
  options.search.expensive_every = 8;
  options.search.only = {"add", "sub",  "mul",    "div",     "sin",       "exp",
                         "sum", "mean", "matmul", "sigmoid", "transpose", "concat"};
  options.search.only.insert(options.search.only.end(), operations.begin(), operations.end());
  const FuzzResult result = fuzz(options);
  if (!result.findings.empty())
    return testing::AssertionFailure() << result.findings.front().smallest.text;
  for (const std::string& name : operations)
    if (const auto programs = result.coverage.programs_with(*table.find(name));
        programs == 0 || programs * 100 < result.cases)
      return testing::AssertionFailure() << name << " was hardly met in " << cases << " programs";
  return testing::AssertionSuccess() << result.cases << " programs obey all laws";
}

}  // namespace verigrad::properties
