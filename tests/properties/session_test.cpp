// A run with its surroundings: what is replayed, kept and told.
#include "properties/session.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <atomic>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "engine/functions.hpp"
#include "expressions/document.hpp"
#include "reports/text.hpp"
#include "tests/properties/faults.hpp"

namespace verigrad::properties {
namespace {

using reports::Verdict;

OperationTable half_tanh() {
  return wrong_backward("tanh", [](const Saved<double>& saved, const Tensor<double>& v,
                                   std::size_t i) { return right_vjp("tanh", saved, v, i) * 0.5; });
}

class Session : public testing::Test {
 protected:
  Session()
      : directory_((std::filesystem::temp_directory_path() /
                    ("verigrad-session-" + std::to_string(::getpid())))
                       .string()) {
    std::filesystem::create_directories(directory_);
    options_.fuzz.search.operations = &table_;
    options_.fuzz.cases = 2000;
    options_.fuzz.search.expensive_every = 64;
  }
  ~Session() override { std::filesystem::remove_all(directory_); }

  static Specimen specimen(const std::string& text, const OperationTable& table) {
    const expressions::Instance instance = expressions::elaborate(text, table);
    return {instance.program, instance.output, {{0.5}}};
  }

  const OperationTable table_ = half_tanh();
  const std::string directory_;
  SessionOptions options_;
};

TEST_F(Session, ListsEveryLawAndTheCoverage) {
  options_.fuzz.search.operations = nullptr;
  const reports::Run run = run_session(options_).run;
  EXPECT_EQ(run.exit_code, 0);
  ASSERT_EQ(run.files.size(), 1U);
  EXPECT_EQ(run.files[0].checks.size(), laws().size() + 1);
  EXPECT_EQ(run.files[0].checks.back().name, "coverage");
  EXPECT_NE(run.files[0].checks.back().printed[0].find("2000 programs"), std::string::npos);
}

class Refusing : public PassingEngine {
 public:
  std::string refusal(const Program&, ValueId) const override { return "not today"; }
  std::unique_ptr<Graph> record(const Program& program, const Point& point,
                                std::span<const ValueId> roots) const override {
    return verigrad_engine().record(program, point, roots);
  }
};

TEST_F(Session, ALawThatDecidesNothingDoesNotPass) {
  const Refusing engine;
  options_.fuzz.search.engine = &engine;
  options_.fuzz.cases = 100;
  const reports::Run run = run_session(options_).run;
  EXPECT_EQ(run.summary.fail, 0);
  const auto& checks = run.files.at(0).checks;
  EXPECT_GT(run.summary.inconclusive, 30);
  EXPECT_EQ(run.summary.inconclusive + 1, static_cast<std::int64_t>(checks.size())) << "coverage";
}

TEST_F(Session, TellsTheBrokenLawWithItsProgram) {
  const reports::Run run = run_session(options_).run;
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_EQ(run.summary.fail, 1);
  const std::string text = render_text(run);
  EXPECT_NE(text.find("error[G501]: a law of differentiation does not hold: "), std::string::npos)
      << text;
  EXPECT_NE(text.find("y = tanh(x1)"), std::string::npos) << text;
}

/// tanh at one point: v^T J is what the engine says of it, over that of sech^2.
TEST_F(Session, TellsWhatIsNeededToComputeTheFailureByHand) {
  options_.directory = directory_;
  options_.fuzz.search.laws = {&law("numeric")};
  options_.fuzz.search.expensive_every = 1;
  const reports::Run run = run_session(options_).run;
  const auto& checks = run.files.back().checks;
  const auto failed = std::ranges::find(checks, Verdict::fail, &reports::CheckResult::verdict);
  ASSERT_NE(failed, checks.end());
  ASSERT_EQ(failed->diagnosis.size(), 4U);
  for (const auto& each : failed->diagnosis) EXPECT_EQ(each.code, broken_law);
  EXPECT_NE(failed->diagnosis[1].message.find("y = tanh(x1)"), std::string::npos);
  EXPECT_EQ(failed->diagnosis[2].message.find("v = ["), 0U);
  EXPECT_EQ(failed->diagnosis[3].message.find("case "), 0U);
  ASSERT_TRUE(failed->repro);
  EXPECT_TRUE(std::filesystem::exists(*failed->repro)) << *failed->repro;
  const double v = std::stod(failed->diagnosis[2].message.substr(5));
  const std::string& program = failed->diagnosis[1].message;
  const double x = std::stod(program.substr(program.find('=') + 1));
  const double half = v * 0.5 / (std::cosh(x) * std::cosh(x));
  const std::string& said = failed->diagnosis[0].message;
  EXPECT_NE(said.find(std::to_string(half).substr(0, 6)), std::string::npos) << said << half;
}

TEST_F(Session, KeepsTheShrunkProgramWhereTheNextRunFindsIt) {
  options_.directory = directory_;
  run_session(options_);
  std::vector<std::filesystem::path> kept;
  for (const auto& entry : std::filesystem::directory_iterator(directory_))
    kept.push_back(entry.path());
  ASSERT_EQ(kept.size(), 1U);
  std::ifstream in(kept[0]);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  EXPECT_EQ(text.find("# "), 0U);
  EXPECT_NE(text.find("y = tanh(x1)"), std::string::npos) << text;

  options_.replays = {{kept[0].string(), specimen(text, table_)}};
  const reports::Run again = run_session(options_).run;
  ASSERT_EQ(again.files.size(), 1U) << "a replay that fails comes instead of random programs";
  EXPECT_EQ(again.files[0].path, kept[0].string());
  EXPECT_EQ(again.files[0].checks[0].verdict, Verdict::fail);
}

/// So that a run that is killed while it shrinks has kept what it found.
TEST_F(Session, KeepsTheProgramAsItWasDrawnBeforeItIsShrunk) {
  options_.directory = directory_;
  int files = 0;
  options_.fuzz.found = [&](const Failure& failure, const Counterexample& found, Stage stage) {
    if (stage != Stage::drawn) return;
    std::ifstream in(kept_path(directory_, *failure.law, options_.fuzz.search, failure.number));
    EXPECT_EQ((std::string{std::istreambuf_iterator<char>(in), {}}), found.text);
    ++files;
  };
  run_session(options_);
  EXPECT_EQ(files, 1);
}

TEST_F(Session, KeepsOneFileForFindingsThatAreAlike) {
  options_.directory = directory_;
  options_.fuzz.keep_going = true;
  const reports::Run run = run_session(options_).run;
  const auto files = std::distance(std::filesystem::directory_iterator(directory_),
                                   std::filesystem::directory_iterator());
  EXPECT_EQ(files, run.summary.fail);
}

/// What has become of a run of threads whose first case is settled after another thread's.
std::string late_text;
std::atomic<bool> another_is_settled;

/// Fails for every program; for that of `late_text` not before another finding is settled.
LawResult fail_late(Trial& trial) {
  if (text(trial.specimen()) == late_text) another_is_settled.wait(false);
  return {Outcome::fails, "as ever"};
}

TEST_F(Session, KeepsTheFirstOfFindingsThatAreAlikeInWhicheverOrderTheyCome) {
  const Law always{.name = "never holds", .reference = "Z1", .judge = fail_late};
  options_.fuzz.search.laws = {&always};
  options_.fuzz.search.operations = nullptr;
  options_.fuzz.cases = 257;  // a block of one thread, and a case for another
  options_.fuzz.keep_going = true;
  options_.directory = directory_;
  options_.fuzz.found = [](const Failure&, const Counterexample&, Stage stage) {
    if (stage != Stage::shrunk) return;
    another_is_settled = true;
    another_is_settled.notify_all();
  };
  Search search(options_.fuzz.search);
  another_is_settled = true;
  const Failure first = search.try_case(0).value();
  for (const int jobs : {1, 2}) {
    late_text = jobs == 1 ? "" : text(search.as_drawn(first).specimen);
    another_is_settled = false;
    options_.fuzz.jobs = jobs;
    const std::string told = render_text(run_session(options_).run);
    std::vector<std::string> kept;
    for (const auto& entry : std::filesystem::directory_iterator(directory_))
      kept.push_back(entry.path().string());
    const std::string path = kept_path(directory_, always, options_.fuzz.search, 0);
    EXPECT_EQ(kept, std::vector{path}) << "with " << jobs << " threads";
    EXPECT_NE(told.find("kept       " + path), std::string::npos) << told;
  }
}

TEST_F(Session, ReplaysThatHoldAreFollowedByRandomPrograms) {
  const Specimen right = specimen("input x1 = 0.5\ny = sin(x1)\n", table_);
  options_.replays = {{"a.grad", right}, {"a.grad", right}};
  options_.fuzz.cases = 10;
  const reports::Run run = run_session(options_).run;
  ASSERT_EQ(run.files.size(), 2U);
  ASSERT_EQ(run.files[0].checks.size(), 1U);
  EXPECT_EQ(run.files[0].checks[0].points, 2);
  EXPECT_EQ(run.files[1].path, "random programs");
}

TEST_F(Session, AnInterruptEndsReplaysToo) {
  const std::atomic<bool> interrupted = true;
  options_.fuzz.interrupted = &interrupted;
  options_.replays = {{"a.grad", specimen("input x1 = 0.5\ny = sin(x1)\n", table_)}};
  const reports::Run run = run_session(options_).run;
  EXPECT_EQ(run.exit_code, 130);
  EXPECT_TRUE(run.files.empty());
}

TEST_F(Session, RefusesToLoseAFailure) {
  options_.directory = directory_ + "/absent";
  EXPECT_THROW(run_session(options_), std::system_error);
}

TEST(KeptPath, TellsProgramsOfOtherOperationsApart) {
  SearchOptions all, some, others;
  some.only = {"sin", "mul"};
  others.only = {"mul"};
  const auto path = [](const SearchOptions& search) {
    return kept_path("kept", law("numeric"), search, 12);
  };
  EXPECT_EQ(path(all), "kept/numeric-20240229-12.grad");
  EXPECT_NE(path(some), path(all));
  EXPECT_NE(path(some), path(others));
  some.only = {"mul", "sin"};
  SearchOptions same;
  same.only = {"sin", "mul"};
  EXPECT_EQ(path(some), path(same));
}

}  // namespace
}  // namespace verigrad::properties
