// The programs that a seed stands for: how varied they are.
#include "properties/case.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "engine/error.hpp"
#include "properties/instructions.hpp"

namespace verigrad::properties {
namespace {

constexpr std::uint64_t seed = 5;

/// What is seen in many cases.
struct Sight {
  std::set<std::string> texts, shapes;
  std::map<std::string_view, int> programs_with;
  int sharing = 0, twice = 0, deep = 0, empty = 0;
};

std::size_t depth_of(const Program& program) {
  std::vector<std::size_t> depths;
  std::size_t deepest = 0;
  for (const Value& value : program.values()) {
    std::size_t depth = 0;
    for (const ValueId operand : value.operands)
      depth = std::max(depth, depths[static_cast<std::size_t>(operand)] + 1);
    depths.push_back(depth);
    deepest = std::max(deepest, depth);
  }
  return deepest;
}

void look(const Specimen& specimen, Sight& sight) {
  std::map<ValueId, int> uses;
  std::set<std::string_view> operations;
  bool twice = false, empty = false;
  for (const Value& value : specimen.program.values()) {
    sight.shapes.insert(to_string(value.shape));
    empty = empty || value.shape.numel() == 0;
    if (value.operation != nullptr) operations.insert(value.operation->name());
    for (const ValueId operand : value.operands) ++uses[operand];
    twice = twice || (value.operands.size() == 2 && value.operands[0] == value.operands[1]);
  }
  for (const std::string_view operation : operations) ++sight.programs_with[operation];
  sight.sharing += std::ranges::any_of(uses, [&](const auto& use) {
    return use.second > 1 && specimen.program[use.first].kind != Value::Kind::number;
  });
  sight.twice += twice;
  sight.empty += empty;
  sight.deep += depth_of(specimen.program) >= 30;
  sight.texts.insert(text(specimen));
}

TEST(Cases, AreDistinctAndReachEveryOperationManyShapesAndSharedValues) {
  constexpr int cases = 20000;
  Decoder decoder;
  Sight sight;
  for (std::uint64_t i = 0; i < cases; ++i) {
    const Case drawn = draw_case(seed, i, decoder.instruction_count());
    look(decoder.decode(drawn.genes, drawn.ending, drawn.stratum), sight);
  }
  EXPECT_GE(sight.texts.size(), cases * 95 / 100);  // names are given in order: x1, x2, …
  for (const Operation* operation : instructions(operation_table()))
    if (operation != nullptr) {
      EXPECT_GE(sight.programs_with[operation->name()], cases / 100) << operation->name();
    }
  EXPECT_GE(sight.shapes.size(), 50U);
  EXPECT_GE(sight.sharing, cases / 4);
  EXPECT_GE(sight.twice, cases / 20);
  EXPECT_GE(sight.deep, cases / 200);
  EXPECT_GE(sight.empty, cases / 200);
}

TEST(Cases, AreTheSameInEveryOrderAndOthersForAnotherSeed) {
  const Case first = draw_case(seed, 41, 100);
  draw_case(seed, 7, 100);
  EXPECT_EQ(draw_case(seed, 41, 100).genes, first.genes);
  EXPECT_NE(draw_case(seed + 1, 41, 100).genes, first.genes);
}

TEST(Cases, AreHostileOnceInEightAndOfEveryKind) {
  std::map<Stratum, int> count;
  for (std::uint64_t i = 0; i < 56000; ++i) ++count[draw_case(seed, i, 100).stratum];
  EXPECT_NEAR(count[Stratum::regular], 49000, 500);
  for (int kind = 1; kind < stratum_count; ++kind)
    EXPECT_NEAR(count[static_cast<Stratum>(kind)], 1000, 200)
        << to_string(static_cast<Stratum>(kind));
}

/// The entries of the first input, which is never brought into a range before it is drawn.
std::vector<double> entries_in(Stratum stratum) {
  Decoder decoder;
  std::vector<double> all;
  for (int p = 0; p < 100; ++p) {
    const Specimen specimen = decoder.decode({{.p = p}}, Ending::open, stratum);
    for (const auto& leaf : specimen.point) all.insert(all.end(), leaf.begin(), leaf.end());
  }
  return all;
}

TEST(Strata, HoldWhatTheirNamesSay) {
  for (const double x : entries_in(Stratum::saturated)) {
    EXPECT_GE(std::abs(x), 2.5);
    EXPECT_LE(std::abs(x), 745);
  }
  const std::vector<double> tiny = entries_in(Stratum::subnormal);
  EXPECT_GE(
      std::ranges::count_if(tiny, [](double x) { return std::fpclassify(x) == FP_SUBNORMAL; }),
      static_cast<std::ptrdiff_t>(tiny.size() / 2));
  const std::vector<double> zeros = entries_in(Stratum::signed_zeros);
  EXPECT_GT(std::ranges::count_if(zeros, [](double x) { return x == 0 && std::signbit(x); }), 0);
  const std::vector<double> tied = entries_in(Stratum::ties);
  EXPECT_EQ(std::set<double>(tied.begin(), tied.end()).size(), 2U);
  for (const double x : entries_in(Stratum::unit_ends)) {
    EXPECT_GE(x, 0);
    EXPECT_LE(x, 1);
  }
}

TEST(Decoder, MakesProgramsOfTheOperationsThatAreAskedFor) {
  Decoder decoder(operation_table(), {"tanh", "matmul"});
  std::map<std::string_view, int> programs_with;
  for (std::uint64_t i = 0; i < 400; ++i) {
    const Case drawn = draw_case(seed, i, decoder.instruction_count());
    const Specimen specimen = decoder.decode(drawn.genes, Ending::open);
    for (const Value& value : specimen.program.values())
      if (value.operation != nullptr) ++programs_with[value.operation->name()];
  }
  EXPECT_GT(programs_with["tanh"], 50);
  EXPECT_GT(programs_with["matmul"], 50);
  EXPECT_FALSE(programs_with.contains("sin"));
  EXPECT_THROW(Decoder(operation_table(), {"no_such"}), Error);
  EXPECT_THROW(Decoder(operation_table(), {"lt"}), Error);
}

}  // namespace
}  // namespace verigrad::properties
