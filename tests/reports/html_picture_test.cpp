#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "reports/display.hpp"
#include "reports/graph_reduction.hpp"
#include "reports/html_layers.hpp"
#include "reports/html_pictures.hpp"
#include "reports/html_text.hpp"
#include "reports/json.hpp"
#include "tests/reports/html_samples.hpp"
#include "tests/reports/sample_runs.hpp"

namespace verigrad::reports {
namespace {

using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

TEST(HtmlText, OfNumbers) {
  EXPECT_EQ(compact(6e-6), "6e-6");
  EXPECT_EQ(compact(1.25e16), "1.25e16");
  EXPECT_EQ(compact(1e300), "1e300");
  EXPECT_EQ(compact(-0.0), "0");
  EXPECT_EQ(compact(nan), "nan");
  EXPECT_EQ(digits_cell(2.37), "2.3");
  EXPECT_EQ(hexadecimal(3), "0x1.8p+1");  // 1.5 * 2
  EXPECT_EQ(grouped(1204567, "row"), "1,204,567 rows");
  EXPECT_EQ(grouped(1, "row"), "1 row");
}

std::vector<std::size_t> layers(const LayeredGraph& graph, std::size_t n) {
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < n; ++i) result.push_back(graph.nodes[i].layer);
  return result;
}

// By hand: the longest paths to 0 … 4 in the diamond 0 -> 1 -> 2 -> 4, 0 -> 3 -> 4, 0 -> 4.
TEST(HtmlLayers, AreLongestPaths) {
  const LayeredGraph graph = layered(5, {{0, 1}, {1, 2}, {2, 4}, {0, 3}, {3, 4}, {0, 4}});
  EXPECT_THAT(layers(graph, 5), ElementsAre(0, 1, 2, 1, 3));
  EXPECT_EQ(graph.layers, 4u);
  for (const auto& [from, to] : graph.edges)
    EXPECT_EQ(graph.nodes[from].layer + 1, graph.nodes[to].layer);
  EXPECT_EQ(graph.nodes.size(), 5u + 3);  // 3 -> 4 bends once, 0 -> 4 twice
}

// Two strands that cross in the order given: 0 -> 3, 1 -> 2 with 2 and 3 side by side.
TEST(HtmlLayers, AreOrderedAgainstCrossings) {
  const LayeredGraph graph = layered(4, {{0, 3}, {1, 2}});
  EXPECT_EQ(graph.nodes[0].x < graph.nodes[1].x, graph.nodes[3].x < graph.nodes[2].x);
}

TEST(HtmlLayers, LeaveOutWhatIsNoGraph) {
  EXPECT_TRUE(layered(3, {{0, 1}, {1, 0}, {2, 7}, {2, 2}}).edges.empty());
  EXPECT_EQ(layered(1, {}).layers, 1u);
}

TEST(HtmlPictures, DrawGraphsOfUpToSixtyNodes) {
  BlameGraph graph;
  graph.nodes.resize(60);
  EXPECT_THAT(graph_figure(graph, "Graph 1"), HasSubstr("<svg"));
  EXPECT_THAT(graph_figure(graph, "Graph 1"), Not(HasSubstr(">constant<")));
  graph.nodes[0].label = "0.1";
  graph.nodes[0].constant = true;
  EXPECT_THAT(graph_figure(graph, "Graph 1"), HasSubstr(">constant<"));
  graph.nodes.resize(61);
  EXPECT_THAT(graph_figure(graph, "Graph 1"), Not(HasSubstr("<svg")));
  EXPECT_THAT(graph_figure(graph, "Graph 1"), HasSubstr("61 nodes"));
}

TEST(HtmlPictures, DrawTheLargestSharesOfLargerGraphs) {
  BlameGraph graph;
  graph.nodes.resize(61);
  graph.nodes[60] = {"ExpBackward0", "exp(x)", 2, 6, 0.9, 0.1};
  const std::string figure = graph_figure(graph, "Graph 1");
  EXPECT_THAT(figure, HasSubstr("Drawn are 1 with the largest shares"));
  EXPECT_THAT(figure, HasSubstr("ExpBackward0: exp(x), 2:6, forward 90 %, backward 10 %"));
}

// By hand: of the path 0 -> 1 -> 2 -> 3 -> 4 with 1 -> 4 the nodes 1, 3 and 4 have shares.
TEST(GraphReduction, KeepsTheLargestSharesAndThePathsBetweenThem) {
  BlameGraph graph;
  graph.nodes.resize(5);
  graph.nodes[1].forward = 0.5;
  graph.nodes[3].backward = 0.1;
  graph.nodes[4].forward = 0.2, graph.nodes[4].backward = 0.2;
  graph.edges = {{0, 1}, {1, 2}, {2, 3}, {3, 4}, {1, 4}, {7, 1}, {2, 9}};
  const BlameGraph three = with_largest_shares(graph, 3);
  EXPECT_THAT(three.nodes, ElementsAre(graph.nodes[1], graph.nodes[3], graph.nodes[4]));
  EXPECT_THAT(three.edges, UnorderedElementsAre(GraphEdge{0, 1}, GraphEdge{1, 2}, GraphEdge{0, 2}));
  const BlameGraph two = with_largest_shares(graph, 2);
  EXPECT_THAT(two.nodes, ElementsAre(graph.nodes[1], graph.nodes[4]));
  EXPECT_THAT(two.edges, ElementsAre(GraphEdge{0, 1}));
}

// 3 of 1e6 are one in 333333: 0.003 pixels of 1000 would not be seen.
TEST(HtmlPictures, ShowAFewAmongAMillion) {
  const std::string bar = verdict_bar("check", {{"fail", 3}, {"inaccurate", 0}, {"pass", 999997}});
  EXPECT_THAT(bar, HasSubstr("checks: 3 fail, 999997 pass"));
  EXPECT_THAT(bar, HasSubstr("<rect class=\"bar fail\" x=\"0.00\" y=\"0\" width=\"4.00\""));
}

std::ptrdiff_t occurrences(const std::string& text, std::string_view part) {
  std::ptrdiff_t found = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size())
    ++found;
  return found;
}

