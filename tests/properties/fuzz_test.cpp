// A run's answer: the same for every number of threads, and nothing lost.
#include "properties/fuzz.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <string>

#include "engine/functions.hpp"

#include "tests/properties/faults.hpp"

namespace verigrad::properties {
namespace {

/// Derivatives of tanh and of exp that are half of what they should be.
OperationTable two_faults() {
  Operation tanh = *find_operation("tanh");
  tanh.f64.vjp = [](const Saved<double>& saved, const Tensor<double>& v, std::size_t i) {
    return right_vjp("tanh", saved, v, i) * 0.5;
  };
  Operation exp = *find_operation("exp");
  exp.f64.vjp = [](const Saved<double>& saved, const Tensor<double>& v, std::size_t i) {
    return right_vjp("exp", saved, v, i) * 0.5;
  };
  return operation_table().replace("tanh", tanh).replace("exp", exp);
}

FuzzOptions options_for(const OperationTable& table, int jobs) {
  FuzzOptions options;
  options.search.operations = &table;
  options.search.laws = {&law("numeric"), &law("homogeneity")};
  options.cases = 4000;
  options.jobs = jobs;
  return options;
}

std::string shown(const FuzzResult& result) {
  std::string text = std::to_string(result.cases) + "\n";
  for (const auto& [law, tally] : result.tallies)
    text += std::string(law->name) + ' ' + std::to_string(tally.cases) + ' ' +
            std::to_string(tally.undecided) + '\n';
  for (const Finding& finding : result.findings)
    text += std::to_string(finding.failure.number) + '\n' + finding.smallest.text;
  return text + std::to_string(result.coverage.programs());
}

TEST(Fuzz, StopsAtTheFirstCaseThatFailsForAnyNumberOfThreads) {
  const OperationTable table = two_faults();
  const FuzzResult one = fuzz(options_for(table, 1));
  ASSERT_EQ(one.findings.size(), 1U);
  EXPECT_EQ(one.cases, one.findings[0].failure.number + 1);
  for (const int jobs : {2, 3, 7}) EXPECT_EQ(shown(fuzz(options_for(table, jobs))), shown(one));
}

TEST(Fuzz, GoesOnToFindingsThatDiffer) {
  const OperationTable table = two_faults();
  FuzzOptions options = options_for(table, 1);
  options.keep_going = true;
  const FuzzResult one = fuzz(options);
  EXPECT_EQ(one.cases, 4000U);
  EXPECT_GE(one.findings.size(), 2U);
  EXPECT_GT(one.repeated, 10U);
  std::string all;
  for (const Finding& finding : one.findings) all += finding.smallest.text;
  EXPECT_NE(all.find("tanh("), std::string::npos);
  EXPECT_NE(all.find("exp("), std::string::npos);
  options.jobs = 3;
  EXPECT_EQ(shown(fuzz(options)), shown(one));
}

TEST(Fuzz, ShardsTogetherTryEveryCaseOnce) {
  FuzzOptions options = options_for(operation_table(), 2);
  options.search.laws = {&law("homogeneity")};
  options.cases = 1000;
  std::uint64_t programs = 0;
  for (options.shard = 0; options.shard < 3; ++options.shard) {
    options.shards = 3;
    programs += fuzz(options).coverage.programs();
  }
  EXPECT_EQ(programs, 3000U);
  const OperationTable table = two_faults();
  FuzzOptions faulty = options_for(table, 1);
  faulty.shards = 2;
  for (faulty.shard = 0; faulty.shard < 2; ++faulty.shard) {
    const FuzzResult found = fuzz(faulty);
    ASSERT_EQ(found.findings.size(), 1U);
    EXPECT_EQ(found.findings[0].failure.number % 2, faulty.shard);
  }
}

TEST(Fuzz, TellsOfAFailureAsItWasDrawnBeforeItIsShrunk) {
  const OperationTable table = two_faults();
  FuzzOptions options = options_for(table, 1);
  std::vector<Stage> stages;
  std::vector<std::size_t> sizes;
  options.found = [&](const Failure&, const Counterexample& found, Stage stage) {
    stages.push_back(stage);
    sizes.push_back(operation_count(found.specimen));
  };
  fuzz(options);
  EXPECT_EQ(stages, (std::vector{Stage::drawn, Stage::shrunk}));
  EXPECT_LE(sizes[1], sizes[0]);
}

/// The text of case 0, which holds on until a later case has been told of; empty for none.
std::string first_program;
std::atomic<bool> later_is_told = false;

LawResult fail_at_two_cases(Trial& trial) {
  static const std::string later = [] {
    Decoder decoder;
    const Case drawn = draw_case(SearchOptions().seed, 300, decoder.instruction_count());
    return text(decoder.decode(drawn.genes, drawn.ending, drawn.stratum));
  }();
  const std::string program = text(trial.specimen());
  if (program == later) return {Outcome::fails, "later"};
  if (program != first_program) return {};
  later_is_told.wait(false);
  return {Outcome::fails, "first"};
}

/// Two threads: the case that counts is found last, and is what remains in the end.
TEST(Fuzz, TellsThatALaterCaseIsARepetitionOfAnEarlierOne) {
  const Law failing{.name = "failing", .judge = fail_at_two_cases};
  Decoder decoder;
  const Case drawn = draw_case(SearchOptions().seed, 0, decoder.instruction_count());
  first_program = text(decoder.decode(drawn.genes, drawn.ending, drawn.stratum));
  FuzzOptions options;
  options.search.laws = {&failing};
  options.cases = 512;
  options.jobs = 2;
  std::map<std::uint64_t, Stage> last;
  options.found = [&](const Failure& failure, const Counterexample&, Stage stage) {
    last[failure.number] = stage;
    if (stage != Stage::shrunk || failure.number == 0) return;
    later_is_told = true;
    later_is_told.notify_all();
  };
  const FuzzResult result = fuzz(options);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].failure.number, 0U);
  EXPECT_EQ(last, (std::map<std::uint64_t, Stage>{{0, Stage::shrunk}, {300, Stage::repeated}}));
}

TEST(Fuzz, EndsEarlyWhenInterruptedOrOutOfTime) {
  const std::atomic<bool> interrupted = true;
  FuzzOptions options = options_for(operation_table(), 2);
  options.interrupted = &interrupted;
  const FuzzResult stopped = fuzz(options);
  EXPECT_TRUE(stopped.interrupted);
  EXPECT_EQ(stopped.cases, 0U);
  options.interrupted = nullptr;
  options.max_seconds = 0;
  EXPECT_TRUE(fuzz(options).out_of_time);
}

TEST(Fuzz, PassesOnWhatIsWrongWithItsOptions) {
  FuzzOptions options;
  options.search.only = {"no_such_operation"};
  EXPECT_THROW(fuzz(options), std::exception);
}

}  // namespace
}  // namespace verigrad::properties
