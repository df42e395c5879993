// gradcheck accuracy: which operation of the source makes a derivative's rounding error, and how
// large an error is predicted.
#include "runner/accuracy_blame.hpp"

#include <algorithm>
#include <numeric>
#include <sstream>
#include <tuple>

#include "runner/accuracy.hpp"
#include "tests/runner/support.hpp"

namespace verigrad::runner {
namespace {

using reports::AccuracyRow;
using reports::OperationShare;
using testing::ElementsAre;
using testing::HasSubstr;

AccuracyRow row_of(const Input& input) {
  const reports::Run run = measure_accuracy({&input, 1}, {});
  if (run.files.size() != 1 || run.files[0].accuracy.size() != 1) {
    ADD_FAILURE() << shown(run);
    return {};
  }
  return run.files[0].accuracy[0];
}

AccuracyRow row_of(const std::string& text) { return row_of(Input{"t.grad", text}); }

/// What stands at the place that a share names.
std::string text_at(const std::string& source, const OperationShare& share) {
  std::istringstream lines(source);
  std::string line;
  for (std::int64_t i = 0; i < share.line; ++i) std::getline(lines, line);
  EXPECT_EQ(line, share.line_text);
  return line.substr(static_cast<std::size_t>(share.column - 1),
                     static_cast<std::size_t>(share.length));
}

double sum_of(const std::vector<OperationShare>& blame) {
  return std::accumulate(blame.begin(), blame.end(), 0.0,
                         [](double sum, const OperationShare& each) { return sum + each.share; });
}

/// The pieces of each power's rule are one share, named as the power is written.
TEST(AccuracyBlame, NamesExpressionsOfTheSource) {
  const std::string text =
      "input x = 1.0000001\n"
      "y = x**7 - 7*x**6 + 21*x**5 - 35*x**4 + 35*x**3 - 21*x**2 + 7*x - 1\n";
  const AccuracyRow row = row_of(text);
  ASSERT_GT(row.blame.size(), 4U);
  std::set<std::tuple<bool, std::int64_t, std::int64_t, std::int64_t>> places;
  for (const OperationShare& each : row.blame) {
    EXPECT_EQ(each.line, each.operation == "x" ? 1 : 2);
    std::string written = text_at(text, each);
    if (written.size() > 40) written = written.substr(0, 39) + "…";
    EXPECT_EQ(written, each.operation);
    EXPECT_TRUE(places.emplace(each.backward, each.line, each.column, each.length).second);
  }
  EXPECT_TRUE(std::ranges::any_of(row.blame, [](const OperationShare& each) {
    return each.operation == "x**4" && each.backward;
  })) << row.blame[0].operation;
  EXPECT_GT(sum_of(row.blame), 0.9);
  EXPECT_LE(sum_of(row.blame), 1 + 1e-9);
}

/// (exp(x) - 1) / x: rounding exp(x) near 1 costs u / x^2 of a derivative near 1 / 2.
TEST(AccuracyBlame, NamesTheForwardOperationWhoseRoundingCancels) {
  const AccuracyRow row = row_of("input x in [1e-6, 1e-4]\ny = (exp(x) - 1) / x\n");
  ASSERT_FALSE(row.blame.empty());
  const auto exponential = std::ranges::find_if(row.blame, [](const OperationShare& each) {
    return each.operation == "exp(x)" && !each.backward;
  });
  ASSERT_NE(exponential, row.blame.end());
  EXPECT_EQ(exponential->line, 2);
  EXPECT_EQ(exponential->column, 6);
  EXPECT_EQ(exponential->length, 6);
  EXPECT_EQ(exponential->path, "");
}

/// Both expansions of the def lose digits in its one line.
TEST(AccuracyBlame, OfExpansionsIsThatOfTheDef) {
  const AccuracyRow row =
      row_of("def f(a) = (exp(a) - 1) / a\ninput x in [1e-6, 1e-4]\ny = f(x) + f(3 * x)\n");
  std::vector<std::string> forward;
  for (const OperationShare& each : row.blame)
    if (each.line == 1 && !each.backward) forward.push_back(each.operation);
  EXPECT_EQ(std::ranges::count(forward, "exp(a)"), 1);
}

TEST(AccuracyBlame, NamesTheFileOfALibrary) {
  const TemporaryDirectory directory;
  const auto library = directory.write("lib.grad", "# a library\ndef f(a) = (exp(a) - 1) / a\n");
  const auto main =
      directory.write("main.grad", "use \"lib.grad\"\ninput x in [1e-6, 1e-4]\ny = f(x)\n");
  const AccuracyRow row = row_of(Input{main.string(), {}});
  ASSERT_FALSE(row.blame.empty());
  EXPECT_EQ(row.blame[0].path, library.string());
  EXPECT_EQ(row.blame[0].line, 2);
}

TEST(AccuracyBlame, OfACoreIsInItsFile) {
  const TemporaryDirectory directory;
  const auto path = directory.write(
      "t.fpcore", "; one core\n(FPCore (x) :pre (<= 1e-6 x 1e-4)\n  (/ (- (exp x) 1) x))\n");
  const AccuracyRow row = row_of(Input{path.string(), {}});
  ASSERT_FALSE(row.blame.empty());
  for (const OperationShare& each : row.blame) {
    EXPECT_EQ(each.path, "");
    EXPECT_EQ(text_at(read_bytes(path), each), each.operation);
  }
  EXPECT_TRUE(std::ranges::any_of(
      row.blame, [](const OperationShare& each) { return each.operation == "(exp x)"; }));
}

/// Two forms that the language can say, though both are other functions than the core.
TEST(Rewrites, AreMeasuredAtTheWorstPoint) {
  const TemporaryDirectory directory;
  const auto path = directory.write("t.fpcore",
                                    "(FPCore (x) :pre (<= 1e-6 x 1e-4)\n"
                                    "  :alt (let ([e (expm1 x)]) ; keeps the digits\n    (+ e 1))\n"
                                    "  :alt (while (< x 1) ([x x (+ x 1)]) x)\n"
                                    "  :alt (sin x)\n"
                                    "  (/ (* (- (exp x) 1) (+ x 1)) x))\n");
  const AccuracyRow row = row_of(Input{path.string(), {}});
  ASSERT_EQ(row.rewrites.size(), 2U) << "what the language cannot say is left out";
  EXPECT_EQ(row.rewrites[0].text, "(let ([e (expm1 x)]) (+ e 1))");
  EXPECT_EQ(row.rewrites[1].text, "(sin x)");
  // By calculus: d((e^x - 1)(x + 1)/x) = 3/2 + O(x), d(expm1 x + 1) = 1 + O(x), d(sin x) likewise.
  for (const reports::Rewrite& each : row.rewrites) {
    ASSERT_TRUE(each.ulps);
    EXPECT_NEAR(*each.ulps, 0.5 * 0x1p52, 1e-3 * 0x1p52);
  }
}

/// x, exp(x), exp(x) - 1 and the quotient; 1 is exact and has no share.
TEST(AccuracyBlame, DrawsTheFunction) {
  const AccuracyRow row = row_of("input x in [1e-6, 1e-4]\ny = (exp(x) - 1) / x\n");
  ASSERT_TRUE(row.graph);
  std::vector<std::string> labels;
  double shares = 0;
  for (const reports::GraphNode& node : row.graph->nodes) {
    labels.push_back(node.label);
    shares += node.forward + node.backward;
  }
  EXPECT_THAT(labels, ElementsAre("x", "exp(x)", "exp(x) - 1", "(exp(x) - 1) / x"));
  EXPECT_THAT(row.graph->edges, ElementsAre(reports::GraphEdge{0, 1}, reports::GraphEdge{1, 2},
                                            reports::GraphEdge{2, 3}, reports::GraphEdge{0, 3}));
  EXPECT_NEAR(shares, 1, 1e-12);
}

/// 0.1 and 0.3 are rounded, 3 is not.
TEST(AccuracyBlame, TellsConstantsFromInputs) {
  const AccuracyRow row = row_of("input x in [1, 2]\ny = x * 0.1 * 3 - 0.3 * x\n");
  ASSERT_TRUE(row.graph);
  std::vector<std::string> constants;
  for (const reports::GraphNode& node : row.graph->nodes)
    if (node.constant) constants.push_back(node.label);
  EXPECT_THAT(constants, ElementsAre("0.1", "0.3"));
}

/// d(0.1 x)/dx = 1 * 0.1: the number and the product are both rounded up by 0.4 ulp, since
/// 0.1 * 2^56 = 7205759403792793.6. 2 x rounds nothing.
TEST(AccuracyBlame, PredictsTheSumOfAllRoundings) {
  const AccuracyRow tenth = row_of("input x = 3\ny = 0.1 * x\n");
  ASSERT_TRUE(tenth.predicted);
  EXPECT_NEAR(*tenth.predicted, 0.8, 1e-9);
  EXPECT_TRUE(tenth.blame.empty());
  const AccuracyRow doubled = row_of("input x = 3\ny = 2 * x\n");
  ASSERT_TRUE(doubled.predicted);
  EXPECT_EQ(*doubled.predicted, 0);
  EXPECT_FALSE(row_of("input x : [2] = [1, 2]\ny = exp(x)\n").predicted);
}

}  // namespace
}  // namespace verigrad::runner