// Of a run that was saved and read back. The plot's area is 180 pixels high, and its axis ends 5
// below the upper edge: two marks lie there.
TEST(HtmlPictures, DrawErrorsThatAreNotFiniteAtInfinity) {
  reports::Run run = pictured_run();
  AccuracyRow& row = run.files[0].accuracy[0];
  row.samples = {{1, 0.25, 1}, {2, 40, 3}, {4, infinity, 5}, {-4, nan, 7}};
  const AccuracyRow read = run_from_json(to_json(run)).files[0].accuracy[0];
  for (const std::string& picture : {input_figure(read), condition_figure(read)}) {
    EXPECT_THAT(picture, HasSubstr(">∞</text>"));
    EXPECT_THAT(picture, HasSubstr("Errors that are not finite lie at ∞."));
    EXPECT_EQ(occurrences(picture, " 5h0"), 2) << picture;
  }
  row.samples.resize(2);
  EXPECT_THAT(input_figure(row), Not(HasSubstr("∞")));
  EXPECT_THAT(condition_figure(row), Not(HasSubstr("left edge")));
  row.samples[0].condition = 1e-290;
  EXPECT_THAT(condition_figure(row), HasSubstr("left edge stand for any κ up to 10⁻³"));
}

// With bars of 3, 5 and 1 and an axis to 5 over 170 pixels: 102, 170 and 34; 4 that are not finite
// have 136.
TEST(HtmlPictures, OfHistogramsHaveCountsAndABarOfWhatIsNotFinite) {
  AccuracyRow row;
  row.ulps.n = 9;
  row.ulps.histogram = {3, 5, 1};
  const std::string finite = histogram_figure(row);
  for (const char* tall : {"102.0", "170.0", "34.0"})
    EXPECT_THAT(finite, HasSubstr(std::string("height=\"") + tall + "\"/>"));
  for (const char* label : {">results<", ">0<", ">1<", ">2<", ">4<", ">5<"})
    EXPECT_THAT(finite, HasSubstr(label));
  EXPECT_THAT(finite, Not(HasSubstr("∞")));
  row.overflow = 4;
  const std::string infinite = histogram_figure(row);
  EXPECT_THAT(infinite, ContainsRegex("class=\"histogram infinite\"[^>]*height=\"136.0\"/>"));
  EXPECT_THAT(infinite, HasSubstr(">∞</text>"));
  EXPECT_THAT(infinite, HasSubstr("; 4 results not finite\""));
}

