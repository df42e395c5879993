// What --filter, --repro and --list choose.
#include "runner/selection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runner/accuracy.hpp"
#include "tests/runner/support.hpp"

namespace verigrad::runner {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

const char* const several =
    "input x in (2, 3)\ninput w in (2, 3)\ny = x * w\ncheck\ngrad x = w\ngrad w = x\n"
    "test \"sum\":\n    expect y > 0\n";

std::vector<std::int64_t> lines(const std::string& filter) {
  Options options;
  options.filter = filter;
  std::vector<std::int64_t> found;
  const auto run = check_text(several, options);
  for (const auto& check : run.files[0].checks) found.push_back(check.line);
  return found;
}

TEST(Filter, SelectsByLineFileAndLineOrName) {
  EXPECT_THAT(lines(""), ElementsAre(4, 5, 6, 7));
  EXPECT_THAT(lines("5"), ElementsAre(5));
  EXPECT_THAT(lines("t.grad:6"), ElementsAre(6));
  EXPECT_THAT(lines("sum"), ElementsAre(7));
  EXPECT_THAT(lines("w"), ElementsAre(4, 6));
  EXPECT_THAT(lines("other.grad:6"), SizeIs(0));
}

TEST(Filter, MeansAFileHoweverItsPathIsSpelt) {
  const auto found = [](const std::string& path, const std::string& filter) {
    Options options;
    options.filter = filter;
    const std::vector<Input> inputs{{path, several}};
    return check(inputs, options).files[0].checks.size();
  };
  EXPECT_EQ(found("./t.grad", "t.grad:6"), 1u);
  EXPECT_EQ(found("t.grad", "./t.grad:6"), 1u);
  EXPECT_EQ(found("dir/t.grad", "t.grad:6"), 1u);
  EXPECT_EQ(found("dir/t.grad", "./dir//t.grad:6"), 1u);
  EXPECT_EQ(found("dir/t.grad", "other/t.grad:6"), 0u);
  EXPECT_EQ(found("dir/t.grad", "grad:6"), 0u);
}

TEST(Filter, ThatMatchesNothingLeavesNothingToCheck) {
  Options options;
  options.filter = "nothing";
  EXPECT_EQ(check_text(several, options).exit_code, 4);
}

TEST(Repro, TokensRoundTrip) {
  const auto token = parse_repro("5:k3:42");
  ASSERT_TRUE(token);
  EXPECT_EQ(token->line, 5u);
  EXPECT_EQ(token->point, 3);
  EXPECT_EQ(token->seed, 42u);
  EXPECT_EQ(to_string(*token), "5:k3:42");
  for (const char* bad : {"", "5", "5:3:42", "5:k3", "5:k3:", "5:k-1:42", "x:k3:42", "5:k3:42 "})
    EXPECT_FALSE(parse_repro(bad)) << bad;
}

/// An entry with every NaN replaced by a number, which equals itself.
reports::WorstEntry comparable(reports::WorstEntry entry) {
  for (auto* number : {&entry.analytic, &entry.reference, &entry.error_bar, &entry.absolute_error,
                       &entry.relative_error, &entry.ulps, &entry.digits})
    if (*number && std::isnan(**number)) *number = 1e300;
  return entry;
}

class Repro : public testing::TestWithParam<const char*> {};

TEST_P(Repro, OfAFailingPointGivesTheSameWorstEntry) {
  Options options;
  options.seed = 99;
  const auto run = check_text(GetParam(), options);
  ASSERT_EQ(run.files.at(0).checks.size(), 1u) << shown(run);
  const CheckResult& first = run.files[0].checks[0];
  ASSERT_NE(first.verdict, Verdict::pass);
  ASSERT_TRUE(first.repro);
  Options again;
  again.repro = parse_repro(*first.repro);
  ASSERT_TRUE(again.repro);
  const auto replay = check_text(GetParam(), again);
  const CheckResult& second = replay.files.at(0).checks.at(0);
  EXPECT_EQ(second.verdict, first.verdict);
  EXPECT_EQ(second.worst.has_value(), first.worst.has_value());
  if (first.worst && second.worst) {
    EXPECT_EQ(comparable(*second.worst), comparable(*first.worst));
  }
  EXPECT_EQ(second.repro, first.repro);
  EXPECT_EQ(second.points, 1);
  EXPECT_EQ(replay.seed, 99u);
  // One point of many does not tell whether a factor is the same at all.
  if (fact(first, "pattern").empty()) {
    EXPECT_EQ(second.explanation.label, first.explanation.label);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Files, Repro,
    testing::Values("dim n in 1..5\ninput x : [n] in (2, 3)\ny = sum(x ** 2)\ngrad x = x\n",
                    "input x in [-1, 1]\ny = abs(x)\ngrad x = x / abs(x)\n",
                    "dim n in 2..5\ninput x : [n] in [0, 1]\ny = sum(sqrt(x))\n",
                    "dtype f32\ninput x in (1, 2)\ny = x\ngrad x = (x + 1e8) - x * 1e8 / x\n",
                    "set samples = 50\ninput x in (0, 1)\ny = x\nexpect x < 0.9\n"));

TEST(Replay, TheCommandRepeatsTheOptionsThatThePointDependsOn) {
  Options options = with_samples(50);
  options.overrides.dtype = DType::f32;
  options.overrides.set.emplace_back("c", "[1, 2]");
  options.overrides.dim.emplace_back("n", 2);
  const std::string text =
      "dim n in 1..4\nconst c : [n]\ninput x : [n] in (0, 1)\ny = sum(c * x)\nexpect x < 0.9\n";
  const auto run = check_text(text, options);
  const CheckResult& first = at_line(run, 5);
  ASSERT_EQ(first.verdict, Verdict::fail);
  EXPECT_EQ(fact(first, "again"), fmt::format("gradcheck check t.grad --repro {} --samples 50 "
                                              "--dtype f32 --set 'c=[1, 2]' --dim n=2",
                                              *first.repro));
  options.repro = parse_repro(*first.repro);
  EXPECT_EQ(at_line(check_text(text, options), 5).explanation.facts, first.explanation.facts);
}

/// Two cores on one line, and one that begins in its middle.
const char* const cores =
    "(FPCore (x) :pre (<= 1 x 2) (* x x)) (FPCore (x) :pre (<= 1 x 2) (exp (* 9 (sin x))))\n"
    "(FPCore (z) :name \"third\" :pre (<= 1 z 2) (log z))\n";

TEST(Filter, MeansACoreByItsPlaceOrName) {
  const TemporaryDirectory directory;
  const std::vector<Input> inputs{{directory.write("t.fpcore", cores).string(), {}}};
  const auto found = [&](const std::string& filter) {
    Options options;
    options.filter = filter;
    std::vector<std::pair<std::int64_t, std::int64_t>> places;
    const auto checked = check(inputs, options).files[0].checks;
    for (const auto& each : checked) places.emplace_back(each.line, each.column);
    const auto measured = measure_accuracy(inputs, options).files;
    EXPECT_EQ(measured.empty() ? 0 : measured[0].accuracy.size(), places.size()) << filter;
    return places;
  };
  using Place = std::pair<std::int64_t, std::int64_t>;
  EXPECT_THAT(found("1"), ElementsAre(Place(1, 1), Place(1, 38)));
  EXPECT_THAT(found("1:38"), ElementsAre(Place(1, 38)));
  EXPECT_THAT(found("1:37"), SizeIs(0));
  EXPECT_THAT(found("third"), ElementsAre(Place(2, 1)));
  EXPECT_THAT(found("t.fpcore:2"), ElementsAre(Place(2, 1)));
}

/// What a command line for the checked point says behind the file.
Options from_command(const std::string& command) {
  const auto word_after = [&](const std::string& option) {
    const std::size_t begin = command.find(option) + option.size();
    return command.substr(begin, command.find(' ', begin) - begin);
  };
  Options options;
  options.filter = word_after(" --filter ");
  options.repro = parse_repro(word_after(" --repro "));
  EXPECT_TRUE(options.repro) << command;
  return options;
}

TEST(Replay, OfACoreMeansItAlone) {
  const TemporaryDirectory directory;
  const std::vector<Input> inputs{{directory.write("t.fpcore", cores).string(), {}}};
  Options options;
  options.max_ulps = 0.25;
  const auto rows = measure_accuracy(inputs, {}).files.at(0).accuracy;
  ASSERT_THAT(rows, SizeIs(3));
  for (const reports::AccuracyRow& row : rows) {
    const auto again = measure_accuracy(inputs, from_command(row.repro)).files.at(0).accuracy;
    ASSERT_THAT(again, SizeIs(1)) << row.repro;
    EXPECT_EQ(again[0].worst, row.worst);
  }
  const auto checks = check(inputs, options).files.at(0).checks;
  EXPECT_GT(std::ranges::count(checks, Verdict::inaccurate, &CheckResult::verdict), 0);
  for (const CheckResult& each : checks) {
    if (each.verdict == Verdict::pass) continue;
    Options replay = from_command(fact(each, "again"));
    replay.max_ulps = 0.25;
    const auto again = check(inputs, replay).files.at(0).checks;
    ASSERT_THAT(again, SizeIs(1));
    EXPECT_EQ(again[0].worst, each.worst);
  }
}

/// 20 random points: k0 to k19, and special ones, of which x ** 2 has none.
TEST(Repro, OfAPointThatIsNotDrawnIsAnError) {
  const auto errors = [](const std::string& text, const char* token, std::int64_t samples) {
    Options options;
    options.repro = parse_repro(token);
    if (samples > 0) options.samples = samples;
    const Input input{"t.grad", text};
    const std::size_t checked = check({&input, 1}, options).files[0].errors.size();
    const auto measured = measure_accuracy({&input, 1}, options);
    EXPECT_EQ(measured.exit_code == 2, checked == 1);
    return checked;
  };
  const std::string drawn = "input x in (2, 3)\ny = x ** 2\ncheck\n";
  EXPECT_EQ(errors(drawn, "3:k19:42", 20), 0u);
  EXPECT_EQ(errors(drawn, "3:k1000:42", 20), 1u);
  EXPECT_EQ(errors(drawn, "3:k1000:42", 1001), 0u);
  EXPECT_EQ(errors("input x = 2\ny = x ** 2\ncheck\n", "3:k0:42", 0), 0u);
  EXPECT_EQ(errors("input x = 2\ny = x ** 2\ncheck\n", "3:k1:42", 0), 1u);
}

TEST(List, NamesWhatWouldBeJudged) {
  std::vector<reports::FileResult> errors;
  const std::vector<Input> inputs{{"t.grad", several}, {"bad.grad", "y = \n"}};
  const auto found = list(inputs, {}, errors);
  ASSERT_THAT(found, SizeIs(4));
  EXPECT_THAT(found[0], testing::AllOf(HasSubstr("t.grad:4"), HasSubstr("check y")));
  EXPECT_THAT(found[1], testing::AllOf(HasSubstr("t.grad:5"), HasSubstr("grad")));
  EXPECT_THAT(found[3], testing::AllOf(HasSubstr("t.grad:7"), HasSubstr("test \"sum\"")));
  ASSERT_THAT(errors, SizeIs(1));
  EXPECT_EQ(errors[0].path, "bad.grad");
}

TEST(List, ShowsExpectationsAsTheyStandInTheFile) {
  std::vector<reports::FileResult> errors;
  const std::vector<Input> inputs{
      {"t.grad", "input x = 2\ny = x ** 2\nexpect y == 4\nexpect fail: grad x = 3 * x\n"}};
  EXPECT_THAT(list(inputs, {}, errors),
              ElementsAre("t.grad:3  expect y == 4", "t.grad:4  expect fail: grad x = 3 * x"));
}

TEST(List, ObeysTheFilter) {
  std::vector<reports::FileResult> errors;
  Options options;
  options.filter = "w";
  const std::vector<Input> inputs{{"t.grad", several}};
  EXPECT_THAT(list(inputs, options, errors), SizeIs(2));
}

}  // namespace
}  // namespace verigrad::runner
