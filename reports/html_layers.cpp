#include "reports/html_layers.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace verigrad::reports {
namespace {

using Edges = std::vector<std::pair<std::size_t, std::size_t>>;

constexpr double bend_width = 0.2, gap = 0.15;
constexpr int sweeps = 8;

// A topological order (Kahn) of what lies on no cycle; the others have no place in it.
constexpr std::size_t no_place = std::numeric_limits<std::size_t>::max();

std::vector<std::size_t> topological_places(std::size_t n, const Edges& edges) {
  std::vector<std::size_t> waiting_for(n), place(n, no_place), ready;
  for (const auto& [from, to] : edges) ++waiting_for[to];
  for (std::size_t i = 0; i < n; ++i)
    if (waiting_for[i] == 0) ready.push_back(i);
  for (std::size_t next = 0; next < ready.size(); ++next) {
    place[ready[next]] = next;
    for (const auto& [from, to] : edges)
      if (from == ready[next] && --waiting_for[to] == 0) ready.push_back(to);
  }
  return place;
}

// The edges that lead forward in a topological order, in that order of where they begin.
Edges forward_edges(std::size_t n, Edges edges) {
  std::erase_if(edges, [n](const auto& edge) { return edge.first >= n || edge.second >= n; });
  const std::vector<std::size_t> place = topological_places(n, edges);
  std::erase_if(edges, [&](const auto& edge) {
    return place[edge.first] == no_place || place[edge.second] == no_place;
  });
  std::stable_sort(edges.begin(), edges.end(),
                   [&](const auto& a, const auto& b) { return place[a.first] < place[b.first]; });
  return edges;
}

// An edge over several layers becomes several edges over bends.
void append_with_bends(LayeredGraph& graph, std::size_t from, std::size_t to) {
  for (std::size_t layer = graph.nodes[from].layer + 1; layer < graph.nodes[to].layer; ++layer) {
    graph.nodes.push_back({layer, 0, true});
    graph.edges.emplace_back(from, graph.nodes.size() - 1);
    from = graph.nodes.size() - 1;
  }
  graph.edges.emplace_back(from, to);
}

// Places the nodes of a layer side by side, in the order given, around 0.
void spread(LayeredGraph& graph, const std::vector<std::size_t>& layer) {
  double x = 0;
  for (std::size_t i : layer) {
    const double width = graph.nodes[i].is_bend ? bend_width : 1;
    graph.nodes[i].x = x + width / 2;
    x += width + gap;
  }
  for (std::size_t i : layer) graph.nodes[i].x -= (x - gap) / 2;
}

// Sorts a layer by the mean place of each node's neighbours on one side.
void sort_by_neighbours(LayeredGraph& graph, std::vector<std::size_t>& layer, bool above) {
  std::vector<double> sum(graph.nodes.size()), count(graph.nodes.size());
  for (const auto& [from, to] : graph.edges) {
    const std::size_t node = above ? to : from, neighbour = above ? from : to;
    sum[node] += graph.nodes[neighbour].x;
    count[node] += 1;
  }
  const auto mean = [&](std::size_t i) {
    return count[i] > 0 ? sum[i] / count[i] : graph.nodes[i].x;
  };
  std::stable_sort(layer.begin(), layer.end(),
                   [&](std::size_t a, std::size_t b) { return mean(a) < mean(b); });
  spread(graph, layer);
}

}  // namespace

LayeredGraph layered(std::size_t n, const Edges& edges) {
  LayeredGraph graph;
  graph.nodes.resize(n);
  const Edges forward = forward_edges(n, edges);
  for (const auto& [from, to] : forward)
    graph.nodes[to].layer = std::max(graph.nodes[to].layer, graph.nodes[from].layer + 1);
  for (const auto& [from, to] : forward) append_with_bends(graph, from, to);

  std::vector<std::vector<std::size_t>> layers;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    layers.resize(std::max(layers.size(), graph.nodes[i].layer + 1));
    layers[graph.nodes[i].layer].push_back(i);
  }
  for (const auto& layer : layers) spread(graph, layer);
  for (int sweep = 0; sweep < sweeps; ++sweep) {
    for (std::size_t i = 1; i < layers.size(); ++i) sort_by_neighbours(graph, layers[i], true);
    for (std::size_t i = layers.size(); i-- > 1;) sort_by_neighbours(graph, layers[i - 1], false);
  }
  graph.layers = layers.size();
  double low = 0, high = 0;
  for (const LayeredNode& node : graph.nodes) {
    const double half = node.is_bend ? bend_width / 2 : 0.5;
    low = std::min(low, node.x - half);
    high = std::max(high, node.x + half);
  }
  for (LayeredNode& node : graph.nodes) node.x -= low;
  graph.width = high - low;
  return graph;
}

}  // namespace verigrad::reports
