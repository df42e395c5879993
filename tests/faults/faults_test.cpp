// Every planted fault is found by some law.
#include <gtest/gtest.h>

#include <ostream>
#include <set>

#include "tests/faults/hunt.hpp"

namespace verigrad::faults {

void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.where << ": " << fault.name; }

namespace {

constexpr std::uint64_t seed = 1, most_cases = 20000;

TEST(Faults, AreManyAndNamedOnce) {
  std::size_t lines = 0;
  std::set<std::pair<std::string_view, std::string_view>> names;
  for (const Fault& fault : all_faults()) {
    lines += fault.line != 0;
    EXPECT_TRUE(names.emplace(fault.where, fault.name).second) << fault.name;
  }
  EXPECT_GE(names.size(), 60U);
  EXPECT_GE(lines, 20U);
}

class EachFault : public testing::TestWithParam<Fault> {};

TEST_P(EachFault, IsFoundBySomeLaw) {
  const Fault& fault = GetParam();
  const std::optional<Kill> kill = hunt(fault, {.seed = seed}, most_cases);
  ASSERT_TRUE(kill) << "not found in " << most_cases << " cases";
  // A wrong rule that only throws would be found whatever is wrong with it.
  const properties::LawResult judged{properties::Outcome::fails, kill->failure.message};
  EXPECT_TRUE(fault.line != 0 || !properties::is_exception(judged)) << judged.message;
  if (!fault.common) return;
  const Shrunk smallest = shrunk(fault, seed, *kill);
  EXPECT_LE(smallest.nodes, 5U) << smallest.text;
}

INSTANTIATE_TEST_SUITE_P(All, EachFault, testing::ValuesIn(all_faults()));

}  // namespace
}  // namespace verigrad::faults
