// The pictures of an HTML report, each a <figure> or an inline SVG.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reports/accuracy_model.hpp"

namespace verigrad::reports {

/// How many results have one verdict.
struct BarPart {
  std::string_view verdict;
  std::int64_t count = 0;
};

/// One bar with a part for every verdict that occurs, as wide as its share; a single result is
/// still seen among a million.
std::string verdict_bar(std::string_view of, const std::vector<BarPart>& parts);

/// How many errors fall into each bucket of UlpStatistics::histogram, and how many results are not
/// finite.
std::string histogram_figure(const AccuracyRow& row);

/// Which share of all results has an error of at most so many ulps, results that are not finite or
/// not 0 where the truth is among them: of each sample, or of the histogram's buckets where not all
/// are samples. "" without results.
std::string distribution_figure(const AccuracyRow& row);

/// Error in ulps against the input, in the order of doubles; errors that are not finite lie at ∞.
std::string input_figure(const AccuracyRow& row);

/// Error in ulps against the condition number, both logarithmic, with the line of κ ulp, the most
/// that a rounding of the input alone causes; "" when no sample has a condition number.
std::string condition_figure(const AccuracyRow& row);

/// Error of central differences against step, both logarithmic, with those of the asymptotes of
/// truncation and roundoff that pass through the picture, and the steps that methods chose.
std::string step_figure(const StepCurve& curve);

/// How sharply balls enclose the derivative against their precision, both logarithmic; "" without
/// any.
std::string ball_figure(const std::vector<BallRadius>& balls);

/// The shares of the rounding error as one stacked bar, and the same as a table.
std::string blame_figure(const std::vector<OperationShare>& blame);

/// The largest graph that is drawn.
constexpr std::size_t most_drawn_nodes = 60;

/// The graph in layers, operands above what they go into, with each node's shares of the error; of
/// more than most_drawn_nodes nodes those with the largest shares. `label` is its name for who
/// cannot see it, unlike any other on the page.
std::string graph_figure(const BlameGraph& graph, std::string_view label);

/// A figure: `title` and what there is to know to read it, above `body`.
std::string figure(std::string_view title, std::string_view explanation, std::string_view body,
                   std::string_view css_class = "");

}  // namespace verigrad::reports
