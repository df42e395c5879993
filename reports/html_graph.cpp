#include <fmt/format.h>

#include <algorithm>

#include "reports/display.hpp"
#include "reports/graph_reduction.hpp"
#include "reports/html_layers.hpp"
#include "reports/html_pictures.hpp"
#include "reports/html_plot.hpp"
#include "reports/html_text.hpp"

namespace verigrad::reports {
namespace {

constexpr double node_width = 190, node_height = 62, layer_distance = 94, margin = 6;
constexpr std::size_t longest_text =
    25;  // columns that a node's width has room for; its <title> has all

std::string share_text(const GraphNode& node) {
  std::string text;
  if (node.forward >= least_shown_share) text = fmt::format("forward {:.0f} %", node.forward * 100);
  if (node.backward >= least_shown_share)
    text += fmt::format("{}backward {:.0f} %", text.empty() ? "" : ", ", node.backward * 100);
  return text;
}

// Four strengths of colour: nothing, up to a tenth, up to a third, more.
int strength(const GraphNode& node) {
  const double share = node.forward + node.backward;
  return share < least_shown_share ? 0 : share < 0.1 ? 1 : share < 1.0 / 3 ? 2 : 3;
}

std::string drawn(const GraphNode& node, double middle, double top) {
  const std::string share = share_text(node);
  const std::string& name = node.grad_fn.empty() ? node.label : node.grad_fn;
  const std::string label = !node.grad_fn.empty() ? node.label
                            : node.constant       ? "constant"
                                                  : "input";
  std::string details = node.grad_fn.empty() ? node.label : node.grad_fn + ": " + node.label;
  if (node.line > 0) details += fmt::format(", {}:{}", node.line, node.column);
  if (!share.empty()) details += ", " + share;
  return fmt::format(
             "<g class=\"node s{}{}\"><title>{}</title>"
             "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{}\" height=\"{}\" rx=\"5\"/>\n",
             strength(node), node.grad_fn.empty() ? " leaf" : "", escaped(details),
             middle - node_width / 2, top, node_width, node_height) +
         svg_text(middle, top + 19, "middle", shortened(name, longest_text), "name") +
         svg_text(middle, top + 35, "middle", shortened(label, longest_text)) +
         (share.empty() ? "" : svg_text(middle, top + 51, "middle", share)) + "</g>\n";
}

std::string drawn(const BlameGraph& graph) {
  std::vector<std::pair<std::size_t, std::size_t>> edges;
  for (const GraphEdge& edge : graph.edges)
    if (edge.from >= 0 && edge.to >= 0)
      edges.emplace_back(static_cast<std::size_t>(edge.from), static_cast<std::size_t>(edge.to));
  const LayeredGraph layout = layered(graph.nodes.size(), edges);
  const auto middle = [&](std::size_t i) { return margin + layout.nodes[i].x * node_width; };
  const auto top = [&](std::size_t i) {
    return margin + static_cast<double>(layout.nodes[i].layer) * layer_distance;
  };

  const double height =
      2 * margin + static_cast<double>(layout.layers - 1) * layer_distance + node_height;
  std::string result =
      svg_begin(layout.width * node_width + 2 * margin, height,
                fmt::format("Graph of {}", grouped(std::ssize(graph.nodes), "node")));
  std::string path;
  for (const auto& [from, to] : layout.edges) {
    const double begin = top(from) + node_height, end = top(to), half = (begin + end) / 2;
    path += fmt::format("M{0:.1f} {1:.1f}C{0:.1f} {2:.1f} {3:.1f} {2:.1f} {3:.1f} {4:.1f}",
                        middle(from), begin, half, middle(to), end);
    if (layout.nodes[to].is_bend)
      path += fmt::format("v{}", node_height);
    else
      path += fmt::format("m-4 -7l4 7l4 -7");
  }
  if (!path.empty()) result += fmt::format("<path class=\"edge\" d=\"{}\"/>\n", path);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i)
    result += drawn(graph.nodes[i], middle(i), top(i));
  return result + "</svg>\n";
}

}  // namespace

std::string graph_figure(const BlameGraph& graph, std::string_view label) {
  if (graph.nodes.empty()) return "";
  constexpr std::string_view title = "Where in the graph.";
  const bool whole = graph.nodes.size() <= most_drawn_nodes;
  const BlameGraph shown = whole ? graph : with_largest_shares(graph, most_drawn_nodes);
  std::string explanation =
      "The function's operations, operands above, each with the shares of the rounding error of "
      "its "
      "own value (forward) and of its derivative rule (backward); stronger colour is more.";
  if (!whole)
    explanation = fmt::format(
        "The function's graph has {} nodes. {}", graph.nodes.size(),
        shown.nodes.empty() ? "None has a share of the rounding error that could be told."
                            : fmt::format("Drawn are {} with the largest shares of the rounding "
                                          "error; a line may lead through others.",
                                          shown.nodes.size()));
  if (shown.nodes.empty()) return figure(title, explanation, "", "wide");
  return figure(title, explanation,
                fmt::format("<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
                            "aria-label=\"{}\">\n{}</div>\n",
                            escaped(label), drawn(shown)),
                "wide");
}

}  // namespace verigrad::reports
