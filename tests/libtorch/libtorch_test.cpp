// LibTorch behind the laws' interface: its values are the operations', the laws hold for it, and
// they find what is known to be wrong.
#include "properties/libtorch/libtorch_engine.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "properties/search.hpp"
#include "runner/draw.hpp"

namespace verigrad::properties {
namespace {

bool uses(const Program& program, std::string_view operation) {
  return std::ranges::any_of(program.values(), [&](const Value& value) {
    return value.operation != nullptr && value.operation->name() == operation;
  });
}

std::string test_name(const testing::TestParamInfo<std::string>& info) { return info.param; }

class LibtorchCall : public testing::TestWithParam<std::string> {};

/// LibTorch's polygamma has 9 digits.
TEST_P(LibtorchCall, HasTheOperationsValue) {
  Decoder decoder(operation_table(), {GetParam()});
  int compared = 0;
  for (std::uint64_t number = 0; number < 1000; ++number) {
    Case drawn = draw_case(5, number, decoder.instruction_count());
    drawn.genes.resize(std::min<std::size_t>(drawn.genes.size(), 4));
    const Specimen specimen = decoder.decode(drawn.genes, Ending::open, Stratum::regular);
    if (!uses(specimen.program, GetParam()) ||
        !libtorch_engine().refusal(specimen.program, specimen.output).empty())
      continue;
    ++compared;
    const ValueId roots[] = {specimen.output};
    const auto wanted = verigrad_engine().evaluate(specimen.program, specimen.point, roots)[0];
    const auto got = libtorch_engine().evaluate(specimen.program, specimen.point, roots)[0];
    ASSERT_EQ(got.size(), wanted.size()) << text(specimen);
    for (std::size_t i = 0; i < got.size(); ++i)
      ASSERT_NEAR(got[i], wanted[i], 1e-8 * std::max(1.0, std::abs(wanted[i]))) << text(specimen);
  }
  EXPECT_GE(compared, 10);
}

INSTANTIATE_TEST_SUITE_P(Operations, LibtorchCall, testing::ValuesIn(libtorch_operations()),
                         test_name);

TEST(LibtorchEngine, HasMostOperations) { EXPECT_GE(libtorch_operations().size(), 120); }

TEST(LibtorchEngine, SaysWhatItRefuses) {
  Program program;
  const ValueId x = program.add_leaf({.name = "x", .shape = {}});
  const ValueId root = program.add(*find_operation("cbrt"), {x});
  EXPECT_EQ(libtorch_engine().refusal(program, root), "there is no call of LibTorch for cbrt");
  const ValueId slope = program.add(*find_operation("leaky_relu"), {x, x});
  EXPECT_EQ(libtorch_engine().refusal(program, slope),
            "LibTorch's leaky_relu takes a number for operand 2");
  EXPECT_EQ(libtorch_engine().refusal(program, x), "");
}

/// Laws that compare two programs bit for bit are left out: LibTorch adds up in the order of
/// strides. Operations left out: layer_norm, whose rule rounds more than its terms explain, and
/// trace, bce and kron, see below and docs/libtorch.md.
TEST(LibtorchEngine, ObeysTheAlgebraOfProductsAndAccumulation) {
  SearchOptions options{.engine = &libtorch_engine(), .only = libtorch_operations()};
  std::erase_if(options.only, [](const std::string& name) {
    return name == "layer_norm" || name == "trace" || name == "bce" || name == "kron";
  });
  for (const char* name :
       {"adjoint", "homogeneity", "linearity", "zero cotangent", "chain rule", "several roots",
        "root twice", "accumulation", "two roots", "cleared gradients", "reach"})
    options.laws.push_back(&law(name));
  Search search(options);
  Decoder decoder(operation_table(), options.only);
  int judged = 0;
  for (std::uint64_t number = 0; judged < 2000; ++number) {
    if (draw_case(options.seed, number, decoder.instruction_count()).stratum != Stratum::regular)
      continue;
    ++judged;
    const auto failure = search.try_case(number);
    EXPECT_FALSE(failure) << search.minimal(*failure).text;
    if (failure) break;
  }
  const Tally& tally = search.tallies().at(&law("linearity"));
  EXPECT_GE(tally.cases, 1900U);
  EXPECT_LE(tally.undecided, tally.cases / 5);
}

/// s (1 - s) is 0 where s rounds to 1.
TEST(LibtorchEngine, LosesTheTailOfSigmoid) {
  Program program;
  const ValueId x = program.add_leaf({.name = "x", .shape = {}});
  const ValueId y = program.add(*find_operation("sigmoid"), {x});
  const Specimen specimen{program, y, {{40}}};
  EXPECT_EQ(gradient_of(libtorch_engine(), specimen, {1})[0][0], 0);
  EXPECT_EQ(judge(law("proven"), libtorch_engine(), specimen).outcome, Outcome::fails);
  EXPECT_EQ(judge(law("proven"), verigrad_engine(), specimen).outcome, Outcome::holds);
  EXPECT_EQ(judge(law("proven"), libtorch_engine(), {program, y, {{-40}}}).outcome, Outcome::holds);
}

/// Of a matrix with more rows than columns LibTorch's rule fills every (columns + 1)-th entry, past
/// the diagonal's end.
TEST(LibtorchEngine, TakesEntriesBelowTheDiagonalForTheTrace) {
  Program program;
  const ValueId x = program.add_leaf({.name = "x", .shape = {4, 1}});
  const ValueId y = program.add(*find_operation("trace"), {x});
  const Specimen specimen{program, y, {{1, 2, 3, 4}}};
  EXPECT_EQ(gradient_of(libtorch_engine(), specimen, {1})[0], (std::vector<double>{1, 0, 1, 0}));
  EXPECT_EQ(judge(law("exact differences"), libtorch_engine(), specimen).outcome, Outcome::fails);
}

std::vector<std::string> recorded_files() {
  std::vector<std::string> paths;
  for (const auto& entry :
       std::filesystem::directory_iterator(VERIGRAD_SOURCE_DIR "/docs/libtorch"))
    paths.push_back(entry.path().string());
  std::ranges::sort(paths);
  return paths;
}

class RecordedFinding : public testing::TestWithParam<std::string> {};

TEST_P(RecordedFinding, IsWrongInLibtorchAndRightHere) {
  const runner::DrawnFile drawn = runner::draw_file({GetParam(), {}}, {}, 20);
  ASSERT_EQ(drawn.samples.size(), 1U);
  const runner::Sample& sample = drawn.samples[0];
  const Specimen specimen = edited({sample.instance.program, sample.instance.output, sample.point});
  EXPECT_EQ(judge(law("proven"), libtorch_engine(), specimen).outcome, Outcome::fails);
  EXPECT_EQ(judge(law("proven"), verigrad_engine(), specimen).outcome, Outcome::holds);
}

std::string stem(const testing::TestParamInfo<std::string>& info) {
  return std::filesystem::path(info.param).stem().string();
}

INSTANTIATE_TEST_SUITE_P(Files, RecordedFinding, testing::ValuesIn(recorded_files()), stem);

}  // namespace
}  // namespace verigrad::properties
