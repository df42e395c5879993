// No text crashes, hangs or exhausts memory on its way to a Program.
#include "engine/random.hpp"
#include "expressions/print_program.hpp"
#include "tests/expressions/elaborate_helpers.hpp"

namespace verigrad::expressions {
namespace {

std::vector<std::string> corpus() {
  std::vector<std::string> texts;
  const std::string root(VERIGRAD_SOURCE_DIR);
  for (const auto& folder :
       {root + "/examples", root + "/examples/broken", root + "/tests/bad/meaning"})
    for (const auto& path : grad_files(folder)) {
      const std::string text = read_bytes(path);
      if (text.size() < 2000) texts.push_back(text);
    }
  return texts;
}

/// Elaborates and, where that succeeds, prints: either an error or a text that elaborates again.
bool survives(const std::string& text) {
  const Elaborated result = elaborate_text(text);
  if (!result.instance) return !result.report().empty();
  const std::string again = print(result.instance->program, result.instance->output);
  return elaborate_text(again).instance.has_value();
}

TEST(ElaborateRobustness, SurvivesMutatedFiles) {
  const std::vector<std::string> texts = corpus();
  ASSERT_GT(texts.size(), 60u);
  Random random(7);
  const auto pick = [&](std::size_t n) {
    return static_cast<std::size_t>(random.integer(0, static_cast<std::int64_t>(n) - 1));
  };
  for (int round = 0; round < 1000; ++round) {
    std::string text = texts[pick(texts.size())];
    for (std::size_t edits = 1 + pick(3); edits > 0 && !text.empty(); --edits) {
      const std::string& other = texts[pick(texts.size())];
      const std::size_t at = pick(text.size()), from = pick(other.size());
      const std::size_t length = pick(12);
      if (pick(2) == 0)
        text.replace(at, length, other.substr(from, length));
      else
        text.erase(at, length);
    }
    EXPECT_TRUE(survives(text)) << text;
  }
}

TEST(ElaborateRobustness, RefusesHugeArguments) {
  for (const char* line :
       {"y = eye(100000)", "y = eye(-1)", "y = zeros(1e12)", "y = linspace(0, 1, 1e15)",
        "y = arange(0, 1, 1e-300)", "y = arange(0, 1e308, 1e-308)", "y = arange(1, 0)",
        "y = arange(0, 5, 0)", "y = x.reshape(9e15, 9e15)", "y = broadcast_to(x, [9e15, 9e15, 4])",
        "y = broadcast_to(x, [-5])", "y = rand(1e9)", "y = full([1e9], x)", "y = x[9e15]",
        "y = sum(x, dim=9e15)", "y = sum(x, dim=1e300)", "y = x.permute(0, 0)", "y = zeros(-1)"}) {
    const Elaborated result = elaborate_text(std::string("input x : [3]\n") + line + "\n");
    EXPECT_FALSE(result.instance) << line;
    EXPECT_EQ(result.diagnostics.error_count(), 1u) << line << "\n" << result.report();
  }
}

TEST(ElaborateRobustness, ALargeListOfDataIsReadAtOnce) {
  std::string text = "const x = [";
  for (int i = 0; i < 200000; ++i) text += i % 2 == 0 ? "1.5, " : "-2, ";
  const Elaborated result = elaborate_text(text + "]\ny = sum(x)\n");
  ASSERT_TRUE(result.instance);
  EXPECT_EQ(result.shape("x"), (Shape{200000}));
  EXPECT_EQ(result.instance->program.values().size(), 3u);
}

TEST(ElaborateRobustness, ALongSumIsNotDeep) {
  std::string sum = "x";
  for (int i = 0; i < 100000; ++i) sum += " + 1";
  EXPECT_TRUE(elaborate_text("input x\ny = " + sum + "\n").instance);
  std::string constant = "1";
  for (int i = 0; i < 100000; ++i) constant += " + 1";
  const Elaborated result = elaborate_text("y = " + constant + "\n");
  ASSERT_TRUE(result.instance);
  EXPECT_THAT(result.entries("y"), testing::ElementsAre(100001));
}

TEST(ElaborateRobustness, TheLimitOfOperationsIsNamed) {
  Overrides overrides;
  overrides.limits.max_values = 10;
  EXPECT_THAT(error_of("input x\ny = x + x + x + x + x + x + x + x + x + x + x + x\n", overrides),
              testing::HasSubstr("the limit of 10 operations"));
}

}  // namespace
}  // namespace verigrad::expressions