// h from 1e-3 to 1e-1 and errors from 1e-6 to 1e-2: h² lies within, u / h far below.
TEST(HtmlPictures, OfStepsNameTheAsymptotesThatAreDrawn) {
  StepCurve curve{"x", {{1e-3, 1e-6}, {1e-1, 1e-2}}, 1, 1e-16, {}};
  EXPECT_THAT(step_figure(curve), HasSubstr("truncation |"));
  EXPECT_THAT(step_figure(curve), Not(HasSubstr("roundoff")));
  curve.truncation = 0, curve.roundoff = 1e-6;
  EXPECT_THAT(step_figure(curve), Not(HasSubstr("truncation")));
  EXPECT_THAT(step_figure(curve), HasSubstr("roundoff u"));
  curve.roundoff = 0;
  EXPECT_THAT(step_figure(curve), Not(HasSubstr("class=\"keys\"")));
}

// Where the step line of a distribution ends: its last height in pixels, of 180 from the top down,
// with an inset of 5 at both ends.
double share_reached(const AccuracyRow& row) {
  const std::string picture = distribution_figure(row);
  const std::size_t end = picture.find("\"/>", picture.find("class=\"curve\""));
  const double down = std::stod(picture.substr(picture.rfind(' ', end) + 1));
  return 1 - (down - 5) / (180 - 2 * 5);
}

TEST(HtmlPictures, OfDistributionsReachTheShareThatIsFinite) {
  AccuracyRow row;
  EXPECT_EQ(distribution_figure(row), "");
  row.ulps.n = 3;
  row.ulps.histogram = {1, 0, 0, 1, 0, 0, 0, 1};
  row.samples = {{1, 0.25, {}}, {2, 40, {}}, {3, 3, {}}};
  EXPECT_NEAR(share_reached(row), 1, 1e-3);
  row.ulps.n = 4;
  row.overflow = 1;
  EXPECT_NEAR(share_reached(row), 0.75, 1e-3);
  row.samples.push_back({4, infinity, {}});  // the result that is not finite
  EXPECT_NEAR(share_reached(row), 0.75, 1e-3);
  row.wrong_zeros = 2;
  EXPECT_NEAR(share_reached(row), 0.5, 1e-3);
  row.ulps.n = 398;
  row.ulps.histogram = {100, 50, 0, 150};
  row.overflow = 98;
  EXPECT_NEAR(share_reached(row), 0.75, 1e-3);
}

// Two results within 1 ulp were counted; one of the samples is of a worse point, found by search.
TEST(HtmlPictures, OfDistributionsLeaveOutWhatWasSearched) {
  AccuracyRow row;
  row.ulps.n = 2;
  row.ulps.histogram = {1, 1};
  row.samples = {{1, 1e6, {}}, {2, 0.25, {}}};
  EXPECT_THAT(distribution_figure(row), Not(HasSubstr("10⁶")));
  row.samples[0].ulps = 0.75;
  const std::string exact = distribution_figure(row);
  row.samples.clear();
  EXPECT_NE(distribution_figure(row), exact);
}

TEST(HtmlPictures, MarkOnlyWhatIsEnclosed) {
  EXPECT_EQ(ball_figure({}), "");
  const auto marks = [](const std::vector<BallRadius>& balls) {
    const std::string picture = ball_figure(balls);
    const std::size_t path = picture.find("class=\"marks\"");
    if (path == std::string::npos) return std::ptrdiff_t{0};
    return std::count(picture.begin() + static_cast<std::ptrdiff_t>(path),
                      picture.begin() + static_cast<std::ptrdiff_t>(picture.find("/>", path)), 'M');
  };
  EXPECT_EQ(marks({{24, infinity}, {53, 3}, {128, 0.25}}), 2);
  EXPECT_EQ(marks({{24, infinity}, {53, infinity}}), 0);
}

TEST(AccuracyJson, OfGraphsReadsBackEqual) {
  reports::Run run = pictured_run();
  auto& rows = run.files[0].accuracy;
  std::erase_if(rows, [](const AccuracyRow& row) { return row.name == "Kahan's <example>"; });
  EXPECT_TRUE(rows[1].graph && rows[1].graph->edges.size() == 8);  // and no NaN is left
  EXPECT_EQ(run_from_json(to_json(run)).files[0].accuracy, rows);
}

}  // namespace
}  // namespace verigrad::reports
